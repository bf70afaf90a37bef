package ecl

import (
	"math"
	"slices"

	"masjala/terminology/concept"
)

// asked is an attribute whose name and comparison were evaluated.
type asked struct {
	*attribute
	names   []string // in order
	matcher *matcher // nil for numbers and texts
}

func (r *run) ask(a *attribute) (out asked, err error) {
	out.attribute = a
	out.names, err = r.names(a.name)
	slices.Sort(out.names)
	if err == nil && a.compare.codes != nil {
		out.matcher, err = r.matcher(a.compare.codes)
	}
	return out, err
}

// refine returns those of some concepts that meet a condition. It does not keep them.
func (r *run) refine(by refinement, of *concept.Bits) (*concept.Bits, error) {
	if err := r.spend(r.set.Len()/64 + 1); err != nil {
		return nil, err
	}
	switch by := by.(type) {
	case *group:
		return r.grouped(by, of)
	case *attribute:
		if by.reverse {
			return r.reversed(by, of)
		}
		return r.attributed(by, of)
	}
	j := by.(*junction)
	if j.join == and {
		out := of
		for _, c := range j.list {
			var err error
			if out, err = r.refine(c, out); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	out := concept.NewBits(r.set.Len())
	for _, c := range j.list {
		b, err := r.refine(c, of)
		if err != nil {
			return nil, err
		}
		out.Or(b)
	}
	return out, nil
}

// attributed returns the concepts with as many values of an attribute as it asks for.
func (r *run) attributed(a *attribute, of *concept.Bits) (*concept.Bits, error) {
	x, err := r.ask(a)
	if err != nil {
		return nil, err
	}
	some := concept.NewBits(r.set.Len())
	if err := r.having(&x, some); err != nil {
		return nil, err
	}
	some.And(of)
	if a.count == once && a.compare.codes != nil {
		return some, nil
	}
	return r.counting(a.count, of, some, func(k uint32) (int, error) {
		list := r.held(k, x.names)
		return r.count(&x, list), r.spend(perConcept + (perValue+x.matcher.cost())*len(list))
	})
}

// counting returns the concepts for which a number is as it should be. It is zero for those
// that are not in some.
func (r *run) counting(c cardinality, of, some *concept.Bits, number func(k uint32) (int, error)) (*concept.Bits, error) {
	out := concept.NewBits(r.set.Len())
	if c.least == 0 {
		out.Or(of)
		out.AndNot(some)
	}
	for k := range some.All {
		n, err := number(k)
		if err != nil {
			return nil, err
		}
		if c.has(n) {
			out.Add(k)
		}
	}
	return out, r.spend(r.set.Len()/64 + 1)
}

// reversed returns the concepts that are values of an attribute of others, of as many as it
// asks for.
func (r *run) reversed(a *attribute, of *concept.Bits) (*concept.Bits, error) {
	names, err := r.names(a.name)
	if err != nil {
		return nil, err
	}
	from, err := r.bits(a.compare.codes)
	if err != nil {
		return nil, err
	}
	if a.compare.op == "!=" {
		from.Not()
	}
	some := concept.NewBits(r.set.Len())
	times := make([]uint32, r.set.Len())
	err = r.values(names, func(v []byte, list concept.Numbers) error {
		k, ok := r.set.Find(string(v))
		if !ok || !of.Has(k) {
			return nil
		}
		for n := range list.All() {
			if from.Has(n) && times[k] < math.MaxUint32 {
				some.Add(k)
				times[k]++
			}
		}
		return r.spend(list.Len())
	})
	if err != nil {
		return nil, err
	}
	return r.counting(a.count, of, some, func(k uint32) (int, error) { return int(times[k]), nil })
}
