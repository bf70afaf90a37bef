package terminology

import (
	"context"
	"slices"

	"masjala/store"
)

// committed takes what a commit changed. It is called by the store, in order.
func (s *Service) committed(commit store.Commit) {
	changes := map[string]*entry{}
	for i := range commit.Versions {
		r := commit.Versions[i].Resource
		if !slices.Contains(s.Types(), r.Type) {
			continue
		}
		key := r.Ref()
		changes[key] = nil
		e, err := s.noted(key)
		switch {
		case err != nil:
			s.log.Error("terminology is left out", "resource", key, "err", err)
		case r.Deleted && e != nil: // erased: the registry was not asked
			s.forget(key)
		default:
			changes[key] = e
		}
	}
	if len(changes) > 0 {
		s.swap.Lock()
		before := s.now.Load()
		next := before.with(changes)
		if err := next.rebuilt(s, before); err != nil {
			s.log.Error("grammars of codes stay as they were", "err", err)
		}
		s.now.Store(next)
		s.swap.Unlock()
		s.mayHaveUnnamed()
	}
}

// forget removes the note on a resource that was erased, once the commit is over.
func (s *Service) forget(key string) {
	s.repairs.Go(func() {
		ctx := context.WithoutCancel(s.running) // Close waits for it
		err := s.opt.Store.Write(ctx, store.Cause{Actor: "terminology", Reason: "erased"}, func(tx store.Tx) error {
			return tx.SetValue(space, key, nil)
		})
		if err != nil {
			s.log.Error("note on an erased resource stays", "resource", key, "err", err)
		}
	})
}

// noted reads the note on a resource; nil if there is none.
func (s *Service) noted(key string) (*entry, error) {
	ctx := context.Background() // a commit is not called off
	note, err := s.opt.Store.Value(ctx, space, key)
	if err != nil || note == nil {
		return nil, err
	}
	e, err := s.entry(key, note)
	return e.opened(), err
}
