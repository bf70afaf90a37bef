package importers

import (
	"context"
	"strconv"
	"testing"

	"masjala/fhir"
	"masjala/store"
)

// What a row waits to be decided about is not lacking, however many rows wait: the report has only the first of them.
func TestWhatIsHeldIsNotLacking(t *testing.T) {
	w := &Writer{Issues: &Issues{}, req: &Request{}, report: &Report{}, counts: map[string]*Counts{}, waits: map[string]bool{}}
	here := func(i int) *fhir.Resource {
		return &fhir.Resource{Type: "Location", ID: strconv.Itoa(i), Body: []byte(`{"status":"active"}`)}
	}
	for i := range maxTwins + 1 {
		w.keepTwin(Twin{Row: i, Reference: here(i).Ref(), Held: true}, Issue{Rule: "twin-likely"}, "facilities")
	}
	w.Everything = func(_ context.Context, _ store.Store, fn func(*fhir.Resource) error) error {
		for i := range maxTwins + 2 {
			if err := fn(here(i)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := w.absent(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m := w.report.Missing; m == nil || m.Count != 1 || m.First[0].Reference != here(maxTwins+1).Ref() {
		t.Errorf("missing is %+v", m)
	}
}
