package mcsd_test

import (
	"fmt"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store/storetest"
	"masjala/sync/mcsd"
)

// once calls fn when the resource with an id is checked for the first time: after its
// change was planned, before it is stored.
func once(id string, fn func()) func(*fhir.Resource) error {
	return func(r *fhir.Resource) error {
		if r.ID == id && fn != nil {
			call := fn
			fn = nil
			call()
		}
		return nil
	}
}

func TestAnEditDuringARunIsNotLost(t *testing.T) {
	testutil.Requirement(t, "SYN-3")
	tests := map[string]struct {
		meanwhile func(f *follower)
		want      string
	}{
		"a change":   {edit, `{"name":"Here"}`},
		"a deletion": {removeHere, ""},
		"two changes": {func(f *follower) {
			edit(f)
			put(f.t, f.store, location("a", "Here again", ""))
		}, `{"name":"Here again"}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t)
			var all []string
			for i := range 9 {
				all = append(all, location(string(rune('a'+i)), "Place", ""))
			}
			u.put(all...)
			src := from(u)
			src.Rule = mcsd.LocalWins
			f := follow(t, src)
			f.run()
			for i := range all {
				all[i] = location(string(rune('a'+i)), "Place, changed", "")
			}
			u.put(all...)
			f.rules.check = once("a", func() { tc.meanwhile(f) })
			r := f.run()
			if got := text(t, f.store, "Location/a"); got != tc.want {
				t.Errorf("Location/a = %s, want %s", got, tc.want)
			}
			if got := counts(r, "Location"); got.Updated != 8 || got.Conflicts != 1 {
				t.Errorf("got %+v, want 8 updated and one conflict", got)
			}
		})
	}
}

func TestAnIdThatIsTakenDuringARun(t *testing.T) {
	testutil.Requirement(t, "MD-91-16")
	u := newUpstream(t)
	u.put(location("child", "Child", "Location/x"), location("y", "There", ""))
	f := follow(t, from(u))
	f.rules.check = once("child", func() {
		put(t, f.store, location("x", "Made here", ""), location("y", "Made here too", ""))
	})
	f.run()
	if got := text(t, f.store, "Location/child"); got == "" || strings.Contains(got, `"Location/x"`) {
		t.Errorf("the child = %s, want it under an id of its own", got)
	}
	if text(t, f.store, "Location/y") != `{"name":"Made here too"}` || byName(t, f.store, "Location", "There") == "y" {
		t.Error("what was made here was overwritten")
	}
	u.put(location("x", "Parent", ""))
	f.run()
	parent := byName(t, f.store, "Location", "Parent")
	if got := text(t, f.store, "Location/child"); !strings.Contains(got, `"Location/`+parent+`"`) {
		t.Errorf("the child = %s, want it under %s", got, parent)
	}
}

func TestSomeoneWhoNeverStopsEditingEndsTheRun(t *testing.T) {
	u := newUpstream(t)
	u.put(location("a", "One", ""))
	f := followWith(t, storetest.Open(t), nil, from(u))
	f.run()
	u.put(location("a", "Two", ""))
	n := 0
	f.rules.check = func(*fhir.Resource) error {
		n++
		put(t, f.store, location("a", fmt.Sprintf("Edit %d", n), ""))
		return nil
	}
	if _, err := f.client.Run(t.Context(), "nation", nil); err == nil || !strings.Contains(err.Error(), "again and again") {
		t.Errorf("run = %v after %d edits", err, n)
	}
	f.rules.check = nil
	f.run()
	equal(t, f.store, u.store)
}
