package importers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/store"
)

// UndoRequest asks for the undoing of one run.
type UndoRequest struct {
	Run      string
	DryRun   bool   // only say what would be undone
	Actor    string // who asks
	Progress func(Progress)
}

// Undone is what came of it.
type Undone struct {
	Run      string    `json:"run"`
	Kind     string    `json:"kind"`
	File     string    `json:"file"`
	Started  time.Time `json:"started"` // when the run was
	DryRun   bool      `json:"dryRun"`
	Deleted  int       `json:"deleted"`  // resources that the run had made
	Restored int       `json:"restored"` // resources that have their former content again
	Kept     int       `json:"kept"`     // resources that stay as they are now
	First    []Kept    `json:"first"`    // the first of those
}

// Kept is a resource that is not undone.
type Kept struct {
	Resource string `json:"resource"`
	Reason   string `json:"reason"`
}

const (
	// shownKept is how many resources that stay are named.
	shownKept = 100
	// together is how many resources are undone in one transaction.
	together = chunk / 4
)

// Undo takes back what a run did: what it made is deleted, what it changed gets its former
// content, as new versions. What was changed since, or is named by what stays, is left as it is and
// listed. The list can be imported again afterwards. It fails with NotFound for an unknown run,
// with Conflict for one that was undone; what was undone before an error stays so, and Undo goes on
// from there when it is called again.
func Undo(ctx context.Context, env Env, req UndoRequest) (*Undone, error) {
	report, err := ReadRun(ctx, env.Store, req.Run)
	if err != nil {
		return nil, err
	}
	if !report.Undone.IsZero() {
		return nil, fhir.Errorf(fhir.Conflict, "the import %s was undone on %s", req.Run, report.Undone.Format(time.DateTime))
	}
	u := &undoer{env: env, req: req, undoings: undoings{store: env.Store}, gone: map[string]bool{}, kept: map[string]bool{}, back: map[string]bool{},
		cause: store.Cause{Actor: req.Actor, Reason: report.undoStamp()},
		out:   &Undone{Run: report.Run, Kind: report.Kind, File: report.File, Started: report.Started, DryRun: req.DryRun, First: []Kept{}}}
	touched, err := u.touched(ctx, report)
	if err != nil {
		return nil, err
	}
	slices.Reverse(touched) // what names others goes before them
	meter := NewMeter(env, req.Progress, "undoing", len(touched))
	for some := range slices.Chunk(touched, together) {
		if err := u.take(ctx, some); err != nil {
			return nil, err
		}
		for range some {
			meter.Step()
		}
	}
	meter.Done()
	if req.DryRun {
		return u.out, nil
	}
	if err := u.forget(ctx, report.Kind); err != nil {
		return nil, err
	}
	report.Undone = env.Now().UTC()
	return u.out, keep(ctx, env.Store, u.cause, report)
}

// undoer undoes one run.
type undoer struct {
	env      Env
	req      UndoRequest
	cause    store.Cause
	out      *Undone
	undoings undoings
	noted    map[made]bool   // what the run made; of a run with notes
	old      *unnoted        // the run; of one without
	gone     map[string]bool // deleted, or would be
	kept     map[string]bool // stays
	back     map[string]bool // in a dry run: would have its former content
}

// step is what is to be done about one resource.
type step struct {
	ref     string
	version int64        // that it must have
	draft   *store.Draft // its former content; nil: it is deleted
	as      int64        // the version that has that; 0: none
	keep    string       // why it stays; "" when it does not
	done    bool         // it is as it was already
}

// take undoes some resources in one transaction.
func (u *undoer) take(ctx context.Context, refs []string) error {
	steps := make([]step, len(refs))
	for i, ref := range refs {
		var err error
		if steps[i], err = u.decide(ctx, ref); err != nil {
			return err
		}
	}
	if u.req.DryRun {
		if err := u.each(steps, func(s *step) error { return u.foresee(ctx, s) }); err != nil {
			return err
		}
		u.tally(steps)
		return nil
	}
	var tried []step
	err := u.env.Store.Write(ctx, u.cause, func(tx store.Tx) error {
		tried = slices.Clone(steps)
		return u.each(tried, func(s *step) error { return u.apply(ctx, tx, s) })
	})
	if err != nil {
		return fmt.Errorf("undo import: %w", err)
	}
	u.tally(tried)
	return nil
}

// each calls fn for the steps, and notes which resources will be gone.
func (u *undoer) each(steps []step, fn func(*step) error) error {
	for _, s := range steps {
		if s.keep == "" && !s.done && s.draft == nil {
			u.gone[s.ref] = true
		}
	}
	for i := range steps {
		s := &steps[i]
		if s.keep != "" || s.done {
			continue
		}
		if err := fn(s); err != nil {
			return err
		}
		if s.keep != "" {
			delete(u.gone, s.ref)
		}
	}
	return nil
}

// apply carries a step out.
func (u *undoer) apply(ctx context.Context, tx store.Tx, s *step) error {
	typ, id, _ := strings.Cut(s.ref, "/")
	now, err := tx.Read(typ, id)
	switch {
	case fhir.KindOf(err) == fhir.Gone, err == nil && now.Version != s.version:
		s.keep = "it was changed at the same moment"
		return nil
	case err != nil:
		return err
	case s.draft != nil:
		now, err = u.env.Registries.Put(ctx, tx, s.draft, "PUT")
		return u.note(tx, now, s, err)
	}
	if err := u.check(s, foundIn(tx)); err != nil || s.keep != "" {
		return err
	}
	now, err = u.env.Registries.Delete(ctx, tx, typ, id)
	return u.note(tx, now, s, err)
}

// note keeps what a version took back, unless err says that there is none.
func (u *undoer) note(tx store.Tx, r *fhir.Resource, s *step, err error) error {
	if err != nil {
		return err
	}
	return noteUndone(tx, r, u.req.Run, s.as)
}

// tally counts steps that were carried out.
func (u *undoer) tally(steps []step) {
	for i := range steps {
		switch s := &steps[i]; {
		case s.keep != "":
			u.out.Kept++
			u.kept[s.ref] = true
			if len(u.out.First) < shownKept {
				u.out.First = append(u.out.First, Kept{s.ref, s.keep})
			}
		case s.done:
		case s.draft != nil:
			u.out.Restored++
		default:
			u.out.Deleted++
		}
	}
}

// forget brings the bookkeeping of things back to what was known before the run.
func (u *undoer) forget(ctx context.Context, kind string) error {
	space := "import/" + kind
	err := store.EachPage(ctx, u.env.Store, space, "", chunk, func(values []store.Value) error {
		changed := map[string][]byte{}
		for _, v := range values {
			if err := u.forgetOne(v, changed); err != nil {
				return err
			}
		}
		if len(changed) == 0 {
			return nil
		}
		return u.env.Store.Write(ctx, u.cause, func(tx store.Tx) error {
			for key, data := range changed {
				if err := tx.SetValue(space, key, data); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("undo import: bring its bookkeeping back: %w", err)
	}
	return nil
}

// forgetOne notes what is to be known of a thing, nil for nothing, when the run left it.
func (u *undoer) forgetOne(v store.Value, changed map[string][]byte) error {
	var known Known
	if err := json.Unmarshal(v.Data, &known); err != nil {
		return fmt.Errorf("read bookkeeping of imports %s: %w", v.Key, err)
	}
	if known.Run != u.req.Run || slices.ContainsFunc(known.Refs, func(r string) bool { return u.kept[r] }) {
		return nil
	}
	changed[v.Key] = nil
	if known.Before == nil {
		return nil
	}
	data, err := json.Marshal(known.Before)
	changed[v.Key] = data
	return err
}
