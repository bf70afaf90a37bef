package ecl

import (
	"context"
	"slices"

	"masjala/terminology/concept"
)

const (
	maxWork = 100_000_000 // steps of one evaluation: words of sets, values, properties looked at
	breath  = 50_000      // steps between two looks at the context
)

// run is one evaluation of an expression.
type run struct {
	ctx  context.Context
	x    *Expression
	set  *concept.Set
	work int
	next int     // when to look at the context again
	list []value // of the concept that is looked at, to be used again
}

// Select returns the concepts of a set that the expression is satisfied by. It fails with
// Unprocessable for a code or property that the set does not have, with TooCostly when it
// takes too much work, and with the error of ctx.
func (x *Expression) Select(ctx context.Context, set *concept.Set) (*concept.Bits, error) {
	r := &run{ctx: ctx, x: x, set: set}
	return r.bits(x.root)
}

// spend counts steps. It fails when there were too many, or the caller left.
func (r *run) spend(steps int) error {
	r.work += steps
	if r.work > maxWork {
		return costly()
	}
	if r.work >= r.next {
		r.next = r.work + breath
		return r.ctx.Err()
	}
	return nil
}

// empty is a new set without concepts.
func (r *run) empty() (*concept.Bits, error) {
	return concept.NewBits(r.set.Len()), r.spend(r.set.Len()/64 + 1)
}

// bits evaluates a node. The caller owns the result.
func (r *run) bits(n node) (*concept.Bits, error) {
	switch n := n.(type) {
	case *compound:
		return r.compound(n)
	case *refined:
		focus, err := r.bits(n.focus)
		if err != nil {
			return nil, err
		}
		return r.refine(n.by, focus)
	case *dotted:
		return r.dotted(n)
	}
	out, err := r.empty()
	if err != nil {
		return nil, err
	}
	switch n := n.(type) {
	case *code:
		err = r.one(n, out)
	case *all:
		out.Not()
	case *related:
		var of *concept.Bits
		if of, err = r.bits(n.of); err == nil {
			err = r.relate(n.relation, of, out)
		}
	case *members:
		err = r.members(n, out)
	}
	return out, err
}

// one adds the concept with a code.
func (r *run) one(c *code, out *concept.Bits) error {
	k, ok := r.set.Find(c.text)
	if !ok {
		return r.x.noCode(c)
	}
	out.Add(k)
	return r.spend(1)
}

// compound joins the sets of a list.
func (r *run) compound(n *compound) (*concept.Bits, error) {
	out, err := r.bits(n.list[0])
	for _, m := range n.list[1:] {
		if err != nil {
			return nil, err
		}
		if c, ok := m.(*code); ok && n.join == or {
			err = r.one(c, out)
			continue
		}
		var b *concept.Bits
		if b, err = r.bits(m); err != nil {
			return nil, err
		}
		switch n.join {
		case and:
			out.And(b)
		case or:
			out.Or(b)
		case minus:
			out.AndNot(b)
		}
	}
	return out, err
}

// members adds what is in reference sets. The code of one need not be a concept that is here.
func (r *run) members(n *members, out *concept.Bits) error {
	of, err := r.matcher(n.of)
	if err != nil {
		return err
	}
	if c, ok := n.of.(*code); ok && r.set.With(concept.MemberOf, c.text).Len() == 0 {
		if _, known := r.set.Find(c.text); !known {
			return r.x.noCode(c)
		}
	}
	x := asked{attribute: &attribute{compare: comparison{op: "=", codes: n.of}}, names: []string{concept.MemberOf}, matcher: of}
	return r.having(&x, out)
}

// having adds the concepts with a value that meets an attribute, if kinds did not matter.
func (r *run) having(x *asked, out *concept.Bits) error {
	cost := x.matcher.cost()
	return r.values(x.names, func(v []byte, list concept.Numbers) error {
		if !r.meets(x, v) {
			return r.spend(cost)
		}
		for k := range list.All() {
			out.Add(k)
		}
		return r.spend(cost + list.Len())
	})
}

// values calls yield with each value of some properties and the concepts that have it.
func (r *run) values(properties []string, yield func(value []byte, list concept.Numbers) error) error {
	for _, p := range properties {
		if !r.set.Used(p) {
			continue
		}
		for v, list := range r.set.Values(p) {
			if err := r.spend(1); err != nil {
				return err
			}
			if err := yield(v, list); err != nil {
				return err
			}
		}
	}
	return nil
}

// dotted returns the concepts that are values of an attribute of some concepts. Dots follow
// dots without end: the set is made when what stands before is known, not held meanwhile.
func (r *run) dotted(n *dotted) (*concept.Bits, error) {
	of, err := r.bits(n.of)
	if err != nil {
		return nil, err
	}
	names, err := r.names(n.name)
	if err != nil {
		return nil, err
	}
	out, err := r.empty()
	if err != nil {
		return nil, err
	}
	return out, r.values(names, func(v []byte, list concept.Numbers) error {
		if k, ok := r.set.Find(string(v)); ok && touches(list, of) {
			out.Add(k)
		}
		return r.spend(list.Len())
	})
}

// touches tells whether a list has a concept of a set.
func touches(list concept.Numbers, of *concept.Bits) bool {
	for k := range list.All() {
		if of.Has(k) {
			return true
		}
	}
	return false
}

// names lists the properties that a node stands for: a code for that property, * for all
// attributes, anything else for the attributes among its concepts.
func (r *run) names(n node) ([]string, error) {
	switch n := n.(type) {
	case *code:
		if r.set.Used(n.text) {
			return []string{n.text}, nil
		}
		_, known := r.set.Find(n.text)
		if !known && !slices.ContainsFunc(r.set.Meta().Properties, func(d concept.Declared) bool { return d.Code == n.text }) {
			return nil, r.x.noProperty(n)
		}
		return nil, nil
	case *all:
		return r.set.Attributes(), nil
	case *compound:
		return r.someNames(n)
	}
	m, err := r.matcher(n)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(r.set.Attributes(), func(p string) bool { return !r.has(m, []byte(p)) }), nil
}

// someNames joins lists of properties.
func (r *run) someNames(n *compound) ([]string, error) {
	var out []string
	for i, m := range n.list {
		list, err := r.names(m)
		if err != nil {
			return nil, err
		}
		within := func(p string) bool { return slices.Contains(list, p) }
		switch {
		case i == 0:
			out = list
		case n.join == and:
			out = slices.DeleteFunc(out, func(p string) bool { return !within(p) })
		case n.join == minus:
			out = slices.DeleteFunc(out, within)
		default:
			out = append(out, slices.DeleteFunc(list, func(p string) bool { return slices.Contains(out, p) })...)
		}
	}
	return out, nil
}
