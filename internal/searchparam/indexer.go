package searchparam

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// space is where the store keeps what was indexed: by type, the fingerprints of its parameters.
const space = "indexed"

// Indexer keeps the table of search parameters and the index rows in step with the
// SearchParameter resources of a store. It is safe for concurrent use.
type Indexer struct {
	store store.Store
	base  string
	log   *slog.Logger
	stop  func() // of the subscription
	wake  chan struct{}

	mu      sync.Mutex
	defined map[string][]*search.Parameter // by the id of the resource
	done    map[string]prints              // by type
}

// prints are the fingerprints of parameters by name.
type prints map[string]string

// Open reads the definitions in a store and puts them to use, and follows their changes
// until Close. Base is the public address of the server, or empty. A process has one
// Indexer at a time, because the table of package search is one.
func Open(ctx context.Context, st store.Store, base string, log *slog.Logger) (*Indexer, error) {
	x := &Indexer{store: st, base: base, log: log, wake: make(chan struct{}, 1), defined: map[string][]*search.Parameter{}, done: map[string]prints{}}
	x.stop = st.Subscribe(x.follow)
	if err := x.load(ctx); err != nil {
		x.stop()
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.use()
	return x, nil
}

// Close ends the work on the store. Parameters stay in use until the next Open.
func (x *Indexer) Close() error {
	x.stop()
	return nil
}

// load reads the definitions and what was indexed before.
func (x *Indexer) load(ctx context.Context) error {
	kept, err := x.store.Values(ctx, space, "", "", 1000)
	if err != nil {
		return fmt.Errorf("read what is indexed: %w", err)
	}
	for _, v := range kept {
		p := prints{}
		if err := json.Unmarshal(v.Data, &p); err != nil {
			return fmt.Errorf("read what is indexed of %s: %w", v.Key, err)
		}
		x.done[v.Key] = p
	}
	err = store.Each(ctx, x.store, resourceType, func(r *fhir.Resource) error {
		x.note(store.Version{Resource: r})
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the search parameters: %w", err)
	}
	return x.assume(ctx)
}

// assume notes what needs no work: all of a type without resources; and of a store that an
// earlier program filled, which kept no notes, all but the parameters that came with them.
func (x *Indexer) assume(ctx context.Context) error {
	fresh := map[string][]byte{}
	for _, typ := range search.Types() {
		if x.done[typ] != nil {
			continue
		}
		n, err := x.store.Count(ctx, typ)
		if err != nil {
			return fmt.Errorf("count %s: %w", typ, err)
		}
		done := prints{}
		for _, p := range search.Parameters(typ) {
			if p.Type != "" && (n == 0 || !late(p)) {
				done[p.Name] = p.Fingerprint()
			}
		}
		x.done[typ] = done
		if fresh[typ], err = json.Marshal(done); err != nil {
			return err
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	err := x.store.Write(ctx, cause, func(tx store.Tx) error {
		for typ, data := range fresh {
			if err := tx.SetValue(space, typ, data); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil { // reading must go on when the disk is full
		x.log.Warn("what is indexed could not be noted", "err", err)
	}
	return nil
}

// late tells whether a parameter came to the program no earlier than the notes.
func late(p *search.Parameter) bool {
	return p.Kind == search.Composite || p.Name == search.ContainsPoint || strings.HasPrefix(p.URL, "urn:masjala:")
}

// note takes over the current version of a definition.
func (x *Indexer) note(v store.Version) {
	r := v.Resource
	delete(x.defined, r.ID)
	if r.Deleted || !search.Defines(r) {
		return
	}
	ps, err := search.Define(r)
	if err != nil { // a later program may take less
		x.log.Warn("a search parameter cannot be used", "resource", r.Ref(), "err", err)
		return
	}
	x.defined[r.ID] = ps
}

// follow learns of commits.
func (x *Indexer) follow(c store.Commit) {
	changed := false
	for i := range c.Versions {
		if c.Versions[i].Resource.Type == resourceType {
			x.mu.Lock()
			x.note(c.Versions[i])
			x.mu.Unlock()
			changed = true
		}
	}
	if !changed {
		return
	}
	x.mu.Lock()
	x.use()
	x.mu.Unlock()
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// use puts the definitions into the table; mu is held.
func (x *Indexer) use() {
	var list []*search.Parameter
	for _, ps := range x.defined {
		for _, p := range ps {
			if x.done[p.Type][p.Name] != p.Fingerprint() {
				p = p.Unready()
			}
			list = append(list, p)
		}
	}
	search.Use(list)
}

// Run indexes what is to be indexed, now and whenever definitions change, until ctx ends.
func (x *Indexer) Run(ctx context.Context) {
	for {
		for _, typ := range search.Types() {
			if err := x.bring(ctx, typ); err != nil && ctx.Err() == nil {
				x.log.Error("search parameters could not be indexed; this is tried again at the next start", "type", typ, "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-x.wake:
		}
	}
}

// bring indexes the parameters of a type that came, changed or went.
func (x *Indexer) bring(ctx context.Context, typ string) error {
	wanted := prints{}
	for _, p := range search.Parameters(typ) {
		if p.Type != "" {
			wanted[p.Name] = p.Fingerprint()
		}
	}
	x.mu.Lock()
	names := difference(x.done[typ], wanted)
	x.mu.Unlock()
	if len(names) == 0 {
		return nil
	}
	x.log.Info("indexing", "type", typ, "parameters", names)
	n, err := x.reindex(ctx, typ, names)
	if err != nil {
		return err
	}
	data, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	if err := x.store.Write(ctx, cause, func(tx store.Tx) error { return tx.SetValue(space, typ, data) }); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.done[typ] = wanted
	x.use()
	x.log.Info("indexed", "type", typ, "parameters", names, "resources", n)
	return nil
}

// difference lists the names that only one has, or that differ.
func difference(a, b prints) []string {
	all := maps.Clone(b)
	if all == nil {
		all = prints{}
	}
	maps.Copy(all, a)
	var names []string
	for name := range all {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	return names
}
