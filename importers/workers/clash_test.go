package workers_test

import (
	"strings"
	"testing"
	"time"

	"masjala/importers/decisions"
	"masjala/internal/testutil"
)

// A row that has the number of a stored person, and is hardly that one, waits; a person who
// marries or whose birthday is put right is still the same.
func TestNumbersOfTwoEmployers(t *testing.T) {
	testutil.Requirement(t, "MT-3")
	const one = head + "E1,Mwakalinga,Asha Neema,F,1980-03-02,,Nurse,,,,,,\n"
	tests := map[string]struct {
		row  string
		held bool
	}{
		"another family name":   {"E1,Komba,Asha,F,1980-03-02", false},
		"another birthday":      {"E1,Mwakalinga,Asha,F,1981-04-05", false},
		"another name":          {"E1,Kisanga,Juma,F,1980-03-02", false},
		"another name, no more": {"E1,Kisanga,Juma,,", false},
		"another name and day":  {"E1,Kisanga,Juma,,1975-01-09", true},
		"another name and sex":  {"E1,Kisanga,Juma,M,", true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			at := e.Now()
			e.Now = func() time.Time { at = at.Add(time.Second); return at }
			run(t, e, one)
			other := head + tc.row + ",,Nurse,,,,,,\n"
			r := run(t, e, other)
			if c := r.Of("workers"); c.Create > 0 || c.Held > 0 != tc.held || c.Update > 0 == tc.held {
				t.Fatalf("%+v, twins %+v", c, r.Twins)
			}
			if !tc.held {
				return
			}
			w := r.Twins[0]
			id := strings.TrimPrefix(w.Reference, "Practitioner/")
			if got := current(t, e, "Practitioner")[id].Field("name.0.family").Str; got != "Mwakalinga" || w.Likely || r.Missing != nil {
				t.Errorf("it is %s now; %+v, missing %+v", got, w, r.Missing)
			}
			decide(t, e, decisions.Set{Twins: []decisions.Twin{{Kind: "workers", Key: w.Key, Reference: w.Reference, Verdict: decisions.Same}}})
			if c := run(t, e, other).Of("workers"); c.Update != 1 || c.Held > 0 {
				t.Errorf("decided the same: %+v", c)
			}
			if c := run(t, e, other).Of("workers"); c.Unchanged != 1 {
				t.Errorf("and again: %+v", c)
			}
		})
	}
}
