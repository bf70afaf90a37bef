package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/gjson"
	"golang.org/x/sync/errgroup"
)

// swapping is what was seen while a version of the large code system replaced another. Two
// connections beside those of the lookups tell what of a wait is the machine's: one asks the
// same server for /livez, one a bare handler in another process, as often as each client.
type swapping struct {
	took        time.Duration // of the import
	lookups     waits
	alive, bare waits
	done        bool // the new version answers
}

// waits is what clients of one kind see.
type waits struct {
	asked   int
	long    int           // answers that took longer than promised
	longest time.Duration // an answer took
	pause   time.Duration // between answers, on all connections together
	errors  int
	first   string // error
}

// watching gathers waits.
type watching struct {
	last atomic.Int64 // when the last answer came

	mu sync.Mutex
	waits
}

// note takes an answer.
func (w *watching) note(took time.Duration, status int, err error, body []byte) {
	now := time.Now().UnixNano()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pause = max(w.pause, time.Duration(now-w.last.Swap(now)))
	w.longest = max(w.longest, took)
	if w.asked++; took > pauseMost {
		w.long++
	}
	if err == nil && status == 200 {
		return
	}
	if w.errors++; w.first == "" {
		w.first = strings.TrimSpace(fmt.Sprintf("status %d, %v %.200s", status, err, body))
	}
}

// look sends requests on one connection, a millisecond after each answer, until stop ends.
func (w *watching) look(ctx, stop context.Context, address string, next func() []byte) error {
	c, err := dial(ctx, address)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	for stop.Err() == nil {
		begin := time.Now()
		status, err := c.do(next())
		w.note(time.Since(begin), status, err, c.answer)
		if err != nil {
			return nil // it is counted
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}

// replace imports another version of the large code system while clients look its codes up.
func (k *knowledge) replace(ctx context.Context, bare, server *process, header []byte) error {
	lookups := k.find("LK01")
	if lookups == nil {
		return nil
	}
	version := fmt.Sprint("swapped-", time.Now().Unix())
	if err := k.nextVersion(version); err != nil {
		return err
	}
	tell("another version under lookups")
	var of, alive, plain watching
	requests := lookups.requests(header)
	stop, end := context.WithCancel(ctx)
	var g errgroup.Group
	begin := time.Now()
	for i := range k.clients + 2 {
		w, address, next := &of, server.address, same("GET /livez", header)
		switch i {
		case 0:
			w = &alive
		case 1:
			w, address, next = &plain, bare.address, same("GET /", header)
		default:
			r := rand.New(rand.NewPCG(uint64(i), 9))
			next = func() []byte { return requests[r.IntN(len(requests))] }
		}
		w.last.Store(begin.UnixNano())
		g.Go(func() error { return w.look(ctx, stop, address, next) })
	}
	err := k.imports(ctx, source{what: "another version", args: []string{"package", k.nextDir()}})
	k.swap.took = time.Since(begin)
	if err == nil {
		time.Sleep(2 * time.Second) // what the server does after it
	}
	end()
	if e := g.Wait(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	k.swap.lookups, k.swap.alive, k.swap.bare = of.waits, alive.waits, plain.waits
	k.swap.done, err = k.swapped(ctx, server, header, version)
	return err
}

// same makes a request that is always the same.
func same(line string, header []byte) func() []byte {
	request := append([]byte(line), header...)
	return func() []byte { return request }
}

// swapped tells whether a version answers.
func (k *knowledge) swapped(ctx context.Context, server *process, header []byte, version string) (bool, error) {
	c, err := dial(ctx, server.address)
	if err != nil {
		return false, err
	}
	defer c.conn.Close()
	c.whole = true
	if _, err := c.do(k.find("LK01").questions[0].request(header)); err != nil {
		return false, err
	}
	return gjson.GetBytes(c.answer, `parameter.#(name=="version").valueString`).Str == version, nil
}
