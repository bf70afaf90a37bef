package sqlite

import (
	"slices"

	"masjala/fhir/search"
)

// include follows _include and _revinclude as inclusion does by SQL, in the view that
// found the matches.
func (l *lookup) include() {
	l.page.included, l.page.truncated = nil, false
	if len(l.q.Includes) == 0 || len(l.page.matches) == 0 {
		return
	}
	seen := make(map[uint32]bool, 2*len(l.page.matches))
	for _, h := range l.page.matches {
		seen[h.rid] = true
	}
	from := l.page.matches
	for round := 0; len(from) > 0 && !l.page.truncated; round++ {
		at := len(l.page.included)
		for i := range l.q.Includes {
			inc := &l.q.Includes[i]
			if round > 0 && !inc.Iterate {
				continue
			}
			const some = 500 // as many as SQL takes at once, so that the order is the same
			for part := range slices.Chunk(from, some) {
				rids := l.follow(inc, part)
				if l.outside {
					return
				}
				l.add(rids, seen)
			}
		}
		if len(l.missing) > 0 {
			return
		}
		from = l.page.included[at:len(l.page.included):len(l.page.included)]
	}
}

// follow returns the resources that one include brings for some, in ascending order.
func (l *lookup) follow(inc *search.Include, from []hit) []uint32 {
	var rids []uint32
	if inc.Reverse {
		rids = l.backward(inc, from)
	} else {
		rids = l.forward(inc, from)
	}
	slices.Sort(rids)
	rids = slices.Compact(rids)
	return rids[:min(len(rids), maxLinked)]
}

// add keeps resources that the page does not have yet.
func (l *lookup) add(rids []uint32, seen map[uint32]bool) {
	for _, rid := range rids {
		if seen[rid] {
			continue
		}
		if len(l.page.included) >= maxIncluded {
			l.page.truncated = true
			return
		}
		seen[rid] = true
		l.page.included = append(l.page.included, l.hit(rid))
	}
}

// forward returns the resources that some refer to.
func (l *lookup) forward(inc *search.Include, from []hit) (rids []uint32) {
	source, target, param := l.names.typeOf(inc.Source), l.names.typeOf(inc.Target), int64(0)
	if inc.Param != nil {
		param = l.names.param(source, inc.Param.Name).id
	}
	for _, h := range from {
		if inc.Source != "*" && h.typ != source {
			continue
		}
		k, ok := l.kept(h)
		if !ok {
			continue
		}
		for links := k.Links; links != ""; {
			var to link
			to, links = nextLink(links)
			if inc.Param != nil && to.param != param || inc.Target != "" && to.typ != target {
				continue
			}
			if rid, ok := l.v.Find(uint8(to.typ), to.id); ok {
				rids = append(rids, rid)
			}
		}
	}
	return rids
}

// backward returns the resources that refer to some.
func (l *lookup) backward(inc *search.Include, from []hit) (rids []uint32) {
	target := l.names.typeOf(inc.Target)
	params := l.references(inc)
	for _, h := range from {
		if inc.Target != "" && h.typ != target {
			continue
		}
		id, ok := l.id(h)
		if !ok {
			continue
		}
		for _, p := range params {
			set := l.v.Reference(p, id, h.typ, false)
			before := len(rids)
			if rids = set.Before(0, maxLinked+1, rids); len(rids)-before > maxLinked {
				l.outside = true // which of them come first, SQL tells
				return nil
			}
		}
	}
	return rids
}

// references returns the numbers of the reference parameters of a reverse include.
func (l *lookup) references(inc *search.Include) (params []int64) {
	typ := l.names.typeOf(inc.Source)
	if inc.Param != nil {
		if id := l.names.param(typ, inc.Param.Name).id; id != 0 {
			params = append(params, id)
		}
		return params
	}
	for k, p := range l.names.params {
		if typ == 0 && inc.Source == "*" || k.typ == typ {
			params = append(params, p.id)
		}
	}
	return params
}
