package mcsd_test

import (
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store/storetest"
	"masjala/sync/mcsd"
)

const there, here = `{"name":"There"}`, `{"name":"Here"}`

// sides is what happens on both sides between two runs, and what comes of it.
type sides struct {
	rule     mcsd.Rule
	upstream func(u *upstream)
	local    func(f *follower)
	want     string
	problem  mcsd.Sort
}

var bothSides = map[string]sides{
	"changed here only":   {rule: mcsd.UpstreamWins, local: edit, want: here},
	"changed there only":  {rule: mcsd.LocalWins, upstream: editThere, want: there},
	"both, upstream wins": {rule: mcsd.UpstreamWins, upstream: editThere, local: edit, want: there, problem: mcsd.Settled},
	"both, local wins":    {rule: mcsd.LocalWins, upstream: editThere, local: edit, want: here, problem: mcsd.Settled},
	"both, held":          {rule: mcsd.Hold, upstream: editThere, local: edit, want: here, problem: mcsd.Conflict},
	"both, to the same": {rule: mcsd.Hold, upstream: editThere, want: there,
		local: func(f *follower) { put(f.t, f.store, location("a", "There", "")) }},
	"changed here and back, changed there": {rule: mcsd.Hold, upstream: editThere, want: there,
		local: func(f *follower) { edit(f); put(f.t, f.store, location("a", "One", "")) }},
	"deleted there, changed here, upstream wins": {rule: mcsd.UpstreamWins, upstream: removeThere, local: edit, want: "", problem: mcsd.Settled},
	"deleted there, changed here, local wins":    {rule: mcsd.LocalWins, upstream: removeThere, local: edit, want: here, problem: mcsd.Settled},
	"deleted there, changed here, held":          {rule: mcsd.Hold, upstream: removeThere, local: edit, want: here, problem: mcsd.Conflict},
	"deleted here, changed there, upstream wins": {rule: mcsd.UpstreamWins, upstream: editThere, local: removeHere, want: there, problem: mcsd.Settled},
	"deleted here, changed there, local wins":    {rule: mcsd.LocalWins, upstream: editThere, local: removeHere, want: "", problem: mcsd.Settled},
	"deleted here, changed there, held":          {rule: mcsd.Hold, upstream: editThere, local: removeHere, want: "", problem: mcsd.Conflict},
	"deleted on both sides":                      {rule: mcsd.Hold, upstream: removeThere, local: removeHere, want: ""},
	"deleted here only":                          {rule: mcsd.UpstreamWins, local: removeHere, want: ""},
	"deleted and made again there": {rule: mcsd.Hold, want: there,
		upstream: func(u *upstream) { removeThere(u); editThere(u) }},
}

func TestChangesOnBothSidesFollowTheRule(t *testing.T) {
	testutil.Requirement(t, "SYN-3", "MD-91-14", "CSD-W2")
	for name, tc := range bothSides {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t)
			u.put(location("a", "One", ""))
			src := from(u)
			src.Rule = tc.rule
			f := follow(t, src)
			f.run()
			if tc.upstream != nil {
				tc.upstream(u)
			}
			if tc.local != nil {
				tc.local(f)
			}
			r := f.run()
			if got := text(t, f.store, "Location/a"); got != tc.want {
				t.Errorf("Location/a = %s, want %s", got, tc.want)
			}
			checkProblem(t, r, tc.problem)
			seq := f.store.Seq()
			if f.run(); f.store.Seq() != seq {
				t.Error("the next run, without changes, wrote")
			}
		})
	}
}

func edit(f *follower)        { put(f.t, f.store, location("a", "Here", "")) }
func removeHere(f *follower)  { remove(f.t, f.store, "Location/a") }
func editThere(u *upstream)   { u.put(location("a", "There", "")) }
func removeThere(u *upstream) { u.remove("Location/a") }

func checkProblem(t *testing.T, r *mcsd.Report, want mcsd.Sort) {
	t.Helper()
	if want == "" {
		if len(r.Problems) != 0 || r.Total().Conflicts != 0 {
			t.Errorf("problems = %+v, want none", r.Problems)
		}
		return
	}
	if len(r.Problems) != 1 || r.Problems[0].Kind != want || r.Problems[0].Resource != "Location/a" || r.Total().Conflicts != 1 {
		t.Errorf("problems = %+v, want one %s of Location/a", r.Problems, want)
	}
}

func TestAHeldConflictIsResolved(t *testing.T) {
	testutil.Requirement(t, "SYN-3", "MD-91-14")
	tests := map[string]struct {
		decide func(t *testing.T, f *follower)
		want   string
	}{
		"for upstream": {func(t *testing.T, f *follower) { resolve(t, f, mcsd.UpstreamWins) }, `{"name":"There"}`},
		"for local":    {func(t *testing.T, f *follower) { resolve(t, f, mcsd.LocalWins) }, `{"name":"Here"}`},
		"by an edit that agrees": {func(_ *testing.T, f *follower) {
			put(f.t, f.store, location("a", "There", ""))
		}, `{"name":"There"}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t)
			u.put(location("a", "One", ""))
			src := from(u)
			src.Rule = mcsd.Hold
			f := follow(t, src)
			f.run()
			editThere(u)
			edit(f)
			f.run()
			f.run()
			list, err := f.client.Problems(t.Context(), "nation", "", 10)
			if err != nil || len(list) != 1 || list[0].Kind != mcsd.Conflict {
				t.Fatalf("problems = %+v, %v; want one conflict", list, err)
			}
			tc.decide(t, f)
			f.run()
			if got := text(t, f.store, "Location/a"); got != tc.want {
				t.Errorf("Location/a = %s, want %s", got, tc.want)
			}
			if list, err = f.client.Problems(t.Context(), "nation", "", 10); err != nil || len(list) != 0 {
				t.Errorf("problems after the decision = %+v, %v", list, err)
			}
		})
	}
}

func resolve(t *testing.T, f *follower, keep mcsd.Rule) {
	t.Helper()
	if err := f.client.Resolve(t.Context(), "nation", "Location/a", keep); err != nil {
		t.Fatal(err)
	}
}

func TestResolveRefuses(t *testing.T) {
	u := newUpstream(t)
	f := follow(t, from(u))
	tests := map[string]struct {
		name, resource string
		keep           mcsd.Rule
		kind           fhir.Kind
	}{
		"a source that is not there":  {"other", "Location/a", mcsd.LocalWins, fhir.NotFound},
		"a resource that is not held": {"nation", "Location/a", mcsd.LocalWins, fhir.NotFound},
		"no decision":                 {"nation", "Location/a", mcsd.Hold, fhir.Invalid},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if err := f.client.Resolve(t.Context(), tc.name, tc.resource, tc.keep); fhir.KindOf(err) != tc.kind {
				t.Errorf("Resolve = %v", err)
			}
		})
	}
}

// ring is two servers that follow each other.
func ring(t *testing.T) (a, b *follower) {
	t.Helper()
	as, bs := storetest.Open(t), storetest.Open(t)
	ua, ub := serveStore(t, as), serveStore(t, bs)
	return followWith(t, as, nil, from(ub)), followWith(t, bs, nil, from(ua))
}

func TestServersThatFollowEachOtherComeToRest(t *testing.T) {
	testutil.Requirement(t, "MD-91-14", "MD-91-18")
	a, b := ring(t)
	put(t, a.store, organization("o", "Body"), location("x", "X", ""), location("y", "Y", "Location/x"))
	put(t, b.store, location("z", "Z", ""))
	settle := func() {
		t.Helper()
		for range 3 {
			b.run()
			a.run()
		}
		seqA, seqB := a.store.Seq(), b.store.Seq()
		b.run()
		a.run()
		if a.store.Seq() != seqA || b.store.Seq() != seqB {
			t.Error("the servers write on without changes")
		}
		equal(t, a.store, b.store)
	}
	settle()
	if n := len(contents(t, a.store)); n != 4 {
		t.Fatalf("there are %d resources, want 4: %q", n, contents(t, a.store))
	}
	put(t, b.store, location("x", "X, changed at B", ""))
	settle()
	put(t, a.store, location("x", "X, changed at A", ""))
	settle()
	if got := text(t, b.store, "Location/x"); !strings.Contains(got, "changed at A") {
		t.Errorf("B has %s", got)
	}
	remove(t, b.store, "Location/y")
	settle()
	if got := text(t, a.store, "Location/y"); got != "" {
		t.Errorf("A still has %s", got)
	}
}

func TestAFormerVersionThatComesBackIsNotTakenForAnother(t *testing.T) {
	a, b := ring(t)
	put(t, a.store, location("x", "First", ""))
	b.run()
	put(t, a.store, location("x", "Second", ""))
	a.run() // B still has the first
	if got := contents(t, a.store); len(got) != 1 || !strings.Contains(got[0], "Second") {
		t.Errorf("A has %q, want the second version alone", got)
	}
	b.run()
	equal(t, b.store, a.store)
}

func TestWhatIsOursIsNotTakenBack(t *testing.T) {
	u := newUpstream(t)
	u.put(`{"resourceType":"Location","id":"copy","meta":{"source":"https://here.example.org/fhir"},"name":"Ours, under another id"}`)
	f := followWith(t, storetest.Open(t), func(o *mcsd.Options) { o.Self = []string{"https://here.example.org/fhir"} }, from(u))
	f.run()
	if got := contents(t, f.store); len(got) != 0 {
		t.Errorf("took back %q", got)
	}
}

func TestTheSourceThatUpstreamNamesIsKept(t *testing.T) {
	testutil.Requirement(t, "MD-91-13")
	u := newUpstream(t)
	u.put(`{"resourceType":"Location","id":"a","meta":{"source":"https://first.example.org","tag":[{"code":"x"}]},"name":"A"}`,
		`{"resourceType":"Location","id":"b","meta":{"tag":[{"code":"x"}]},"name":"B"}`)
	f := follow(t, from(u))
	f.run()
	if got, want := meta(t, f.store, "Location/a"), `{"source":"https://first.example.org","tag":[{"code":"x"}]}`; got != want {
		t.Errorf("meta = %s, want %s", got, want)
	}
	if got, want := meta(t, f.store, "Location/b"), `{"source":"`+u.url+`","tag":[{"code":"x"}]}`; got != want {
		t.Errorf("meta = %s, want %s", got, want)
	}
}

func TestServersWithTheSameIdsForDifferentThingsFollowEachOther(t *testing.T) {
	testutil.Requirement(t, "MD-91-14")
	as, bs := storetest.Open(t), storetest.Open(t)
	ua, ub := serveStore(t, as), serveStore(t, bs)
	a := followWith(t, as, func(o *mcsd.Options) { o.Self = []string{ua.url} }, from(ub))
	b := followWith(t, bs, func(o *mcsd.Options) { o.Self = []string{ub.url} }, from(ua))
	put(t, as, location("1", "Of A", ""), location("2", "Part of A", "Location/1"))
	put(t, bs, location("1", "Of B", ""))
	for range 4 {
		a.run()
		b.run()
	}
	for name, st := range map[string]*follower{"A": a, "B": b} {
		if got := contents(t, st.store); len(got) != 3 {
			t.Errorf("%s has %q, want three resources", name, got)
		}
	}
	seqA, seqB := as.Seq(), bs.Seq()
	a.run()
	b.run()
	if as.Seq() != seqA || bs.Seq() != seqB {
		t.Error("the servers write on without changes")
	}
}
