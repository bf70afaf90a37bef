package fhirpkg

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/importers"
	"masjala/store"
)

// kind names this sort of import in reports and bookkeeping.
const kind = "package"

// chunk is how many bytes of resources are stored in one transaction, about.
const chunk = 4 << 20

// Run imports a FHIR package: req.File is a folder, a .tgz or a JSON file. What is stored
// already with the same content is left as it is; a file that cannot be used is an issue and
// stops no other. Counts are by resource type. It fails when the package cannot be read.
func Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	p := &run{env: env, req: &req, started: env.Now().UTC(), counts: map[string]*importers.Counts{}, issues: &importers.Issues{Sink: req.Issues}}
	p.report = &importers.Report{Kind: kind, File: name(&req), DryRun: req.DryRun, Actor: req.Actor, Started: p.started, Samples: []importers.Sample{}, Columns: []importers.ColumnUse{}, Unmapped: []string{}}
	hash := sha256.New()
	err := walk(req.File, func(f file) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		hash.Write([]byte(f.name))
		hash.Write(f.data)
		return p.file(ctx, f)
	})
	if err == nil {
		err = p.flush(ctx)
	}
	if err = errors.Join(err, p.issues.Err()); err != nil {
		return nil, err
	}
	p.report.Hash = hex.EncodeToString(hash.Sum(nil))
	return p.finish(), nil
}

func name(req *importers.Request) string {
	if req.Name != "" {
		return req.Name
	}
	return filepath.Base(req.File)
}

// run is the state of one import.
type run struct {
	env     importers.Env
	req     *importers.Request
	report  *importers.Report
	issues  *importers.Issues
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

// file takes the resources of one file in.
func (p *run) file(ctx context.Context, f file) error {
	p.report.Rows++
	p.progress("writing")
	if strings.HasSuffix(strings.ToLower(f.name), ".ndjson") {
		return p.lines(ctx, f)
	}
	r, err := fhir.Parse(f.data)
	if err != nil {
		p.refuse(f.name, "", err)
		return nil
	}
	if r.Type != "Bundle" {
		return p.resource(ctx, f.name, r)
	}
	b, err := fhir.ParseBundle(f.data)
	if err != nil {
		p.refuse(f.name, "", err)
		return nil
	}
	for i := range b.Entries {
		e := &b.Entries[i]
		if e.Err != nil {
			p.refuse(f.name, fmt.Sprintf("entry[%d]", i), e.Err)
			continue
		}
		if e.Resource == nil {
			continue
		}
		if err := p.resource(ctx, f.name, e.Resource); err != nil {
			return err
		}
	}
	return nil
}

// lines takes the resources of an NDJSON file in.
func (p *run) lines(ctx context.Context, f file) error {
	n := 0
	for line := range strings.Lines(string(f.data)) {
		if n++; strings.TrimSpace(line) == "" {
			continue
		}
		r, err := fhir.Parse([]byte(line))
		if err != nil {
			p.refuse(f.name, fmt.Sprintf("line %d", n), err)
			continue
		}
		if err := p.resource(ctx, f.name, r); err != nil {
			return err
		}
	}
	return nil
}

// resource plans one resource.
func (p *run) resource(ctx context.Context, file string, r *fhir.Resource) error {
	if !p.env.Registries.Has(r.Type) {
		p.count(r.Type, func(c *importers.Counts) { c.Failed++ })
		return nil
	}
	have, id, err := p.find(ctx, r)
	if err != nil {
		return err
	}
	r.ID, r.Version, r.Updated = id, 0, time.Time{}
	if p.seen[r.Ref()] != "" {
		p.count(r.Type, func(c *importers.Counts) { c.Repeat++ })
		return nil
	}
	p.remember(r)
	if have != nil && fhir.SameContent(have, r) {
		p.count(r.Type, func(c *importers.Counts) { c.Unchanged++ })
		return nil
	}
	draft, err := p.env.Registries.Prepare(ctx, r)
	if err != nil {
		if fhir.KindOf(err) == fhir.Internal {
			return fmt.Errorf("prepare %s of %s: %w", r.Ref(), file, err)
		}
		p.refuse(file, r.Ref(), err)
		p.count(r.Type, func(c *importers.Counts) { c.Failed++ })
		return nil
	}
	p.pending = append(p.pending, item{draft: draft, file: file, create: have == nil})
	if p.size += len(r.Body); p.size < chunk {
		return nil
	}
	return p.flush(ctx)
}

func (p *run) remember(r *fhir.Resource) {
	if p.seen == nil {
		p.seen = map[string]string{}
	}
	p.seen[r.Ref()] = canonical(r)
}

// flush stores what is pending in one transaction, or singly when one is refused.
func (p *run) flush(ctx context.Context) error {
	items := p.pending
	p.pending, p.size = nil, 0
	return p.store(ctx, items)
}

func (p *run) store(ctx context.Context, items []item) error {
	if p.req.DryRun || len(items) == 0 {
		p.tally(items)
		return nil
	}
	cause := store.Cause{Actor: p.req.Actor, Reason: strings.TrimPrefix(p.req.Reason+"; import of package "+p.report.File, "; ")}
	err := p.env.Store.Write(ctx, cause, func(tx store.Tx) error {
		for _, i := range items {
			if _, err := p.env.Registries.Put(ctx, tx, i.draft, "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
	switch kind := fhir.KindOf(err); {
	case err == nil:
		p.tally(items)
		return nil
	case kind == fhir.Internal || kind == fhir.Full || kind == fhir.Busy:
		return fmt.Errorf("store package: %w", err)
	case len(items) == 1:
		r := items[0].draft.Resource
		p.refuse(items[0].file, r.Ref(), err)
		p.count(r.Type, func(c *importers.Counts) { c.Failed++ })
		return nil
	}
	for _, i := range items {
		if err := p.store(ctx, []item{i}); err != nil {
			return err
		}
	}
	return nil
}
