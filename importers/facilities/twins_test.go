package facilities_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"masjala/facility"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/importers/facilities"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/sqlite"
)

// ministry and partner know the same three facilities under numbers of their own; the partner
// knows one more, and one of the same name elsewhere.
func ministry(t testing.TB) string {
	return text(t, [][]any{{"MFL code", "Name", "District", "Lat", "Long", "Phone number"},
		{"M1", "Gede Dispensary", "Kilifi", -3.3070, 40.0170, "0712000001"},
		{"M2", "Mtwapa Health Centre", "Kilifi", -3.9500, 39.7400, ""},
		{"M3", "St. Mary's Mission Hospital", "Lamu", -2.2700, 40.9000, ""}})
}

func partner(t testing.TB) string {
	return text(t, [][]any{{"Partner id", "Name", "District", "Lat", "Long"},
		{"P1", "Zahanati ya Gede", "Kilifi", -3.3071, 40.0171},
		{"P2", "Shimoni Clinic", "Lamu", -2.9, 40.5},
		{"P3", "Mtuapa H/C", "Kilifi", -3.9502, 39.7401}})
}

// mapped is the mapping of a list with a policy for twins.
func mapped(t testing.TB, file, policy string) *importers.Mapping {
	t.Helper()
	m, err := facilities.Propose(importers.Request{File: file})
	if err != nil {
		t.Fatal(err)
	}
	m.Twins = policy
	return m
}

// A second source does not make doubles: rows that seem to be stored wait for a decision.
func TestRowsThatSeemStoredWait(t *testing.T) {
	testutil.Requirement(t, "MT-2", "MT-3")
	env := newEnv(t)
	run(t, env, importers.Request{File: ministry(t)})
	gede := find(t, env, "Location", "Gede Dispensary")
	var rows []importers.Outcome
	plan := run(t, env, importers.Request{File: partner(t), DryRun: true})
	r := run(t, env, importers.Request{File: partner(t), Rows: func(o importers.Outcome) error { rows = append(rows, o); return nil }})
	if c := r.Of("facilities"); c.Create != 1 || c.Held != 2 || c.Failed+c.Update > 0 || c != plan.Of("facilities") {
		t.Fatalf("counts %+v, planned %+v", c, plan.Of("facilities"))
	}
	first := r.Twins[0]
	if len(r.Twins) != 2 || first.Reference != gede.Ref() || first.Stored != "Gede Dispensary" || !first.Held || !first.Likely || first.Score < 0.6 || !strings.Contains(first.Why, "same Kilifi") || !strings.Contains(first.Why, "apart") {
		t.Errorf("twins %+v", r.Twins)
	}
	held := 0
	for _, o := range rows {
		if o.Status == importers.Held {
			held++
		}
	}
	if held != 2 || rules(r)["twin-likely"] != 2 {
		t.Errorf("%d rows wait, issues %v", held, rules(r))
	}
	if again := run(t, env, importers.Request{File: partner(t)}); again.Of("facilities").Held != 2 || again.Of("facilities").Unchanged != 1 {
		t.Errorf("the second time %+v", again.Counts)
	}
}

// What a mapping says of rows that seem to be stored.
func TestTwinsByMapping(t *testing.T) {
	tests := map[string]struct {
		policy                        string
		create, update, held, located int
	}{
		"nothing": {"", 1, 0, 2, 4},
		"hold":    {importers.TwinsHold, 1, 0, 2, 4},
		"report":  {importers.TwinsReport, 3, 0, 0, 6},
		"adopt":   {importers.TwinsAdopt, 1, 2, 0, 4},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t)
			run(t, env, importers.Request{File: ministry(t)})
			r := run(t, env, importers.Request{File: partner(t), Map: mapped(t, partner(t), tc.policy)})
			if c := r.Of("facilities"); c.Create != tc.create || c.Update != tc.update || c.Held != tc.held {
				t.Errorf("counts %+v, want %+v", c, tc)
			}
			n := len(query(t, env, "Location", "type", "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types|facility"))
			if n != tc.located {
				t.Errorf("%d facilities, want %d", n, tc.located)
			}
			if rules(r)["twin-likely"] != 2 {
				t.Errorf("issues %v", rules(r))
			}
		})
	}
	m := mapped(t, partner(t), "maybe")
	if err := fails(t, newEnv(t), importers.Request{File: partner(t), Map: m}); !strings.Contains(err.Error(), "hold, report or adopt") {
		t.Errorf("%v", err)
	}
}

// keyOf returns the key of the row of a name, from a report.
func keyOf(t testing.TB, r *importers.Report, name string) importers.Twin {
	t.Helper()
	for _, w := range r.Twins {
		if w.Name == name {
			return w
		}
	}
	t.Fatalf("no twin of %q among %+v", name, r.Twins)
	return importers.Twin{}
}

func verdict(w importers.Twin, v decisions.Verdict) decisions.Twin {
	return decisions.Twin{Kind: facilities.Kind, Key: w.Key, Reference: w.Reference, Row: w.Row, Name: w.Name, Verdict: v}
}

// Decisions hold for the next upload: the same row updates what is stored, adds its identifier,
// and changes nothing the time after; a different one is new.
func TestDecisionsOnTwins(t *testing.T) {
	testutil.Requirement(t, "MT-3", "IMP-2")
	env := newEnv(t)
	run(t, env, importers.Request{File: ministry(t)})
	gede := find(t, env, "Location", "Gede Dispensary")
	first := run(t, env, importers.Request{File: partner(t), DryRun: true})
	decide(t, env, decisions.Set{Twins: []decisions.Twin{verdict(keyOf(t, first, "Zahanati ya Gede"), decisions.Same), verdict(keyOf(t, first, "Mtuapa H/C"), decisions.Different)}})
	r := run(t, env, importers.Request{File: partner(t)})
	if c := r.Of("facilities"); c.Create != 2 || c.Update != 1 || c.Held > 0 || len(r.Twins) > 0 {
		t.Errorf("counts %+v, twins %+v", c, r.Twins)
	}
	is, err := env.Store.Read(t.Context(), "Location", gede.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := is.Field("identifier.#.value").Raw; got != `["P1","M1"]` || is.Field("name").Str != "Zahanati ya Gede" || is.Field("telecom.0.value").Str == "" {
		t.Errorf("identifiers %s of %s", got, is.Body)
	}
	seq := env.Store.Seq()
	if again := run(t, env, importers.Request{File: partner(t)}); again.Of("facilities").Unchanged != 3 || env.Store.Seq() != seq {
		t.Errorf("the second time %+v", again.Counts)
	}
	u, err := importers.Undo(t.Context(), env, importers.UndoRequest{Run: r.Run})
	if err != nil || u.Kept > 0 {
		t.Fatalf("%+v, %v", u, err)
	}
	if is := find(t, env, "Location", "Gede Dispensary"); is.ID != gede.ID || is.Field("identifier.#").Int() != 1 {
		t.Errorf("after the undoing %s", is.Body)
	}
	if c := run(t, env, importers.Request{File: partner(t)}).Of("facilities"); c.Create != 2 || c.Update != 1 || c.Held > 0 {
		t.Errorf("after the undoing the decisions give %+v", c)
	}
}

// Somebody who cannot tell leaves things as they are, and what was possible is no warning any more.
func TestUnsureAndLateDecisions(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{File: ministry(t)})
	first := run(t, env, importers.Request{File: partner(t), Map: mapped(t, partner(t), importers.TwinsReport)})
	gede := keyOf(t, first, "Zahanati ya Gede")
	decide(t, env, decisions.Set{Twins: []decisions.Twin{verdict(gede, decisions.Unsure)}})
	if c := run(t, env, importers.Request{File: partner(t)}).Of("facilities"); c.Unchanged != 3 {
		t.Errorf("after unsure %+v", c)
	}
	decide(t, env, decisions.Set{Twins: []decisions.Twin{verdict(gede, decisions.Same)}})
	r := run(t, env, importers.Request{File: partner(t)})
	if c := r.Of("facilities"); c.Update != 1 || c.Unchanged != 2 {
		t.Errorf("after a late decision %+v", c)
	}
	if r.Missing == nil || r.Missing.Count != 1 || r.Missing.First[0].Name != "Zahanati ya Gede" {
		t.Errorf("what the row was before is not told: %+v", r.Missing)
	}
	is, err := env.Store.Read(t.Context(), "Location", strings.TrimPrefix(gede.Reference, "Location/"))
	if err != nil || is.Field("name").Str != "Zahanati ya Gede" {
		t.Errorf("%v, %v", is, err)
	}
	if c := run(t, env, importers.Request{File: partner(t)}).Of("facilities"); c.Unchanged != 3 {
		t.Errorf("and then %+v", c)
	}
}

// Two rows of a list that mean one facility both update it, which is told.
func TestTwoRowsOfOneFacility(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{File: ministry(t)})
	gede := keyOf(t, run(t, env, importers.Request{File: partner(t)}), "Zahanati ya Gede")
	decide(t, env, decisions.Set{Twins: []decisions.Twin{verdict(gede, decisions.Same)}})
	run(t, env, importers.Request{File: partner(t)})
	both := text(t, [][]any{{"Partner id", "Name", "District", "Lat", "Long"},
		{"P1", "Zahanati ya Gede", "Kilifi", -3.3071, 40.0171},
		{"P9", "Gede Disp", "Kilifi", -3.3071, 40.0171}})
	gede.Key = importers.Identity{Base: "id|urn:masjala:id:partner-id|P9"}.ID("twins")
	decide(t, env, decisions.Set{Twins: []decisions.Twin{verdict(gede, decisions.Same)}})
	var told []importers.Issue
	r := run(t, env, importers.Request{File: both, Issues: func(i *importers.Issue) error { told = append(told, *i); return nil }})
	if c := r.Of("facilities"); c.Update != 1 || c.Unchanged != 1 || rules(r)["same-again"] != 1 {
		t.Errorf("%+v, issues %v", c, rules(r))
	}
	if !slices.ContainsFunc(told, func(i importers.Issue) bool {
		return i.Rule == "same-again" && i.Row == 3 && strings.Contains(i.Reason, "row 2")
	}) {
		t.Errorf("findings %+v", told)
	}
	seq := env.Store.Seq()
	if c := run(t, env, importers.Request{File: both}).Of("facilities"); c.Unchanged != 2 || env.Store.Seq() != seq {
		t.Errorf("the second time %+v", c)
	}
}

// Decisions outlive a restart, and what they name may be gone.
func TestDecisionsAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "masjala.db")
	open := func() (importers.Env, func()) {
		s, err := sqlite.Open(path, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return importers.Env{Store: s, Registries: store.NewRegistries(facility.NewRegistry(), plain{}), Now: time.Now}, func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	env, end := open()
	run(t, env, importers.Request{File: ministry(t)})
	first := run(t, env, importers.Request{File: partner(t), DryRun: true})
	gede := keyOf(t, first, "Zahanati ya Gede")
	decide(t, env, decisions.Set{Twins: []decisions.Twin{verdict(gede, decisions.Same)}})
	end()
	env, end = open()
	defer end()
	if c := run(t, env, importers.Request{File: partner(t), DryRun: true}).Of("facilities"); c.Update != 1 || c.Held != 1 {
		t.Errorf("after a restart %+v", c)
	}
	remove(t, env, store.Cause{Actor: "editor"}, &fhir.Resource{Type: "Location", ID: strings.TrimPrefix(gede.Reference, "Location/")})
	if r := run(t, env, importers.Request{File: partner(t)}); rules(r)["decision-stale"] != 1 || r.Of("facilities").Create != 2 {
		t.Errorf("without what was decided: %+v, issues %v", r.Counts, rules(r))
	}
	if _, err := decisions.Keep(t.Context(), env, store.Cause{}, decisions.Set{Twins: []decisions.Twin{verdict(gede, decisions.Same)}}); err == nil {
		t.Error("a decision for what is not there was kept")
	}
	if _, err := decisions.Keep(t.Context(), env, store.Cause{}, decisions.Set{Twins: []decisions.Twin{verdict(gede, "perhaps")}}); err == nil {
		t.Error("perhaps was kept")
	}
}

// Rows that are known, and neighbours that the list itself tells apart, are not looked for.
func TestRowsOfTheSameListAreNotTwins(t *testing.T) {
	env := newEnv(t)
	list := func(n int) string {
		rows := [][]any{{"Code", "Name", "District"}}
		for i := range n {
			rows = append(rows, []any{fmt.Sprintf("C%d", i), fmt.Sprintf("Kilimo %d Dispensary", i), "Kilifi"})
		}
		return text(t, rows)
	}
	run(t, env, importers.Request{File: list(30)})
	if r := run(t, env, importers.Request{File: list(40)}); r.Of("facilities").Create != 10 || len(r.Twins) > 0 {
		t.Errorf("%+v, twins %+v", r.Counts, r.Twins)
	}
}

// What the last import of a list had and this one has not is told, once for each, and left.
func TestMissingFromTheNewList(t *testing.T) {
	testutil.Requirement(t, "IMP-2")
	env := newEnv(t)
	list := func(from, to int) string {
		rows := [][]any{{"Code", "Name"}}
		for i := from; i < to; i++ {
			rows = append(rows, []any{fmt.Sprintf("C%d", i), fmt.Sprintf("Facility %s", strings.Repeat("x", i+1))})
		}
		return text(t, rows)
	}
	run(t, env, importers.Request{File: list(0, 10)})
	run(t, env, importers.Request{File: text(t, [][]any{{"Other code", "Name"}, {"Z1", "Elsewhere"}})})
	plan := run(t, env, importers.Request{File: list(3, 12), DryRun: true})
	if plan.Missing == nil || plan.Missing.Count != 3 {
		t.Errorf("planned %+v", plan.Missing)
	}
	r := run(t, env, importers.Request{File: list(3, 12)})
	if m := r.Missing; m == nil || m.Count != 3 || len(m.First) != 3 || rules(r)["missing"] != 3 {
		t.Fatalf("missing %+v, issues %v", r.Missing, rules(r))
	}
	if got := find(t, env, "Location", "Facility x").Field("status").Str; got != "active" {
		t.Errorf("what is missing became %s", got)
	}
	if r := run(t, env, importers.Request{File: list(3, 12)}); r.Missing != nil {
		t.Errorf("told again: %+v", r.Missing)
	}
	if r := run(t, env, importers.Request{File: list(5, 12)}); r.Missing == nil || r.Missing.Count != 2 {
		t.Errorf("missing of the second list: %+v", r.Missing)
	} else if _, err := importers.Undo(t.Context(), env, importers.UndoRequest{Run: r.Run}); err != nil {
		t.Fatal(err)
	}
	if r := run(t, env, importers.Request{File: list(5, 12)}); r.Missing == nil || r.Missing.Count != 2 {
		t.Errorf("after the undoing: %+v", r.Missing)
	}
	if r := run(t, env, importers.Request{File: list(11, 12)}); r.Missing != nil {
		t.Errorf("a list of one row is not the same list: %+v", r.Missing)
	}
}

// What a row is about that cannot be imported is not missing.
func TestRowsInErrorAreNotMissing(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{File: ministry(t)})
	r := run(t, env, importers.Request{File: text(t, [][]any{{"MFL code", "Name", "District", "Lat", "Long"},
		{"M1", "", "Kilifi", -3.3070, 40.0170},
		{"M2", "Mtwapa Health Centre", "Kilifi", -3.9500, 39.7400}, {"M2", "Mtwapa Clinic", "Kilifi", -3.9500, 39.7400},
		{"M4", "Shimoni Clinic", "Kwale", -4.6, 39.4}})})
	if r.Of("facilities").Failed != 3 || r.Missing == nil || r.Missing.Count != 1 || r.Missing.First[0].Name != "St. Mary's Mission Hospital" {
		t.Errorf("%+v, missing %+v, issues %v", r.Counts, r.Missing, rules(r))
	}
}
