package terminology

import (
	"context"
	"runtime/debug"

	"masjala/fhir"
	"masjala/terminology/concept"
)

// guarding makes a read of a mapped file that something cut meanwhile a panic of this
// goroutine, instead of the end of the program. Give its result to unguard in a defer.
func guarding() (before bool) { return debug.SetPanicOnFault(true) }

// fault is the panic of such a read.
type fault interface {
	error
	Addr() uintptr
}

// unguard ends what guarding began and turns a fault into an error. The concept sets whose
// files were cut are made again.
func (s *Service) unguard(before bool, err *error) {
	r := recover()
	debug.SetPanicOnFault(before)
	if r == nil {
		return
	}
	f, ok := r.(fault)
	if !ok {
		panic(r)
	}
	s.log.Error("a file of concepts was cut while it was read; it is made again", "err", f)
	*err = fhir.Errorf(fhir.Busy, "The concepts of a code system are being read again. Try again in a moment.").Because(f)
	if s.mending.CompareAndSwap(false, true) {
		s.repairs.Go(func() {
			defer s.mending.Store(false)
			s.guarded("concepts whose files were cut were not made again", s.mend)
		})
	}
}

// mend makes the concept sets again whose files are not what they were when they were opened.
func (s *Service) mend(ctx context.Context) error {
	for h, e := range s.now.Load().sets() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if s.library.Intact(h) {
			continue
		}
		set, err := s.library.Renew(h, func() (*concept.Source, error) { return s.stored(ctx, e) })
		if err != nil {
			s.log.Error("the concepts of a code system cannot be made again", "set", h.String(), "err", err)
			continue
		}
		s.renewed(h, set)
	}
	return nil
}

// renewed gives the code systems that have a concept set a new copy of it.
func (s *Service) renewed(h concept.Hash, set *concept.Set) {
	s.swap.Lock()
	defer s.swap.Unlock()
	now := s.now.Load()
	changes := map[string]*entry{}
	for key, e := range now.byID {
		if e.info.Hash == h.String() {
			changes[key] = e.holds(set)
		}
	}
	s.now.Store(now.with(changes))
}
