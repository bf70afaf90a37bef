package store_test

import (
	"context"
	"testing"

	"masjala/fhir"
	"masjala/store"
	"masjala/store/storetest"
)

// plain is a registry without rules for some types; it notes what it was asked.
type plain struct {
	types []string
	asked *[]string
}

func (p plain) Types() []string { return p.types }

func (p plain) Prepare(_ context.Context, r *fhir.Resource) (*store.Draft, error) {
	*p.asked = append(*p.asked, "prepare "+r.Ref())
	return &store.Draft{Resource: r}, nil
}

func (p plain) Put(_ context.Context, tx store.Tx, d *store.Draft, verb string) (*fhir.Resource, error) {
	*p.asked = append(*p.asked, "put "+d.Resource.Ref())
	return tx.Put(d, verb)
}

func (p plain) Delete(_ context.Context, tx store.Tx, typ, id string) (*fhir.Resource, error) {
	*p.asked = append(*p.asked, "delete "+typ+"/"+id)
	return tx.Delete(typ, id)
}

func TestRegistriesSendEachTypeToItsRegistry(t *testing.T) {
	var places, people []string
	g := store.NewRegistries(plain{[]string{"Location", "Organization"}, &places}, plain{[]string{"Practitioner"}, &people})
	if !g.Has("Location") || !g.Has("Practitioner") || g.Has("Patient") {
		t.Error("the types served are not those claimed")
	}
	s := storetest.Open(t)
	err := s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
		d, err := g.Prepare(t.Context(), &fhir.Resource{Type: "Location", ID: "a", Body: []byte("{}")})
		if err != nil {
			return err
		}
		if _, err := g.Put(t.Context(), tx, d, "PUT"); err != nil {
			return err
		}
		if _, err := g.Delete(t.Context(), tx, "Location", "a"); err != nil {
			return err
		}
		_, err = g.Prepare(t.Context(), &fhir.Resource{Type: "Practitioner", ID: "b"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(places); got != 3 || places[0] != "prepare Location/a" || places[2] != "delete Location/a" {
		t.Errorf("the registry of places was asked %q", places)
	}
	if len(people) != 1 {
		t.Errorf("the registry of people was asked %q", people)
	}
}

func TestRegistriesRefuse(t *testing.T) {
	var asked []string
	g := store.NewRegistries(plain{[]string{"Location"}, &asked})
	ctx := t.Context()
	_, err := g.Prepare(ctx, &fhir.Resource{Type: "Patient"})
	_, err2 := g.Put(ctx, nil, &store.Draft{Resource: &fhir.Resource{Type: "Patient"}}, "PUT")
	_, err3 := g.Delete(ctx, nil, "Patient", "a")
	for _, err := range []error{err, err2, err3} {
		if fhir.KindOf(err) != fhir.NotFound {
			t.Errorf("a type nobody holds gave %v, want NotFound", err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("two registries may claim one type")
		}
	}()
	store.NewRegistries(plain{[]string{"Location"}, &asked}, plain{[]string{"Location"}, &asked})
}
