package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"masjala/fhir"
	"masjala/importers"
	"masjala/store"
)

// State is how far an import is.
type State string

// The states. Only Planned and those after it that are no work wait for somebody.
const (
	Queued    State = "queued"    // waits for its turn; Step says what for
	Planning  State = "planning"  // being read and compared; nothing is changed
	Planned   State = "planned"   // waits for somebody to apply it
	Applying  State = "applying"  // being written
	Done      State = "done"      // written
	Failed    State = "failed"    // Step could not be done; Error says why
	Cancelled State = "cancelled" // somebody stopped Step; what an application wrote until then stays
	Undoing   State = "undoing"   // being taken back
	Undone    State = "undone"    // taken back
)

// Step is a piece of work on an import.
type Step string

// The steps.
const (
	Plan  Step = "plan"
	Apply Step = "apply"
	Undo  Step = "undo"
)

// during and after are the states of a step while it is done and when it is.
var (
	during = map[Step]State{Plan: Planning, Apply: Applying, Undo: Undoing}
	after  = map[Step]State{Plan: Planned, Apply: Done, Undo: Undone}
)

// Mode says what becomes of a list with rows that cannot be imported.
type Mode string

// The modes.
const (
	AllGood      Mode = "all-good"       // the other rows are imported
	AllOrNothing Mode = "all-or-nothing" // nothing is; what is written becomes visible at one moment
)

// Task is one import. Its JSON form is documented in docs/api-imports.md.
type Task struct {
	Run      string          `json:"run"` // its name, in the cause of every change
	Kind     string          `json:"kind"`
	File     string          `json:"file"`
	Hash     string          `json:"sha256"`
	Bytes    int64           `json:"bytes"`
	Sheet    string          `json:"sheet,omitempty"`
	Mapping  string          `json:"given,omitempty"`         // the mapping that was given, YAML
	Forget   bool            `json:"forgetMapping,omitempty"` // no mapping of an earlier import is taken
	Complete bool            `json:"complete,omitempty"`      // it should have all that is here
	Reason   string          `json:"reason,omitempty"`
	Actor    string          `json:"actor"`        // who handed it in
	By       string          `json:"by,omitempty"` // who asked for Step
	State    State           `json:"state"`
	Step     Step            `json:"step"`
	Mode     Mode            `json:"mode,omitempty"`
	Version  int64           `json:"version"` // grows with each change of the state
	Created  time.Time       `json:"created"`
	Changed  time.Time       `json:"changed"`
	Error    json.RawMessage `json:"error,omitempty"` // an OperationOutcome
	Undone   json.RawMessage `json:"undone,omitempty"`
	Attended bool            `json:"command,omitempty"` // a command waits for it
	Was      State           `json:"was,omitempty"`     // before an undoing began
	Retries  int             `json:"retries,omitempty"` // how often Step was taken up again after the program ended in it
}

// Working tells whether something is or will be done without anybody asking again.
func (t *Task) Working() bool {
	switch t.State {
	case Queued, Planning, Applying, Undoing:
		return true
	}
	return false
}

// wrote tells whether the import may have changed something that was not taken back.
func (t *Task) wrote() bool {
	switch t.State {
	case Failed, Cancelled:
		return t.Step == Apply
	case Done:
		return true
	}
	return false
}

// The bookkeeping spaces: of tasks by run, of the runs that work, and of what came of them.
const (
	tasks   = "import/tasks"
	working = "import/working"
	results = "import/results"
)

// put keeps a task.
func put(tx store.Tx, t *Task) error {
	data, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("keep import %s: %w", t.Run, err)
	}
	var mark []byte
	if t.Working() {
		mark = []byte{'1'}
	}
	if err := tx.SetValue(working, t.Run, mark); err != nil {
		return err
	}
	return tx.SetValue(tasks, t.Run, data)
}

func decode(run string, data []byte) (*Task, error) {
	if data == nil {
		return nil, fhir.Errorf(fhir.NotFound, "there is no import %.60q", run)
	}
	t := &Task{}
	if err := json.Unmarshal(data, t); err != nil {
		return nil, fmt.Errorf("read import %s: %w", run, err)
	}
	return t, nil
}

// Task returns an import. It fails with NotFound when there is none of that name.
func (d *Desk) Task(ctx context.Context, run string) (*Task, error) {
	data, err := d.o.Env.Store.Value(ctx, tasks, run)
	if err != nil {
		return nil, fmt.Errorf("read import %s: %w", run, err)
	}
	return decode(run, data)
}

// each calls fn for each import, without its mapping, from the oldest on.
func (d *Desk) each(ctx context.Context, fn func(*Task) error) error {
	return store.EachValue(ctx, d.o.Env.Store, tasks, "", 50, func(v store.Value) error { // a mapping may be long
		t, err := decode(v.Key, v.Data)
		if err != nil {
			return err
		}
		t.Mapping = ""
		return fn(t)
	})
}

// change lets fn change a task in a transaction, and returns it as it is then.
func (d *Desk) change(ctx context.Context, run string, fn func(*Task) error) (*Task, error) {
	var out *Task
	err := d.o.Env.Store.Write(ctx, store.Cause{Actor: "imports", Reason: run}, func(tx store.Tx) error {
		data, err := tx.Value(tasks, run)
		if err != nil {
			return err
		}
		if out, err = decode(run, data); err != nil {
			return err
		}
		if err := fn(out); err != nil {
			return err
		}
		out.Version++
		out.Changed = d.o.Env.Now().UTC()
		return put(tx, out)
	})
	return out, err
}

// Imported is what came of an import or a plan: the report, and the mapping that was used.
type Imported struct {
	*importers.Report
	Mapping string `json:"mapping,omitempty"` // YAML, to be saved and changed
}

// Problems tells whether some row needs a look.
func (i Imported) Problems() bool { return i.Errors > 0 || i.Warnings > 0 }

// result is an Imported as it is kept: the headings are needed to mark the list.
type result struct {
	Imported json.RawMessage `json:"imported"`
	Headings []string        `json:"headings,omitempty"`
}

func (d *Desk) saveResult(ctx context.Context, run string, r *Imported) error {
	data, err := json.Marshal(r)
	if err == nil {
		data, err = json.Marshal(result{data, r.Headings})
	}
	if err != nil {
		return fmt.Errorf("keep report of import: %w", err)
	}
	return d.o.Env.Store.Write(ctx, store.Cause{Actor: "imports", Reason: run}, func(tx store.Tx) error {
		return tx.SetValue(results, run, data)
	})
}

// Result returns what came of the last plan or application of an import, as JSON; nil when there
// was none yet.
func (d *Desk) Result(ctx context.Context, run string) (json.RawMessage, error) {
	r, err := d.result(ctx, run)
	return r.Imported, err
}

func (d *Desk) result(ctx context.Context, run string) (r result, err error) {
	data, err := d.o.Env.Store.Value(ctx, results, run)
	if err != nil {
		return r, fmt.Errorf("read report of import %s: %w", run, err)
	}
	if data == nil {
		return r, nil
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("read report of import %s: %w", run, err)
	}
	return r, nil
}
