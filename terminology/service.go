package terminology

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"masjala/fhir"
	"masjala/store"
	"masjala/terminology/concept"
)

// Options is what a Service is made of. Store and Dir are needed.
type Options struct {
	Store store.Store
	Dir   string // folder of the concept sets, usually concepts in the data directory

	Log   *slog.Logger     // nothing is logged without
	Now   func() time.Time // time.Now without
	NewID func() string    // ids of expansions; random UUIDs without

	MaxExpansion int           // codes in one answer of $expand at most: 50,000
	MaxCompare   int           // codes of a value set that $compare lists at most: 10,000
	Heavy        int           // expensive questions answered at the same time: one less than there are cores
	SweepAfter   time.Duration // how long concept sets stay that nothing names any more: a minute
}

// Service keeps terminology and answers questions about codes. It is a [store.Registry].
// Its methods are safe for concurrent use.
type Service struct {
	opt      Options
	log      *slog.Logger
	library  *concept.Library
	supplied supplied
	slots    slots
	now      atomic.Pointer[catalog]
	swap     sync.Mutex  // of now: changes of it follow each other
	mending  atomic.Bool // concept sets whose files were cut are being made again

	unsubscribe func()
	running     context.Context // ends with Close
	stop        context.CancelFunc
	repairs     sync.WaitGroup
	repaired    chan struct{}
	repairErr   error         // of the repair, once repaired is closed
	unnamed     chan struct{} // has an element when there may be something to sweep
}

// New opens the concept sets of all code systems in the store, those of versions that others
// replaced while the service answers, or when they are asked for. Sets whose files are missing
// or damaged are made again, which takes a while; concepts that only Badger lost are put
// back while the service answers.
func New(opt Options) (*Service, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.NewID == nil {
		opt.NewID = uuid.NewString
	}
	if opt.MaxExpansion <= 0 {
		opt.MaxExpansion = 50_000
	}
	if opt.MaxCompare <= 0 {
		opt.MaxCompare = 10_000
	}
	if opt.SweepAfter <= 0 {
		opt.SweepAfter = time.Minute
	}
	library, err := concept.Open(opt.Dir, opt.Log)
	if err != nil {
		return nil, err
	}
	s := &Service{opt: opt, log: opt.Log, library: library, slots: newSlots(opt.Heavy), repaired: make(chan struct{}), unnamed: make(chan struct{}, 1)}
	s.running, s.stop = context.WithCancel(context.Background())
	if err := s.start(s.running); err != nil {
		s.stop()
		return nil, errors.Join(err, library.Close())
	}
	return s, nil
}

// start loads the catalog, sweeps what nothing refers to and begins to repair.
func (s *Service) start(ctx context.Context) error {
	c, err := s.load(ctx)
	if err != nil {
		return err
	}
	s.now.Store(c)
	if _, err := s.library.Sweep(c.names()); err != nil {
		return err
	}
	s.unsubscribe = s.opt.Store.Subscribe(s.committed)
	s.repairs.Go(func() { s.library.Tend(s.running) })
	s.repairs.Go(func() {
		s.guarded("former versions of code systems were not looked at", s.openAll)
		s.repairErr = s.guarded("repair of concepts failed", s.repair)
		close(s.repaired)
		for s.wait() {
			s.guarded("sweep of concepts failed", s.sweep)
		}
	})
	return nil
}

// openAll opens all concept sets: those whose files are damaged are made again.
func (s *Service) openAll(ctx context.Context) error {
	for _, e := range s.now.Load().byID {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		e.opened()
	}
	return nil
}

// guarded runs a job, and logs if it fails, panics or reads a file that was cut meanwhile,
// unless the service is closing.
func (s *Service) guarded(what string, job func(context.Context) error) (err error) {
	defer debug.SetPanicOnFault(guarding())
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
		if err != nil && s.running.Err() == nil {
			s.log.Error(what, "err", err)
		}
	}()
	return job(s.running)
}

// repair makes Badger hold the concepts of all sets again.
func (s *Service) repair(ctx context.Context) error {
	sets := s.now.Load().sets()
	return s.library.Restore(ctx, slices.Collect(maps.Keys(sets)), func(ctx context.Context, h concept.Hash) (*concept.Source, error) {
		return s.stored(ctx, sets[h])
	})
}

// sweep removes the concept sets that no code system names any more.
func (s *Service) sweep(ctx context.Context) error {
	held, err := s.library.Sweep(s.now.Load().names())
	if err != nil {
		return err
	}
	if held > 0 {
		s.mayHaveUnnamed() // look again later
	}
	return s.repair(ctx)
}

// mayHaveUnnamed asks for a sweep.
func (s *Service) mayHaveUnnamed() {
	select {
	case s.unnamed <- struct{}{}:
	default:
	}
}

// wait waits until some time after a sweep was asked for; false when the service closes.
func (s *Service) wait() bool {
	select {
	case <-s.running.Done():
		return false
	case <-s.unnamed:
	}
	timer := time.NewTimer(s.opt.SweepAfter)
	defer timer.Stop()
	select {
	case <-s.running.Done():
		return false
	case <-timer.C:
		return true
	}
}

// Repaired is closed when the check that New began, that Badger holds all concepts, is done.
func (s *Service) Repaired() <-chan struct{} { return s.repaired }

// Check waits for Repaired and returns why the concepts are not all in place: those that
// could not be opened, and what kept Badger from holding them. It fails with the error of ctx.
func (s *Service) Check(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.repaired:
	}
	var lost []error
	for key, e := range s.now.Load().byID {
		if e.info.Hash != "" && e.opened().set == nil {
			lost = append(lost, fmt.Errorf("the concepts of %s cannot be opened", key))
		}
	}
	return errors.Join(append(lost, s.repairErr)...)
}

// stored reads the concepts of a code system from the store.
func (s *Service) stored(ctx context.Context, e *entry) (*concept.Source, error) {
	r, err := s.opt.Store.ReadVersion(ctx, e.typ, e.id, e.info.Resource)
	if err != nil {
		return nil, fmt.Errorf("read %s/%s to make its concept set again: %w", e.typ, e.id, err)
	}
	return concept.Read(r.Body)
}

// Close ends repairs and writes what is open. The store must be closed after the service.
func (s *Service) Close() error {
	s.unsubscribe()
	s.stop()
	s.repairs.Wait()
	return s.library.Close()
}

// unsupported refuses a parameter that this server knows of but does not honour.
func unsupported(name string) error {
	return fhir.Errorf(fhir.Unsupported, "The parameter %q is not supported by this server; leave it out.", name).At(name)
}
