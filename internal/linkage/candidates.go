package linkage

import (
	"context"
	"runtime"
	"sync"
)

// Lists is two lists to be joined: how many records they have, what each is found by, and
// how a pair is judged. Its functions are called from several goroutines at once.
type Lists struct {
	A, B int
	// Features of record n: of a when sought is true, else of b.
	Features func(n int, sought bool) []Feature
	Compare  func(a, b int) Verdict
	Same     bool                // b is a: a record is not its own partner, and a pair is told once
	Apart    func(a, b int) bool // pairs that are known to be different; nil: none
}

// mostCandidates is how many records one is compared with.
const mostCandidates = 40

// Candidates compares each record of a with those of b that share most features with it, on
// all cores, and returns the pairs of at least so many bits. The result does not depend on
// how the work was shared. It ends early with the error of ctx.
func (l *Lists) Candidates(ctx context.Context, least float64) ([]Pair, error) {
	index := NewIndex()
	for n := range l.B {
		index.Add(l.Features(n, false))
	}
	found := make([][]Pair, l.A)
	var wg sync.WaitGroup
	cores := min(runtime.GOMAXPROCS(0), max(l.A, 1))
	for c := range cores {
		wg.Go(func() {
			finder := index.Finder()
			for i := c; i < l.A && ctx.Err() == nil; i += cores {
				found[i] = l.of(i, finder, least)
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out []Pair
	for _, f := range found {
		out = append(out, f...)
	}
	return out, nil
}

// of compares one record with its candidates.
func (l *Lists) of(i int, finder *Finder, least float64) []Pair {
	var out []Pair
	for _, n := range finder.Find(l.Features(i, true), mostCandidates) {
		j := int(n)
		if l.Same && j <= i || l.Apart != nil && l.Apart(i, j) {
			continue
		}
		if v := l.Compare(i, j); v.Bits >= least {
			out = append(out, Pair{A: i, B: j, Verdict: v})
		}
	}
	return out
}
