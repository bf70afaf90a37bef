package national

import (
	"context"
	"fmt"
	"iter"

	"golang.org/x/sync/errgroup"

	"masjala/facility"
	"masjala/fhir"
	"masjala/store"
	"masjala/workforce"
)

// All walks over all resources of the country, what is referred to first.
func (c *Country) All() iter.Seq2[Kind, int] {
	return func(yield func(Kind, int) bool) {
		for _, with := range [][2]Kind{{AreaOrganization, AreaLocation}, {FacilityOrganization, FacilityLocation}} {
			for n := range c.Count(with[0]) {
				if !yield(with[0], n) || !yield(with[1], n) {
					return
				}
			}
		}
		for _, k := range []Kind{Service, Endpoint, Affiliation} {
			for n := range c.Count(k) {
				if !yield(k, n) {
					return
				}
			}
		}
		role := 0
		for n := range c.Workers {
			if !yield(Worker, n) {
				return
			}
			for ; role < c.Roles && role*c.Workers/c.Roles == n; role++ {
				if !yield(Role, role) {
					return
				}
			}
		}
	}
}

// chunk is how many resources are written in one transaction: many, so that a page of the
// search tables is written once for all of them.
const chunk = 5_000

// one names a resource of the country.
type one struct {
	kind Kind
	n    int
}

// chunks cuts the walk over all resources into transactions.
func (c *Country) chunks() iter.Seq[[]one] {
	return func(yield func([]one) bool) {
		var some []one
		for k, n := range c.All() {
			if some = append(some, one{k, n}); len(some) == chunk {
				if !yield(some) {
					return
				}
				some = nil
			}
		}
		if len(some) > 0 {
			yield(some)
		}
	}
}

// making is a transaction in the making.
type making struct {
	of     []one
	drafts []*store.Draft
	err    error
	ready  chan struct{}
}

// Load writes the whole country into a store through the registries, as an import does:
// in large transactions, checked, references first. Progress is told how many are stored.
func Load(ctx context.Context, s store.Store, c *Country, progress func(done int)) error {
	registries := store.NewRegistries(facility.NewRegistry(), workforce.NewRegistry())
	g, ctx := errgroup.WithContext(ctx)
	const makers = 2
	work, order := make(chan *making), make(chan *making, 2*makers)
	g.Go(func() error {
		defer close(work)
		defer close(order)
		for some := range c.chunks() {
			m := &making{of: some, ready: make(chan struct{})}
			for _, to := range []chan *making{order, work} {
				select {
				case to <- m:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		return nil
	})
	for range makers {
		g.Go(func() error {
			for m := range work {
				m.drafts, m.err = c.prepare(ctx, registries, m.of)
				close(m.ready)
			}
			return nil
		})
	}
	g.Go(func() error {
		done := 0
		for m := range order {
			select {
			case <-m.ready:
			case <-ctx.Done():
				return ctx.Err()
			}
			if m.err != nil {
				return m.err
			}
			if err := write(ctx, s, registries, m.drafts); err != nil {
				return err
			}
			done += len(m.drafts)
			progress(done)
		}
		return nil
	})
	return g.Wait()
}

// prepare makes the drafts of some resources.
func (c *Country) prepare(ctx context.Context, g *store.Registries, of []one) ([]*store.Draft, error) {
	drafts := make([]*store.Draft, len(of))
	for i, o := range of {
		r, err := fhir.Parse(c.Append(nil, o.kind, o.n))
		if err != nil {
			return nil, fmt.Errorf("make %s %d: %w", o.kind.Type(), o.n, err)
		}
		if drafts[i], err = g.Prepare(ctx, r); err != nil {
			return nil, fmt.Errorf("check %s: %w", r.Ref(), err)
		}
	}
	return drafts, nil
}

func write(ctx context.Context, s store.Store, g *store.Registries, drafts []*store.Draft) error {
	return s.Write(ctx, store.Cause{Actor: "bench", Reason: "a national directory"}, func(tx store.Tx) error {
		for _, d := range drafts {
			if _, err := g.Put(context.Background(), tx, d, "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
}
