package index

import "masjala/store/index/rids"

// Set is a set of resources, an expression over what the index has: it costs next to
// nothing to make, and is computed as far as it is asked. It is what the base says of
// resources that did not change since, and what the delta says of those that did. A Set
// lives until the function that View ran returns, and is for one goroutine. The zero value
// is the empty set.
type Set struct {
	v           *View
	base, delta *rids.Set
}

// And returns what all sets have; nothing for no sets.
func And(sets ...Set) Set {
	v := viewOf(sets)
	if v == nil {
		return Set{}
	}
	return Set{v, v.room.And(v.bases(sets)...), v.room.And(v.deltas(sets)...)}
}

// Or returns what any of the sets has.
func Or(sets ...Set) Set {
	v := viewOf(sets)
	if v == nil {
		return Set{}
	}
	return Set{v, v.room.Or(v.bases(sets)...), v.room.Or(v.deltas(sets)...)}
}

// AndNot returns what s has and o has not.
func (s Set) AndNot(o Set) Set {
	if s.v == nil || o.v == nil {
		return s
	}
	return Set{s.v, s.v.room.AndNot(s.base, o.base), s.v.room.AndNot(s.delta, o.delta)}
}

func viewOf(sets []Set) *View {
	for i := range sets {
		if sets[i].v != nil {
			return sets[i].v
		}
	}
	return nil
}

func (v *View) bases(sets []Set) []*rids.Set {
	v.kids = v.kids[:0]
	for i := range sets {
		v.kids = append(v.kids, sets[i].base)
	}
	return v.kids
}

func (v *View) deltas(sets []Set) []*rids.Set {
	v.kids = v.kids[:0]
	for i := range sets {
		v.kids = append(v.kids, sets[i].delta)
	}
	return v.kids
}

// Count tells how many resources the set has, exactly.
func (s Set) Count() int {
	if s.v == nil {
		return 0
	}
	r := &s.v.room
	return s.base.Count() - r.And(s.base, s.v.mask).Count() + s.delta.Count()
}

// Contains tells whether a resource is in the set.
func (s Set) Contains(rid uint32) bool {
	if s.v == nil {
		return false
	}
	if s.v.delta.hides(rid) {
		return s.delta.Contains(rid)
	}
	return s.base.Contains(rid)
}

// Before appends to dst the up to n largest rids that are less than rid, in descending
// order; with rid 0 the largest ones of all.
func (s Set) Before(rid uint32, n int, dst []uint32) []uint32 {
	if s.v == nil {
		return dst
	}
	r := &s.v.room
	return r.Or(r.AndNot(s.base, s.v.mask), s.delta).Before(rid, n, dst)
}
