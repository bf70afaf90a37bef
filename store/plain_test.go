package store_test

import (
	"testing"

	"masjala/fhir"
	"masjala/store"
)

func TestPlainRegistryIndexesAndLeavesTheResourceAlone(t *testing.T) {
	r, err := fhir.Parse([]byte(`{"resourceType":"Endpoint","id":"e","name":"E"}`))
	if err != nil {
		t.Fatal(err)
	}
	g := store.NewRegistries(store.PlainRegistry("Endpoint", "Location"))
	d, err := g.Prepare(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if d.Resource != r || len(d.Entries) == 0 {
		t.Errorf("Prepare = %+v, want the resource itself with index rows", d)
	}
	if !g.Has("Location") || g.Has("Patient") {
		t.Errorf("Has(Location) = %v, Has(Patient) = %v, want true and false", g.Has("Location"), g.Has("Patient"))
	}
	if _, err := g.Prepare(t.Context(), &fhir.Resource{Type: "Patient", Body: []byte("{}")}); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("Prepare of a type not held = %v, want NotFound", err)
	}
}
