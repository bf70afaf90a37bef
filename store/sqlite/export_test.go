package sqlite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"masjala/fhir/search"
	"masjala/store"
)

// WriterPragma returns a pragma of the writer's own connection.
func (s *Store) WriterPragma(name string) (n int64, err error) {
	err = s.write(context.Background(), store.Cause{}, func(t *tx) error {
		n, err = t.w.c.number(context.Background(), "pragma "+name)
		return err
	})
	return n, err
}

// Plans runs a search and returns the plan of each statement it ran.
func (s *Store) Plans(ctx context.Context, q *search.Query) (map[string][]string, error) {
	return s.plans(ctx, func() error {
		_, err := s.Search(ctx, q)
		return err
	})
}

// HistoryPlans asks for a history and returns the plan of each statement that took.
func (s *Store) HistoryPlans(ctx context.Context, q store.HistoryQuery) (map[string][]string, error) {
	return s.plans(ctx, func() error {
		_, err := s.History(ctx, q)
		return err
	})
}

func (s *Store) plans(ctx context.Context, run func() error) (map[string][]string, error) {
	type asked struct {
		text string
		args []any
	}
	var all []asked
	for _, c := range s.all {
		c.seen = func(text string, args []any) { all = append(all, asked{text, slices.Clone(args)}) }
	}
	err := run()
	for _, c := range s.all {
		c.seen = nil
	}
	if err != nil {
		return nil, err
	}
	plans := map[string][]string{}
	err = s.snapshot(ctx, func(c *conn) error {
		for _, a := range all {
			if a.text == "begin" || a.text == "commit" {
				continue
			}
			plans[a.text] = []string{}
			err := c.each(ctx, func(r *rows) error {
				plans[a.text] = append(plans[a.text], r.text(3))
				return nil
			}, "explain query plan "+a.text, a.args...)
			if err != nil {
				return fmt.Errorf("%s: %w", a.text, err)
			}
		}
		return nil
	})
	return plans, err
}

// OnQuery tells fn of each query of the connections that read; nil ends that.
func (s *Store) OnQuery(fn func(text string)) {
	for _, c := range s.all {
		c.seen = nil
		if fn != nil {
			c.seen = func(text string, _ []any) { fn(text) }
		}
	}
}

// HoldReaders takes all reading connections until the returned function is called.
func (s *Store) HoldReaders() (release func()) {
	var held []*conn
	for range s.all {
		held = append(held, <-s.readers)
	}
	return func() {
		for _, c := range held {
			s.readers <- c
		}
	}
}

// SearchFile answers a query from the file, as Search does without an index.
func (s *Store) SearchFile(ctx context.Context, q *search.Query) (*store.Page, error) {
	return s.searchFile(ctx, q)
}

// SearchIndex answers a query from the index; nil when it cannot.
func (s *Store) SearchIndex(ctx context.Context, q *search.Query) (*store.Page, error) {
	l, err := s.lookup(q)
	if l == nil || err != nil {
		return nil, err
	}
	return l.search(ctx)
}

// RebuildIndex makes a new base, beside what the store's own goroutine does.
func (s *Store) RebuildIndex() error { return s.indexer.rebuild(context.Background()) }

// TurnIndexOff makes the index forget what it knows.
func (s *Store) TurnIndexOff() { s.indexer.x.TurnOff() }

// SetIndexer sets how many resources the index remembers before it makes a new base, and how
// long writing must be slow before.
func (s *Store) SetIndexer(limit int, settle time.Duration) {
	s.indexer.limit.Store(int64(limit))
	s.indexer.settle.Store(int64(settle))
}

// SetMostRedone sets how many resources whose rows are made anew outrun a base that is read.
func (s *Store) SetMostRedone(n int) { s.indexer.most.Store(int64(n)) }

// CountVersions counts versions, as it is done after the start, and returns how many blocks
// of them were counted and how many of those the file keeps.
func (s *Store) CountVersions(ctx context.Context) (blocks, saved int64, err error) {
	err = s.snapshot(ctx, func(c *conn) error { return s.countVersions(ctx, c) })
	blocks, saved = s.RankBlocks()
	return blocks, saved, err
}

// RankBlocks returns how many blocks of versions were counted, and how many of those the file keeps.
func (s *Store) RankBlocks() (blocks, saved int64) {
	s.ranks.mu.Lock()
	defer s.ranks.mu.Unlock()
	return s.ranks.blocks, s.ranks.saved
}

// Unpublish brings the store to the moment when the newest version is committed and not yet published.
func (s *Store) Unpublish() (publish func()) {
	s.publishing.Lock()
	seq := s.seq.Add(-1) + 1
	return func() {
		s.seq.Store(seq)
		s.publishing.Unlock()
	}
}

// MakesRoom tells whether work in the background takes it that requests come, after some of them.
func (s *Store) MakesRoom(requests func()) bool {
	p := newPace(s)
	requests()
	return p.measure(shortRest, longRest) == longRest
}

// FillCacheLearning is FillCache for a store in which some resources of all parts come first.
func (s *Store) FillCacheLearning(ctx context.Context, sample int64) error {
	c, err := connect(s.path, "ro", 2<<10)
	if err != nil {
		return err
	}
	defer c.close()
	return s.fillCache(ctx, c, sample)
}
