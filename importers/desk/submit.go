package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/store"
)

// The longest texts that come with a file, in bytes.
const (
	MaxMapping = 1 << 20
	maxText    = 1000
)

// Paper is what goes with a file that is handed in.
type Paper struct {
	Kind     string
	File     string // its name
	Mapping  string // YAML; "": proposed from the content
	Complete bool   // it should have all that is here: what it lacks is told
	Forget   bool   // take no mapping from an earlier import of such a list
	Sheet    string // "": the mapping or the content decides
	Reason   string
	Actor    string
}

// Check fails with Invalid for a paper that cannot go with any file.
func (d *Desk) Check(p *Paper) error {
	k, ok := d.o.Kinds[p.Kind]
	if !ok || k.Targets == nil {
		return fhir.Errorf(fhir.Invalid, "kind is %.60q; lists are one of %s", p.Kind, strings.Join(d.kinds(), ", "))
	}
	for name, text := range map[string]string{"name of the file": p.File, "name of the sheet": p.Sheet, "reason": p.Reason} {
		if len(text) > maxText || !utf8.ValidString(text) {
			return fhir.Errorf(fhir.Invalid, "the %s must be text of at most %d bytes", name, maxText)
		}
	}
	if p.File != "" && (len(p.File) > 255 || filepath.Base(p.File) != p.File || p.File == "." || p.File == ".." || strings.ContainsAny(p.File, "/\\\x00")) {
		return fhir.Errorf(fhir.Invalid, "%.60q cannot be the name of a file", p.File)
	}
	if p.File == "" {
		return fhir.Errorf(fhir.Invalid, "the file has no name; reports tell lists apart by it")
	}
	return checkMapping(p.Kind, k, p.Mapping)
}

func (d *Desk) kinds() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(d.o.Kinds)), func(k string) bool { return d.o.Kinds[k].Targets == nil })
}

func checkMapping(kind string, k Kind, mapping string) error {
	if mapping == "" {
		return nil
	}
	if len(mapping) > MaxMapping {
		return fhir.Errorf(fhir.TooLarge, "the mapping is longer than %d bytes", MaxMapping)
	}
	m, err := importers.ReadMapping(strings.NewReader(mapping))
	if err != nil {
		return err
	}
	return m.Check(kind, k.Targets())
}

// Submit makes an upload an import, which is planned when its turn comes. When it returns, both
// are durable. It fails with TooMany when too many imports wait, and with Full when files take
// all the space that they may.
func (d *Desk) Submit(ctx context.Context, u *Upload, p Paper) (*Task, error) {
	if err := d.Check(&p); err != nil {
		return nil, err
	}
	if err := d.busy(); err != nil {
		return nil, err
	}
	t, err := d.file(ctx, u, Task{Kind: p.Kind, File: p.File, Sheet: p.Sheet, Mapping: p.Mapping, Forget: p.Forget, Complete: p.Complete, Reason: p.Reason, Actor: p.Actor, By: p.Actor, Step: Plan}, needed)
	if err != nil {
		return nil, err
	}
	_, err = d.begin(t, nil)
	return t, err
}

// busy fails with TooMany when no more imports may wait, with Busy when the desk is closed.
func (d *Desk) busy() error {
	d.mu.Lock()
	n, shut := len(d.active), d.shut
	d.mu.Unlock()
	if shut {
		return fhir.Errorf(fhir.Busy, "the program is stopping; send the list again when it runs")
	}
	if n >= d.o.Open {
		return fhir.Errorf(fhir.TooMany, "%d imports wait already; try again when some are done", n)
	}
	return nil
}

// What becomes of the file of a new task.
const (
	needed  = iota // it is kept
	wanted         // it is kept if there is room
	useless        // it is not
)

// file keeps a new task with its upload; the task is queued.
func (d *Desk) file(ctx context.Context, u *Upload, t Task, keep int) (*Task, error) {
	d.filing.Lock()
	defer d.filing.Unlock()
	t.Hash, t.Bytes, t.State = u.Hash, u.Bytes, Queued
	if keep != useless {
		err := d.sweep(ctx, u)
		if err == nil {
			err = u.store(d.files)
		}
		if err != nil && (keep == needed || fhir.KindOf(err) != fhir.Full) {
			return nil, err
		}
	}
	at := d.o.Env.Now().UTC()
	t.Created, t.Changed, t.Version = at, at, 1
	err := d.o.Env.Store.Write(ctx, store.Cause{Actor: t.Actor, Reason: "import of " + t.File}, func(tx store.Tx) error {
		for when := at; ; when = when.Add(time.Millisecond) { // until nobody has the name
			t.Run = importers.RunID(when, u.Hash)
			taken, err := tx.Value(tasks, t.Run)
			if err != nil {
				return err
			}
			if taken == nil {
				return put(tx, &t)
			}
		}
	})
	return &t, err
}

// settled waits until the end of a step that is done but for its last move.
func (d *Desk) settled(ctx context.Context, run string) (*Task, error) {
	w := d.worked(run)
	t, err := d.Task(ctx, run)
	if err != nil || w == nil || t.Working() {
		return t, err
	}
	select {
	case <-w.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return d.Task(ctx, run)
}

// Ask is who asks for something to be done about an import.
type Ask struct {
	Actor   string
	Version int64 // that the import must have; 0: any
}

// match fails with PreconditionFailed when a task has another version.
func (a Ask) match(t *Task) error {
	if a.Version != 0 && t.Version != a.Version {
		return fhir.Errorf(fhir.PreconditionFailed, "the import is %s by now, in version %d, not %d", t.State, t.Version, a.Version)
	}
	return nil
}

// next queues a step of a task that may allows; may also changes the task. It returns the task as
// it is when may says that there is nothing to do.
func (d *Desk) next(ctx context.Context, run string, a Ask, step Step, may func(*Task) (bool, error)) (*Task, error) {
	if _, err := d.settled(ctx, run); err != nil {
		return nil, err
	}
	idle := false
	t, err := d.change(ctx, run, func(t *Task) error {
		if err := a.match(t); err != nil {
			return err
		}
		do, err := may(t)
		if err != nil {
			return err
		}
		if idle = !do; idle {
			return errIdle
		}
		t.State, t.Step, t.By, t.Error = Queued, step, a.Actor, nil
		return nil
	})
	if idle {
		return d.Task(ctx, run)
	}
	if err != nil {
		return nil, err
	}
	_, err = d.follow(t, nil)
	return t, err
}

// errIdle ends a transaction in which nothing is to be changed.
var errIdle = fhir.Errorf(fhir.Conflict, "nothing is to be done")

// refuse says that a step does not follow the state of an import.
func refuse(t *Task, what string) error {
	return fhir.Errorf(fhir.Conflict, "the import %s is %s, so it cannot be %s", t.Run, t.State, what)
}

// Apply writes what was planned. Asked again for what is being applied or done, it changes nothing.
// It fails with Conflict when the import is not planned, with PreconditionFailed when it is not as
// who asks believes.
func (d *Desk) Apply(ctx context.Context, run string, mode Mode, a Ask) (*Task, error) {
	if mode != AllGood && mode != AllOrNothing {
		return nil, fhir.Errorf(fhir.Invalid, "mode is %.60q; it is %s or %s", mode, AllGood, AllOrNothing)
	}
	return d.next(ctx, run, a, Apply, func(t *Task) (bool, error) {
		switch {
		case t.State == Planned, (t.State == Failed || t.State == Cancelled) && t.Step == Apply:
			t.Mode = mode
			return true, nil
		case t.Step == Apply && t.Mode == mode && (t.Working() || t.State == Done):
			return false, nil
		}
		return false, refuse(t, "applied")
	})
}

// Decision is what somebody decided about a plan.
type Decision struct {
	Mapping *string           `json:"mapping,omitempty"` // YAML, "" for the proposed one; nil: as it was
	Sheet   *string           `json:"sheet,omitempty"`
	Likely  decisions.Verdict `json:"likely,omitempty"` // about all rows that seem to be stored; those in the set go before it
	decisions.Set
}

// Decide keeps decisions, and plans anew. Decisions on spellings and rows also serve later lists. It
// fails with Conflict when the import is neither planned nor failed to be.
func (d *Desk) Decide(ctx context.Context, run string, by Decision, a Ask) (*Task, error) {
	t, err := d.settled(ctx, run)
	if err == nil {
		err = a.match(t)
	}
	if err == nil {
		err = d.apply(t, by)
	}
	if err != nil {
		return nil, err
	}
	if !by.Set.Empty() || by.Likely != "" {
		if err := d.complete(ctx, t, &by); err != nil {
			return nil, err
		}
		if _, err := decisions.Keep(ctx, d.o.Env, store.Cause{Actor: a.Actor, Reason: "decided about import " + run}, by.Set); err != nil {
			return nil, err
		}
	}
	return d.next(ctx, run, a, Plan, func(t *Task) (bool, error) { return true, d.apply(t, by) })
}

// complete fills in what the plan knows of decisions: what columns mean, and keys of rows.
func (d *Desk) complete(ctx context.Context, t *Task, by *Decision) error {
	set := &by.Set
	for i := range set.Values {
		set.Values[i].Kind = t.Kind
	}
	for i := range set.Twins {
		set.Twins[i].Kind = t.Kind
	}
	for i := range set.Conflicts {
		set.Conflicts[i].Kind = t.Kind
	}
	plan, err := d.Plan(ctx, t)
	if err != nil {
		if fhir.KindOf(err) == fhir.Conflict && by.Likely == "" { // it failed to be planned: what came is complete or refused
			return nil
		}
		return err
	}
	if by.Likely != "" {
		set.Twins = append(decisions.Likely(plan, by.Likely), set.Twins...)
	}
	return set.Complete(plan)
}

// Plan returns the report of the last plan or application of an import. It fails with Conflict when there is none.
func (d *Desk) Plan(ctx context.Context, t *Task) (*importers.Report, error) {
	data, err := d.Result(ctx, t.Run)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, fhir.Errorf(fhir.Conflict, "the import %s is %s; ask again when it is planned", t.Run, t.State)
	}
	plan := &importers.Report{}
	if err := json.Unmarshal(data, plan); err != nil {
		return nil, fmt.Errorf("read report of import %s: %w", t.Run, err)
	}
	return plan, nil
}

// apply changes a task as was decided.
func (d *Desk) apply(t *Task, by Decision) error {
	if t.State != Planned && (t.State != Failed || t.Step != Plan) {
		return refuse(t, "planned anew")
	}
	if by.Mapping != nil {
		t.Mapping = *by.Mapping
	}
	if by.Sheet != nil {
		t.Sheet = *by.Sheet
	}
	return d.Check(&Paper{Kind: t.Kind, File: t.File, Mapping: t.Mapping, Sheet: t.Sheet})
}

// Undo takes back what an import did. Asked again, it changes nothing.
func (d *Desk) Undo(ctx context.Context, run string, a Ask) (*Task, error) {
	return d.next(ctx, run, a, Undo, func(t *Task) (bool, error) {
		switch {
		case t.Step == Undo && (t.Working() || t.State == Undone):
			return false, nil
		case t.wrote():
			t.Was = t.State
			return true, nil
		}
		return false, refuse(t, "undone")
	})
}

// Cancel stops what is done about an import, or gives up one that was planned. Asked again, it
// changes nothing. It fails with Conflict when there is nothing to stop any more.
func (d *Desk) Cancel(ctx context.Context, run string, a Ask) (*Task, error) {
	t, err := d.settled(ctx, run)
	if err != nil {
		return nil, err
	}
	if err := a.match(t); err != nil {
		return nil, err
	}
	if w := d.worked(run); w != nil {
		w.cancel(errCancelled)
		select {
		case <-w.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if t, err = d.Task(ctx, run); err != nil || t.State != after[w.step] {
			return t, err
		}
	}
	switch t.State {
	case Cancelled:
		return t, nil
	case Planned:
		return d.change(ctx, run, func(t *Task) error {
			if t.State != Planned {
				return refuse(t, "cancelled")
			}
			t.State = Cancelled
			return nil
		})
	}
	return nil, refuse(t, "cancelled")
}
