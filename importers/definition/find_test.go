package definition_test

import (
	"fmt"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/codes"
	"masjala/importers/definition"
	"masjala/importers/importtest"
)

// One resource is found whole; of several only what summaries show is read, until one is wanted.
func TestFind(t *testing.T) {
	e := importtest.Env(t, "CodeSystem", "ValueSet")
	find := func(version string) []*fhir.Resource {
		t.Helper()
		found, err := definition.Find(t.Context(), e.Store, "CodeSystem", "http://e.org/cs", version)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if found := find(""); len(found) != 0 {
		t.Errorf("%d found before any was stored", len(found))
	}
	for i, version := range []string{"1", "2"} {
		list := "System,System version,Code,Display\n"
		for k := range 500 {
			list += fmt.Sprintf("http://e.org/cs,%s,C%d,Code %s\n", version, k, strings.Repeat("long ", 5))
		}
		if _, err := codes.Run(t.Context(), e, importers.Request{File: importtest.File(t, "list.csv", []byte(list)), Actor: "test"}); err != nil {
			t.Fatal(err)
		}
		if found := find(version); len(found) != 1 || found[0].Field("concept.#").Int() != 500 {
			t.Fatalf("%d of version %s, want one with its concepts", len(found), version)
		}
		if found := find(""); len(found) != i+1 {
			t.Errorf("%d of any version, want %d", len(found), i+1)
		}
	}
	found := find("")
	for _, r := range found {
		if r.Field("concept").Exists() || r.Field("url").String() != "http://e.org/cs" {
			t.Errorf("one of several is read with %d concepts", r.Field("concept.#").Int())
		}
	}
	if whole, err := definition.Read(t.Context(), e.Store, found[0]); err != nil || whole.Field("concept.#").Int() != 500 || whole.ID != found[0].ID {
		t.Errorf("%v, %v", whole, err)
	}
	if none, err := definition.Read(t.Context(), e.Store, &fhir.Resource{Type: "CodeSystem", ID: "none"}); none != nil || err != nil {
		t.Errorf("what is not there: %v, %v", none, err)
	}
}
