package importers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"masjala/fhir"
	"masjala/store"
)

// runs is the bookkeeping space of the runs.
const runs = "import/runs"

// stamp begins the part of a cause that names the run.
func stamp(run string) string { return "import " + run + " of " }

// undoing begins the cause of an undoing.
const undoing = "undo of import "

// madeBy tells whether a run made a version.
func madeBy(run string, c store.Cause) bool {
	return strings.Contains(c.Reason, stamp(run)) && !strings.HasPrefix(c.Reason, undoing)
}

// undoneRun tells which run the undoing of made a version, if it was one.
func undoneRun(c store.Cause) (run string, ok bool) {
	rest, ok := strings.CutPrefix(c.Reason, undoing)
	if !ok {
		return "", false
	}
	run, _, _ = strings.Cut(rest, ",")
	return run, true
}

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

// undone returns the number of the version that deleted a resource, when it was the undoing of an
// import that did; else 0.
func undone(ctx context.Context, s store.Store, r *fhir.Resource) (int64, error) {
	page, err := s.History(ctx, store.HistoryQuery{Type: r.Type, ID: r.ID, Count: 1})
	if err != nil {
		return 0, fmt.Errorf("read history of %s: %w", r.Ref(), err)
	}
	if len(page.Versions) == 0 {
		return 0, nil
	}
	if _, ok := undoneRun(page.Versions[0].Cause); !ok {
		return 0, nil
	}
	return page.Versions[0].Resource.Version, nil
}
