package app

import (
	"context"
	"io"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/desk"
)

// maxRuns is how many imports are listed.
const maxRuns = 200

// Runs is the result of import-runs: the last imports, newest first.
type Runs struct {
	Runs []*importers.Report `json:"runs"`
}

func listRuns(ctx context.Context, a *App, _ request[struct{}]) (any, error) {
	list, err := importers.Runs(ctx, a.store, maxRuns)
	return Runs{Runs: list}, err
}

// ChangesArgs are the arguments of the command import-changes.
type ChangesArgs struct {
	Run   string `json:"run"`             // as import-runs lists it
	After string `json:"after,omitempty"` // what the page before said as next; empty: the first page
	Count int    `json:"count,omitempty"` // on the page; 0: 100
}

// maxChanges is how many changes are on a page at most.
const maxChanges = 500

// Changes is the result of import-changes: what a run changed, with the row that it comes from.
type Changes = desk.Changes

func listChanges(ctx context.Context, a *App, r request[ChangesArgs]) (any, error) {
	count := r.args.Count
	if count == 0 {
		count = 100
	}
	if count < 0 || count > maxChanges {
		return nil, fhir.Errorf(fhir.Invalid, "count is %d; a page has 1 to %d changes", count, maxChanges)
	}
	return a.desk.Changes(ctx, r.args.Run, r.args.After, count)
}

// OriginalArgs are the arguments of the command import-original, which gives the file "original".
type OriginalArgs struct {
	Run string `json:"run"` // as import-runs lists it
}

// Original is the result of import-original.
type Original struct {
	Run   string `json:"run"`
	File  string `json:"file"`
	Hash  string `json:"sha256"`
	Bytes int64  `json:"bytes"`
}

func giveOriginal(ctx context.Context, a *App, r request[OriginalArgs]) (any, error) {
	if err := r.takesFiles(); err != nil {
		return nil, err
	}
	t, err := a.desk.Task(ctx, r.args.Run)
	if err != nil {
		return nil, err
	}
	file, err := a.desk.Original(t)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	err = r.fill("original", func(to io.Writer) error {
		_, err := io.Copy(to, file)
		return err
	})
	return Original{t.Run, t.File, t.Hash, t.Bytes}, err
}
