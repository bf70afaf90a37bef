package facilities_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"masjala/facility"
	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/store"
	"masjala/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain stores code systems and value sets without looking at their codes.
type plain struct{}

func (plain) Types() []string { return []string{"CodeSystem", "ValueSet", "ConceptMap"} }

func (plain) Prepare(_ context.Context, r *fhir.Resource) (*store.Draft, error) {
	return &store.Draft{Resource: r, Entries: search.Extract(r)}, nil
}

func (plain) Put(_ context.Context, tx store.Tx, d *store.Draft, verb string) (*fhir.Resource, error) {
	return tx.Put(d, verb)
}

func (plain) Delete(_ context.Context, tx store.Tx, typ, id string) (*fhir.Resource, error) {
	return tx.Delete(typ, id)
}

// newEnv opens an empty store in a temporary folder.
func newEnv(t testing.TB) importers.Env {
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
	return importers.Env{Store: s, Registries: store.NewRegistries(facility.NewRegistry(), plain{}), Now: time.Now}
}

// run imports a file and fails the test when the run fails.
func run(t testing.TB, env importers.Env, req importers.Request) *importers.Report {
	t.Helper()
	if req.Actor == "" {
		req.Actor = "test"
	}
	r, err := facilities.Run(t.Context(), env, req)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
