package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"strings"

	"masjala/fhir"
	"masjala/importers"
)

// do waits for the turn of a step, carries it out and keeps what came of it.
func (d *Desk) do(ctx context.Context, w *work) error {
	if d.line.ahead(w.ticket) > 0 {
		w.report(importers.Progress{Phase: "waiting"})
	}
	err := d.line.wait(ctx, w.ticket)
	if err == nil {
		var t *Task
		t, err = d.change(context.Background(), w.run, func(t *Task) error {
			t.State, t.Error = during[w.step], nil
			return nil
		})
		if err == nil {
			err = d.carryOut(ctx, w, t)
		}
	}
	if stopped(ctx) && err != nil {
		if w.order == nil {
			return err // its state says what is to be taken up again
		}
		err = errEnded
	}
	if cancelled(ctx) && err != nil {
		err = errCancelled
	}
	t, kept := d.change(context.Background(), w.run, func(t *Task) error { return settle(t, w, err) })
	if kept == nil {
		kept = d.drop(context.Background(), t)
	}
	if kept != nil {
		d.o.Log.Error("the state of an import was not kept", "run", w.run, "err", kept)
		return errors.Join(err, kept)
	}
	if fhir.KindOf(err) == fhir.Internal && err != nil {
		d.o.Log.Error("import failed", "run", w.run, "step", w.step, "err", err)
	}
	return err
}

// settle notes in a task what came of a step.
func settle(t *Task, w *work, err error) error {
	t.Attended, t.Error = false, nil
	was := t.Was
	t.Was, t.Retries = "", 0
	switch {
	case err == nil:
		t.State = after[w.step]
		if w.undone != nil {
			t.Undone, err = json.Marshal(w.undone)
		}
		return err
	case w.step == Undo: // what is left can be undone later
		t.State, t.Step = was, Apply
	case errors.Is(err, errCancelled):
		t.State = Cancelled
	case w.step == Apply && t.Mode == AllOrNothing && refused(err):
		t.State, t.Step = Planned, Plan
	default:
		t.State = Failed
	}
	if !errors.Is(err, errCancelled) {
		t.Error = fhir.Outcome(err)
	}
	return nil
}

// refused tells whether an import that was to be whole left everything as it was.
func refused(err error) bool {
	switch fhir.KindOf(err) {
	case fhir.Unprocessable, fhir.TooCostly, fhir.Conflict:
		return true
	}
	return false
}

// carryOut does the work of a step. A panic becomes an error.
func (d *Desk) carryOut(ctx context.Context, w *work, t *Task) (err error) {
	defer debug.FreeOSMemory() // a long list takes much, once
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("import %s: panic: %v\n%s", t.Run, p, debug.Stack())
		}
	}()
	if w.step == Undo {
		w.undone, err = d.undo(ctx, w, t)
		return err
	}
	path, done, err := d.fileOf(w, t)
	if err != nil {
		return err
	}
	defer done()
	r, err := d.newRecord(w.order)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.keep(d.files, t.Run)) }()
	req := importers.Request{
		File: path, Name: t.File, Sheet: t.Sheet, Forget: t.Forget, Run: t.Run, Actor: t.By, Reason: t.Reason,
		DryRun: w.step == Plan, Complete: t.Complete, Whole: t.Mode == AllOrNothing, Scratch: d.Scratch(), Progress: w.report, Issues: r.issue, Rows: r.row,
	}
	if w.order != nil {
		req.About = w.order.About
	}
	if w.result, err = run(ctx, d.o.Env, d.o.Kinds[t.Kind], req, t.Mapping); err != nil {
		return err
	}
	return d.saveResult(context.Background(), t.Run, w.result)
}

// undo takes back what an import did. Nothing is left to be done when the program ended after the last of
// it, or when all or nothing was to be written, and nothing was.
func (d *Desk) undo(ctx context.Context, w *work, t *Task) (*importers.Undone, error) {
	report, err := importers.ReadRun(ctx, d.o.Env.Store, t.Run)
	switch {
	case err != nil && fhir.KindOf(err) == fhir.NotFound:
		return nothingOf(t, false), nil
	case err != nil:
		return nil, err
	case !report.Undone.IsZero():
		nothing := nothingOf(t, false)
		nothing.Started = report.Started
		return nothing, nil
	}
	return importers.Undo(ctx, d.o.Env, importers.UndoRequest{Run: t.Run, Actor: t.By, Progress: w.report})
}

// nothingOf says that nothing of an import was to be taken back.
func nothingOf(t *Task, dry bool) *importers.Undone {
	return &importers.Undone{Run: t.Run, Kind: t.Kind, File: t.File, Started: t.Created, DryRun: dry, First: []importers.Kept{}}
}

// fileOf is where the file of an import lies while it is read.
func (d *Desk) fileOf(w *work, t *Task) (path string, done func(), err error) {
	path, done, err = d.files.named(t.Hash, t.File)
	if err != nil && w.order != nil { // it is not kept
		return w.order.Path, func() {}, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, errNoFile(t)
	}
	return path, done, err
}

// run imports a list with a mapping in YAML, "" for none.
func run(ctx context.Context, env importers.Env, k Kind, req importers.Request, mapping string) (out *Imported, err error) {
	if mapping != "" {
		if req.Map, err = importers.ReadMapping(strings.NewReader(mapping)); err != nil {
			return nil, err
		}
	}
	report, err := k.Run(ctx, env, req)
	if err != nil {
		return nil, err
	}
	out = &Imported{Report: report}
	if report.Mapping != nil && k.Targets != nil {
		text, err := report.Mapping.YAML(k.Targets())
		if err != nil {
			return nil, err
		}
		out.Mapping = string(text)
	}
	return out, nil
}
