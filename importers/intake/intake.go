package intake

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/importers"
	"masjala/store"
)

// chunk is how many bytes of resources are stored in one transaction, about.
const chunk = 4 << 20

// Intake is the state of one run. It is not safe for concurrent use.
type Intake struct {
	Report *importers.Report // Rows, Hash and Run are for the importer to fill
	Issues *importers.Issues

	env     importers.Env
	req     *importers.Request
	started time.Time
	counts  map[string]*importers.Counts
	order   []string
	pending []item
	size    int
	seen    map[string]string // reference stored in this run → canonical
}

// item is a resource on its way into the store.
type item struct {
	draft  *store.Draft
	file   string
	create bool
}

// Begin starts a run of a kind of import.
func Begin(env importers.Env, req *importers.Request, kind string) *Intake {
	in := &Intake{env: env, req: req, started: env.Now().UTC(), counts: map[string]*importers.Counts{}, seen: map[string]string{},
		Issues: &importers.Issues{Sink: req.Issues}}
	name := req.Name
	if name == "" {
		name = filepath.Base(req.File)
	}
	in.Report = &importers.Report{Kind: kind, File: name, DryRun: req.DryRun, Actor: req.Actor, Started: in.started,
		Samples: []importers.Sample{}, Columns: []importers.ColumnUse{}, Unmapped: []string{}}
	return in
}

// Take plans one resource of a file, and stores what is pending when it is much. Types that
// no registry holds are counted as failed, and named in the report. It fails only for what
// no other resource would survive: a broken store.
func (in *Intake) Take(ctx context.Context, file string, r *fhir.Resource) error {
	if !in.env.Registries.Has(r.Type) {
		in.count(r.Type, func(c *importers.Counts) { c.Failed++ })
		return nil
	}
	have, id, err := in.find(ctx, r)
	if err != nil {
		return err
	}
	r.ID, r.Version, r.Updated = id, 0, time.Time{}
	if in.seen[r.Ref()] != "" {
		in.count(r.Type, func(c *importers.Counts) { c.Repeat++ })
		return nil
	}
	in.seen[r.Ref()] = canonical(r)
	if have != nil && fhir.SameContent(have, r) {
		in.count(r.Type, func(c *importers.Counts) { c.Unchanged++ })
		return nil
	}
	draft, err := in.env.Registries.Prepare(ctx, r)
	if err != nil {
		if fhir.KindOf(err) == fhir.Internal {
			return fmt.Errorf("prepare %s of %s: %w", r.Ref(), file, err)
		}
		in.Refuse(file, r.Ref(), err)
		in.count(r.Type, func(c *importers.Counts) { c.Failed++ })
		return nil
	}
	in.pending = append(in.pending, item{draft: draft, file: file, create: have == nil})
	if in.size += len(r.Body); in.size < chunk {
		return nil
	}
	return in.flush(ctx)
}

// flush stores what is pending in one transaction, or singly when one is refused.
func (in *Intake) flush(ctx context.Context) error {
	items := in.pending
	in.pending, in.size = nil, 0
	return in.store(ctx, items)
}

func (in *Intake) store(ctx context.Context, items []item) error {
	if in.req.DryRun || len(items) == 0 {
		in.tally(items)
		return nil
	}
	cause := store.Cause{Actor: in.req.Actor, Reason: strings.TrimPrefix(in.req.Reason+"; import of "+in.Report.Kind+" "+in.Report.File, "; ")}
	err := in.env.Store.Write(ctx, cause, func(tx store.Tx) error {
		for _, i := range items {
			if _, err := in.env.Registries.Put(ctx, tx, i.draft, "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
	switch kind := fhir.KindOf(err); {
	case err == nil:
		in.tally(items)
		return nil
	case kind == fhir.Internal || kind == fhir.Full || kind == fhir.Busy:
		return fmt.Errorf("store %s: %w", in.Report.Kind, err)
	case len(items) == 1:
		r := items[0].draft.Resource
		in.Refuse(items[0].file, r.Ref(), err)
		in.count(r.Type, func(c *importers.Counts) { c.Failed++ })
		return nil
	}
	for _, i := range items {
		if err := in.store(ctx, []item{i}); err != nil {
			return err
		}
	}
	return nil
}
