package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"masjala/store"
	"masjala/store/storetest"
)

// TestTotalsOfHistories counts the versions of many commits from every moment on, while
// more are written.
func TestTotalsOfHistories(t *testing.T) {
	s := storetest.Open(t)
	r := rand.New(rand.NewPCG(9, 9))
	types := []string{"Location", "Organization", "Practitioner"}
	at := map[string][]int{} // by type: after each commit, how many versions there were
	total := 0
	for commit := range 50 {
		var ds []*store.Draft
		kinds := types
		if commit < 30 {
			kinds = types[:2] // the third comes late
		}
		for range 1 + r.IntN(140) {
			ds = append(ds, draft(kinds[r.IntN(len(kinds))], fmt.Sprint(r.IntN(500)), `{}`))
		}
		put(t, s, ds...)
		for _, typ := range types {
			n := 0
			if commit > 0 {
				n = at[typ][commit-1]
			}
			for _, d := range ds {
				if d.Resource.Type == typ {
					n++
				}
			}
			at[typ] = append(at[typ], n)
		}
		total += len(ds)
		from := r.IntN(commit + 1) // the first commit that counts
		before := func(typ string) int {
			if from == 0 {
				return 0
			}
			return at[typ][from-1]
		}
		since := storetest.Start.Add(time.Duration(from) * time.Millisecond)
		all := 0
		for _, typ := range types {
			want := at[typ][commit] - before(typ)
			all += want
			if p, err := s.History(t.Context(), store.HistoryQuery{Type: typ, Since: since}); err != nil || p.Total != want {
				t.Fatalf("after %d versions, %s since commit %d: %+v, %v; want %d", total, typ, from, p, err, want)
			}
		}
		for name, q := range map[string]store.HistoryQuery{"all": {Since: since}, "of types": {Types: append(types, "Endpoint", types[0]), Since: since}} {
			if p, err := s.History(t.Context(), q); err != nil || p.Total != all {
				t.Fatalf("after %d versions, %s since commit %d: %+v, %v; want %d", total, name, from, p, err, all)
			}
		}
	}
	if total < 3000 {
		t.Errorf("only %d versions were counted", total)
	}
}
