package workers_test

import (
	"strings"
	"testing"
	"time"

	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/internal/testutil"
	"masjala/store"
)

const (
	payroll = head + "E1,Mwakalinga,Asha Neema,F,1980-03-02,0712 345678,Nurse,Nuru Dispensary,,,,,\nE2,Kisanga,Juma,M,1975-01-09,,Midwife,Nuru Dispensary,,,,,\n"
	council = "National ID,Full name,Gender,Date of birth,Telephone,Cadre,Facility Name\n" +
		"C7,Asha N. Mwakalinga,F,02/03/1980,0712345678,Muuguzi,Nuru Dispensary\n" +
		"C8,Zawadi Komba,F,13/05/1990,,Midwife,Nuru Dispensary\n" +
		"C9,Juma Kisanga,M,09/01/1975,,Midwife,Nuru Dispensary\n"
)

func decide(t *testing.T, e importers.Env, set decisions.Set) {
	t.Helper()
	if _, err := decisions.Keep(t.Context(), e, store.Cause{Actor: "desk"}, set); err != nil {
		t.Fatal(err)
	}
}

// Persons of a second source wait, and what was decided about them holds for the next list.
func TestPersonsWhoSeemStored(t *testing.T) {
	testutil.Requirement(t, "MT-2", "MT-3")
	e := env(t)
	at := e.Now()
	e.Now = func() time.Time { at = at.Add(time.Second); return at }
	run(t, e, payroll)
	r := run(t, e, council)
	if c := r.Of("workers"); c.Create != 1 || c.Held != 2 || len(r.Twins) != 2 {
		t.Fatalf("counts %+v, twins %+v", c, r.Twins)
	}
	asha := r.Twins[0]
	if asha.Row != 2 || !asha.Likely || !asha.Held || !strings.HasPrefix(asha.Reference, "Practitioner/") || !strings.Contains(asha.Why, "telephone") {
		t.Errorf("%+v", asha)
	}
	set := decisions.Set{Twins: []decisions.Twin{{Row: 2, Verdict: decisions.Same}, {Row: 4, Verdict: decisions.Different}}}
	if err := set.Complete(r); err != nil {
		t.Fatal(err)
	}
	decide(t, e, set)
	r = run(t, e, council)
	if c := r.Of("workers"); c.Create != 1 || c.Update != 1 || c.Unchanged != 1 || c.Held > 0 {
		t.Errorf("after the decisions %+v, twins %+v", c, r.Twins)
	}
	p := current(t, e, "Practitioner")[strings.TrimPrefix(asha.Reference, "Practitioner/")]
	if got := p.Field("identifier.#.value").Raw; got != `["C7","E1"]` {
		t.Errorf("the numbers are %s", got)
	}
	if c := run(t, e, council).Of("workers"); c.Unchanged != 3 {
		t.Errorf("once more %+v", c)
	}
	u, err := importers.Undo(t.Context(), e, importers.UndoRequest{Run: r.Run})
	if err != nil || u.Kept > 0 {
		t.Fatalf("%+v, %v", u, err)
	}
	if got := current(t, e, "Practitioner")[p.ID].Field("identifier.#.value").Raw; got != `["E1"]` {
		t.Errorf("after the undoing the numbers are %s", got)
	}
}

// A cadre is told once with what it may mean, and decided once.
func TestDecidedCadre(t *testing.T) {
	testutil.Requirement(t, "IMP-3")
	e := env(t)
	run(t, e, payroll)
	list := head + "E1,Bora,Asha,F,,,Muuguzi,Nuru Dispensary,,,,,\nE2,Juma,Ali,M,,,muuguzi,Nuru Dispensary,,,,,\nE3,Sefu,Ali,M,,,Clinical oficer,Nuru Dispensary,,,,,\nE4,Sefu,Omar,M,,,Nurse,Nuru Dispensary,,,,,\nE5,Sefu,Juma,M,,,Nurse,Nuru Dispensary,,,,,\nE6,Sefu,Jafo,M,,,Midwife,Nuru Dispensary,,,,,\nE7,Sefu,Issa,M,,,Midwife,Nuru Dispensary,,,,,\n"
	r := run(t, e, list)
	states := map[string]importers.Value{}
	for _, v := range r.Values {
		states[v.Text] = v
	}
	if v := states["Muuguzi"]; v.State != importers.Doubtful || v.Rows != 2 {
		t.Errorf("%+v", v)
	}
	if v := states["Clinical oficer"]; v.State != importers.Taken || v.Chosen.Code != "CO" {
		t.Errorf("%+v", v)
	}
	if got := rules(r); got["cadre-unknown"] != 1 {
		t.Errorf("findings %v", got)
	}
	set := decisions.Set{Values: []decisions.Value{{Column: "Cadre", Text: "Muuguzi", Code: "Nurse"}}}
	if err := set.Complete(r); err != nil {
		t.Fatal(err)
	}
	decide(t, e, set)
	if r = run(t, e, list); rules(r)["cadre-unknown"] != 0 {
		t.Errorf("findings %v", rules(r))
	}
	nurses := 0
	for _, p := range current(t, e, "PractitionerRole") {
		if p.Field("code.0.coding.0.code").Str == "NUR" && strings.EqualFold(p.Field("code.0.text").Str, "muuguzi") {
			nurses++
		}
	}
	if nurses != 2 {
		t.Errorf("%d nurses, want the two of the decided word", nurses)
	}
}
