package provenance_test

import (
	"fmt"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/fhir/search"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/importtest"
	"masjala/importers/provenance"
	"masjala/store"
)

var types = []string{"Location", "Organization", "HealthcareService", "ConceptMap"}

func newEnv(t testing.TB) importers.Env { return importtest.Env(t, types...) }

// reader may read everything and knows everybody.
func reader(env importers.Env) *provenance.Reader {
	return &provenance.Reader{Store: env.Store, Types: types, Knows: func(string) bool { return true }}
}

const head = "Code,Name,Phone number,District\n"

// run imports a list of facilities.
func run(t testing.TB, env importers.Env, req importers.Request, rows ...string) *importers.Report {
	t.Helper()
	req.File = importtest.File(t, "list.csv", []byte(head+strings.Join(rows, "\n")+"\n"))
	if req.Actor == "" {
		req.Actor = "clerk"
	}
	r, err := facilities.Run(t.Context(), env, req)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	kila  = "7,Kila Clinic,0712000001,Alpha"
	neema = "8,Neema Clinic,0712000003,Alpha"
	newer = "7,Kila Clinic,0712000002,Alpha"
)

// twoLists imports a list of two facilities in an area, then a newer one that changes a phone.
func twoLists(t testing.TB, env importers.Env) (first, second *importers.Report) {
	t.Helper()
	return run(t, env, importers.Request{}, kila, neema), run(t, env, importers.Request{Reason: "monthly list"}, newer, neema)
}

// location finds the facility of a name.
func location(t testing.TB, env importers.Env, name string) *fhir.Resource {
	t.Helper()
	found, err := store.Find(t.Context(), env.Store, "Location", 2, search.Pair{Name: "name:exact", Value: name})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d locations are called %q, %v", len(found), name, err)
	}
	return found[0]
}

func undo(t testing.TB, env importers.Env, run string) {
	t.Helper()
	if _, err := importers.Undo(t.Context(), env, importers.UndoRequest{Run: run, Actor: "boss"}); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, env importers.Env, by store.Cause, fn func(store.Tx) error) {
	t.Helper()
	if err := env.Store.Write(t.Context(), by, fn); err != nil {
		t.Fatal(err)
	}
}

// edit makes a version as a client of the API would.
func edit(t testing.TB, env importers.Env, by store.Cause, r *fhir.Resource) *fhir.Resource {
	t.Helper()
	var made *fhir.Resource
	write(t, env, by, func(tx store.Tx) error {
		d, err := env.Registries.Prepare(t.Context(), r)
		if err == nil {
			made, err = env.Registries.Put(t.Context(), tx, d, "PUT")
		}
		return err
	})
	return made
}

// find answers a query and checks that all it gives is valid, and is what a read gives.
func find(t testing.TB, r *provenance.Reader, q provenance.Query) *provenance.Page {
	t.Helper()
	if q.Count == 0 {
		q.Count = 100
	}
	page, err := r.Search(t.Context(), &q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	for _, p := range page.Resources {
		if p.Type != provenance.Type {
			t.Errorf("%+v found a %s", q, p.Type)
		}
		if err := profile.Check(p); err != nil {
			t.Errorf("%s is not valid: %v", p.JSON(), err)
		}
		if again, err := r.Read(t.Context(), p.ID); err != nil || string(again.JSON()) != string(p.JSON()) {
			t.Errorf("read as %s, %v\nfound as %s", again.JSON(), err, p.JSON())
		}
	}
	return page
}

// brief says the main points of Provenances, one line for each: target, activity, who, entities.
func brief(page *provenance.Page) (lines []string) {
	for _, p := range page.Resources {
		line := fmt.Sprint(p.Field("target.0.reference").Str, " ", p.Field("activity.coding.0.code").Str, " ", p.Field("agent.0.who.display").Str)
		for _, e := range p.Field("entity").Array() {
			line += fmt.Sprint(" | ", e.Get("role").Str, " ", e.Get("what.reference").Str, e.Get("what.display").Str)
		}
		lines = append(lines, line)
	}
	return lines
}

// cut takes the type and the id out of a reference.
func cut(ref string) (typ, id string) {
	parts := strings.Split(ref, "/")
	return parts[0], parts[1]
}
