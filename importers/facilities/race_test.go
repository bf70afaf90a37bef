package facilities_test

import (
	"context"
	"sync"
	"testing"

	"masjala/facility"
	"masjala/fhir"
	"masjala/importers"
	"masjala/store"
)

// meddler is the registry of facilities with someone who changes things between the planning
// and the writing of an import.
type meddler struct {
	*facility.Registry
	once sync.Once
	act  func()
}

func (m *meddler) Prepare(ctx context.Context, r *fhir.Resource) (*store.Draft, error) {
	if r.Type == "Location" && r.Field("telecom").Exists() {
		m.once.Do(m.act)
	}
	return m.Registry.Prepare(ctx, r)
}

func TestChangeDuringImportIsNotLost(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{File: coded(t, "Kila Clinic", "0712000001")})
	loc := find(t, env, "Location", "Kila Clinic")
	quick := env
	quick.Registries = store.NewRegistries(&meddler{Registry: facility.NewRegistry(), act: func() {
		edit(t, env, loc, `"name":"Kila Clinic"`, `"name":"Kila Health Post"`)
	}}, plain{})
	r := run(t, quick, importers.Request{File: coded(t, "Kila Clinic", "0712000002")})
	if c := r.Of("facilities"); c.Update != 1 || c.Failed > 0 {
		t.Errorf("counts %+v, issues %+v", c, r.Issues)
	}
	if got := find(t, env, "Location", "Kila Health Post").Field("telecom.0.value").Str; got != "0712000002" {
		t.Errorf("telephone %q", got)
	}
}

func TestTwoFirstImportsAtOnce(t *testing.T) {
	env := newEnv(t)
	file := coded(t, "Kila Clinic", "0712000001")
	quick := env
	quick.Registries = store.NewRegistries(&meddler{Registry: facility.NewRegistry(), act: func() {
		run(t, env, importers.Request{File: file})
	}}, plain{})
	r := run(t, quick, importers.Request{File: file})
	if c := r.Of("facilities"); c.Create+c.Update+c.Failed > 0 || c.Unchanged != 1 {
		t.Errorf("counts %+v, issues %+v", c, r.Issues)
	}
	if loc := find(t, env, "Location", "Kila Clinic"); loc.Version != 1 {
		t.Errorf("the facility has %d versions", loc.Version)
	}
}
