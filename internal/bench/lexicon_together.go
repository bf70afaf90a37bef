package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/gjson"
	"golang.org/x/sync/errgroup"
)

// expanders are how many connections expand while others look codes up.
const expanders = 4

// find returns a case; nil when it is not measured.
func (k *knowledge) find(name string) *asked {
	for _, a := range k.cases {
		if a.name == name {
			return a
		}
	}
	return nil
}

// mix measures lookups alone, and while others expand as fast as they can.
func (k *knowledge) mix(ctx context.Context, server *process, header []byte) (err error) {
	lookups, first, second := k.find("LK01"), k.find("EX08"), k.find("EX10")
	if lookups == nil || first == nil || second == nil {
		return nil
	}
	tell("lookups alone, and beside %d connections that expand", expanders)
	long := k.lexicon
	long.each = k.mixed
	alone := &knowledge{lexicon: long}
	if k.alone, err = alone.ask(ctx, lookups, server, header, 77); err != nil {
		return err
	}
	expanding, stop := context.WithCancel(ctx)
	var g errgroup.Group
	for i, a := range []*asked{first, second, first, second} {
		requests, r := a.requests(header), rand.New(rand.NewPCG(uint64(i), 5))
		g.Go(func() error {
			c, err := dial(ctx, server.address)
			if err != nil {
				return err
			}
			defer c.conn.Close()
			if _, err = c.run(expanding, a.status, func(int) []byte { return requests[r.IntN(len(requests))] }); expanding.Err() != nil {
				return nil
			}
			return err
		})
	}
	k.busy, err = alone.ask(ctx, lookups, server, header, 78)
	stop()
	if e := g.Wait(); err == nil {
		err = e
	}
	return err
}

// swapping is what was seen while a version of the large code system replaced another.
type swapping struct {
	lookups int
	took    time.Duration // of the import
	longest time.Duration // a lookup took
	pause   time.Duration // between answers, on all connections together
	errors  int
	first   string
	done    bool // the new version answers
}

// replace imports another version of the large code system while clients look its codes up.
func (k *knowledge) replace(ctx context.Context, server *process, header []byte) error {
	lookups := k.find("LK01")
	if lookups == nil {
		return nil
	}
	tell("another version under lookups")
	watching, stop := context.WithCancel(ctx)
	w := &swapWatch{requests: lookups.requests(header)}
	w.last.Store(time.Now().UnixNano())
	var g errgroup.Group
	for i := range k.clients {
		g.Go(func() error { return w.look(ctx, watching, server, uint64(i)) })
	}
	begin := time.Now()
	err := k.imports(ctx, source{what: "another version", args: []string{"package", k.contentDir() + "/next"}})
	k.swap.took = time.Since(begin)
	if err == nil {
		time.Sleep(2 * time.Second) // what the server does after it
	}
	stop()
	if e := g.Wait(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	k.swap.lookups, k.swap.longest, k.swap.pause, k.swap.errors, k.swap.first = len(w.times), slices.Max(w.times), time.Duration(w.pause), w.errors, w.first
	k.swap.done, err = k.swapped(ctx, server, header)
	return err
}

// swapped tells whether the new version answers.
func (k *knowledge) swapped(ctx context.Context, server *process, header []byte) (bool, error) {
	c, err := dial(ctx, server.address)
	if err != nil {
		return false, err
	}
	defer c.conn.Close()
	c.whole = true
	if _, err := c.do(k.find("LK01").questions[0].request(header)); err != nil {
		return false, err
	}
	return gjson.GetBytes(c.answer, `parameter.#(name=="version").valueString`).Str == nextVersion, nil
}

// swapWatch gathers what clients see.
type swapWatch struct {
	requests [][]byte
	last     atomic.Int64 // when the last answer came

	mu     sync.Mutex
	times  []time.Duration
	pause  int64
	errors int
	first  string
}

// look looks codes up, on one connection, until watching ends.
func (w *swapWatch) look(ctx, watching context.Context, server *process, seed uint64) error {
	c, err := dial(ctx, server.address)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	r := rand.New(rand.NewPCG(seed, 9))
	for watching.Err() == nil {
		begin := time.Now()
		status, err := c.do(w.requests[r.IntN(len(w.requests))])
		w.note(time.Since(begin), status, err, c.answer)
		if err != nil {
			return nil // it is counted
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}

// note takes an answer.
func (w *swapWatch) note(took time.Duration, status int, err error, body []byte) {
	now := time.Now().UnixNano()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pause = max(w.pause, now-w.last.Swap(now))
	w.times = append(w.times, took)
	if err == nil && status == 200 {
		return
	}
	if w.errors++; w.first == "" {
		w.first = strings.TrimSpace(fmt.Sprintf("status %d, %v %.200s", status, err, body))
	}
}
