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

// keptHits is for how many hits a View that is not used keeps room.
const keptHits = 1 << 16

// Near returns the resources with a place within radius metres of a place, by the parameter
// that has their places: each once, in no order. The hits may be changed and are good until
// the next call of the View's Near.
func (v *View) Near(param int64, lat, lon, radius float64) []Hit {
	n := nearer{from: globe.At(lat, lon), limit: globe.Chord(radius), hits: v.hits[:0]}
	base := v.base.positions[param]
	for first, last := range globe.Cells(lat, lon, radius, maxRanges) {
		for i := base.first(first); i < base.len() && base.cell(i) <= last; i++ {
			p := base.at(i)
			if d := n.from.Chord(p.Point); d <= n.limit && !v.delta.hides(p.rid) {
				n.hits = append(n.hits, Hit{p.rid, d})
			}
		}
		v.delta.within(param, first, last, &n)
	}
	v.hits = n.hits
	if v.base.several || v.delta.several > 0 {
		return once(n.hits)
	}
	return n.hits
}

// nearer collects hits.
type nearer struct {
	from  globe.Point
	limit float64
	hits  []Hit
}

// take takes the points in a range of cells of some in the order of cells.
func (n *nearer) take(list []point, first, last int64) {
	for i := firstOf(list, first); i < len(list) && int64(list[i].cell) <= last; i++ {
		if d := n.from.Chord(list[i].Point); d <= n.limit {
			n.hits = append(n.hits, Hit{list[i].rid, d})
		}
	}
}

// firstOf returns the place of the first point in a cell or after it.
func firstOf(list []point, cell int64) int {
	i, _ := slices.BinarySearchFunc(list, cell, func(p point, cell int64) int { return cmp.Compare(int64(p.cell), cell) })
	return i
}

// place adds a point of a resource.
func (d *delta) place(c *change, param int64, p *point) {
	b := band{param, p.cell / bandCells}
	list := d.points[b]
	d.points[b] = slices.Insert(list, firstOf(list, int64(p.cell)), *p)
	if c.points = append(c.points, b); len(c.points) == 2 {
		d.several++
	}
}

// within takes the points in a range of cells.
func (d *delta) within(param, first, last int64, n *nearer) {
	from, to := uint32(first/bandCells), uint32(last/bandCells)
	if int(to-from) > len(d.points) {
		for b, list := range d.points {
			if b.param == param {
				n.take(list, first, last)
			}
		}
		return
	}
	for b := from; b <= to; b++ {
		n.take(d.points[band{param, b}], first, last)
	}
}

// unplace removes the points of a resource.
func (d *delta) unplace(c *change, rid uint32) {
	for _, b := range c.points {
		d.points[b] = slices.DeleteFunc(d.points[b], func(q point) bool { return q.rid == rid })
		if len(d.points[b]) == 0 {
			delete(d.points, b)
		}
	}
	if len(c.points) > 1 {
		d.several--
	}
}

// anySeveral tells whether a resource has two places of one parameter among all these.
func anySeveral(all map[int64]points, rids int) bool {
	seen := make([]uint64, rids/64+1)
	for _, p := range all {
		clear(seen)
		for i := range p.len() {
			rid := p.at(i).rid
			if int(rid/64) >= len(seen) || seen[rid/64]&(1<<(rid&63)) != 0 {
				return true
			}
			seen[rid/64] |= 1 << (rid & 63)
		}
	}
	return false
}

// once keeps the nearest hit of each resource.
func once(hits []Hit) []Hit {
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.RID, b.RID), cmp.Compare(a.Chord, b.Chord))
	})
	return slices.CompactFunc(hits, func(a, b Hit) bool { return a.RID == b.RID })
}

// Compare orders hits: the nearest first, then by rid.
func (h Hit) Compare(o Hit) int {
	return cmp.Or(cmp.Compare(h.Chord, o.Chord), cmp.Compare(h.RID, o.RID))
}

// Nearest returns the n first of hits in their order, or all when they are not more. It
// changes the order of hits.
func Nearest(hits []Hit, n int) []Hit {
	if n = max(n, 0); n < len(hits) {
		some := hits[:n:n]
		for i := n/2 - 1; i >= 0; i-- {
			sink(some, i)
		}
		for _, h := range hits[n:] { // some is a heap, the farthest on top
			if n > 0 && h.Compare(some[0]) < 0 {
				some[0] = h
				sink(some, 0)
			}
		}
		hits = some
	}
	slices.SortFunc(hits, Hit.Compare)
	return hits
}

// sink moves a hit down in a heap until none below it is farther.
func sink(heap []Hit, i int) {
	for {
		k := 2*i + 1
		if k+1 < len(heap) && heap[k].Compare(heap[k+1]) < 0 {
			k++
		}
		if k >= len(heap) || heap[i].Compare(heap[k]) >= 0 {
			return
		}
		heap[i], heap[k] = heap[k], heap[i]
		i = k
	}
}
