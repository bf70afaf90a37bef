package sqlite

import (
	"math"

	"masjala/fhir/search"
	"masjala/store/globe"
)

// byDistance reads a page ordered by distance, nearest first.
func (x *searcher) byDistance(near *search.Condition) ([]match, error) {
	if err := x.cursor(ofDistance); err != nil {
		return nil, err
	}
	if err := x.count(); err != nil {
		return nil, err
	}
	ps := x.params(x.sc, near.Param.Name)
	if len(ps) == 0 {
		return nil, nil
	}
	var args []any
	for i := range near.Values {
		args = append(args, nearRanges(&near.Values[i], maxRanges/len(near.Values))...)
	}
	t, v := x.alias(), x.alias()
	as := replacer(t, v)
	conds := []fragment{
		in(t+".param", ids(ps)),
		{text: as.Replace("%t.cell between %v.column1 and %v.column2 and " + squaredChord + " <= %v.column6")},
	}
	for i, cl := range x.cls {
		if &x.where[i] != near {
			conds = append(conds, cl.tests(t+".rid"))
		}
	}
	f := fragment{as.Replace("select %t.rid as rid, min(" + squaredChord + ") as d from "), nil}.
		join("", constants(v, nearColumns, args)).plus(" cross join position " + t).where(conds).plus(" group by " + t + ".rid")
	if x.from != nil {
		d := x.from.keyDistance()
		f = f.plus(" having d > ? or d = ? and "+t+".rid > ?", d, d, x.from.rid)
	}
	f = f.plus(" order by 2, 1 limit ?", x.q.Count+1)
	return x.readDistances(f)
}

func (c *cursor) keyDistance() float64 { return math.Float64frombits(uint64(c.part)) }

// readDistances reads rows of rid and squared chord.
func (x *searcher) readDistances(f fragment) ([]match, error) {
	var ms []match
	var ds []float64
	err := x.c.each(x.ctx, func(r *rows) error {
		m, err := x.scan(r)
		ms, ds = append(ms, m), append(ds, r.float(5))
		return err
	}, "select r.rid, r.type, r.id, r.version, r.seq, m.d from ("+f.text+") m cross join resource r on r.rid = m.rid order by m.d, m.rid", f.args...)
	if err != nil || len(ms) <= x.q.Count {
		return ms, err
	}
	last := ms[x.q.Count-1]
	next := cursor{kind: ofDistance, seq: x.seq, total: x.total, rid: last.rid, part: int64(math.Float64bits(ds[x.q.Count-1]))}
	x.page.Next = next.String()
	return ms[:x.q.Count], nil
}

// distances fills in how far each match is from the wanted place that is nearest to it.
func (x *searcher) distances(ms []match) error {
	for i := range ms {
		rs, _, err := indexedRows(x.ctx, x.c, ms[i].rid)
		if err != nil {
			return err
		}
		best := math.Inf(1)
		for j := range rs {
			if rs[j].kind == search.Position {
				best = min(best, x.nearest(globe.At(rs[j].x, rs[j].y)))
			}
		}
		x.page.Distances = append(x.page.Distances, globe.Metres(best))
	}
	return nil
}

// nearest is the squared chord from a position to the nearest wanted place.
func (x *searcher) nearest(p globe.Point) float64 {
	best := math.Inf(1)
	for _, v := range x.near().Values {
		best = min(best, p.Chord(globe.At(v.Lat, v.Lon)))
	}
	return best
}
