package main

import (
	"context"
	"math/rand/v2"

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
