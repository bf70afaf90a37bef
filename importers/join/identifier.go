package join

import (
	"slices"

	"masjala/internal/linkage"
)

// trust takes from the records the identifiers of systems that the two lists do not share,
// although they call them alike: each office numbers its rows, and calls the number "ID" or
// "Code". A system is shared when one number in five of the shorter list is in the other,
// and most that have the same number have names that resemble each other.
func trust[R any](k kind[R], a, b []R) {
	inA, inB := numbers(k, a), numbers(k, b)
	shared, rare := map[string]bool{}, rarity(k, a, b)
	for system, of := range inA {
		same, alike := 0, 0
		for value, i := range of {
			j, there := inB[system][value]
			if !there {
				continue
			}
			same++
			if resemble(rare, k.name(&a[i]), k.name(&b[j])) {
				alike++
			}
		}
		shared[system] = same > 0 && 5*same >= min(len(of), len(inB[system])) && 2*alike > same
	}
	for _, list := range [][]R{a, b} {
		for n := range list {
			ids := k.ids(&list[n])
			*ids = slices.DeleteFunc(*ids, func(id linkage.Identifier) bool { return !shared[id.System] })
		}
	}
}

// numbers are the records of a list by system and value.
func numbers[R any](k kind[R], list []R) map[string]map[string]int {
	out := map[string]map[string]int{}
	for n := range list {
		for _, id := range *k.ids(&list[n]) {
			if out[id.System] == nil {
				out[id.System] = map[string]int{}
			}
			out[id.System][id.Value] = n
		}
	}
	return out
}

// rarity counts the words of the names of both lists.
func rarity[R any](k kind[R], lists ...[]R) *linkage.Rarity {
	r := linkage.NewRarity()
	for _, list := range lists {
		for n := range list {
			r.Add(linkage.Words(linkage.Fold(k.name(&list[n]))))
		}
	}
	return r
}

// resemble tells whether two names share about half of what is rare in them.
func resemble(r *linkage.Rarity, a, b string) bool {
	x, y := linkage.Words(linkage.Fold(a)), linkage.Words(linkage.Fold(b))
	r.Weigh(x)
	r.Weigh(y)
	return linkage.Align(x, y).Likeness >= 0.4
}
