package geo

import (
	"context"
	"slices"
	"sync"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// Index finds the Locations whose boundary holds a point. It is safe for concurrent use.
type Index struct {
	store  store.Store
	points int           // how many points of outlines are kept
	gate   chan struct{} // held by who reads boundaries

	mu    sync.Mutex
	stop  func()
	boxes []boxed
	at    map[string]int  // id → place in boxes
	stale map[string]bool // Locations that changed since their box was read
	ready bool

	outlines map[string]*Area
	order    []string // of outlines, oldest first
	kept     int      // points in outlines
}

// boxed is the box of a Location's boundary.
type boxed struct {
	id  string
	box box
}

// Points is how many points of outlines an Index keeps when nothing else is said: 64 MB.
const Points = 4 << 20

// NewIndex returns an Index of the Locations in s that keeps outlines of up to so many
// points in memory.
func NewIndex(s store.Store, points int) *Index {
	return &Index{store: s, points: points, gate: make(chan struct{}, 1)}
}

// Close ends the subscription to changes. The next question would read the store again.
func (x *Index) Close() error {
	x.gate <- struct{}{}
	defer func() { <-x.gate }()
	x.forget()
	return nil
}

func (x *Index) forget() {
	x.mu.Lock()
	stop := x.stop
	x.stop, x.ready, x.boxes, x.at, x.stale = nil, false, nil, nil, nil
	x.outlines, x.order, x.kept = nil, nil, 0
	x.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// Containing returns the ids of the Locations whose boundary holds a point, in order. It
// fails when the store cannot be read.
func (x *Index) Containing(ctx context.Context, lat, lon float64) ([]string, error) {
	if err := x.refresh(ctx); err != nil {
		return nil, err
	}
	var candidates, found []string
	at := point{lon: lon, lat: lat}
	x.mu.Lock()
	for i := range x.boxes {
		if x.boxes[i].box.holds(at) {
			candidates = append(candidates, x.boxes[i].id)
		}
	}
	x.mu.Unlock()
	for _, id := range candidates {
		area, err := x.Area(ctx, id)
		if err != nil {
			return nil, err
		}
		if area != nil && area.Contains(lat, lon) {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found, nil
}

// Area returns the boundary of a Location; nil when it has none that can be used, or is not
// there.
func (x *Index) Area(ctx context.Context, id string) (*Area, error) {
	if err := x.refresh(ctx); err != nil {
		return nil, err
	}
	x.mu.Lock()
	_, bounded := x.at[id]
	area := x.outlines[id]
	x.mu.Unlock()
	if !bounded || area != nil {
		return area, nil
	}
	area, err := x.read(ctx, id)
	if err != nil || area == nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.stale[id] && x.ready {
		x.keep(id, area)
	}
	return area, nil
}

// read reads a boundary from the store.
func (x *Index) read(ctx context.Context, id string) (*Area, error) {
	r, err := x.store.Read(ctx, "Location", id)
	if kind := fhir.KindOf(err); err != nil && (kind == fhir.NotFound || kind == fhir.Gone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return usable(r), nil
}

// usable returns the boundary of a Location; nil when it is broken, as those may be that
// were stored past the registry.
func usable(r *fhir.Resource) *Area {
	area, err := Boundary(r)
	if err != nil {
		return nil
	}
	return area
}

// keep remembers an outline, and forgets the oldest when there are too many points.
func (x *Index) keep(id string, area *Area) {
	if x.outlines[id] != nil {
		return
	}
	x.outlines[id] = area
	x.order = append(x.order, id)
	x.kept += area.points
	for x.kept > x.points && len(x.order) > 1 {
		x.drop(x.order[0])
	}
}

func (x *Index) drop(id string) {
	area := x.outlines[id]
	if area == nil {
		return
	}
	delete(x.outlines, id)
	x.kept -= area.points
	i := slices.Index(x.order, id)
	x.order = slices.Delete(x.order, i, i+1)
}

// refresh reads all boundaries the first time, and those that changed after that.
func (x *Index) refresh(ctx context.Context) error {
	if x.fresh() {
		return nil
	}
	select {
	case x.gate <- struct{}{}:
		defer func() { <-x.gate }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := x.load(ctx); err != nil {
		x.forget()
		return err
	}
	x.mu.Lock()
	stale := x.stale
	x.stale = map[string]bool{}
	x.mu.Unlock()
	for id := range stale {
		area, err := x.read(ctx, id)
		if err != nil {
			x.forget()
			return err
		}
		x.set(id, area)
	}
	return nil
}

func (x *Index) fresh() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.ready && len(x.stale) == 0
}

// load subscribes and reads every boundary, unless that was done.
func (x *Index) load(ctx context.Context) error {
	x.mu.Lock()
	ready := x.ready
	if !ready {
		x.at, x.stale, x.outlines = map[string]int{}, map[string]bool{}, map[string]*Area{}
	}
	x.mu.Unlock()
	if ready {
		return nil
	}
	x.stop = x.store.Subscribe(x.follow)
	err := store.Each(ctx, x.store, "Location", func(r *fhir.Resource) error {
		x.set(r.ID, usable(r))
		return nil
	}, search.Pair{Name: search.ContainsPoint + ":missing", Value: "false"})
	if err != nil {
		return err
	}
	x.mu.Lock()
	x.ready = true
	x.mu.Unlock()
	return nil
}

// follow notes the Locations of a commit that have or had a boundary. They are read later:
// whoever writes does not wait for it.
func (x *Index) follow(c store.Commit) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range c.Versions {
		r := c.Versions[i].Resource
		if r.Type != "Location" || x.at == nil {
			continue
		}
		if _, had := x.at[r.ID]; had || HasBoundary(r) || !x.ready {
			x.stale[r.ID] = true
			x.drop(r.ID)
		}
	}
}

// set enters or removes the boundary of a Location.
func (x *Index) set(id string, area *Area) {
	x.mu.Lock()
	defer x.mu.Unlock()
	i, known := x.at[id]
	x.drop(id)
	switch {
	case area != nil && known:
		x.boxes[i].box = area.box
	case area != nil:
		x.at[id] = len(x.boxes)
		x.boxes = append(x.boxes, boxed{id, area.box})
	case known:
		last := len(x.boxes) - 1
		x.boxes[i] = x.boxes[last]
		x.at[x.boxes[i].id] = i
		x.boxes = x.boxes[:last]
		delete(x.at, id)
	}
	if area != nil && !x.stale[id] {
		x.keep(id, area)
	}
}
