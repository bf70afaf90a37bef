package store_test

import (
	"errors"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store"
)

func TestPolicies(t *testing.T) {
	testutil.Requirement(t, "MD-130-9")
	nameless := &fhir.Resource{Type: "Location", Body: []byte(`{"status":"active","type":[{"text":"x"}],"identifier":[{"value":"1"}]}`)}
	tests := map[string]struct {
		refused  bool
		findings int
	}{
		"warn":   {false, 2},
		"reject": {true, 2},
		"off":    {false, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			policy, err := store.ParsePolicy(name)
			if err != nil {
				t.Fatal(err)
			}
			g := store.NewRegistries(store.PlainRegistry("Location", "Organization"))
			g.Enforce(map[string]store.Policy{"Location": policy})
			_, err = g.Prepare(t.Context(), nameless)
			e, _ := errors.AsType[*fhir.Error](err)
			switch {
			case tc.refused && (e == nil || e.Kind != fhir.Unprocessable || e.Path != "Location.name" || e.Code != "required"):
				t.Errorf("Prepare = %v, want a refusal that names Location.name", err)
			case !tc.refused && err != nil:
				t.Errorf("Prepare = %v, want no error", err)
			}
			if got := g.Findings(nameless); len(got) != tc.findings {
				t.Errorf("Findings = %v, want %d", got, tc.findings)
			}
			if _, err := g.Prepare(t.Context(), &fhir.Resource{Type: "Organization", Body: []byte(`{}`)}); err != nil {
				t.Errorf("a type of no policy: %v, want no error", err)
			}
		})
	}
	if _, err := store.ParsePolicy("loud"); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("ParsePolicy = %v, want Invalid", err)
	}
}

func TestPolicyLetsWarningsPass(t *testing.T) {
	testutil.Requirement(t, "Z-9")
	g := store.NewRegistries(store.PlainRegistry("Location"))
	g.Enforce(map[string]store.Policy{"Location": store.Reject})
	r := &fhir.Resource{Type: "Location", Body: []byte(`{"status":"active","name":"A","type":[{"text":"x"}],"identifier":[{"value":"1"}]}`)}
	if _, err := g.Prepare(t.Context(), r); err != nil {
		t.Errorf("Prepare = %v, want no error for what is a warning only", err)
	}
	if got := g.Findings(r); len(got) != 1 || got[0].Severity != "warning" {
		t.Errorf("Findings = %v, want one warning", got)
	}
}
