package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/importers"
	"masjala/store"
)

// Stock is what files the desk holds.
type Stock struct {
	Files int   // as they were given
	Bytes int64 // of all files, findings included
	Space int64 // that they may take
}

// Stock counts the files.
func (d *Desk) Stock() (Stock, error) {
	s := Stock{Space: d.o.Space}
	for _, dir := range []string{d.files.originals(), d.files.found()} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return s, fmt.Errorf("count the files of imports: %w", err)
		}
		for _, e := range entries {
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return s, fmt.Errorf("count the files of imports: %w", err)
			}
			s.Bytes += info.Size()
			if dir == d.files.originals() {
				s.Files++
			}
		}
	}
	return s, nil
}

// Sweep forgets what is older than the age of the options: files, and imports that changed nothing.
// It removes files that no import has.
func (d *Desk) Sweep(ctx context.Context) error {
	d.filing.Lock()
	defer d.filing.Unlock()
	return d.sweep(ctx, nil)
}

// sweep also makes room for an upload, by removing the oldest files of imports that are over. It
// fails with Full when there is too little.
func (d *Desk) sweep(ctx context.Context, u *Upload) error {
	limit := d.o.Env.Now().Add(-d.o.Age)
	var all []*Task
	var old []string
	err := d.each(ctx, func(t *Task) error {
		if t.Changed.Before(limit) && !t.Working() {
			if t.State == Undone || t.wrote() {
				return nil // stays in the list, without its files
			}
			old = append(old, t.Run)
			return nil
		}
		all = append(all, t)
		return nil
	})
	if err != nil {
		return err
	}
	if err := d.forget(ctx, old); err != nil {
		return err
	}
	if err := d.files.retain(all); err != nil {
		return err
	}
	if u == nil {
		return nil
	}
	return d.makeRoom(ctx, all, u)
}

// forget removes tasks that changed nothing.
func (d *Desk) forget(ctx context.Context, runs []string) error {
	if len(runs) == 0 {
		return nil
	}
	return d.o.Env.Store.Write(ctx, store.Cause{Actor: "imports", Reason: "old imports that changed nothing"}, func(tx store.Tx) error {
		for _, run := range runs {
			for _, space := range []string{tasks, working, results} {
				if err := tx.SetValue(space, run, nil); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// retain removes the files that none of the tasks has.
func (f folder) retain(all []*Task) error {
	hashes, runs := map[string]bool{}, map[string]bool{}
	for _, t := range all {
		hashes[t.Hash], runs[t.Run] = true, true
	}
	for dir, named := range map[string]map[string]bool{f.originals(): hashes, f.found(): runs} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return fmt.Errorf("sweep the files of imports: %w", err)
		}
		for _, e := range entries {
			if e.IsDir() || named[strings.TrimSuffix(e.Name(), filepath.Ext(e.Name()))] { // a folder is none of ours: lost+found
				continue
			}
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("sweep the files of imports: %w", err)
			}
		}
	}
	return nil
}

// idle is how long a plan may be left alone before its file has to make room for others.
const idle = 7 * 24 * time.Hour

// errLeftAlone is why a plan was given up.
var errLeftAlone = fhir.Errorf(fhir.Conflict, "nobody applied the import for a week, and its file had to make room for others; hand the list in again")

// waits tells whether an import needs its file.
func (d *Desk) waits(t *Task) bool {
	return t.Working() || t.State == Planned && t.Changed.After(d.o.Env.Now().Add(-idle))
}

// giveUp cancels a plan that was left alone. It tells whether the plan was one still.
func (d *Desk) giveUp(ctx context.Context, t *Task) (bool, error) {
	_, err := d.change(ctx, t.Run, func(t *Task) error {
		if t.State != Planned || d.waits(t) {
			return errIdle
		}
		t.State, t.Error = Cancelled, fhir.Outcome(errLeftAlone)
		return nil
	})
	if errors.Is(err, errIdle) {
		return false, nil
	}
	return err == nil, err
}

// makeRoom removes files of imports that are over, oldest first, and then of plans that were left alone,
// until an upload fits.
func (d *Desk) makeRoom(ctx context.Context, all []*Task, u *Upload) error {
	s, err := d.Stock()
	if err != nil {
		return err
	}
	over := s.Bytes - s.Space
	if _, err := os.Stat(d.files.original(u.Hash)); err != nil { // else it is kept already
		over += u.Bytes
	}
	needed := map[string]int{u.Hash: 1} // by how many imports
	for _, t := range all {
		if t.Working() || t.State == Planned {
			needed[t.Hash]++
		}
	}
	plans := map[State]int{Planned: 1} // come last
	slices.SortStableFunc(all, func(a, b *Task) int { return cmp.Or(plans[a.State]-plans[b.State], a.Changed.Compare(b.Changed)) })
	for _, t := range all {
		if over <= 0 {
			return nil
		}
		if d.waits(t) {
			continue
		}
		if t.State == Planned {
			left, err := d.giveUp(ctx, t)
			if err != nil {
				return err
			}
			if !left {
				continue
			}
			needed[t.Hash]--
		}
		old := []string{d.files.findings(t.Run), d.files.outcomes(t.Run)}
		if needed[t.Hash] == 0 {
			old = append(old, d.files.original(t.Hash))
		}
		for _, path := range old {
			if info, err := os.Stat(path); err == nil && os.Remove(path) == nil {
				over -= info.Size()
			}
		}
	}
	if over > 0 {
		return fhir.Errorf(fhir.Full, "the files of imports may take %d bytes together, and those that wait leave no room for %d more; apply or cancel some, or raise imports.space", s.Space, u.Bytes)
	}
	return nil
}

// Forget removes the file of an import, its findings, what became of its rows and what its report says
// of single ones, as the law may demand. It fails with Conflict while they are needed. Other imports of the same file lose it too.
func (d *Desk) Forget(ctx context.Context, run, actor string) (*Task, error) {
	t, err := d.settled(ctx, run)
	if err != nil {
		return nil, err
	}
	d.filing.Lock()
	defer d.filing.Unlock()
	if err := d.unneeded(ctx, t.Hash); err != nil {
		return nil, err
	}
	if err := removeAll(d.files.original(t.Hash), d.files.findings(run), d.files.outcomes(run)); err != nil {
		return nil, err
	}
	return t, d.bare(ctx, run, actor)
}

// bare keeps of the reports of an import only what was counted.
func (d *Desk) bare(ctx context.Context, run, actor string) error {
	err := importers.BareRun(ctx, d.o.Env.Store, store.Cause{Actor: actor, Reason: "the file of import " + run + " is forgotten"}, run)
	if err != nil {
		return err
	}
	r, err := d.result(ctx, run)
	if err != nil || r.Imported == nil {
		return err
	}
	out := &Imported{Report: &importers.Report{}}
	if err := json.Unmarshal(r.Imported, out); err != nil {
		return fmt.Errorf("read report of import %s: %w", run, err)
	}
	out.Bare()
	out.Headings = r.Headings
	return d.saveResult(ctx, run, out)
}

// drop removes the file of an import that is done, if the options say so and no other needs it.
func (d *Desk) drop(ctx context.Context, t *Task) error {
	if !d.o.Discard || t.State != Done {
		return nil
	}
	d.filing.Lock()
	defer d.filing.Unlock()
	err := d.unneeded(ctx, t.Hash)
	if fhir.KindOf(err) == fhir.Conflict {
		return nil
	}
	return errors.Join(err, removeAll(d.files.original(t.Hash)))
}

// unneeded fails with Conflict when an import needs a file.
func (d *Desk) unneeded(ctx context.Context, hash string) error {
	return d.each(ctx, func(o *Task) error {
		if o.Hash == hash && (o.Working() || o.State == Planned) {
			return fhir.Errorf(fhir.Conflict, "the import %s is %s and needs the file", o.Run, o.State)
		}
		return nil
	})
}

func removeAll(paths ...string) error {
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a file of an import: %w", err)
		}
	}
	return nil
}
