package importers

import (
	"context"
	"fmt"

	"masjala/fhir"
	"masjala/store"
)

// Everything calls fn with each resource that a list of a kind may have, until that fails.
type Everything func(ctx context.Context, s store.Store, fn func(*fhir.Resource) error) error

// absent reports what is here, is in use, and is meant by no row of a list that should have all.
// What a row waits to be decided about is not absent.
func (w *Writer) absent(ctx context.Context) error {
	m := &Missing{First: []Gone{}}
	err := w.Everything(ctx, w.env.Store, func(r *fhir.Resource) error {
		ended := r.Field("status").Str == "inactive" || r.Field("active").Raw == "false"
		if !ended && !w.waits[r.Ref()] && !w.Present(r.ID) {
			w.gone(m, r, fmt.Sprintf("%s is here, and no row of the list means it", r.Ref()))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for what the list lacks: %w", err)
	}
	if m.Count > 0 {
		w.report.Missing = m
	}
	return nil
}

// checkComplete fails with Invalid for a list of which nobody can say that it has all.
func (r *Request) checkComplete(kind string) error {
	if r.Complete && kind != "facilities" && kind != "workers" {
		return fhir.Errorf(fhir.Invalid, "only lists of facilities and of workers can be complete; a list of %s cannot", kind)
	}
	return nil
}
