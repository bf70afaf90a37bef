package compose

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"

	"masjala/terminology/concept"
)

// Holds tells whether an include takes a concept from a version of its system, whatever
// value sets it names beside, and what it says of it. It looks at that concept alone, and
// fails as Part does.
func (in *Include) Holds(ctx context.Context, sys *System, k uint32) (*Given, bool, error) {
	if len(in.Concepts) > 0 {
		g := in.named(sys, k)
		return g, g != nil, nil
	}
	all := true
	for i := range in.Filters {
		ok, err := meets(ctx, sys, &in.Filters[i], k)
		if err != nil {
			return nil, false, err
		}
		all = all && ok
	}
	return nil, all, nil
}

// Direct tells whether Holds need not look at other concepts, so that it takes no time to speak of.
func (in *Include) Direct(sys *System) bool {
	return !slices.ContainsFunc(in.Filters, func(f Filter) bool { return !f.hierarchical() && !f.equals(sys.Set) })
}

// equals tells whether a filter wants a value of a property that concepts of a set have.
func (f *Filter) equals(set *concept.Set) bool {
	return f.Op == opEqual && !derivable(f.Property) && set.Used(f.Property)
}

// named finds a concept of the system among the listed codes; nil if it is not one of them.
func (in *Include) named(sys *System, k uint32) *Given {
	code := string(sys.Set.Code(k))
	if g := in.Names(code); g != nil || sys.Set.Meta().CaseSensitive {
		return g
	}
	for i := range in.Concepts {
		if n, ok := sys.Set.Find(in.Concepts[i].Code); ok && n == k {
			return &in.Concepts[i]
		}
	}
	return nil
}

// meets tells whether a filter selects a concept.
func meets(ctx context.Context, sys *System, f *Filter, k uint32) (bool, error) {
	set := sys.Set
	switch {
	case f.hierarchical():
		of, err := root(sys, f)
		if err != nil {
			return false, err
		}
		switch f.Op {
		case opIsA:
			return set.IsA(k, of), nil
		case opDescendentOf:
			return k != of && set.IsA(k, of), nil
		case opIsNotA:
			return !set.IsA(k, of), nil
		case opGeneralizes:
			return set.IsA(of, k), nil
		case opChildOf:
			return set.Parents(k).Has(of), nil
		}
		return k != of && set.IsA(k, of) && set.Children(k).Len() == 0, nil
	case f.equals(set) && decimal(set, f.Property):
		return hasNumber(set, k, f.Property, f.Value), nil
	case f.equals(set):
		return set.HasValue(k, f.Property, f.Value), nil
	case f.constrains(sys):
		b, err := constrained(ctx, sys, f)
		return err == nil && b.Has(k), err
	}
	b, err := filter(ctx, sys, f)
	if err != nil {
		return false, err
	}
	return b.Has(k), nil
}

// derivable tells whether a property is one that concepts have without a value for it.
func derivable(property string) bool {
	switch property {
	case propertyConcept, propertyCode, propertyDisplay, "parent", "child":
		return true
	}
	return false
}

// indexed is from how many listed codes on they are found by an index.
const indexed = 16

// hashed is the hash of a listed code and its place in the list.
type hashed struct {
	hash uint32
	at   int32
}

var listedSeed = maphash.MakeSeed()

func hashListed(code string) uint32 { return uint32(maphash.String(listedSeed, code)) }

// sort makes the index by which Names finds one of many listed codes. It holds all that is
// compared, so that a search reads the codes of hardly more than one place.
func (in *Include) sort() {
	if len(in.Concepts) < indexed {
		return
	}
	in.byHash = make([]hashed, len(in.Concepts))
	for i := range in.byHash {
		in.byHash[i] = hashed{hashListed(in.Concepts[i].Code), int32(i)}
	}
	slices.SortFunc(in.byHash, func(a, b hashed) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.at, b.at)) })
}

// Names finds a code among the listed ones; nil if it is not one of them.
func (in *Include) Names(code string) *Given {
	if in.byHash == nil {
		for i := range in.Concepts {
			if in.Concepts[i].Code == code {
				return &in.Concepts[i]
			}
		}
		return nil
	}
	hash := hashListed(code)
	i, _ := slices.BinarySearchFunc(in.byHash, hash, func(x hashed, hash uint32) int { return cmp.Compare(x.hash, hash) })
	for ; i < len(in.byHash) && in.byHash[i].hash == hash; i++ {
		if g := &in.Concepts[in.byHash[i].at]; g.Code == code {
			return g
		}
	}
	return nil
}
