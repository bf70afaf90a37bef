package terminology

import (
	"context"
	"slices"
	"strings"

	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// definitions compares the value sets by what they say they include, system by system; false
// if that does not tell.
func (k *comparer) definitions(ctx context.Context) bool {
	a, b := k.this.definition, k.other.definition
	if !plainly(a) || !plainly(b) || keepsInactive(a) != keepsInactive(b) {
		return false
	}
	mine, theirs := bySystem(a.Include), bySystem(b.Include)
	for _, in := range a.Include {
		if theirs[in.System] == nil {
			k.left = true
		}
	}
	for _, in := range b.Include {
		if mine[in.System] == nil {
			k.right = true
		}
	}
	done := map[string]bool{}
	for _, in := range a.Include {
		if theirs[in.System] == nil || done[in.System] {
			continue
		}
		done[in.System] = true
		if !k.system(ctx, mine[in.System], theirs[in.System]) {
			k.left, k.right, k.common = false, false, false
			return false
		}
	}
	return true
}

// plainly tells whether a definition only includes from code systems.
func plainly(d *compose.Definition) bool {
	return d.Composed && len(d.Exclude) == 0 && !slices.ContainsFunc(d.Include, func(in compose.Include) bool { return len(in.ValueSets) > 0 })
}

func keepsInactive(d *compose.Definition) bool { return d.Inactive == nil || *d.Inactive }

func bySystem(list []compose.Include) map[string][]compose.Include {
	out := map[string][]compose.Include{}
	for _, in := range list {
		out[in.System] = append(out[in.System], in)
	}
	return out
}

// system compares what two value sets include from one code system; false if their
// definitions do not tell.
func (k *comparer) system(ctx context.Context, a, b []compose.Include) bool {
	switch {
	case all(a, enumerated) && all(b, enumerated):
		// As the answer names codes without their system, it names those of the last one.
		k.named(k.meet(codesOf(a), codesOf(b)))
	case sameIncludes(a, b):
		k.common = true
	case slices.ContainsFunc(a, whole) && slices.ContainsFunc(b, whole): // whatever the versions
		k.common = true
	case len(a) == 1 && len(b) == 1 && (whole(a[0]) || whole(b[0])):
		return k.part(ctx, &a[0], &b[0])
	case len(a) == 1 && len(b) == 1:
		return k.branches(&a[0], &b[0])
	default:
		return false
	}
	return true
}

func all(list []compose.Include, is func(compose.Include) bool) bool {
	return !slices.ContainsFunc(list, func(in compose.Include) bool { return !is(in) })
}

func enumerated(in compose.Include) bool { return len(in.Concepts) > 0 }
func whole(in compose.Include) bool      { return len(in.Concepts)+len(in.Filters) == 0 }

// codesOf lists the codes that includes name, each once, in the order of the alphabet.
func codesOf(list []compose.Include) []Coding {
	var out []Coding
	for _, in := range list {
		for i := range in.Concepts {
			out = append(out, Coding{System: in.System, Code: in.Concepts[i].Code})
		}
	}
	slices.SortFunc(out, func(a, b Coding) int { return strings.Compare(a.Code, b.Code) })
	return slices.Compact(out)
}

// sameIncludes tells whether two lists hold the same includes in any order.
func sameIncludes(a, b []compose.Include) bool {
	shapes := func(list []compose.Include) []string {
		var out []string
		for i := range list {
			out = append(out, shape(&list[i]))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(shapes(a), shapes(b))
}

// shape is the same text for includes that mean the same, whatever the order in which they
// say it.
func shape(in *compose.Include) string {
	var parts []string
	for _, f := range in.Filters {
		parts = append(parts, "f\x00"+f.Property+"\x00"+f.Op+"\x00"+f.Value)
	}
	for i := range in.Concepts {
		parts = append(parts, "c\x00"+in.Concepts[i].Code)
	}
	slices.Sort(parts)
	return in.System + "\x00" + in.Version + "\x00" + strings.Join(slices.Compact(parts), "\x00")
}

// part compares a whole system with a part of it; false if the system is not here.
func (k *comparer) part(ctx context.Context, a, b *compose.Include) bool {
	some := a
	if whole(*a) {
		some = b
	}
	e := k.v.c.usableOrNil(some.System, k.v.rules.version(some.System, some.Version))
	if e == nil || e.grammar != nil || a.Version != b.Version {
		return false
	}
	bits, err := compose.Bits(ctx, k.v.systemOf(e), some)
	if err != nil {
		return false
	}
	n := bits.Count()
	k.common = k.common || n > 0
	if n < e.set.Len() {
		k.left, k.right = k.left || whole(*a), k.right || whole(*b)
	}
	return true
}

// branches compares two branches of the hierarchy of a system; false if they are something
// else, or meet only in part.
func (k *comparer) branches(a, b *compose.Include) bool {
	if a.Version != b.Version || !branch(a) || !branch(b) {
		return false
	}
	e := k.v.c.usableOrNil(a.System, k.v.rules.version(a.System, a.Version))
	if e == nil {
		return false
	}
	x, okX := e.set.Find(a.Filters[0].Value)
	y, okY := e.set.Find(b.Filters[0].Value)
	switch {
	case !okX || !okY:
		return false
	case e.set.IsA(y, x):
		k.left, k.common = true, true
	case e.set.IsA(x, y):
		k.right, k.common = true, true
	default:
		both, other := concept.NewBits(e.set.Len()), concept.NewBits(e.set.Len())
		e.set.AddBelow(both, x)
		e.set.AddBelow(other, y)
		if both.And(other); both.Count() > 0 {
			return false
		}
		k.left, k.right = true, true
	}
	return true
}

// branch tells whether an include is a concept and all that lies below it.
func branch(in *compose.Include) bool {
	return len(in.Concepts) == 0 && len(in.Filters) == 1 && in.Filters[0].Op == "is-a" &&
		(in.Filters[0].Property == "concept" || in.Filters[0].Property == "code")
}
