package match

import (
	"context"
	"math"
	"strconv"

	"masjala/internal/linkage"
)

// Limits are those that the labelled samples of docs/benchmarks.md were measured with.
var Limits = linkage.Limits{Accept: 3, Review: -4, Margin: 2}

// hopeless is the verdict below which a pair is not worth keeping.
const hopeless = -20

// Lists finds the pairs of two lists that mean the same facility: each facility has at most
// one partner, and each pair says why. The result is in the order of a and holds those of
// the bands match and review. It ends early with the error of ctx.
func Lists(ctx context.Context, a, b []Facility) ([]linkage.Pair, error) {
	pairs, err := Among(ctx, a, b, 0, nil)
	if err != nil {
		return nil, err
	}
	return linkage.Assign(pairs, Limits), nil
}

// Among compares each facility of a with those of b that share most with it, and returns the
// pairs of the bands match and review, not assigned yet. b is taken for part of a registry of so many
// at least, so that a small one is not believed blindly. Pairs that apart tells, if it is not
// nil, are left out. It ends early with the error of ctx.
func Among(ctx context.Context, a, b []Facility, population int, apart func(a, b int) bool) ([]linkage.Pair, error) {
	return compareLists(ctx, a, b, population, apart, Limits.Review)
}

// Candidates compares all pairs of two lists that share enough to be worth it: it is what
// [Lists] chooses from.
func Candidates(ctx context.Context, a, b []Facility) ([]linkage.Pair, error) {
	return compareLists(ctx, a, b, 0, nil, hopeless)
}

func compareLists(ctx context.Context, a, b []Facility, population int, apart func(a, b int) bool, least float64) ([]linkage.Pair, error) {
	ra, rb := prepareAll(a), prepareAll(b)
	s := newScale(ra, rb, population)
	l := linkage.Lists{A: len(ra), B: len(rb), Apart: apart,
		Features: func(n int, sought bool) []linkage.Feature {
			if sought {
				return features(ra[n], true)
			}
			return features(rb[n], false)
		},
		Compare: func(i, j int) linkage.Verdict { return s.compare(ra[i], rb[j]) },
	}
	return l.Candidates(ctx, least)
}

// Twins finds the pairs of one list that may mean the same facility, best first, those of
// the bands match and review. A facility can be in several. It ends early with the error of ctx.
func Twins(ctx context.Context, list []Facility) ([]linkage.Pair, error) {
	all := prepareAll(list)
	s := newScale(all, nil, 0)
	l := linkage.Lists{A: len(all), B: len(all), Same: true,
		Features: func(n int, sought bool) []linkage.Feature { return features(all[n], sought) },
		Compare:  func(i, j int) linkage.Verdict { return s.compare(all[i], all[j]) },
	}
	pairs, err := l.Candidates(ctx, Limits.Review)
	return linkage.Twins(pairs, Limits), err
}

func prepareAll(list []Facility) []*record {
	out := make([]*record, len(list))
	for i := range list {
		out[i] = prepare(&list[i])
	}
	return out
}

// features are what a record is found by. One that is sought looks into the cells of the map
// around it too.
func features(r *record, sought bool) []linkage.Feature {
	var out []linkage.Feature
	for i := range r.names {
		out = append(out, linkage.WordFeatures(r.names[i].words)...)
		out = append(out, linkage.Feature{Key: linkage.Key('t', together(r.names[i].words)), Weight: 2})
	}
	for _, id := range r.ids {
		out = append(out, linkage.Feature{Key: linkage.Key('i', id.Value), Weight: 10})
	}
	for _, p := range r.phones {
		out = append(out, linkage.Feature{Key: linkage.Key('p', p), Weight: 3})
	}
	for _, a := range r.areas {
		out = append(out, with(r, 'a', a.key)...)
	}
	if r.at == nil {
		return out
	}
	around(r.at, 0.01, sought, func(cell string) {
		out = append(out, linkage.Feature{Key: linkage.Key('c', cell), Weight: 2})
	})
	around(r.at, 0.1, sought, func(cell string) { out = append(out, with(r, 'd', cell)...) })
	return out
}

// around calls fn with the cell of the map, of so many degrees, that a point lies in, and
// with the eight around it when it is sought.
func around(p *Position, size float64, sought bool, fn func(cell string)) {
	y, x := int(math.Floor(p.Lat/size)), int(math.Floor(p.Lon/size))
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			if sought || dx == 0 && dy == 0 {
				fn(strconv.Itoa(y+dy) + " " + strconv.Itoa(x+dx))
			}
		}
	}
}

// with are features of a name together with a place, so that one of a thousand St. Marys is
// found by where it lies.
func with(r *record, sort byte, place string) []linkage.Feature {
	var out []linkage.Feature
	for i := range r.names {
		n := &r.names[i]
		for k := range n.words {
			if w := &n.words[k]; k >= 32 || n.soft&(1<<k) == 0 {
				out = append(out, linkage.Feature{Key: linkage.Key(sort, place+" "+w.Sound), Weight: 1})
			}
		}
	}
	return out
}

// together is a name written as one word.
func together(words []linkage.Word) string {
	t := ""
	for i := range words {
		t += words[i].Text
	}
	return t
}
