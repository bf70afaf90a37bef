package match

import (
	"context"

	"masjala/internal/linkage"
)

// Limits are the verdicts at which bands and grades begin.
var Limits = linkage.Limits{Accept: 3, Review: -4, Margin: 2}

// Lists finds the pairs of two lists that mean the same person: each has at most one
// partner, and each pair says why. The result is in the order of a and holds those of the
// bands match and review. It ends early with the error of ctx.
func Lists(ctx context.Context, a, b []Worker) ([]linkage.Pair, error) {
	pairs, err := Among(ctx, a, b, 0, nil)
	if err != nil {
		return nil, err
	}
	return linkage.Assign(pairs, Limits), nil
}

// Among compares each person of a with those of b who share most with them, and returns the
// pairs of the bands match and review, not assigned yet. b is taken for part of a registry of so many
// at least. Pairs that apart tells, if it is not nil, are left out. It ends early with the error of ctx.
func Among(ctx context.Context, a, b []Worker, population int, apart func(a, b int) bool) ([]linkage.Pair, error) {
	ra, rb := prepareAll(a), prepareAll(b)
	s := newScale(ra, rb, population)
	l := linkage.Lists{A: len(ra), B: len(rb), Apart: apart,
		Features: func(n int, sought bool) []linkage.Feature {
			if sought {
				return features(ra[n])
			}
			return features(rb[n])
		},
		Compare: func(i, j int) linkage.Verdict { return s.compare(ra[i], rb[j]) },
	}
	return l.Candidates(ctx, Limits.Review)
}

// Twins finds the pairs of one list that may mean the same person, best first, those of the
// bands match and review. A person can be in several. It ends early with the error of ctx.
func Twins(ctx context.Context, list []Worker) ([]linkage.Pair, error) {
	all := prepareAll(list)
	s := newScale(all, nil, 0)
	l := linkage.Lists{A: len(all), B: len(all), Same: true,
		Features: func(n int, _ bool) []linkage.Feature { return features(all[n]) },
		Compare:  func(i, j int) linkage.Verdict { return s.compare(all[i], all[j]) },
	}
	pairs, err := l.Candidates(ctx, Limits.Review)
	return linkage.Twins(pairs, Limits), err
}

func prepareAll(list []Worker) []*record {
	out := make([]*record, len(list))
	for i := range list {
		out[i] = prepare(&list[i])
	}
	return out
}

// features are what a record is found by.
func features(r *record) []linkage.Feature {
	var out []linkage.Feature
	for _, n := range r.names {
		out = append(out, linkage.WordFeatures(n)...)
	}
	for _, id := range r.ids {
		out = append(out, linkage.Feature{Key: linkage.Key('i', id.Value), Weight: 10})
	}
	for _, p := range r.phones {
		out = append(out, linkage.Feature{Key: linkage.Key('p', p), Weight: 3})
	}
	for _, e := range r.emails {
		out = append(out, linkage.Feature{Key: linkage.Key('e', e), Weight: 3})
	}
	if r.birth != "" {
		out = append(out, linkage.Feature{Key: linkage.Key('b', r.birth), Weight: 2})
	}
	return out
}
