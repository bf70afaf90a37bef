package desk

import (
	"context"
	"fmt"
	"io"
	"os"

	"masjala/fhir"
	"masjala/importers"
)

// Order is an import that a command waits for.
type Order struct {
	Paper
	Path   string // the file, or the folder of a release
	About  importers.About
	DryRun bool

	// Via imports instead of the kind's own Run; nil: that.
	Via func(context.Context, importers.Env, importers.Request) (*importers.Report, error)

	Progress func(importers.Progress)
	Issues   func(*importers.Issue) error
	Rows     func(importers.Outcome) error
}

// Import waits for its turn, imports, and returns what came of it. The end of ctx cancels it: what
// was written until then stays, and can be undone. The task is kept as those of Submit, but for dry
// runs and releases, which leave none.
func (d *Desk) Import(ctx context.Context, o Order) (*Imported, error) {
	k := d.o.Kinds[o.Kind]
	if err := d.busy(); err != nil {
		return nil, err
	}
	if o.DryRun || k.Targets == nil {
		return d.pass(ctx, k, &o)
	}
	if info, err := os.Stat(o.Path); err != nil || !info.Mode().IsRegular() {
		return nil, fhir.Errorf(fhir.Invalid, "%s cannot be read; check the name and the permissions", o.File).Because(err)
	}
	file, err := os.Open(o.Path)
	if err != nil {
		return nil, fhir.Errorf(fhir.Invalid, "%s cannot be read; check the name and the permissions", o.File).Because(err)
	}
	u, err := d.bring(file)
	file.Close()
	if err != nil {
		return nil, err
	}
	defer u.Discard()
	t, err := d.attend(ctx, u, &o)
	if err != nil {
		return nil, err
	}
	w, err := d.begin(t, &o)
	if err != nil {
		return nil, err
	}
	if err := d.await(ctx, w); err != nil {
		return nil, err
	}
	return w.result, nil
}

// bring receives the file of a command, without keeping it if nobody wants it or there is no room.
func (d *Desk) bring(file *os.File) (*Upload, error) {
	if !d.o.Discard {
		u, err := d.Receive(file)
		if fhir.KindOf(err) != fhir.Full || err == nil {
			return u, err
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return nil, fmt.Errorf("read the file of an import: %w", err)
		}
	}
	u, err := weigh(file)
	if err != nil {
		return nil, fmt.Errorf("read the file of an import: %w", err)
	}
	return u, nil
}

// attend files the task of a command. A file for which there is no room is not kept.
func (d *Desk) attend(ctx context.Context, u *Upload, o *Order) (*Task, error) {
	if err := d.Check(&o.Paper); err != nil {
		return nil, err
	}
	keep := wanted
	if u.file == nil {
		keep = useless
	}
	return d.file(ctx, u, Task{Kind: o.Kind, File: o.File, Sheet: o.Sheet, Mapping: o.Mapping, Forget: o.Forget, Complete: o.Complete, Reason: o.Reason, Actor: o.Actor, By: o.Actor, Step: Apply, Mode: AllGood, Attended: true}, keep)
}

// await waits for a step; the end of ctx cancels it.
func (d *Desk) await(ctx context.Context, w *work) error {
	select {
	case <-w.done:
	case <-ctx.Done():
		w.cancel(errCancelled)
		<-w.done
		if w.err != nil {
			return ctx.Err()
		}
	}
	return w.err
}

// pass imports without a task: it only waits in line.
func (d *Desk) pass(ctx context.Context, k Kind, o *Order) (*Imported, error) {
	ticket := d.line.enter(k.Registries)
	defer d.line.leave(ticket)
	if o.Progress != nil && d.line.ahead(ticket) > 0 {
		o.Progress(importers.Progress{Phase: "waiting"})
	}
	if err := d.line.wait(ctx, ticket); err != nil {
		return nil, err
	}
	if o.Via != nil {
		k.Run = o.Via
	}
	req := importers.Request{
		File: o.Path, Name: o.File, Sheet: o.Sheet, Forget: o.Forget, About: o.About, DryRun: o.DryRun, Complete: o.Complete, Actor: o.Actor, Reason: o.Reason,
		Scratch: d.Scratch(), Progress: o.Progress, Issues: o.Issues, Rows: o.Rows,
	}
	return run(ctx, d.o.Env, k, req, o.Mapping)
}

// TakeBack undoes a run for a command that waits, or only says what would be undone. It fails with
// Conflict while something else is done about the run, and as [importers.Undo] does.
func (d *Desk) TakeBack(ctx context.Context, req importers.UndoRequest) (*importers.Undone, error) {
	t, err := d.settled(ctx, req.Run)
	switch {
	case fhir.KindOf(err) == fhir.NotFound: // of before there were tasks
	case err != nil:
		return nil, err
	case t.Working():
		return nil, fhir.Errorf(fhir.Conflict, "the import %s is %s; wait for its end, or cancel it", t.Run, t.State)
	case !req.DryRun && t.wrote():
		return d.takeBack(ctx, req)
	}
	report, err := importers.ReadRun(ctx, d.o.Env.Store, req.Run)
	if fhir.KindOf(err) == fhir.NotFound && t != nil && t.wrote() {
		return nothingOf(t, req.DryRun), nil
	}
	if err != nil {
		return nil, err
	}
	ticket := d.line.enter(d.o.Kinds[report.Kind].Registries)
	defer d.line.leave(ticket)
	if err := d.line.wait(ctx, ticket); err != nil {
		return nil, err
	}
	return importers.Undo(ctx, d.o.Env, req)
}

// takeBack undoes a run that has a task.
func (d *Desk) takeBack(ctx context.Context, req importers.UndoRequest) (*importers.Undone, error) {
	t, err := d.change(ctx, req.Run, func(t *Task) error {
		if !t.wrote() {
			return refuse(t, "undone")
		}
		t.Was, t.State, t.Step, t.By, t.Attended = t.State, Queued, Undo, req.Actor, true
		return nil
	})
	if err != nil {
		return nil, err
	}
	w, err := d.follow(t, &Order{Paper: Paper{Actor: req.Actor}, Progress: req.Progress})
	if err != nil {
		return nil, err
	}
	err = d.await(ctx, w)
	return w.undone, err
}
