package importers

import (
	"context"

	"masjala/fhir"
	"masjala/store"
)

// Bare takes out of a report what tells of single rows: samples, findings, spellings, conflicts and rows
// that may mean something stored. What was counted stays.
func (r *Report) Bare() {
	r.Samples, r.Twins, r.Values, r.Conflicts = []Sample{}, nil, nil, nil
	for i := range r.Issues {
		r.Issues[i].First = []Issue{}
	}
	if r.Missing != nil {
		r.Missing.First = []Gone{}
	}
}

// BareRun keeps only the bare report of a run. It does nothing when there was none of that name.
func BareRun(ctx context.Context, s store.Store, by store.Cause, run string) error {
	r, err := ReadRun(ctx, s, run)
	if err != nil {
		if fhir.KindOf(err) == fhir.NotFound {
			return nil
		}
		return err
	}
	r.Bare()
	return keep(ctx, s, by, r)
}
