package sqlite

import (
	"masjala/fhir/search"
)

// maxIncluded is how many resources a page brings beside its matches.
const maxIncluded = 1000

// maxLinked is how many linked resources are looked at: all that the page may have already, and more.
const maxLinked = 4 * maxIncluded

// include follows _include and _revinclude from the matches, and from what they bring
// where :iterate asks for it. Each resource comes once, so a cycle ends.
func (x *searcher) include(ms []match) error {
	if len(x.q.Includes) == 0 || len(ms) == 0 {
		return nil
	}
	in := inclusion{searcher: x, seen: map[int64]bool{}}
	for i := range ms {
		in.seen[ms[i].rid] = true
	}
	from := ms
	for round := 0; len(from) > 0 && !x.page.Truncated; round++ {
		in.fresh = nil
		for i := range x.q.Includes {
			inc := &x.q.Includes[i]
			if round > 0 && !inc.Iterate {
				continue
			}
			if err := in.follow(inc, from); err != nil {
				return err
			}
		}
		from = in.fresh
	}
	return nil
}

// inclusion is the work of one page.
type inclusion struct {
	*searcher
	seen  map[int64]bool
	fresh []match // found in this round
}

// follow adds what one include brings for some resources, some hundreds at a time.
func (n *inclusion) follow(inc *search.Include, from []match) error {
	const some = 500
	for ; len(from) > 0; from = from[min(some, len(from)):] {
		part := from[:min(some, len(from))]
		f := n.forward
		if inc.Reverse {
			f = n.backward
		}
		rids := f(inc, part)
		if rids.text == "" {
			continue
		}
		ms, err := n.matches(rids, "m.rid")
		if err != nil {
			return err
		}
		if err := n.add(ms); err != nil {
			return err
		}
	}
	return nil
}

// add keeps resources that the page does not have yet.
func (n *inclusion) add(ms []match) error {
	var more []match
	for i := range ms {
		if n.seen[ms[i].rid] {
			continue
		}
		if len(n.page.Included)+len(more) >= maxIncluded {
			n.page.Truncated = true
			break
		}
		n.seen[ms[i].rid] = true
		more = append(more, ms[i])
	}
	rs, err := n.load(more)
	n.page.Included = append(n.page.Included, rs...)
	n.fresh = append(n.fresh, more...)
	return err
}

// forward is the select of the resources that some refer to.
func (n *inclusion) forward(inc *search.Include, from []match) fragment {
	var rids []any
	for i := range from {
		if inc.Source == "*" || from[i].typ == inc.Source {
			rids = append(rids, from[i].rid)
		}
	}
	if len(rids) == 0 {
		return fragment{}
	}
	conds := []fragment{in("f.rid", rids), {text: "f.type <> 0"}}
	if inc.Param != nil {
		id := n.names.param(n.names.typeOf(inc.Source), inc.Param.Name).id
		conds = append(conds, fragment{"f.param = ?", []any{id}})
	}
	if inc.Target != "" {
		conds = append(conds, fragment{"f.type = ?", []any{n.names.typeOf(inc.Target)}})
	}
	f := fragment{text: "select distinct x.rid as rid from reference f cross join resource x on x.type = f.type and x.id = f.id and x.deleted = 0"}
	return f.where(conds).plus(" order by 1 limit ?", maxLinked)
}

// backward is the select of the resources that refer to some.
func (n *inclusion) backward(inc *search.Include, from []match) fragment {
	var targets []any
	for i := range from {
		if inc.Target == "" || from[i].typ == inc.Target {
			targets = append(targets, n.names.typeOf(from[i].typ), from[i].id)
		}
	}
	ps := n.references(inc)
	if len(targets) == 0 || len(ps) == 0 {
		return fragment{}
	}
	f := fragment{text: "select distinct f.rid as rid from "}.join("", constants("v", 2, targets)).plus(" cross join reference f")
	conds := []fragment{in("f.param", ps), {text: "f.id = v.column2 and f.type = v.column1"}}
	return f.where(conds).plus(" order by 1 limit ?", maxLinked)
}

// references returns the numbers of the reference parameters of a reverse include.
func (n *inclusion) references(inc *search.Include) []any {
	typ := n.names.typeOf(inc.Source)
	if inc.Param != nil {
		if id := n.names.param(typ, inc.Param.Name).id; id != 0 {
			return []any{id}
		}
		return nil
	}
	var ids []any
	for k, p := range n.names.params {
		if typ == 0 && inc.Source == "*" || k.typ == typ {
			ids = append(ids, p.id)
		}
	}
	return ids
}
