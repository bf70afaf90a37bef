package compose

import (
	"context"
	"slices"

	"masjala/fhir"
)

// maxLooks is in how many parts of grammars a value set may look for a code. As each may have
// excludes, which have excludes, few value sets could make any number of them.
const maxLooks = 2000

// bearable fails with TooCostly if a code would be looked for in too many parts.
func bearable(parts []*part) error {
	looks := 0
	for _, x := range parts {
		looks += x.looks
	}
	if looks > maxLooks {
		return fhir.Errorf(fhir.TooCostly, "The value set takes too many times from code systems whose codes a rule tells; at most %d times are allowed.", maxLooks)
	}
	return nil
}

// bar keeps in mind that codes of others are taken out of x, if that is a part of a grammar;
// same tells which others count.
func (x *part) bar(others []*part, same func(o *part) bool) {
	if x.open == nil {
		return
	}
	for _, o := range others {
		if same(o) {
			x.except = append(slices.Clip(x.except), o)
			x.looks += 1 + o.looks
		}
	}
}

// opened looks for a code that only the grammar of the system knows.
func (x *part) opened(code string) (Member, bool) {
	if x.open == nil {
		return Member{}, false
	}
	set := x.sys.Grammar([]string{code})
	if set == nil || slices.ContainsFunc(x.except, func(o *part) bool { _, ok := o.find(code); return ok }) {
		return Member{}, false
	}
	sys := x.sys.with(set)
	for i := range x.open.Filters {
		b, err := filter(context.Background(), sys, &x.open.Filters[i])
		if err != nil || !b.Has(0) {
			return Member{}, false
		}
	}
	return Member{System: sys, Number: 0, Known: true}, true
}

// Open lists the systems of which the members cannot all be listed, as a grammar has more
// codes than those in common use.
func (p *Plan) Open() []*System {
	var out []*System
	for _, x := range p.parts {
		if x.open != nil && !slices.Contains(out, x.sys) {
			out = append(out, x.sys)
		}
	}
	return out
}

// closed is what x, a part of a grammar, has in common with each of others: of one that lists its
// codes the listed ones, of another the codes that meet the filters of both.
func (x *part) closed(others []*part) []*part {
	var out []*part
	for _, o := range others {
		var c *part
		if o.open == nil {
			c = o.clone()
			c.keep(func(m Member) bool { _, ok := x.find(m.Code()); return ok })
		} else {
			c = x.clone()
			c.bits.And(o.bits)
			both := *x.open
			both.Filters = slices.Concat(x.open.Filters, o.open.Filters)
			c.open, c.except, c.looks = &both, slices.Concat(x.except, o.except), x.looks+o.looks
		}
		out = append(out, c)
	}
	return out
}
