package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"masjala/store/index"
)

// indexer keeps the index of a store: it opens it, brings it up to date with each commit,
// and makes a new base when the index is off or has to remember much.
//
// A base has a name, which the file keeps (baseKey) and a small file beside the base does.
// The former is forgotten with the first commit after which the base is not what the
// versions say: after rows were made anew, or content was erased. So neither a backup that
// is put in place of the file, nor a crash, can meet a base that does not belong to it.
type indexer struct {
	s    *Store
	x    *index.Index
	dir  string
	mu   sync.Mutex // held from COMMIT to publication, and by whoever turns the index on
	work chan struct{}
	over context.Context // ends with the store
	end  context.CancelFunc

	late     bool           // what came since the base is to be read first
	alone    sync.Mutex     // held by the one who makes a base
	stale    atomic.Bool    // the base is not to be used at the next start
	building atomic.Bool    // a base is being read
	redone   map[int64]bool // resources whose rows were made anew while a base is read; nil when none is; under mu
	outrun   atomic.Bool    // they were too many to remember
	remade   atomic.Int64   // resources whose rows were made anew since the start
	rebuilt  atomic.Int64   // how many bases were made

	limit  atomic.Int64 // resources that may be remembered before a new base is made
	settle atomic.Int64 // nanoseconds in which there must be no bulk load before that
	most   atomic.Int64 // resources of redone; more outrun the base that is read
}

// What the file keeps about its base.
const (
	baseSpace = "store.index"
	baseKey   = "base"
)

// baseFile is the file with the name of the base.
const baseFile = "name"

// smallStore is up to how many versions a store is read as a whole at start, instead of keeping a base.
const smallStore = 10_000

// usualLimit is how many resources are remembered before a new base is made: what
// changed since costs each search a little.
const usualLimit = 10_000

// The versions since its base that bring an index up to date: up to atOnce before the store
// is ready, up to maxReplay soon after; with more the index stays off until there is a new base.
const (
	atOnce    = 20_000
	maxReplay = 100_000
)

// newIndexer opens the index; it is on when it is quickly brought up to date. It is nil when
// the folder of the index cannot be used: that must not keep the store from opening.
func newIndexer(s *Store) *indexer {
	x := &indexer{s: s, dir: indexDir(s.path), work: make(chan struct{}, 1)}
	x.limit.Store(usualLimit)
	x.settle.Store(int64(time.Second))
	x.most.Store(maxReplay)
	x.over, x.end = context.WithCancel(context.Background())
	if err := x.open(); err != nil {
		s.log.Error("searches go without an index", "err", err)
		x.end()
		return nil
	}
	seq, from := s.writer.last.seq, x.x.Base()
	switch {
	case seq-from > maxReplay || from == 0 && seq > smallStore:
		x.x.TurnOff()
		return x
	case seq-from > atOnce:
		x.late = true
		return x
	}
	if err := x.replay(x.over, s.writer.c, from, seq); err != nil {
		s.log.Warn("the index is made anew", "err", err)
		x.x.TurnOff()
		return x
	}
	x.x.On(seq)
	return x
}

// open maps the base if it belongs to the file, and removes any other.
func (x *indexer) open() error {
	want, err := value(x.over, x.s.writer.c, baseSpace, baseKey)
	if err != nil {
		return err
	}
	have, err := os.ReadFile(filepath.Join(x.dir, baseFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("open the index: %w", err)
	}
	if want == nil || !bytes.Equal(want, have) {
		if err := os.RemoveAll(x.dir); err != nil {
			return fmt.Errorf("remove an old index: %w", err)
		}
	}
	if x.x, err = index.Open(x.dir); err != nil {
		return err
	}
	if err := x.x.Damaged(); err != nil {
		x.s.log.Warn("the index is made anew", "err", err)
	}
	return nil
}

// indexDir is the folder of the bases of a file.
func indexDir(path string) string {
	if filepath.Base(path) == fileName {
		return filepath.Join(filepath.Dir(path), "index")
	}
	return strings.TrimSuffix(path, ".db") + ".index"
}

const readChanged = `select r.type, r.rid, r.seq, r.id, r.deleted, i.rows
from version v cross join resource r on r.rid = v.rid and r.seq = v.seq cross join indexed i on i.rid = r.rid
where v.seq > ? and v.seq <= ? order by v.seq`

// replay brings the index from one sequence number to another.
func (x *indexer) replay(ctx context.Context, c *conn, from, to int64) error {
	docs := make([]index.Doc, 0, 1024)
	err := c.each(ctx, func(r *rows) error {
		d, err := scanDoc(r)
		if err != nil {
			return err
		}
		if docs = append(docs, d); len(docs) < cap(docs) {
			return nil
		}
		err = x.x.Replay(to, docs)
		docs = docs[:0]
		return err
	}, readChanged, from, to)
	if err != nil {
		return err
	}
	return x.x.Replay(to, docs)
}

// scanDoc reads the columns of readChanged.
func scanDoc(r *rows) (index.Doc, error) {
	c := change{typ: r.int(0), rid: r.int(1), seq: r.int(2), id: r.text(3), deleted: r.int(4) != 0, rows: r.blob(5)}
	return c.doc()
}

// apply brings the index up to date with a commit. mu is held.
func (x *indexer) apply(seq int64, changes []change) {
	for i := range changes {
		if changes[i].resource != nil {
			continue
		}
		x.remade.Add(1)
		if x.redone != nil {
			x.redone[changes[i].rid] = true
		}
	}
	if int64(len(x.redone)) > x.most.Load() {
		x.redone = nil
		x.outrun.Store(true)
	}
	docs := make([]index.Doc, len(changes))
	for i := range changes {
		var err error
		if docs[i], err = changes[i].doc(); err != nil {
			x.s.log.Error("index a commit", "err", err)
			x.x.TurnOff()
			break
		}
	}
	x.x.Apply(seq, docs)
	x.wake()
}

// wake tells the indexer that there was a commit.
func (x *indexer) wake() {
	select {
	case x.work <- struct{}{}:
	default:
	}
}

// outdated notes in a job's transaction that the base, and what the cache held, will not belong
// to the file any more.
func (t *tx) outdated() error {
	t.w.outdated = true
	if err := removeCache(t.w.s.path); err != nil {
		return err
	}
	return errors.Join(t.w.c.exec(removeValue, baseSpace, baseKey), t.w.c.exec(removeValue, baseSpace, cacheKey))
}

// IndexStats say how the index stands.
type IndexStats struct {
	On       bool  // searches are answered by it
	Building bool  // a base is being made
	Base     int64 // sequence number of the mapped base; 0 without one
	Recent   int   // resources that changed since
	Rebuilt  int64 // how many bases were made since the start
	Answered int64 // searches that the index answered since the start
	Left     int64 // searches that it left to the file
}

// IndexStats returns how the index stands; nothing but Left counts when the store has none.
func (s *Store) IndexStats() IndexStats {
	st := IndexStats{Answered: s.answered.Load(), Left: s.left.Load()}
	if x := s.indexer; x != nil {
		st.On, st.Building, st.Base, st.Recent, st.Rebuilt = !x.x.Off(), x.building.Load(), x.x.Base(), x.x.Recent(), x.rebuilt.Load()
	}
	return st
}
