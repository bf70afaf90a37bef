package importers

import (
	"context"
	"fmt"

	"masjala/fhir"
)

// Edited says of a [Thing] that its resources are what is to be stored: what was there, of the
// version that each names, with the changes of the row in it. Nothing is remembered of it.
type Edited struct {
	Changes   map[string][]Change // by reference of the resource
	Conflicts map[string][]Change // what was changed here since, by reference; it stays as it is here

	same map[string]bool // resources that the row leaves as they are
}

// NewEdited says that nothing is changed yet.
func NewEdited() *Edited {
	return &Edited{Changes: map[string][]Change{}, Conflicts: map[string][]Change{}, same: map[string]bool{}}
}

// Edit adds a resource to a thing, with what a row changes of it: was is the body that was written
// into the row, base the one that an importer makes of that, theirs the one that it makes of the row.
func (t *Thing) Edit(now *fhir.Resource, was, base, theirs []byte, companion bool) {
	body, changes, conflicts := Edit(base, theirs, was, now.Body, companion)
	t.Edited.same[now.Ref()] = string(body) == string(now.Body) && len(conflicts) == 0
	t.Edited.Changes[now.Ref()], t.Edited.Conflicts[now.Ref()] = changes, conflicts
	t.Resources = append(t.Resources, &fhir.Resource{Type: now.Type, ID: now.ID, Version: now.Version, Body: body})
}

// planEdited adds to a plan what a row changes of stored resources; nil when it changes nothing.
func (w *Writer) planEdited(ctx context.Context, p *plan, stored []*fhir.Resource) (*plan, error) {
	t := p.thing
	p.create = false
	var all []*merging
	for i, r := range t.Resources {
		if t.Edited.same[r.Ref()] {
			continue
		}
		have := stored[i]
		isNew := have == nil && r.Version == 0
		if have == nil && !isNew || have != nil && have.Version != r.Version {
			w.fail(t, errStale)
			return nil, nil
		}
		all = append(all, &merging{r: r, have: have, body: r.Body, changes: t.Edited.Changes[r.Ref()], conflicts: t.Edited.Conflicts[r.Ref()]})
	}
	var err error
	if p.keep, err = w.decide(ctx, t, all); err != nil {
		return nil, err
	}
	for _, m := range all {
		meta := m.r.Meta
		if m.have != nil {
			if string(m.body) == string(m.have.Body) {
				continue
			}
			meta = m.have.Meta
		}
		w.sample("update", t, m.r, m.changes)
		if err := w.prepare(ctx, p, &fhir.Resource{Type: m.r.Type, ID: m.r.ID, Meta: meta, Body: m.body}); err != nil {
			return nil, w.Refuse(t, err)
		}
	}
	if len(p.drafts) == 0 && !p.keep {
		w.count(t, Unchanged)
		return nil, nil
	}
	return p, nil
}

// Unknown reports a row that names, by its id in this registry, what is not here.
// c is the cell with the id.
func (w *Writer) Unknown(row int, c Cell, what string, why error) {
	rule, fix := "masjala-id-unknown", "Not imported; correct the id, or empty the cell to import the row as a new one."
	if fhir.KindOf(why) == fhir.Gone {
		rule, fix = "deleted-here", "Not imported; remove the row, or restore the resource."
	}
	w.Count(what, func(n *Counts) { n.Failed++ })
	w.Outcome(Outcome{Row: row, Status: Refused})
	w.Issues.Add(Issue{Row: row, Column: c.Column.Heading, Value: c.Shown, Severity: Error, Rule: rule,
		Reason: fmt.Sprintf("nothing of this id is among the %s here", what), Fix: fix})
}

// Keyed returns the present version of a resource that a row names by its id, and the one that was
// written into the row where version tells; NotFound or Gone when there is none.
func (w *Writer) Keyed(ctx context.Context, typ, id string, version int64) (now, was *fhir.Resource, err error) {
	if !fhir.ValidID(id) {
		return nil, nil, fhir.Errorf(fhir.NotFound, "%q is no id", id)
	}
	if now, err = w.env.Store.Read(ctx, typ, id); err != nil {
		return nil, nil, err
	}
	if version == 0 || version == now.Version {
		return now, now, nil
	}
	was, err = w.env.Store.ReadVersion(ctx, typ, id, version)
	if err != nil && ours(err) {
		return now, now, nil // it was erased, or is of another registry
	}
	return now, was, err
}
