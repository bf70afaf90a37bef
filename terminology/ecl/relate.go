package ecl

import "masjala/terminology/concept"

// relate adds what stands in a relation to some concepts.
func (r *run) relate(relation relation, of, out *concept.Bits) error {
	var err error
	switch relation {
	case descendants, descendantsAndSelf:
		err = r.below(of, out)
	case ancestors, ancestorsAndSelf:
		err = r.above(of, out)
	case children, childrenAndSelf:
		err = r.near(r.set.Children, of, out)
	case parents, parentsAndSelf:
		err = r.near(r.set.Parents, of, out)
	case top:
		return r.without(r.below, of, out)
	case bottom:
		return r.without(r.above, of, out)
	}
	switch relation {
	case descendantsAndSelf, ancestorsAndSelf, childrenAndSelf, parentsAndSelf:
		out.Or(of)
	}
	return err
}

// below adds what lies below some concepts. All below a concept that was added was added too.
func (r *run) below(of, out *concept.Bits) error {
	for k := range of.All {
		if out.Has(k) {
			continue
		}
		for c := range r.set.Children(k).All() {
			if out.Has(c) {
				continue
			}
			r.set.AddBelow(out, c)
			if err := r.spend(8); err != nil {
				return err
			}
		}
		if err := r.spend(1); err != nil {
			return err
		}
	}
	return nil
}

// above adds what lies above some concepts.
func (r *run) above(of, out *concept.Bits) error {
	var open []uint32
	for k := range of.All {
		for open = append(open[:0], k); len(open) > 0; {
			c := open[len(open)-1]
			open = open[:len(open)-1]
			for p := range r.set.Parents(c).All() {
				if !out.Has(p) {
					out.Add(p)
					open = append(open, p)
				}
			}
			if err := r.spend(2); err != nil {
				return err
			}
		}
	}
	return nil
}

// near adds the parents or the children of some concepts.
func (r *run) near(list func(uint32) concept.Numbers, of, out *concept.Bits) error {
	for k := range of.All {
		numbers := list(k)
		for n := range numbers.All() {
			out.Add(n)
		}
		if err := r.spend(1 + numbers.Len()); err != nil {
			return err
		}
	}
	return nil
}

// without adds those of some concepts that do not lie below, or above, any of them.
func (r *run) without(lie func(of, out *concept.Bits) error, of, out *concept.Bits) error {
	others, err := r.empty()
	if err != nil {
		return err
	}
	if err := lie(of, others); err != nil {
		return err
	}
	out.Or(of)
	out.AndNot(others)
	return nil
}
