package importers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"masjala/fhir"
	"masjala/store"
)

const (
	// chunk is how many resources are written in one transaction: with half as many, the same
	// import writes a sixth more to disk and takes half as long again.
	chunk = 2000
	// maxSamples is how many changes a report shows of each action.
	maxSamples = 10
)

// Thing is what one row describes: resources that are stored together or not at all.
type Thing struct {
	What      string // what it is counted as: "facilities"
	Row       int
	Also      []int // further rows that it comes from
	Name      string
	Identity  Identity
	Known     *Known           // from Writer.Find, nil for a new thing
	Resources []*fhir.Resource // with ids, in the order in which they are stored
	Untold    []string         // of Known, those of which the list says nothing: they stay as they are
	Edited    *Edited          // nil: the resources are as the row alone makes them

	// Clash looks at what is stored before it is changed; nil, or a nil Clash: the row means that.
	Clash func(stored []*fhir.Resource) (*Clash, error)

	again bool // planned a second time
}

// Writer plans and applies one run. Its methods are called by one goroutine; transactions
// run behind them while the next rows are prepared.
type Writer struct {
	Run    string              // identity of the run
	Issues *Issues             // findings
	Fields map[string][]string // targets of the columns that a field of a thing of the run's kind comes from: "Location.telecom.phone" to "phone"

	Everything Everything // what a complete list should have

	env    Env
	req    *Request
	kind   string
	src    *Source
	space  string
	cause  store.Cause
	report *Report

	began    time.Time
	part     int             // of the list of what changed: the next
	first    bool            // nothing of this kind was imported before
	present  map[string]int  // ids of what the list has, with the row of each
	waits    map[string]bool // references of what a row waits to be decided about
	never    map[string]bool // types of which no version was stored when the run first met them
	undoings *undoings
	pending  []*plan
	size     int // resources in pending
	queue    chan []*plan
	done     chan struct{}

	mu     sync.Mutex // guards what the writing goroutine changes
	counts map[string]*Counts
	shown  map[string]int
	told   map[string]bool // fields in dispute that the report has
	err    error
}

// plan is a thing that will be written.
type plan struct {
	thing  *Thing
	drafts []*store.Draft
	create bool
	hash   string
	known  Known // what will be remembered, but for versions
	keep   bool  // conflict: the former bookkeeping stays
}

// NewWriter starts a run for a source. The caller ends it with Close.
func NewWriter(ctx context.Context, env Env, req *Request, kind string, src *Source) (*Writer, error) {
	if err := req.checkComplete(kind); err != nil {
		return nil, err
	}
	started := env.Now().UTC()
	w := &Writer{
		Run: cmp.Or(req.Run, RunID(started, src.Book.Hash)), began: started,
		env: env, req: req, kind: kind, src: src, space: "import/" + kind,
		counts: map[string]*Counts{}, never: map[string]bool{}, present: map[string]int{}, waits: map[string]bool{}, shown: map[string]int{}, told: map[string]bool{},
		queue: make(chan []*plan, 1), done: make(chan struct{}), undoings: &undoings{store: env.Store},
	}
	former, err := env.Store.Values(ctx, w.space, "", "", 1)
	if err != nil {
		return nil, fmt.Errorf("read bookkeeping of imports: %w", err)
	}
	w.first = len(former) == 0
	w.Issues = &Issues{Sheet: src.Sheet, Sink: req.Issues}
	w.report = &Report{
		Run: w.Run, Kind: kind, File: src.Book.Name, Hash: src.Book.Hash, Sheet: src.Sheet, HeaderRow: src.Head.Row, MappingOf: req.recalled,
		Seq: env.Store.Seq(), Noted: !req.DryRun,
		DryRun: req.DryRun, Actor: req.Actor, Started: started, Mapping: src.Mapping, Samples: []Sample{},
	}
	reason := w.report.stamp()
	if req.Reason != "" {
		reason = req.Reason + "; " + reason
	}
	w.cause = store.Cause{Actor: req.Actor, Reason: reason}
	if !req.DryRun {
		if err := w.begin(ctx); err != nil {
			return nil, err
		}
	}
	go w.write(context.WithoutCancel(ctx))
	return w, nil
}

// Find returns what is known about an identity, nil when nothing. Say alone when no other
// row of the file has the same Base.
func (w *Writer) Find(ctx context.Context, id Identity, alone bool) (*Known, error) {
	if w.first {
		return nil, nil
	}
	return find(ctx, w.env.Store, w.space, id, alone)
}

// Stored tells whether this run stored a thing before it was cut short.
func (w *Writer) Stored(ctx context.Context, id Identity) (bool, error) {
	if w.part == 0 {
		return false, nil
	}
	known, err := w.Find(ctx, id, true)
	return known != nil && known.Run == w.Run, err
}

// ID returns the id that a new thing with an identity gets.
func (w *Writer) ID(id Identity) string { return id.ID(w.kind) }

// Count changes the counts of one sort of thing.
func (w *Writer) Count(what string, change func(*Counts)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.counts[what]
	if c == nil {
		c = &Counts{What: what}
		w.counts[what] = c
	}
	change(c)
}

// Offer compares a thing with what is stored and writes it if need be. A thing that breaks
// a rule becomes an issue; an error means that the run cannot go on.
func (w *Writer) Offer(ctx context.Context, t *Thing) error {
	if t.What == w.kind {
		w.meet(t)
	}
	p, err := w.plan(ctx, t)
	if err != nil || p == nil {
		return err
	}
	if w.req.DryRun {
		w.tally(p)
		return nil
	}
	w.pending = append(w.pending, p)
	switch w.size += max(1, len(p.drafts)); {
	case w.req.Whole && w.size > MaxWhole:
		return fhir.Errorf(fhir.TooCostly, "the list would change more than %d resources, which is too many to write all or nothing; import all that is good, and undo it if you must", MaxWhole)
	case !w.req.Whole && w.size >= chunk:
		return w.Flush()
	}
	return nil
}

// Flush hands what was offered so far to the store; it need not be durable yet. What is written
// as a whole waits for Close.
func (w *Writer) Flush() error {
	if !w.req.Whole {
		w.hand()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return errors.Join(w.err, w.Issues.Err())
}

// Close writes what is left, waits until it is durable and returns the report.
// A source is needed for the columns.
func (w *Writer) Close(ctx context.Context, src *Source, failed error) (*Report, error) {
	err := failed
	if err == nil {
		err = w.last()
	}
	close(w.queue)
	<-w.done
	if err = errors.Join(err, w.err); err != nil {
		return nil, err
	}
	if w.req.Complete {
		if err := w.absent(ctx); err != nil {
			return nil, err
		}
	}
	if !src.Has(VersionTarget) { // an export may be any part of what is here
		if err := w.missing(ctx); err != nil {
			return nil, err
		}
	}
	r := w.report
	r.Rows, r.Blank, r.Skipped, r.Columns, r.Unmapped = src.Rows, src.Blank, src.Skipped, src.Use, src.Unmapped()
	for i := range src.Columns {
		r.Columns[i].ValueSet, r.Columns[i].System = src.Columns[i].ValueSet, src.Columns[i].System
	}
	r.Headings = src.headings
	for _, s := range src.Book.Sheets {
		r.Sheets = append(r.Sheets, SheetChoice{Name: s.Name, Hidden: s.Hidden, Chosen: s.Name == src.Sheet})
	}
	for _, what := range slices.Sorted(maps.Keys(w.counts)) {
		r.Counts = append(r.Counts, *w.counts[what])
	}
	src.remark(w.Issues)
	r.Errors, r.Warnings, r.Infos = w.Issues.Count(Error), w.Issues.Count(Warning), w.Issues.Count(Info)
	r.Issues = w.Issues.Groups()
	r.Seconds = w.env.Now().Sub(w.began).Round(time.Millisecond).Seconds()
	if w.req.DryRun {
		return r, nil
	}
	if err := w.keepMapping(ctx, src); err != nil {
		return nil, err
	}
	return r, keep(ctx, w.env.Store, w.cause, r)
}

// tally counts a plan that was carried out, or would be.
func (w *Writer) tally(p *plan) {
	w.count(p.thing, p.status())
}

// status is what becomes of the rows of a plan.
func (p *plan) status() Status {
	switch {
	case p.keep:
		return Conflict
	case p.create:
		return Created
	case len(p.drafts) > 0:
		return Updated
	}
	return Unchanged
}

// count counts what became of a thing and tells it of its rows.
func (w *Writer) count(t *Thing, s Status) {
	w.Count(t.What, func(c *Counts) {
		switch s {
		case Created:
			c.Create++
		case Updated:
			c.Update++
		case Unchanged:
			c.Unchanged++
		case Conflict:
			c.Conflict++
		case Refused:
			c.Failed++
		}
	})
	w.outcome(t, s)
}

// sample shows a change in the report while there is room.
func (w *Writer) sample(action string, t *Thing, r *fhir.Resource, changes []Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shown[action] < maxSamples {
		w.shown[action]++
		w.report.Samples = append(w.report.Samples, Sample{Action: action, Row: t.Row, Resource: r.Ref(), Name: t.Name, Changes: changes})
	}
}

// fail reports that a thing was refused by a rule.
func (w *Writer) fail(t *Thing, err error) {
	w.Issues.Add(Issue{Row: t.Row, Value: t.Name, Reason: ReasonOf(err), Severity: Error, Rule: "refused", Fix: "Correct the row and import the file again."})
	w.count(t, Refused)
}

// ReasonOf is what a user is told of an error: the text of a [fhir.Error], never a cause.
func ReasonOf(err error) string {
	if e, ok := errors.AsType[*fhir.Error](err); ok {
		return e.Text
	}
	return "it could not be stored"
}

// ours tells whether an error is about one thing, so that the others can go on.
func ours(err error) bool {
	switch fhir.KindOf(err) {
	case fhir.Internal, fhir.Full, fhir.Busy:
		return false
	}
	return true
}
