package importers

import (
	"context"
	"encoding/json"
	"fmt"

	"masjala/fhir"
	"masjala/store"
)

// runs is the bookkeeping space of the runs.
const runs = "import/runs"

// keep stores the report of a run with the data it changed.
func keep(ctx context.Context, s store.Store, by store.Cause, r *Report) error {
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("keep report of import: %w", err)
	}
	return s.Write(ctx, by, func(tx store.Tx) error { return tx.SetValue(runs, r.Run, data) })
}

// ReadRun returns the report of a run that changed something or was to. It fails with NotFound
// when there was none of that name.
func ReadRun(ctx context.Context, s store.Store, run string) (*Report, error) {
	data, err := s.Value(ctx, runs, run)
	if err != nil {
		return nil, fmt.Errorf("read run %s: %w", run, err)
	}
	if data == nil {
		return nil, fhir.Errorf(fhir.NotFound, "there was no import %q; masjala import runs lists them", run)
	}
	return decodeRun(run, data)
}

// Runs returns the reports of the last runs, newest first, at most limit.
func Runs(ctx context.Context, s store.Store, limit int) ([]*Report, error) {
	const few = 10 // a report may be long
	out := []*Report{}
	for before := ""; len(out) < limit; {
		some, err := s.LastValues(ctx, runs, before, min(few, limit-len(out)))
		if err != nil {
			return nil, fmt.Errorf("read runs: %w", err)
		}
		if len(some) == 0 {
			break
		}
		for _, v := range some {
			r, err := decodeRun(v.Key, v.Data)
			if err != nil {
				return nil, err
			}
			out = append(out, r)
		}
		before = some[len(some)-1].Key
	}
	return out, nil
}

func decodeRun(run string, data []byte) (*Report, error) {
	r := &Report{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("read run %s: %w", run, err)
	}
	return r, nil
}
