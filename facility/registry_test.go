package facility_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"masjala/facility"
	"masjala/facility/place"
	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var by = store.Cause{Actor: "test"}

func newStore(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "masjala.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func parse(t *testing.T, json string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(json))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// put stores one resource through the registry, in a transaction of its own.
func put(t *testing.T, s store.Store, r *fhir.Resource) error {
	t.Helper()
	reg := facility.NewRegistry()
	d, err := reg.Prepare(t.Context(), r)
	if err != nil {
		return err
	}
	return s.Write(t.Context(), by, func(tx store.Tx) error {
		_, err := reg.Put(t.Context(), tx, d, "PUT")
		return err
	})
}

// located makes a Location that is part of another, of none for "".
func located(t *testing.T, typ, id, parent string) *fhir.Resource {
	t.Helper()
	partOf := ""
	if parent != "" {
		partOf = fmt.Sprintf(`,"partOf":{"reference":"%s/%s"}`, typ, parent)
	}
	return parse(t, fmt.Sprintf(`{"resourceType":"%s","id":"%s","name":"%s"%s}`, typ, id, id, partOf))
}

func TestNoCycles(t *testing.T) {
	for _, typ := range []string{"Location", "Organization"} {
		t.Run(typ, func(t *testing.T) {
			s := newStore(t)
			for _, p := range [][2]string{{"nation", ""}, {"north", "nation"}, {"south", "nation"}, {"clinic", "north"}, {"early", "late"}} {
				if err := put(t, s, located(t, typ, p[0], p[1])); err != nil {
					t.Fatal(err)
				}
			}
			tests := map[string]struct {
				id, parent string
				kind       fhir.Kind // Internal for no error
			}{
				"to a sibling":               {"clinic", "south", fhir.Internal},
				"under itself":               {"north", "north", fhir.Unprocessable},
				"under a son":                {"nation", "south", fhir.Conflict},
				"under a grandson":           {"nation", "clinic", fhir.Conflict},
				"closed by one that is late": {"late", "early", fhir.Conflict},
				"under what is not there":    {"south", "nobody", fhir.Internal},
			}
			for _, name := range []string{"under itself", "under a son", "under a grandson", "closed by one that is late", "under what is not there", "to a sibling"} {
				tc := tests[name]
				err := put(t, s, located(t, typ, tc.id, tc.parent))
				if (err == nil) != (tc.kind == fhir.Internal) || err != nil && fhir.KindOf(err) != tc.kind {
					t.Errorf("%s: %v, want kind %d", name, err, tc.kind)
				}
			}
		})
	}
}

func TestSavePair(t *testing.T) {
	testutil.Requirement(t, "MFL-1")
	s, reg := newStore(t), facility.NewRegistry()
	pair := facility.Pair{
		Organization: parse(t, `{"resourceType":"Organization","id":"o","name":"Kila"}`),
		Location:     parse(t, `{"resourceType":"Location","id":"l","name":"Kila","managingOrganization":{"reference":"Organization/o"}}`),
	}
	d, err := reg.PreparePair(t.Context(), pair)
	if err != nil {
		t.Fatal(err)
	}
	var saved facility.Pair
	err = s.Write(t.Context(), by, func(tx store.Tx) error {
		saved, err = reg.Save(t.Context(), tx, d)
		return err
	})
	if err != nil || saved.Location.Version != 1 || saved.Organization.Version != 1 || !saved.Location.Updated.Equal(saved.Organization.Updated) {
		t.Errorf("saved %+v, %v", saved, err)
	}
	pair.Organization = parse(t, `{"resourceType":"Organization","id":"other","name":"Kila"}`)
	if _, err := reg.PreparePair(t.Context(), pair); fhir.KindOf(err) != fhir.Unprocessable {
		t.Errorf("halves that do not belong together: %v", err)
	}
}

func TestMove(t *testing.T) {
	s, reg := newStore(t), facility.NewRegistry()
	for _, p := range [][2]string{{"north", ""}, {"south", ""}, {"clinic", "north"}} {
		loc := located(t, "Location", p[0], p[1])
		loc.Body = append(loc.Body[:len(loc.Body)-1], []byte(`,"managingOrganization":{"reference":"Organization/`+p[0]+`"}}`)...)
		for _, r := range []*fhir.Resource{located(t, "Organization", p[0], p[1]), loc} {
			if err := put(t, s, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	move := func(id, parent string) error {
		return s.Write(t.Context(), by, func(tx store.Tx) error { return reg.Move(t.Context(), tx, id, parent) })
	}
	if err := move("clinic", "south"); err != nil {
		t.Fatal(err)
	}
	for _, typ := range []string{"Location", "Organization"} {
		r, err := s.Read(t.Context(), typ, "clinic")
		if err != nil || place.ParentID(r) != "south" || r.Field("name").Str != "clinic" {
			t.Errorf("%s after the move: %s, %v", typ, r.Body, err)
		}
	}
	seq := s.Seq()
	if err := move("clinic", "south"); err != nil || s.Seq() != seq {
		t.Errorf("moved to where it is: %v, store went from %d to %d", err, seq, s.Seq())
	}
	if err := move("south", "clinic"); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("under itself: %v", err)
	}
	if err := move("nobody", "south"); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("what is not there: %v", err)
	}
	if err := move("clinic", "nowhere"); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("to what is not there: %v", err)
	}
}

func TestDelete(t *testing.T) {
	s, reg := newStore(t), facility.NewRegistry()
	for _, p := range [][2]string{{"north", ""}, {"clinic", "north"}} {
		if err := put(t, s, located(t, "Location", p[0], p[1])); err != nil {
			t.Fatal(err)
		}
	}
	err := s.Write(t.Context(), by, func(tx store.Tx) error {
		_, err := reg.Delete(t.Context(), tx, "Location", "north")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context(), "Location", "north"); fhir.KindOf(err) != fhir.Gone {
		t.Errorf("after the deletion: %v", err)
	}
	if err := put(t, s, located(t, "Location", "clinic", "north")); err != nil {
		t.Errorf("a reference to what was deleted: %v", err)
	}
}

func TestTypes(t *testing.T) {
	types := facility.NewRegistry().Types()
	types[0] = "changed"
	if facility.NewRegistry().Types()[0] != "Location" || len(types) != 5 {
		t.Errorf("types %v", facility.NewRegistry().Types())
	}
}
