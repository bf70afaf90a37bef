package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"masjala/store/index/spool"
)

// ErrFull tells that more resources changed than a delta holds: a new base is needed.
var ErrFull = errors.New("more resources changed than the index keeps beside its file")

// Index answers searches without SQL: a base, which is one mapped file, and a delta of what
// changed since. It is safe for concurrent use.
type Index struct {
	dir     string
	damaged error

	mu      sync.RWMutex
	base    *file
	delta   *delta
	keeping bool  // what Apply brings belongs into the delta
	seq     int64 // of the state
	limit   int   // of resources in the delta; 0: in proportion to the base
	off     atomic.Bool
	views   sync.Pool
}

// Open maps the newest good file of a folder. Without one the base is empty: the delta has all. Files that
// are damaged or of another layout are passed over and removed; Damaged tells of them. The
// Index is off until On. Open fails when the folder cannot be read.
func Open(dir string) (*Index, error) {
	x := &Index{dir: dir, views: sync.Pool{New: func() any { return new(View) }}}
	x.off.Store(true)
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	var names []int64
	for _, e := range list {
		if seq, ok := seqOf(e.Name()); ok {
			names = append(names, seq)
		} else if strings.HasPrefix(e.Name(), spool.Temporary) {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(names)
	for _, seq := range slices.Backward(names) {
		name := filepath.Join(dir, fileName(seq))
		if x.base == nil {
			f, err := openFile(name)
			if err == nil && f.seq != seq {
				f.release()
				err = fmt.Errorf("index file %s: it is of sequence %d", name, f.seq)
			}
			if err == nil {
				x.base, x.seq, x.keeping = f, seq, true
				continue
			}
			x.damaged = errors.Join(x.damaged, err)
		}
		os.Remove(name)
	}
	if x.base == nil {
		x.base, x.keeping = nothing(), true
	}
	x.delta = newDelta(x.base)
	return x, nil
}

// suffix ends the names of base files.
const suffix = ".idx"

func fileName(seq int64) string { return strconv.FormatInt(seq, 10) + suffix }

func seqOf(name string) (int64, bool) {
	number, ok := strings.CutSuffix(name, suffix)
	seq, err := strconv.ParseInt(number, 10, 64)
	return seq, ok && err == nil && fileName(seq) == name
}

// Damaged tells what was wrong with the files that Open passed over; nil for nothing.
func (x *Index) Damaged() error { return x.damaged }

// Base is the sequence number of the mapped file; 0 without one.
func (x *Index) Base() int64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.base.seq
}

// Off tells whether the Index does not answer.
func (x *Index) Off() bool { return x.off.Load() }

// smallestDelta and proportion bound a delta: it holds as many resources, or that part of the
// base, whichever is more.
const (
	smallestDelta = 50_000
	proportion    = 32
)

// most is how many resources the delta may hold.
func (x *Index) most() int {
	if x.limit > 0 {
		return x.limit
	}
	return max(smallestDelta, len(x.base.types)/proportion)
}

// Replay adds resources that changed since the base, as they are at a sequence number. It
// may be called many times, while Apply is called too: what the delta has that is as new
// stays. It fails with ErrFull when they are too many; then a new base is needed.
func (x *Index) Replay(seq int64, docs []Doc) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.keeping {
		return ErrFull
	}
	for i := range docs {
		d := &docs[i]
		if c := x.delta.docs[d.RID]; c != nil && c.seq >= d.Seq {
			continue
		}
		x.delta.put(seq, d, false)
	}
	if x.full() {
		return ErrFull
	}
	x.seq = max(x.seq, seq)
	return nil
}

// full tells whether the delta is too large, and gives it up then.
func (x *Index) full() bool {
	if len(x.delta.docs) <= x.most() {
		return false
	}
	x.off.Store(true)
	x.keeping = false
	x.delta = newDelta(x.base)
	return true
}

// On makes the Index answer, as of a sequence number or a later one that Apply brought. All
// that changed between the base and seq must have come by Replay or Apply. When
// the delta was given up, the Index stays off.
func (x *Index) On(seq int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.keeping {
		return
	}
	x.seq = max(x.seq, seq)
	x.off.Store(false)
}

// Apply brings the Index up to date with a commit, or with resources whose rows changed
// without a new version. When the delta is full, the Index goes off.
func (x *Index) Apply(seq int64, docs []Doc) {
	x.mu.Lock()
	defer x.mu.Unlock()
	before := x.seq
	x.seq = max(x.seq, seq)
	if !x.keeping {
		return
	}
	for i := range docs {
		x.delta.put(seq, &docs[i], docs[i].Seq <= before)
	}
	x.full()
}

// Swap maps a file that a Builder made, in place of the base, and removes the former one.
// The delta keeps what is newer. What Apply brought while the Index was off, and changes of
// rows without a new version since the file's sequence, must come by Replay; then On. When
// the file cannot be mapped, nothing changes.
func (x *Index) Swap(path string) error {
	f, err := openFile(path)
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	old := x.base
	x.base = f
	x.off.Store(true)
	for rid, c := range x.delta.docs {
		if c.applied < f.seq || c.applied == f.seq && !c.again {
			x.delta.drop(rid)
		}
	}
	x.delta.depths = f.depths
	if len(x.delta.docs) == 0 {
		x.delta = newDelta(f) // emptied maps keep their memory
	}
	x.keeping = true
	x.seq = max(x.seq, f.seq)
	old.release()
	if old.name != "" && old.name != f.name {
		os.Remove(old.name)
	}
	return nil
}

// Close unmaps the file. The Index is off then.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.off.Store(true)
	x.keeping = false
	x.base.release()
	x.base = nothing()
	x.delta = newDelta(x.base)
	return nil
}

// View runs fn on the present state, which cannot change meanwhile: fn should compute and
// return, and call no method of the Index but those of v. It is false, and fn is not run, when the Index is off.
func (x *Index) View(fn func(v *View)) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.off.Load() {
		return false
	}
	v := x.views.Get().(*View)
	v.begin(x.seq, x.base, x.delta)
	defer func() {
		v.end()
		x.views.Put(v)
	}()
	fn(v)
	return true
}
