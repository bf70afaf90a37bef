package index

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"sort"

	"masjala/store/globe"
)

// pointSize is the length of a point in a file: where it is on the unit sphere, rid, cell.
const pointSize = 32

// point is a place of a resource.
type point struct {
	globe.Point
	rid  uint32
	cell uint32
}

func appendPoint(dst []byte, p *point) []byte {
	for _, v := range [3]float64{p.X, p.Y, p.Z} {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
	}
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(dst, p.rid), p.cell)
}

// points are the places of a parameter in a file, by cell.
type points []byte

func (p points) len() int { return len(p) / pointSize }

func (p points) cell(i int) int64 {
	return int64(binary.LittleEndian.Uint32(p[pointSize*i+28:]))
}

func (p points) at(i int) point {
	b := p[pointSize*i : pointSize*(i+1)]
	f := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b[i:])) }
	return point{globe.Point{X: f(0), Y: f(8), Z: f(16)}, binary.LittleEndian.Uint32(b[24:]), binary.LittleEndian.Uint32(b[28:])}
}

// first returns the place of the first point in a cell or after it.
func (p points) first(cell int64) int {
	return sort.Search(p.len(), func(i int) bool { return p.cell(i) >= cell })
}

// Hit is a resource within the distance that was asked for.
type Hit struct {
	RID   uint32
	Chord float64 // the squared chord to its nearest place; globe.Metres makes a distance of it
}

// maxRanges is how many ranges of cells are looked up; a larger area takes whole parallels.
const maxRanges = 1200

// Near returns the resources with a place within radius metres of a place, by the parameter
// that has their places: nearest first, then by rid. The hits are the caller's.
func (v *View) Near(param int64, lat, lon, radius float64) []Hit {
	n := nearer{from: globe.At(lat, lon), limit: globe.Chord(radius), hits: make([]Hit, 0, 256)}
	base := v.base.positions[param]
	for first, last := range globe.Cells(lat, lon, radius, maxRanges) {
		for i := base.first(first); i < base.len() && base.cell(i) <= last; i++ {
			if p := base.at(i); !v.delta.hides(p.rid) {
				n.take(&p)
			}
		}
		v.delta.within(param, first, last, n.take)
	}
	return v.nearest(n.hits)
}

// nearer collects hits.
type nearer struct {
	from  globe.Point
	limit float64
	hits  []Hit
}

func (n *nearer) take(p *point) {
	if d := n.from.Chord(p.Point); d <= n.limit {
		n.hits = append(n.hits, Hit{p.rid, d})
	}
}

// within calls take with the points in a range of cells.
func (d *delta) within(param, first, last int64, take func(*point)) {
	in := func(list []point) {
		for i := range list {
			if c := int64(list[i].cell); c >= first && c <= last {
				take(&list[i])
			}
		}
	}
	from, to := uint32(first/bandCells), uint32(last/bandCells)
	if int(to-from) > len(d.points) {
		for b, list := range d.points {
			if b.param == param {
				in(list)
			}
		}
		return
	}
	for b := from; b <= to; b++ {
		in(d.points[band{param, b}])
	}
}

// nearest sorts hits and keeps the nearest of each resource.
func (v *View) nearest(hits []Hit) []Hit {
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Chord, b.Chord), cmp.Compare(a.RID, b.RID))
	})
	v.list = v.list[:0]
	for i := range hits {
		v.list = append(v.list, hits[i].RID)
	}
	slices.Sort(v.list)
	if len(slices.Compact(v.list)) == len(hits) { // no resource has two places here
		return hits
	}
	seen := make(map[uint32]bool, len(hits))
	return slices.DeleteFunc(hits, func(h Hit) bool {
		had := seen[h.RID]
		seen[h.RID] = true
		return had
	})
}
