package sqlite

import (
	"masjala/fhir/search"
)

// all makes one clause of conditions on resources of a scope that all must be met, to be
// used as the inner part of a chain.
func (p *planner) all(sc scope, where []search.Condition) (*clause, error) {
	cls, err := p.clauses(sc, where)
	if err != nil {
		return nil, err
	}
	if len(cls) == 1 && cls[0].source() {
		return cls[0], nil
	}
	lead, rest, err := p.lead(sc, cls)
	if err != nil {
		return nil, err
	}
	a := p.alias()
	f := lead.rids()
	sep := " and "
	if lead.where.text == "" {
		sep = " where "
	}
	for _, cl := range rest {
		f = f.join(sep, cl.tests(lead.rid))
		sep = " and "
	}
	return &clause{
		from: fragment{"(" + f.text + ") " + a, f.args}, rid: a + ".rid", count: -1, guess: lead,
		test: func(rid string) fragment {
			var f fragment
			for _, cl := range cls {
				f = f.join(" and ", cl.tests(rid))
			}
			return fragment{"(" + f.text + ")", f.args}
		},
	}, nil
}

// chain makes the clause of a reference whose target meets a condition: of any of the
// target types (https://hl7.org/fhir/R4/search.html#chaining).
func (p *planner) chain(sc scope, c *search.Condition) (*clause, error) {
	ps := p.params(sc, c.Param.Name)
	var parts []*clause
	for i := range c.Chain {
		typ := p.names.typeOf(c.Chain[i].Type)
		if typ == 0 || len(ps) == 0 {
			continue
		}
		inner, err := p.all(scope{types: []int64{typ}}, []search.Condition{c.Chain[i].Cond})
		if err != nil {
			return nil, err
		}
		cl, err := p.link(ps, typ, inner)
		if err != nil {
			return nil, err
		}
		parts = append(parts, cl)
	}
	return p.any(parts), nil
}

// link makes the clause of resources that refer to those of inner.
func (p *planner) link(ps []param, typ int64, inner *clause) (*clause, error) {
	n, err := p.estimate(inner)
	if err != nil {
		return nil, err
	}
	i, x, f := p.alias(), p.alias(), p.alias()
	all := inner.rids()
	from := fragment{"(" + all.text + ") " + i, all.args}.
		plus(" cross join resource "+x+" on "+x+".rid = "+i+".rid cross join reference "+f+
			" on "+f+".id = "+x+".id and "+f+".type = ? and ", typ).join("", in(f+".param", ids(ps)))
	return &clause{
		from: from, rid: f + ".rid", count: -1, guess: inner, point: n > selective,
		test: func(rid string) fragment {
			x, f := p.alias(), p.alias()
			out := fragment{text: "exists (select 1 from reference " + f + " cross join resource " + x + " on " +
				x + ".type = ? and " + x + ".id = " + f + ".id and " + x + ".deleted = 0 where " + f + ".rid = " + rid + " and ",
				args: []any{typ}}
			out = out.join("", in(f+".param", ids(ps))).plus(" and "+f+".type = ? and ", typ)
			out = out.join("", inner.tests(x+".rid"))
			return out.plus(")")
		},
	}, nil
}

// has makes the clause of resources that others, which meet a condition, refer to
// (https://hl7.org/fhir/R4/search.html#has).
func (p *planner) has(sc scope, h *search.Has) (*clause, error) {
	from := p.scopeType(h.Type)
	ps := p.params(from, h.Ref.Name)
	if len(ps) == 0 || len(sc.types) == 0 {
		return p.none(), nil
	}
	inner, err := p.all(from, []search.Condition{h.Cond})
	if err != nil {
		return nil, err
	}
	n, err := p.estimate(inner)
	if err != nil {
		return nil, err
	}
	i, f, x := p.alias(), p.alias(), p.alias()
	all := inner.rids()
	src := fragment{"(" + all.text + ") " + i, all.args}.
		plus(" cross join reference "+f+" on "+f+".rid = "+i+".rid and ").join("", in(f+".param", ids(ps))).
		plus(" cross join resource "+x+" on "+x+".type = "+f+".type and "+x+".id = "+f+".id and "+x+".deleted = 0 and ").
		join("", in(x+".type", numbers(sc.types)))
	return &clause{
		from: src, rid: x + ".rid", count: -1, guess: inner, point: n > selective,
		test: func(rid string) fragment {
			x, f := p.alias(), p.alias()
			out := fragment{text: "exists (select 1 from resource " + x + " cross join reference " + f + " on " +
				f + ".id = " + x + ".id and " + f + ".type = " + x + ".type and "}
			out = out.join("", in(f+".param", ids(ps))).plus(" where " + x + ".rid = " + rid + " and ")
			return out.join("", inner.tests(f+".rid")).plus(")")
		},
	}, nil
}

// maxWalk bounds how many members a walk through a hierarchy takes in.
const maxWalk = 1_000_000

// hierarchy makes the clause of references to a resource or to what is above or below it
// by the parameter partof of its type. A cycle ends where it began.
func (p *planner) hierarchy(ps []param, c *search.Condition) *clause {
	var parts []*clause
	for _, v := range c.Values {
		typ := p.names.typeOf(v.RefType)
		if v.RefID == "" || typ == 0 {
			continue
		}
		up := p.names.param(typ, "partof").id
		if c.Modifier == search.Below && len(ps) == 1 && ps[0].id == up {
			parts = append(parts, p.offspring(typ, up, v.RefID))
			continue
		}
		step := "select x.id from w cross join reference f on f.param = ? and f.id = w.id and f.type = ? cross join resource x on x.rid = f.rid"
		args := []any{v.RefID, up, typ, maxWalk}
		if c.Modifier == search.Above {
			step = "select f.id from w cross join resource x on x.type = ? and x.id = w.id cross join reference f on f.rid = x.rid and f.param = ? and f.type = ?"
			args = []any{v.RefID, typ, up, typ, maxWalk}
		}
		a, w := p.alias(), p.alias()
		walk := fragment{"(with recursive w(id) as (select ? union " + step + " limit ?) select id from w) " + w, args}
		parts = append(parts, &clause{
			from: walk.plus(" cross join reference "+a+" on "+a+".id = "+w+".id and "+a+".type = ? and ", typ).join("", in(a+".param", ids(ps))),
			rid:  a + ".rid", count: -1,
		})
	}
	return p.any(parts)
}

// offspring makes the clause of what lies below a resource of its own type.
func (p *planner) offspring(typ, up int64, id string) *clause {
	w := p.alias()
	return &clause{
		from: fragment{"(with recursive w(rid) as (select f.rid from reference f where f.param = ? and f.id = ? and f.type = ? " +
			"union select f.rid from w cross join resource x on x.rid = w.rid cross join reference f on f.param = ? and f.id = x.id and f.type = ? limit ?) select rid from w) " + w,
			[]any{up, id, typ, up, typ, maxWalk}},
		rid: w + ".rid", unique: true, count: -1,
	}
}

// lead chooses the clause that finds resources, the most selective one; the rest test them.
func (p *planner) lead(sc scope, cls []*clause) (*clause, []*clause, error) {
	best := -1
	sources := 0
	for _, cl := range cls {
		if cl.source() {
			sources++
		}
	}
	for i, cl := range cls {
		if !cl.source() {
			continue
		}
		if sources > 1 || len(cls) > 1 {
			if _, err := p.estimate(cl); err != nil {
				return nil, nil, err
			}
		}
		if best < 0 || cl.count < cls[best].count {
			best = i
		}
	}
	if best < 0 {
		return p.everything(sc), cls, nil
	}
	rest := make([]*clause, 0, len(cls)-1)
	for i, cl := range cls {
		if i != best {
			rest = append(rest, cl)
		}
	}
	return cls[best], rest, nil
}
