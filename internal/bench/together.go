package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"masjala/internal/bench/national"
)

// crowding is what happened while readers and writers worked together.
type crowding struct {
	elapsed       time.Duration
	reads, writes []time.Duration // sorted
	errors        int
	first         string // the first error
	trails        []*trail
}

// crowd is readers, writers and walkers at work on one server.
type crowd struct {
	census
	country *national.Country
	server  *process
	header  []byte
	until   time.Time
	ledger  *ledger
	next    atomic.Int64 // number of the next worker to create

	mu  sync.Mutex
	out crowding
}

func trails(c *national.Country) []*trail {
	district := c.DistrictCode(c.Facility(0).Area)
	return []*trail{
		{name: "workers that are active", of: "Practitioner", path: "/fhir/Practitioner?active=true&_count=500"},
		{name: "history of locations", of: "Location", path: "/fhir/Location/_history?_count=500", versions: true},
		{name: "facilities of a district, sorted by name", of: "Location", sorted: true,
			path: string(token([]byte("/fhir/Location?_tag="), national.DistrictSystem, district)) + "&_sort=name" + rows},
	}
}

// together has everybody work at the same time.
func (c census) together(ctx context.Context, f *findings, server *process, header []byte) error {
	w := &crowd{census: c, country: f.country, server: server, header: header, ledger: newLedger()}
	w.next.Store(int64(f.country.Workers) + 1_000_000 + time.Now().Unix()%1_000_000)
	w.out.trails = trails(f.country)
	tell("walks at rest")
	for _, t := range w.out.trails {
		if err := w.connected(ctx, func(c *client) error { return t.rest(ctx, &walker{c, header}, w.ledger) }); err != nil {
			return fmt.Errorf("walk %s: %w", t.path, err)
		}
	}
	w.compare()
	tell("%d readers, %d writers and %d walkers together for %s", c.clients, c.writers, len(w.out.trails), c.crowd)
	begin := time.Now()
	w.until = begin.Add(c.crowd)
	if err := w.work(ctx); err != nil {
		return err
	}
	w.out.elapsed = time.Since(begin)
	for _, t := range w.out.trails {
		t.explain(w.ledger)
	}
	slices.Sort(w.out.reads)
	slices.Sort(w.out.writes)
	f.crowding = w.out
	return nil
}

// compare holds what walks met at rest against what the country has.
func (w *crowd) compare() {
	c, workers, locations := w.country, w.out.trails[0], w.out.trails[1]
	var id []byte
	for n := range c.Workers {
		if id = c.AppendID(id[:0], national.Worker, n); c.Person(n).Active && !workers.known[w.ledger.key(id, nil)] {
			workers.missing++
		}
	}
	for _, k := range []national.Kind{national.AreaLocation, national.FacilityLocation} {
		for n := range c.Count(k) {
			if id = c.AppendID(id[:0], k, n); !locations.known[w.ledger.key(id, []byte("1"))] {
				locations.missing++
			}
		}
	}
}

// work runs everybody and waits for them.
func (w *crowd) work(ctx context.Context) error {
	all := shapes(w.country)
	g, ctx := errgroup.WithContext(ctx)
	for i := range w.clients {
		g.Go(func() error { return w.connected(ctx, func(c *client) error { return w.read(ctx, c, all, i) }) })
	}
	for i := range w.writers {
		g.Go(func() error { return w.connected(ctx, func(c *client) error { return w.write(ctx, c, uint64(i)) }) })
	}
	for _, t := range w.out.trails {
		g.Go(func() error { return w.connected(ctx, func(c *client) error { return w.follow(ctx, c, t) }) })
	}
	return g.Wait()
}

// connected calls fn with a connection of its own. What goes wrong is counted; only the end
// of ctx ends the others.
func (w *crowd) connected(ctx context.Context, fn func(*client) error) error {
	c, err := dial(ctx, w.server.address)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	if err := fn(c); err != nil {
		w.blame(err)
	}
	return ctx.Err()
}

func (w *crowd) blame(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out.errors++; w.out.first == "" {
		w.out.first = err.Error()
	}
}

func (w *crowd) over(ctx context.Context) bool { return ctx.Err() != nil || time.Now().After(w.until) }

// read asks for all shapes in turns.
func (w *crowd) read(ctx context.Context, c *client, all []shape, number int) error {
	pools := make([]job, len(all))
	for i := range all {
		pools[i] = all[i].pool(uint64(1000+number), false, w.header)
	}
	var times []time.Duration
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.out.reads = append(w.out.reads, times...)
	}()
	for i := number; !w.over(ctx); i++ {
		begin := time.Now()
		status, err := c.do(pools[i%len(pools)](i))
		if err != nil {
			return err
		}
		times = append(times, time.Since(begin))
		if status != 200 {
			w.blame(fmt.Errorf("%s: status %d: %.200s", all[i%len(all)].name, status, c.answer))
		}
	}
	return nil
}

// write creates workers and changes workers, facilities and posts.
func (w *crowd) write(ctx context.Context, c *client, number uint64) error {
	c.whole = true
	r := rand.New(rand.NewPCG(number, 17))
	var times []time.Duration
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.out.writes = append(w.out.writes, times...)
	}()
	for !w.over(ctx) {
		line, typ, body := w.change(r)
		begin := time.Now()
		status, err := c.do(request(line, w.header, body))
		if err != nil {
			return err
		}
		times = append(times, time.Since(begin))
		if status != 200 && status != 201 {
			w.blame(fmt.Errorf("%s: status %d: %.200s", line, status, c.answer))
			continue
		}
		id, version, ok := identity(c.answer)
		if !ok {
			return errors.New("the answer to a write has no id or no version")
		}
		w.ledger.told(typ, id, version)
	}
	return nil
}

// changes are elements that are added to resources, so that they still are found as before.
var changes = map[national.Kind]string{
	national.Worker:           `,"address":[{"text":"changed %d"}]}`,
	national.FacilityLocation: `,"description":"changed %d"}`,
	national.Role:             `,"availabilityExceptions":"changed %d"}`,
}

// change makes the request of a write.
func (w *crowd) change(r *rand.Rand) (line, typ string, body []byte) {
	kinds := []national.Kind{national.Worker, national.FacilityLocation, national.Role}
	at := r.IntN(len(kinds) + 1)
	if at == len(kinds) {
		n := int(w.next.Add(1))
		for !w.country.Person(n).Active { // walks expect whom writers create
			n = int(w.next.Add(1))
		}
		return "POST /fhir/Practitioner", "Practitioner", w.country.Append(nil, national.Worker, n)
	}
	k := kinds[at]
	n := r.IntN(w.country.Count(k))
	body = w.country.Append(nil, k, n)
	id := w.country.ID(k, n)
	w.ledger.touch([]byte(id))
	return "PUT /fhir/" + k.Type() + "/" + id, k.Type(), fmt.Appendf(body[:len(body)-1], changes[k], r.IntN(1_000_000))
}

// follow walks a trail again and again.
func (w *crowd) follow(ctx context.Context, c *client, t *trail) error {
	for !w.over(ctx) {
		if err := t.walk(ctx, &walker{c, w.header}, w.ledger); err != nil {
			return fmt.Errorf("walk %s: %w", t.path, err)
		}
	}
	return nil
}
