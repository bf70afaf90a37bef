package place

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/store"
)

// PartOf is the name of the hierarchy that the references partOf make.
const PartOf = "partof"

// Affiliation is the resource type whose instances make further hierarchies of
// Organizations: organization is the parent, participatingOrganization the child and each
// code a hierarchy (IHE mCSD, "Organization hierarchies").
const Affiliation = "OrganizationAffiliation"

// Hierarchies answers what lies above and below Locations and Organizations in any number
// of hierarchies (FRF-2). It keeps all of them in memory, compactly and kept true by the
// change feed; it reads the store once, when it is first asked. It is safe for concurrent use.
type Hierarchies struct {
	store store.Store
	gate  chan struct{} // held by who reads the store

	mu        sync.RWMutex
	ready     bool
	pending   []*fhir.Resource // what was committed while the store was read
	places    *tree            // of Locations
	orgs      *tree            // of Organizations
	kinds     map[string]int32 // "system|code" → hierarchy
	codes     map[string]kinds // code → hierarchies
	affiliate map[string][]int32
	stop      func()
}

// NewHierarchies returns Hierarchies of what is in s.
func NewHierarchies(s store.Store) *Hierarchies {
	return &Hierarchies{store: s, gate: make(chan struct{}, 1)}
}

// Close ends the subscription to changes. The next question would read the store again.
func (h *Hierarchies) Close() error {
	h.gate <- struct{}{}
	defer func() { <-h.gate }()
	h.forget()
	return nil
}

// forget gives back what was read.
func (h *Hierarchies) forget() {
	h.mu.Lock()
	stop := h.stop
	h.stop, h.ready, h.pending = nil, false, nil
	h.places, h.orgs, h.kinds, h.codes, h.affiliate = nil, nil, nil, nil, nil
	h.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// Load reads the store, unless that was done. Questions do so themselves: calling it at
// start spares the first of them the wait. It fails when the store does or ctx ends.
func (h *Hierarchies) Load(ctx context.Context) error {
	if h.isReady() {
		return nil
	}
	select {
	case h.gate <- struct{}{}:
		defer func() { <-h.gate }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if h.isReady() {
		return nil
	}
	err := h.load(ctx)
	if err != nil {
		h.forget()
	}
	return err
}

func (h *Hierarchies) isReady() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.ready
}

// load subscribes, then reads everything. What is committed meanwhile is applied after it,
// in order, so that the newest version of each resource is what stays.
func (h *Hierarchies) load(ctx context.Context) error {
	h.mu.Lock()
	h.places, h.orgs, h.affiliate = newTree(), newTree(), map[string][]int32{}
	h.kinds, h.codes = map[string]int32{PartOf: 0}, map[string]kinds{PartOf: {0}}
	h.mu.Unlock()
	h.stop = h.store.Subscribe(h.follow)
	for _, typ := range []string{"Organization", "Location"} {
		if err := h.loadParents(ctx, typ); err != nil {
			return err
		}
	}
	if err := h.loadAll(ctx, Affiliation); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.pending {
		h.apply(r)
	}
	h.ready, h.pending = true, nil
	return nil
}

// parents is a store that tells who is part of whom without reading resources.
type parents interface {
	// Parents calls fn for every current resource of a type with the id of its parent, "" for none.
	Parents(ctx context.Context, typ string, fn func(id, parent string)) error
}

// loadParents reads the resources of a type, from the index when the store can.
func (h *Hierarchies) loadParents(ctx context.Context, typ string) error {
	index, ok := h.store.(parents)
	if !ok {
		return h.loadAll(ctx, typ)
	}
	n, err := h.store.Count(ctx, typ)
	if err != nil {
		return err
	}
	h.mu.Lock()
	h.tree(typ).grow(n)
	h.mu.Unlock()
	return index.Parents(ctx, typ, func(id, parent string) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.put(h.tree(typ), id, parent, true)
	})
}

// loadAll reads the resources of a type whole.
func (h *Hierarchies) loadAll(ctx context.Context, typ string) error {
	return each(ctx, h.store, typ, nil, func(r *fhir.Resource) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.apply(r)
		return nil
	})
}

// follow takes in a commit.
func (h *Hierarchies) follow(c store.Commit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range c.Versions {
		r := c.Versions[i].Resource
		if r.Type != "Location" && r.Type != "Organization" && r.Type != Affiliation {
			continue
		}
		if h.ready {
			h.apply(r)
		} else {
			h.pending = append(h.pending, r)
		}
	}
}

// apply makes the trees say what a version says.
func (h *Hierarchies) apply(r *fhir.Resource) {
	if r.Type == Affiliation {
		h.affiliation(r)
		return
	}
	parent := ""
	if !r.Deleted {
		parent = ParentID(r)
	}
	h.put(h.tree(r.Type), r.ID, parent, !r.Deleted)
}

// put places a resource below its parent by partOf, which is "" for none.
func (h *Hierarchies) put(t *tree, id, parent string, there bool) {
	n := t.number(id)
	t.nodes[n].there = there
	if e := t.parentIn(0, n); e != none {
		if had, ok := t.ids.find(parent); ok && had == t.edges[e].parent {
			return
		}
		t.cut(e)
	}
	if parent != "" {
		t.link(0, t.number(parent), n)
	}
}

// affiliation puts the participating organization below the other, once for each code. One
// that is not active, or that has no code, makes no hierarchy.
func (h *Hierarchies) affiliation(r *fhir.Resource) {
	for _, e := range h.affiliate[r.ID] {
		h.orgs.cut(e)
	}
	delete(h.affiliate, r.ID)
	if r.Deleted || r.Field("active").Type == gjson.False {
		return
	}
	parent, child := organization(r, "organization"), organization(r, "participatingOrganization")
	if parent == "" || child == "" || parent == child {
		return
	}
	p, c := h.orgs.number(parent), h.orgs.number(child)
	for _, code := range r.Field("code.#.coding|@flatten").Array() {
		if kind, ok := h.kind(code.Get("system").Str, code.Get("code").Str); ok {
			h.affiliate[r.ID] = append(h.affiliate[r.ID], h.orgs.link(kind, p, c))
		}
	}
}

// organization returns the id of the Organization that a member refers to on this server.
func organization(r *fhir.Resource, member string) string {
	id, _ := strings.CutPrefix(r.Field(member+".reference").Str, "Organization/")
	id, _, _ = strings.Cut(id, "/_history/")
	if !fhir.ValidID(id) {
		return ""
	}
	return id
}

// kind returns the number of the hierarchy of a code, which it makes if needed.
func (h *Hierarchies) kind(system, code string) (int32, bool) {
	if code == "" {
		return 0, false
	}
	name := system + "|" + code
	n, ok := h.kinds[name]
	if !ok {
		n = int32(len(h.kinds))
		name, code = strings.Clone(name), strings.Clone(code)
		h.kinds[name] = n
		h.codes[code] = append(h.codes[code], n)
	}
	return n, true
}

func (h *Hierarchies) tree(typ string) *tree {
	if typ == "Location" {
		return h.places
	}
	return h.orgs
}

// Walk is a question about what lies around a Location or Organization.
type Walk struct {
	Type, ID string
	Up       bool     // what lies above, not below
	Depth    int      // how many steps; 0 for all, 1 for the direct parents or members
	Kinds    []string // hierarchies to walk in together: PartOf, "code" or "system|code"; none means PartOf

	After string // below only: ids greater than this one
	Count int    // below only: how many ids at most
}

// Reached answers a Walk.
type Reached struct {
	IDs   []string // what is there: below in the order of ids, above nearest first
	Total int      // how many there are, on all pages
	More  bool     // further ids follow
}

// Walk answers with what can be reached, each resource once, and never the start itself.
// What the hierarchies name but the store does not have is walked through and left out. A
// hierarchy that no affiliation has leads nowhere. It fails with Invalid for a type that has
// no hierarchies, and when the store cannot be read.
func (h *Hierarchies) Walk(ctx context.Context, w Walk) (Reached, error) {
	if w.Type != "Location" && w.Type != "Organization" {
		return Reached{}, fhir.Errorf(fhir.Invalid, "%s has no hierarchies; Location and Organization do", w.Type)
	}
	if err := h.Load(ctx); err != nil {
		return Reached{}, err
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	t := h.tree(w.Type)
	if t == nil { // closed meanwhile
		return Reached{}, fhir.Errorf(fhir.Busy, "the server is stopping")
	}
	from, ok := t.ids.find(w.ID)
	if !ok {
		return Reached{}, nil
	}
	depth := w.Depth
	if depth <= 0 {
		depth = math.MaxInt
	}
	if w.Up {
		return t.above(from, h.wanted(w.Kinds), depth), nil
	}
	return t.below(from, h.wanted(w.Kinds), depth, w.After, w.Count), nil
}

// wanted returns the numbers of hierarchies.
func (h *Hierarchies) wanted(names []string) kinds {
	if len(names) == 0 {
		return kinds{0}
	}
	var k kinds
	for _, name := range names {
		if n, ok := h.kinds[name]; ok {
			k = append(k, n)
		} else {
			k = append(k, h.codes[name]...)
		}
	}
	slices.Sort(k)
	return slices.Compact(k)
}

func (t *tree) above(from int32, k kinds, depth int) Reached {
	var out Reached
	t.reach(from, k, false, depth, func(n int32) {
		if t.nodes[n].there {
			out.IDs = append(out.IDs, t.ids.text(n))
		}
	})
	out.Total = len(out.IDs)
	return out
}

func (t *tree) below(from int32, k kinds, depth int, after string, count int) Reached {
	var out Reached
	greater := 0
	last := "" // no id above it can be on the page
	var id []byte
	t.reach(from, k, true, depth, func(n int32) {
		if !t.nodes[n].there {
			return
		}
		out.Total++
		if id = t.ids.append(id[:0], n); string(id) <= after {
			return
		}
		greater++
		if count == 0 || last != "" && string(id) > last {
			return
		}
		out.IDs = append(out.IDs, string(id))
		if len(out.IDs) >= 2*count+64 {
			slices.Sort(out.IDs)
			out.IDs = out.IDs[:count]
			last = out.IDs[count-1]
		}
	})
	slices.Sort(out.IDs)
	out.IDs = out.IDs[:min(len(out.IDs), count)]
	out.More = greater > len(out.IDs)
	return out
}
