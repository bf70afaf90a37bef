package concept

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"weak"

	"masjala/fhir"
)

const (
	smallFile = 64 << 10 // files up to this size are read, not mapped
	reserve   = 64 << 20 // bytes of the disk that loading leaves free
)

// Library keeps concept sets in a folder: their concepts in Badger, their flat files in
// flat/. It is safe for concurrent use. One program at a time may use a folder.
type Library struct {
	flat  string
	vault vault
	log   *slog.Logger

	building sync.Mutex // one set is built at a time, to keep memory low
	mu       sync.Mutex
	open     map[Hash]weak.Pointer[Set]
}

// Open opens the library in dir, which is made if missing.
func Open(dir string, log *slog.Logger) (*Library, error) {
	flat := filepath.Join(dir, "flat")
	if err := os.MkdirAll(flat, 0o700); err != nil {
		return nil, fmt.Errorf("open the concept library: %w", err)
	}
	return &Library{
		flat:  flat,
		log:   log,
		vault: vault{dir: filepath.Join(dir, "badger"), log: log, free: free},
		open:  map[Hash]weak.Pointer[Set]{},
	}, nil
}

// Close writes what is open. Sets stay usable.
func (l *Library) Close() error { return l.vault.close() }

// Add makes a set of src, durable when Add returns, or finds it if it is already there. It
// fails with Unprocessable if the concepts contradict each other, and Full if the disk is.
func (l *Library) Add(ctx context.Context, src *Source) (*Set, error) {
	hash := src.Hash()
	l.building.Lock()
	defer l.building.Unlock()
	if s, err := l.load(hash); err == nil {
		return s, nil
	}
	b, err := newBuilder(src)
	if err != nil {
		return nil, err
	}
	if err := l.room(src, 3); err != nil { // in the vault, in the file, and some more
		return nil, err
	}
	if err := l.vault.put(ctx, hash, src); err != nil {
		return nil, full(err)
	}
	return l.write(hash, b)
}

// room fails with Full when the disk could not hold the concepts of a set so many times.
func (l *Library) room(src *Source, times uint64) error {
	size := uint64(0)
	for i := range src.records {
		size += uint64(len(src.records[i].json)) + 64
	}
	have, err := l.vault.free(l.flat)
	if err != nil {
		return fmt.Errorf("ask how much of the disk is free: %w", err)
	}
	if need := times*size + reserve; have < need {
		return fhir.Errorf(fhir.Full, "The disk has %d MB free; this code system needs %d MB.", have>>20, need>>20)
	}
	return nil
}

// full turns the failure of a full disk into one that a user may see.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fhir.Errorf(fhir.Full, "The disk is full, so the code system was not kept.").Because(err)
	}
	return err
}

func (l *Library) path(h Hash) string { return filepath.Join(l.flat, h.String()) }

// write writes the flat file of a set and opens it.
func (l *Library) write(h Hash, b *builder) (*Set, error) {
	if err := replace(l.path(h), b.write); err != nil {
		return nil, full(err)
	}
	l.mu.Lock()
	delete(l.open, h)
	l.mu.Unlock()
	return l.load(h)
}

// load opens a flat file, or finds the set open. It fails if the file is missing or damaged.
func (l *Library) load(h Hash) (*Set, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.open[h].Value(); s != nil {
		return s, nil
	}
	data, release, err := mapped(l.path(h))
	if err != nil {
		return nil, fmt.Errorf("open concept set %s: %w", h, err)
	}
	s, err := newSet(h, data)
	if err != nil {
		if release != nil {
			release(data)
		}
		return nil, fmt.Errorf("open concept set %s: %w", h, err)
	}
	if release != nil {
		s.mapped = data
		letGo(data) // its checksums were computed of all of it
		runtime.AddCleanup(s, release, data)
	}
	l.open[h] = weak.Make(s)
	return s, nil
}

// Set returns the set with a hash. If its file is missing or damaged it is made again, from
// Badger or, where that fails too, from what stored returns.
func (l *Library) Set(h Hash, stored func() (*Source, error)) (*Set, error) {
	s, err := l.load(h)
	if err == nil {
		return s, nil
	}
	l.building.Lock()
	defer l.building.Unlock()
	if s, err := l.load(h); err == nil {
		return s, nil
	}
	l.log.Warn("concept set is made again", "set", h.String(), "err", err)
	src, err := l.vault.get(h)
	if err != nil {
		l.log.Warn("concept set is read from the store", "set", h.String(), "err", err)
		if src, err = stored(); err != nil {
			return nil, err
		}
		if got := src.Hash(); got != h {
			return nil, fmt.Errorf("the stored code system has concept set %s, want %s", got, h)
		}
	}
	b, err := newBuilder(src)
	if err != nil {
		return nil, err
	}
	return l.write(h, b)
}

// Intact tells whether the file of an open set still has the size that it had when it was
// opened. It is true of a set that is not open.
func (l *Library) Intact(h Hash) bool {
	l.mu.Lock()
	s := l.open[h].Value()
	l.mu.Unlock()
	if s == nil {
		return true
	}
	info, err := os.Stat(l.path(h))
	return err == nil && info.Size() == s.size
}

// Renew makes the file of a set again, as Set does, although it is open, and returns a set
// that reads the new file. Who holds the old one must let it go.
func (l *Library) Renew(h Hash, stored func() (*Source, error)) (*Set, error) {
	l.mu.Lock()
	delete(l.open, h)
	l.mu.Unlock()
	return l.Set(h, stored)
}

// Sweep removes the flat files of sets that keep does not name and that nobody holds, and
// what interrupted runs left. It returns how many sets it left only because they are held;
// a set is held until the garbage of its last holder is collected.
func (l *Library) Sweep(keep func(Hash) bool) (held int, err error) {
	l.building.Lock() // what is being built is neither named nor held
	defer l.building.Unlock()
	list, err := os.ReadDir(l.flat)
	if err != nil {
		return 0, fmt.Errorf("sweep concept sets: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range list {
		h, err := ParseHash(e.Name())
		if err == nil && keep(h) {
			continue
		}
		if err == nil && l.open[h].Value() != nil {
			held++
			continue
		}
		if err := os.RemoveAll(filepath.Join(l.flat, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return held, fmt.Errorf("sweep concept sets: %w", err)
		}
		delete(l.open, h)
	}
	return held, nil
}

// drop removes a set from Badger unless it is held.
func (l *Library) drop(h Hash) error {
	l.building.Lock()
	defer l.building.Unlock()
	l.mu.Lock()
	held := l.open[h].Value() != nil
	l.mu.Unlock()
	if held {
		return nil
	}
	if err := l.vault.remove(h); err != nil {
		return fmt.Errorf("remove set %s from the vault: %w", h, err)
	}
	return nil
}

// Restore makes Badger hold the wanted sets: it removes others that nobody holds and puts in
// those it lacks, each from what stored returns. It is slow, and may run while the library is used.
func (l *Library) Restore(ctx context.Context, want []Hash, stored func(context.Context, Hash) (*Source, error)) error {
	whole, partial, err := l.vault.sets()
	if err != nil {
		return err
	}
	lacks := map[Hash]bool{}
	for _, h := range want {
		lacks[h] = true
	}
	for _, h := range append(partial, whole...) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if lacks[h] {
			continue
		}
		if err := l.drop(h); err != nil {
			return err
		}
	}
	for _, h := range whole {
		delete(lacks, h)
	}
	for h := range lacks {
		src, err := stored(ctx, h)
		if err != nil {
			return err
		}
		if src.Hash() != h {
			continue // replaced meanwhile
		}
		if err := l.room(src, 1); err != nil { // Badger would end the program
			return err
		}
		if err := l.vault.put(ctx, h, src); err != nil {
			return full(err)
		}
	}
	return nil
}
