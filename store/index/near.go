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

// Nearby is the radius in metres when none is given.
const Nearby = 50_000

// maxRanges is how many ranges of cells are looked up; a larger area takes whole parallels.
const maxRanges = 1200

// Near returns the resources with a place within radius metres of a place, by the parameter
// that has their places: nearest first, then by rid. A radius that is not positive is
// [Nearby]. The hits are the caller's.
func (v *View) Near(param int64, lat, lon, radius float64) []Hit {
	if !(radius > 0) {
		radius = Nearby
	}
	from, limit := globe.At(lat, lon), globe.Chord(radius)
	var hits []Hit
	take := func(p point) {
		if d := from.Chord(p.Point); d <= limit {
			hits = append(hits, Hit{p.rid, d})
		}
	}
	base, delta := v.base.positions[param], v.delta.points[param]
	for first, last := range globe.Cells(lat, lon, radius, maxRanges) {
		for i := base.first(first); i < base.len() && base.cell(i) <= last; i++ {
			if p := base.at(i); !v.delta.hides(p.rid) {
				take(p)
			}
		}
		for _, p := range delta {
			if c := int64(p.cell); c >= first && c <= last {
				take(p)
			}
		}
	}
	return nearest(hits)
}

// nearest sorts hits and keeps the nearest of each resource.
func nearest(hits []Hit) []Hit {
	byRID := func(a, b Hit) int { return cmp.Or(cmp.Compare(a.RID, b.RID), cmp.Compare(a.Chord, b.Chord)) }
	slices.SortFunc(hits, byRID)
	hits = slices.CompactFunc(hits, func(a, b Hit) bool { return a.RID == b.RID })
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(a.Chord, b.Chord), cmp.Compare(a.RID, b.RID)) })
	return hits
}
