package facilities_test

import (
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/internal/testutil"
	"masjala/store"
)

func fails(t *testing.T, env importers.Env, req importers.Request) error {
	t.Helper()
	_, err := facilities.Run(t.Context(), env, req)
	if err == nil {
		t.Error("the run succeeded")
	}
	return err
}

// coded is a list of one facility with an identifier.
func coded(t *testing.T, name, phone string) string {
	return text(t, [][]any{{"Code", "Name", "Phone number", "Type"}, {"7", name, phone, "Clinic"}})
}

// edit changes one field of a stored resource, as a user of the API would.
func edit(t *testing.T, env importers.Env, r *fhir.Resource, from, to string) {
	t.Helper()
	editAs(t, env, store.Cause{Actor: "editor"}, r, from, to)
}

func editAs(t *testing.T, env importers.Env, by store.Cause, r *fhir.Resource, from, to string) {
	t.Helper()
	changed, err := fhir.Parse([]byte(strings.Replace(string(r.JSON()), from, to, 1)))
	if err != nil {
		t.Fatal(err)
	}
	d, err := env.Registries.Prepare(t.Context(), changed)
	if err != nil {
		t.Fatal(err)
	}
	err = env.Store.Write(t.Context(), by, func(tx store.Tx) error {
		_, err := env.Registries.Put(t.Context(), tx, d, "PUT")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// remove deletes a stored resource, as a user of the API would.
func remove(t *testing.T, env importers.Env, by store.Cause, r *fhir.Resource) {
	t.Helper()
	err := env.Store.Write(t.Context(), by, func(tx store.Tx) error {
		_, err := env.Registries.Delete(t.Context(), tx, r.Type, r.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestChangedRowUpdatesItsFields(t *testing.T) {
	testutil.Requirement(t, "IMP-2")
	env := newEnv(t)
	run(t, env, importers.Request{File: coded(t, "Kila Clinic", "0712000001")})
	before := find(t, env, "Location", "Kila Clinic")
	r := run(t, env, importers.Request{File: coded(t, "Kila Clinic", "0712000002"), Reason: "yearly update"})
	if c := r.Of("facilities"); c.Update != 1 || c.Create+c.Conflict > 0 {
		t.Errorf("counts %+v", c)
	}
	if len(r.Samples) == 0 || r.Samples[0].Changes[0].Field != "telecom" || !strings.Contains(r.Samples[0].Changes[0].To, "0712000002") {
		t.Errorf("samples %+v", r.Samples)
	}
	after := find(t, env, "Location", "Kila Clinic")
	if after.ID != before.ID || after.Version != 2 {
		t.Errorf("%s version %d, want %s version 2", after.ID, after.Version, before.ID)
	}
	h, err := env.Store.History(t.Context(), store.HistoryQuery{Type: "Location", ID: after.ID, Count: 10})
	if err != nil {
		t.Fatal(err)
	}
	cause := h.Versions[0].Cause
	if cause.Actor != "test" || !strings.Contains(cause.Reason, "yearly update") || !strings.Contains(cause.Reason, r.Run) || !strings.Contains(cause.Reason, r.Hash[:16]) {
		t.Errorf("the change was made by %+v, want run %s and hash", cause, r.Run)
	}
}

func TestMovedFacilityWithoutIdentifierIsTheSame(t *testing.T) {
	env := newEnv(t)
	list := func(lat float64) string {
		return text(t, [][]any{{"District", "Name", "Type", "Lat", "Long"}, {"Kila", "Kila Clinic", "Clinic", lat, 36}})
	}
	run(t, env, importers.Request{File: list(-3)})
	if c := run(t, env, importers.Request{File: list(-3.5)}).Of("facilities"); c.Update != 1 || c.Create > 0 {
		t.Errorf("corrected coordinates: %+v, want one update", c)
	}
	if c := run(t, env, importers.Request{File: list(-3.5)}).Of("facilities"); c.Unchanged != 1 {
		t.Errorf("and again: %+v, want one unchanged", c)
	}
}

func TestChangeMadeHere(t *testing.T) {
	tests := map[string]struct {
		name, phone string // of the second list
		wantName    string
		wantPhone   string
		conflicts   int
	}{
		"the list says the same":          {"Kila Clinic", "0712000001", "Kila Health Post", "0712000001", 0},
		"the list changes something else": {"Kila Clinic", "0712000002", "Kila Health Post", "0712000002", 0},
		"the list changes it too":         {"Kila Dispensary", "0712000001", "Kila Health Post", "0712000001", 1},
		"the list agrees now":             {"Kila Health Post", "0712000001", "Kila Health Post", "0712000001", 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			env := newEnv(t)
			run(t, env, importers.Request{File: coded(t, "Kila Clinic", "0712000001")})
			for _, typ := range []string{"Location", "Organization"} {
				edit(t, env, find(t, env, typ, "Kila Clinic"), `"name":"Kila Clinic"`, `"name":"Kila Health Post"`)
			}
			file := coded(t, tc.name, tc.phone)
			for range 2 {
				r := run(t, env, importers.Request{File: file})
				if c := r.Of("facilities"); c.Conflict != tc.conflicts || (rules(r)["conflict"] > 0) != (tc.conflicts > 0) {
					t.Errorf("counts %+v, issues %v", c, rules(r))
				}
				loc := find(t, env, "Location", tc.wantName)
				if got := loc.Field("telecom.0.value").Str; got != tc.wantPhone {
					t.Errorf("telephone %q, want %q", got, tc.wantPhone)
				}
			}
		})
	}
}

func TestChangeHereOutlivesTwoImports(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{File: coded(t, "Kila Clinic", "0712000001")})
	edit(t, env, find(t, env, "Location", "Kila Clinic"), `"name":"Kila Clinic"`, `"name":"Kila Health Post"`)
	run(t, env, importers.Request{File: coded(t, "Kila Clinic", "0712000002")})
	run(t, env, importers.Request{File: coded(t, "Kila Clinic", "0712000003")})
	if got := find(t, env, "Location", "Kila Health Post").Field("telecom.0.value").Str; got != "0712000003" {
		t.Errorf("telephone %q", got)
	}
}

func TestDeletedHereStaysDeleted(t *testing.T) {
	env := newEnv(t)
	file := coded(t, "Kila Clinic", "0712000001")
	run(t, env, importers.Request{File: file})
	loc := find(t, env, "Location", "Kila Clinic")
	remove(t, env, store.Cause{Actor: "editor"}, loc)
	r := run(t, env, importers.Request{File: file})
	if c := r.Of("facilities"); c.Conflict != 1 || rules(r)["deleted-here"] != 1 {
		t.Errorf("counts %+v, issues %v", c, rules(r))
	}
	if got := named(t, env, "Location", "Kila Clinic"); len(got) > 0 {
		t.Error("the import brought it back")
	}
}

func TestFacilityThatIsHereIsAdopted(t *testing.T) {
	testutil.Requirement(t, "IMP-2", "MFL-14")
	env := newEnv(t)
	for _, body := range []string{
		`{"resourceType":"Organization","id":"o1","name":"Old name","type":[{"text":"clinic"}]}`,
		`{"resourceType":"Location","id":"l1","name":"Old name","description":"by the river","identifier":[{"system":"urn:masjala:id:code","value":"7"},{"system":"urn:x","value":"y"}],"managingOrganization":{"reference":"Organization/o1"}}`,
	} {
		r, err := fhir.Parse([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		edit(t, env, r, "nothing", "")
	}
	if c := run(t, env, importers.Request{File: coded(t, "Kila Clinic", "0712000001")}).Of("facilities"); c.Update != 1 || c.Create > 0 {
		t.Errorf("counts %+v", c)
	}
	loc := find(t, env, "Location", "Kila Clinic")
	if loc.ID != "l1" || loc.Field("description").Str != "by the river" || loc.Field("identifier.#").Int() != 2 {
		t.Errorf("adopted as %s %s", loc.Ref(), loc.Body)
	}
	if c := run(t, env, importers.Request{File: coded(t, "Kila Clinic", "0712000001")}).Of("facilities"); c.Unchanged != 1 {
		t.Errorf("imported again: %+v", c)
	}
}

func TestIdentifierThatTwoHave(t *testing.T) {
	env := newEnv(t)
	for _, id := range []string{"l1", "l2"} {
		r, err := fhir.Parse([]byte(`{"resourceType":"Location","id":"` + id + `","name":"Old","identifier":[{"system":"urn:masjala:id:code","value":"7"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		edit(t, env, r, "nothing", "")
	}
	r := run(t, env, importers.Request{File: coded(t, "Kila Clinic", "0712000001")})
	if c := r.Of("facilities"); c.Conflict != 1 || c.Create+c.Update > 0 || rules(r)["id-ambiguous"] != 1 {
		t.Errorf("counts %+v, issues %v", c, rules(r))
	}
}

func TestMappingGivenBack(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	file := coded(t, "Kila Clinic", "0712000001")
	m, err := facilities.Propose(importers.Request{File: file})
	if err != nil {
		t.Fatal(err)
	}
	y, err := m.YAML(facilities.Targets())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "mapping.yaml", strings.ReplaceAll(string(y), "sheet: list.csv", "sheet: LIST"))
	back, err := importers.ReadMapping(strings.NewReader(strings.Replace(string(y), "urn:masjala:id:code", "http://moh.example.org/mfl", 1)))
	if err != nil {
		t.Fatal(err)
	}
	run(t, env, importers.Request{File: file, Map: back})
	if got := find(t, env, "Location", "Kila Clinic").Field("identifier.0.system").Str; got != "http://moh.example.org/mfl" {
		t.Errorf("the identifier's system is %q", got)
	}
}

func TestMappingThatDoesNotFit(t *testing.T) {
	tests := map[string]struct {
		columns []importers.Column
		want    string
	}{
		"no name":        {[]importers.Column{{Heading: "Code", Target: "id"}}, `"name"`},
		"unknown target": {[]importers.Column{{Heading: "Name", Target: "nmae"}}, `Did you mean "name"`},
		"missing column": {[]importers.Column{{Heading: "Nane", Target: "name"}}, `Did you mean "Name"`},
		"doubled target": {[]importers.Column{{Heading: "Name", Target: "name"}, {Heading: "Code", Target: "name"}}, "both mapped"},
		"no level":       {[]importers.Column{{Heading: "Name", Target: "name"}, {Heading: "Type", Target: "area"}}, "level"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			env := newEnv(t)
			err := fails(t, env, importers.Request{File: coded(t, "Kila", "1"), Map: &importers.Mapping{Kind: "facilities", Columns: tc.columns}})
			if fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
			if env.Store.Seq() != 0 {
				t.Error("something was written")
			}
		})
	}
}
