package importers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"masjala/fhir"
	"masjala/store"
)

// plan decides what to do about a thing. It returns nil when nothing is to be done.
func (w *Writer) plan(ctx context.Context, t *Thing) (*plan, error) {
	hash := contentHash(t.Resources)
	stored, versions, err := w.stored(ctx, t)
	if err != nil || stored == nil {
		return nil, err
	}
	if t.Known != nil && t.Known.Hash == hash && t.Known.key == t.Identity.key() {
		w.count(t, t.Known.since(w.Run))
		return nil, nil
	}
	if held, err := w.clashes(t, stored); err != nil || held {
		return nil, err
	}
	p := &plan{thing: t, hash: hash, create: true, known: Known{Run: w.Run, Row: t.Row, Hash: hash}}
	p.known.Versions = versions
	p.known.Before = t.Known.before(w.Run)
	for i, r := range t.Resources {
		p.known.Refs = append(p.known.Refs, r.Ref())
		p.create = p.create && stored[i] == nil
	}
	if t.Edited != nil {
		return w.planEdited(ctx, p, stored)
	}
	all, err := w.mergeAll(ctx, t, stored)
	if err != nil {
		return nil, w.Refuse(t, err)
	}
	if p.keep, err = w.decide(ctx, t, all); err != nil {
		return nil, err
	}
	for _, m := range all {
		if err := w.planResource(ctx, p, m); err != nil {
			return nil, w.Refuse(t, err)
		}
	}
	p.known.carry(t.Known, t.Untold)
	if p.create {
		w.sample("create", t, t.Resources[len(t.Resources)-1], nil)
	}
	return p, nil
}

// stored reads the current version of each resource of a thing, nil for what is not there,
// and its number, also of a deletion. It returns no slice when one of them was deleted here:
// then it stays so, unless it was the undoing of an import that deleted it.
func (w *Writer) stored(ctx context.Context, t *Thing) (out []*fhir.Resource, versions []int64, err error) {
	out, versions = make([]*fhir.Resource, len(t.Resources)), make([]int64, len(t.Resources))
	for i, r := range t.Resources {
		never, err := w.neverHeld(ctx, r.Type)
		if err != nil {
			return nil, nil, err
		}
		if never && !t.again {
			continue
		}
		have, err := w.env.Store.Read(ctx, r.Type, r.ID)
		switch {
		case err == nil:
			out[i], versions[i] = have, have.Version
		case fhir.KindOf(err) == fhir.Gone:
			if versions[i], err = w.undoings.undone(ctx, r); err != nil {
				return nil, nil, err
			}
			if versions[i] > 0 {
				continue
			}
			w.Issues.Add(Issue{Row: t.Row, Value: t.Name, Severity: Warning, Rule: "deleted-here",
				Reason: fmt.Sprintf("%s was deleted here, so the row was not imported again", r.Ref()),
				Fix:    "Remove the row, or restore the resource."})
			w.count(t, Conflict)
			return nil, nil, nil
		case fhir.KindOf(err) != fhir.NotFound:
			return nil, nil, err
		}
	}
	return out, versions, nil
}

// neverHeld tells whether the store had no version of a type when the run began with it.
func (w *Writer) neverHeld(ctx context.Context, typ string) (bool, error) {
	w.mu.Lock()
	never, ok := w.never[typ]
	w.mu.Unlock()
	if ok {
		return never, nil
	}
	page, err := w.env.Store.History(ctx, store.HistoryQuery{Type: typ})
	if err != nil {
		return false, fmt.Errorf("count versions of %s: %w", typ, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.never[typ] = page.Total == 0
	return w.never[typ], nil
}

// mergeAll brings what the resources of a thing say into what is stored of each.
func (w *Writer) mergeAll(ctx context.Context, t *Thing, stored []*fhir.Resource) ([]*merging, error) {
	all := make([]*merging, len(t.Resources))
	for i, r := range t.Resources {
		all[i] = &merging{r: r, have: stored[i], body: r.Body}
		if stored[i] == nil {
			continue
		}
		base, err := w.base(ctx, t.Known, r)
		if err != nil {
			return nil, err
		}
		all[i].body, all[i].changes, all[i].conflicts = w.slots(t, r.Type).merge(base, r.Body, stored[i].Body)
	}
	return all, nil
}

// planResource adds to the plan what becomes of one resource.
func (w *Writer) planResource(ctx context.Context, p *plan, m *merging) error {
	if m.have == nil {
		return w.prepare(ctx, p, m.r)
	}
	if string(m.body) != string(m.r.Body) {
		p.known.Base = bodies(p.thing.Resources)
	}
	meta := m.r.Meta
	if len(meta) <= 2 {
		meta = m.have.Meta
	}
	if string(m.body) == string(m.have.Body) && string(meta) == string(m.have.Meta) {
		return nil
	}
	w.sample("update", p.thing, m.r, m.changes)
	return w.prepare(ctx, p, &fhir.Resource{Type: m.r.Type, ID: m.r.ID, Meta: meta, Body: m.body})
}

func (w *Writer) prepare(ctx context.Context, p *plan, r *fhir.Resource) error {
	d, err := w.env.Registries.Prepare(ctx, r)
	if err != nil {
		return err
	}
	p.drafts = append(p.drafts, d)
	return nil
}

// base returns what the last import brought, nil when there was none.
func (w *Writer) base(ctx context.Context, k *Known, r *fhir.Resource) ([]byte, error) {
	if k == nil || k.Hash == "" {
		return nil, nil
	}
	i := slices.Index(k.Refs, r.Ref())
	switch {
	case i < 0:
		return nil, nil
	case i < len(k.Base) && k.Base[i] != "":
		return []byte(k.Base[i]), nil
	case i >= len(k.Versions) || k.Versions[i] == 0:
		return nil, nil
	}
	was, err := w.env.Store.ReadVersion(ctx, r.Type, r.ID, k.Versions[i])
	if err != nil {
		if ours(err) { // erased since
			return nil, nil
		}
		return nil, err
	}
	return was.Body, nil
}

func bodies(rs []*fhir.Resource) []string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = string(r.Body)
	}
	return out
}

// write is the goroutine that carries out plans. After an error it only drains the queue.
func (w *Writer) write(ctx context.Context) {
	defer close(w.done)
	for plans := range w.queue {
		w.mu.Lock()
		stop := w.err != nil
		w.mu.Unlock()
		if stop {
			continue
		}
		if err := w.guard(ctx, plans); err != nil {
			w.mu.Lock()
			w.err = err
			w.mu.Unlock()
		}
	}
}

// guard is commit with a panic turned into an error.
func (w *Writer) guard(ctx context.Context, plans []*plan) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("write import: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return w.commit(ctx, plans)
}

// commit writes plans in one transaction, or singly when one of them is refused.
func (w *Writer) commit(ctx context.Context, plans []*plan) error {
	var wrote []byte
	err := w.env.Store.Write(ctx, w.cause, func(tx store.Tx) (err error) {
		wrote = wrote[:0]
		for _, p := range plans {
			if wrote, err = w.put(ctx, tx, p, wrote); err != nil {
				return err
			}
		}
		return w.note(tx, wrote)
	})
	switch {
	case err == nil:
		if len(wrote) > 0 {
			w.part++
		}
		for _, p := range plans {
			w.tally(p)
		}
		return nil
	case !ours(err):
		return fmt.Errorf("write import: %w", err)
	case w.req.Whole:
		return fhir.Errorf(fhir.KindOf(err), "nothing was imported: %s", ReasonOf(err)).Because(err)
	case len(plans) == 1 && errors.Is(err, errStale) && !plans[0].thing.again:
		return w.planAgain(ctx, plans[0].thing)
	case len(plans) == 1:
		w.fail(plans[0].thing, err)
		return nil
	}
	for _, p := range plans {
		if err := w.commit(ctx, []*plan{p}); err != nil {
			return err
		}
	}
	return nil
}

// errStale tells that a resource was changed between planning and writing.
var errStale = fhir.Errorf(fhir.Conflict, "it was changed by someone else at the same moment; import the list again")

// planAgain plans and writes a thing anew, after someone else was quicker.
func (w *Writer) planAgain(ctx context.Context, t *Thing) error {
	t.again = true
	p, err := w.plan(ctx, t)
	if err != nil || p == nil {
		return err
	}
	return w.commit(ctx, []*plan{p})
}

// put stores one thing with its bookkeeping. It fails with errStale when a version does not
// follow the one that the plan was made for. What it changed is added to wrote.
func (w *Writer) put(ctx context.Context, tx store.Tx, p *plan, wrote []byte) ([]byte, error) {
	known := p.known
	known.Versions = slices.Clone(known.Versions)
	for _, d := range p.drafts {
		r, err := w.env.Registries.Put(ctx, tx, d, "PUT")
		if err != nil {
			return nil, err
		}
		i := slices.Index(known.Refs, r.Ref())
		if r.Version != known.Versions[i]+1 {
			return nil, errStale
		}
		known.Versions[i] = r.Version
		wrote = appendChange(wrote, r, p.thing.Row)
	}
	if p.keep || p.thing.Edited != nil {
		return wrote, nil
	}
	known.Did = p.status()
	data, err := json.Marshal(known)
	if err != nil {
		return nil, fmt.Errorf("keep bookkeeping of import: %w", err)
	}
	key := p.thing.Identity.key()
	if k := p.thing.Known; k != nil && k.key != "" && k.key != key {
		if err := tx.SetValue(w.space, k.key, nil); err != nil {
			return nil, err
		}
	}
	return wrote, tx.SetValue(w.space, key, data)
}
