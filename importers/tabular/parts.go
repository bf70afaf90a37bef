package tabular

import (
	"cmp"
	"slices"
	"strconv"
)

// Part is what several rows make together: an include of a value set, a group of a map.
type Part interface {
	Label() string           // as the table has it, perhaps a number
	Key() string             // tells parts apart, as far as columns do
	OrderLike(stored []byte) // puts what is in it into the order of a stored one
}

// StoredPart is a part as it is stored.
type StoredPart struct {
	Key  string
	Body []byte
}

// ArrangeParts puts parts, and what is in them, into the order of stored ones; numbered parts that
// are new stand in the order of their numbers.
func ArrangeParts[P Part](parts []P, stored []StoredPart) {
	number := func(p P) int {
		n, err := strconv.Atoi(p.Label())
		if err != nil {
			return 1 << 30
		}
		return n
	}
	slices.SortStableFunc(parts, func(a, b P) int { return cmp.Compare(number(a), number(b)) })
	keys, twins := make([]string, len(stored)), map[string][][]byte{}
	for i, s := range stored {
		keys[i], twins[s.Key] = s.Key, append(twins[s.Key], s.Body)
	}
	for _, p := range parts {
		if key := p.Key(); len(twins[key]) > 0 {
			p.OrderLike(twins[key][0])
			twins[key] = twins[key][1:]
		}
	}
	Arrange(parts, P.Key, keys)
}
