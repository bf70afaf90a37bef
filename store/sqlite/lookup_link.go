package sqlite

import (
	"math"
	"slices"

	"masjala/fhir/search"
	"masjala/store/globe"
	"masjala/store/index"
)

// maxChained is how many resources a chain, or _has, goes through in the index; more are
// left to SQL.
const maxChained = 200

// few returns the resources of a set; not ok when they are too many.
func (l *lookup) few(set index.Set) (hits []hit, ok bool) {
	rids := set.Before(0, maxChained+1, make([]uint32, 0, 64))
	if len(rids) > maxChained {
		l.outside = true
		return nil, false
	}
	hits = make([]hit, len(rids))
	for i, rid := range rids {
		hits[i] = l.hit(rid)
	}
	return hits, true
}

// chain is the set of the resources that refer to one that meets a condition.
func (l *lookup) chain(typ int64, c *search.Condition) (index.Set, bool) {
	param := l.names.param(typ, c.Param.Name)
	var sets []index.Set
	for i := range c.Chain {
		target := l.names.typeOf(c.Chain[i].Type)
		if target == 0 || param.id == 0 {
			continue
		}
		inner, ok := l.all(target, []search.Condition{c.Chain[i].Cond})
		if !ok {
			return index.Set{}, false
		}
		targets, ok := l.few(inner)
		if !ok {
			return index.Set{}, false
		}
		for _, h := range targets {
			if id, ok := l.id(h); ok {
				sets = append(sets, l.v.Reference(param.id, id, target, false))
			}
		}
	}
	return index.Or(sets...), len(l.missing) == 0
}

// has is the set of the resources of a type that others, which meet a condition, refer to.
func (l *lookup) has(typ int64, h *search.Has) (index.Set, bool) {
	from := l.names.typeOf(h.Type)
	param := l.names.param(from, h.Ref.Name)
	if from == 0 || param.id == 0 {
		return index.Set{}, true
	}
	inner, ok := l.all(from, []search.Condition{h.Cond})
	if !ok {
		return index.Set{}, false
	}
	sources, ok := l.few(inner)
	if !ok {
		return index.Set{}, false
	}
	var rids []uint32
	for _, h := range sources {
		k, _ := l.kept(h)
		for links := k.Links; links != ""; {
			var to link
			if to, links = nextLink(links); to.param != param.id || to.typ != typ {
				continue
			}
			if rid, ok := l.v.Find(uint8(typ), to.id); ok {
				rids = append(rids, rid)
			}
		}
	}
	return l.v.Of(rids), len(l.missing) == 0
}

// byDistance finds the page in the order of distance; false when the view cannot tell.
func (l *lookup) byDistance() bool {
	var set index.Set
	if len(l.rest) > 0 {
		var ok bool
		if set, ok = l.all(l.typ, l.rest); !ok {
			return false
		}
	}
	param := l.names.param(l.typ, l.near.Param.Name)
	var hits []index.Hit
	if v := &l.near.Values[0]; param.id != 0 {
		hits = l.v.Near(param.id, v.Lat, v.Lon, radius(v))
	}
	if len(l.rest) > 0 {
		hits = slices.DeleteFunc(hits, func(h index.Hit) bool { return !set.Contains(h.RID) })
	}
	l.count(func() int { return len(hits) })
	if l.q.Count <= 0 {
		return true
	}
	if l.from != nil {
		d, rid := l.from.keyDistance(), l.from.rid
		hits = slices.DeleteFunc(hits, func(h index.Hit) bool { return !(h.Chord > d || h.Chord == d && int64(h.RID) > rid) })
	}
	more := len(hits) > l.q.Count
	if hits = index.Nearest(hits, l.q.Count); more {
		last := hits[l.q.Count-1]
		l.link(cursor{kind: ofDistance, rid: int64(last.RID), part: int64(math.Float64bits(last.Chord))})
	}
	l.page.matches = make([]hit, len(hits))
	l.page.distances = nil
	for i, h := range hits {
		l.page.matches[i] = l.hit(h.RID)
		l.page.distances = append(l.page.distances, globe.Metres(h.Chord))
	}
	return true
}
