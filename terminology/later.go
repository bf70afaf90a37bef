package terminology

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// later opens the concepts of a version of a code system when they are first asked for: a start
// need not wait for versions that others replaced.
type later struct {
	open func() *entry
	mu   sync.Mutex // of opening
	full atomic.Pointer[entry]
}

// opened is the entry with its concepts. Where they are not open yet, it opens them, so that
// nobody reads what was not checked.
func (e *entry) opened() *entry {
	if e == nil || e.later == nil {
		return e
	}
	if full := e.later.full.Load(); full != nil {
		return full
	}
	e.later.mu.Lock()
	defer e.later.mu.Unlock()
	full := e.later.full.Load()
	if full == nil {
		full = e.later.open()
		e.later.full.Store(full)
	}
	return full
}

// usable tells whether the concepts of a code system are here, as far as is known: those that
// are opened later may turn out to be lost.
func (e *entry) usable() bool {
	if e.later != nil {
		full := e.later.full.Load()
		return full == nil || full.set != nil
	}
	return e.set != nil
}

// holds is the entry of a code system with a set of concepts; nil for none.
func (e *entry) holds(set *concept.Set) *entry {
	return &entry{typ: e.typ, id: e.id, info: e.info, set: set, system: &compose.System{
		URL: e.info.URL, Version: e.info.Version, Set: set, Partial: e.partial(), Kept: compose.NewSelections(set)}}
}

// shelve leaves the concepts of an entry to be opened later.
func (s *Service) shelve(e *entry) error {
	h, err := concept.ParseHash(e.info.Hash)
	if err != nil {
		return fmt.Errorf("read the note on %s: %w", e.key(), err)
	}
	e.later = &later{open: func() *entry {
		set, err := s.library.Set(h, func() (*concept.Source, error) { return s.stored(s.running, e) })
		if err != nil {
			s.log.Error("the concepts of a code system cannot be opened", "resource", e.key(), "err", err)
		}
		return e.holds(set)
	}}
	return nil
}

// openBest opens the concepts of the version of each code system that is used when none is asked for.
func (c *catalog) openBest() {
	for k, list := range c.byURL {
		for list[0].later != nil {
			e := list[0].opened()
			list[0], c.byID[e.key()] = e, e
			slices.SortFunc(c.byURL[k], better) // one whose concepts are lost comes later
		}
	}
}
