package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/index"
)

// How a new base is made beside the work of others.
const (
	firstWait   = time.Second // before another try, doubled up to longestWait
	longestWait = 5 * time.Minute
	restless    = 500     // versions, or rows made anew, a second: a bulk load, which would outrun the base
	leisure     = 10      // times what a base takes, until another that is not urgent
	largestLog  = 1 << 30 // bytes of write-ahead log, which cannot be shortened meanwhile
	breath      = 4096    // rows after which others have the processor for a moment
	mostRows    = 200_000 // that are remembered before a new base is made: each takes some 250 bytes
)

// errOutrun tells that more was written while a base was made than the index can catch up with.
var errOutrun = errors.New("too much was written meanwhile")

// run makes a new base whenever the index needs one.
func (x *indexer) run() {
	x.prepare()
	wait := firstWait
	var next time.Time // when another base may be made that is not urgent
	later := time.AfterFunc(0, x.wake)
	defer func() { later.Stop() }()
	for {
		select {
		case <-x.over.Done():
			return
		case <-x.work:
		}
		if !x.urgent() {
			if !x.wanted() {
				continue
			}
			if d := time.Until(next); d > 0 {
				later.Stop()
				later = time.AfterFunc(d, x.wake)
				continue
			}
		}
		if !x.quiet() {
			return
		}
		began := time.Now()
		err := x.rebuild(x.over)
		next = time.Now().Add(leisure * time.Since(began))
		debug.FreeOSMemory() // the next base is far away
		switch {
		case x.over.Err() != nil:
			return
		case err == nil && !x.stale.Load():
			wait = firstWait
			continue
		case err != nil && !errors.Is(err, errOutrun) && !errors.Is(err, index.ErrFull):
			x.s.log.Error("make the index", "err", err)
		}
		if !sleep(x.over, wait) {
			return
		}
		wait = min(2*wait, longestWait)
		x.wake()
	}
}

// prepare does what need not be done before the store is ready.
func (x *indexer) prepare() {
	c, err := connect(x.s.path, "ro", 2<<10)
	if err == nil {
		defer c.close()
		if x.late {
			err = x.catchUp(x.over, c, x.x.Base())
		}
		x.count(c)
	}
	if err != nil && x.over.Err() == nil {
		x.s.log.Warn("the index is made anew", "err", err)
	}
}

// count counts versions, which a history would do else.
func (x *indexer) count(c *conn) {
	if err := x.s.countVersions(x.over, c); err != nil && x.over.Err() == nil {
		x.s.log.Warn("versions were not counted", "err", err)
	}
}

// urgent tells whether a new base should be made at once: the index is off, or the base has
// what was erased, or lacks rows.
func (x *indexer) urgent() bool { return x.x.Off() || x.stale.Load() && x.x.Base() > 0 }

// wanted tells whether a new base should be made because much has changed: many resources, or
// some that have very many rows, as a large code system has one for each of its codes.
func (x *indexer) wanted() bool {
	return int64(x.x.Recent()) > x.limit.Load() || x.x.Rows() > mostRows
}

// quiet waits until no bulk load runs; false when the store is closed meanwhile.
func (x *indexer) quiet() bool {
	for {
		before, settle := x.s.seq.Load()+x.remade.Load(), time.Duration(x.settle.Load())
		if !sleep(x.over, settle) {
			return false
		}
		if float64(x.s.seq.Load()+x.remade.Load()-before) <= restless*settle.Seconds() {
			return true
		}
	}
}

// rebuild makes a new base from one snapshot of the file, brings the index up to date with
// what was written meanwhile, and names the base.
func (x *indexer) rebuild(ctx context.Context) error {
	x.alone.Lock()
	defer x.alone.Unlock()
	x.mu.Lock()
	x.redone = map[int64]bool{}
	x.outrun.Store(false)
	x.mu.Unlock()
	x.building.Store(true)
	defer x.building.Store(false)
	x.stale.Store(false)

	path, seq, err := x.build(ctx)
	if err != nil {
		return err
	}
	if err := x.swap(ctx, path, seq); err != nil {
		return err
	}
	err = x.record(ctx)
	x.rebuilt.Add(1)
	return err
}

// build reads all index rows into a new base.
func (x *indexer) build(ctx context.Context) (path string, seq int64, err error) {
	c, err := connect(x.s.path, "ro", 8<<10)
	if err != nil {
		return "", 0, err
	}
	defer c.close()
	if err := c.exec("begin"); err != nil {
		return "", 0, err
	}
	defer c.exec("rollback")
	x.s.check.hold(1) // the log cannot be shortened before the snapshot is let go
	defer x.s.check.hold(-1)
	if seq, err = c.number(ctx, "select max(seq) from version"); err != nil {
		return "", 0, err
	}
	n, err := loadNames(ctx, c)
	if err != nil {
		return "", 0, err
	}
	b, err := index.NewBuilder(x.dir, seq, depths(n))
	if err != nil {
		return "", 0, err
	}
	f := feeder{x: x, ctx: ctx, c: c, b: b, busy: longRest, pace: newPace(x.s)}
	if x.x.Off() {
		f.busy = shortRest
	}
	if err := f.all(); err != nil {
		b.Abort()
		return "", 0, err
	}
	path, err = b.Finish()
	return path, seq, err
}

// searchedWithin are the parameters that :contains looks up in the index; others are few
// enough, or asked for too seldom, to be worth the space.
var searchedWithin = map[string]bool{"name": true, "family": true, "given": true, "title": true}

// depths says how the texts of each parameter are indexed.
func depths(n *names) index.Text {
	t := index.Text{}
	for id, k := range n.byID {
		t[id] = index.Prefixes
		if searchedWithin[k.name] {
			t[id] = index.Parts
		}
	}
	return t
}

// feeder reads the file into a base.
type feeder struct {
	x    *indexer
	ctx  context.Context
	c    *conn
	b    *index.Builder
	n    int
	pace pace
	busy float64 // how it rests while requests come: shortly if they have no index meanwhile
	row  index.Row
}

// The rows of each kind, in the order of their tables. Of dates and numbers only counts who has any.
var feeds = []struct {
	kind search.Kind
	text string
	scan func(f *index.Row, r *rows)
}{
	{search.Token, "select rid, param, code, system from token order by param, code, rid, system",
		func(f *index.Row, r *rows) { f.Text, f.A = r.text(2), r.int(3) }},
	{search.String, "select rid, param, text, exact from string order by param, text, rid, exact",
		func(f *index.Row, r *rows) { f.Text, f.More = r.text(2), r.text(3) }},
	{search.Reference, "select rid, param, id, type from reference order by param, id, rid, type, version",
		func(f *index.Row, r *rows) { f.Text, f.A = r.text(2), r.int(3) }},
	{search.Date, "select rid, param from date order by param, low, rid, high", func(*index.Row, *rows) {}},
	{search.URI, "select rid, param, text from uri order by param, text, rid",
		func(f *index.Row, r *rows) { f.Text = r.text(2) }},
	{search.Number, "select rid, param from number order by param, low, rid, high, system, code", func(*index.Row, *rows) {}},
	{search.Position, "select rid, param, cell, lat, lon from position order by param, cell, rid, lat, lon",
		func(f *index.Row, r *rows) { f.A, f.X, f.Y = r.int(2), r.float(3), r.float(4) }},
}

// all reads the current resources, then all rows.
func (f *feeder) all() error {
	err := f.c.each(f.ctx, func(r *rows) error {
		d, err := scanDoc(r)
		if err != nil {
			return err
		}
		if err := f.b.Doc(d); err != nil {
			return err
		}
		return f.rest()
	}, "select type, rid, seq, id, 0, x'' from resource where deleted = 0 order by rid")
	for i := 0; i < len(feeds) && err == nil; i++ {
		k := &feeds[i]
		err = f.c.each(f.ctx, func(r *rows) error {
			f.row = index.Row{Kind: k.kind, Param: r.int(1)}
			k.scan(&f.row, r)
			if err := f.b.Row(&f.row, uint32(r.int(0))); err != nil {
				return err
			}
			return f.rest()
		}, k.text)
	}
	return err
}

// rest leaves the processor to others now and then, and gives up when the log gets too long.
func (f *feeder) rest() error {
	if f.n++; f.n%breath != 0 {
		return nil
	}
	if f.x.outrun.Load() || f.x.s.check.size() > largestLog {
		return errOutrun
	}
	if !f.pace.rest(f.x.over, shortRest, f.busy) {
		return context.Canceled
	}
	return nil
}

// swap puts a new base in place and brings the index up to date: what is committed from now
// on comes by apply, what was since the snapshot is read.
func (x *indexer) swap(ctx context.Context, path string, seq int64) error {
	c, err := connect(x.s.path, "ro", 2<<10)
	if err != nil {
		return err
	}
	defer c.close()
	if err := os.Remove(filepath.Join(x.dir, baseFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := x.x.Swap(path); err != nil {
		return err
	}
	if err := x.catchUp(ctx, c, seq); err != nil {
		return err
	}
	x.count(c)
	return nil
}

// catchUp reads what was written since a sequence number, and turns the index on. Commits
// that are published later come by apply.
func (x *indexer) catchUp(ctx context.Context, c *conn, seq int64) error {
	x.mu.Lock()
	now, redone := x.s.seq.Load(), x.redone
	x.redone = nil
	x.mu.Unlock()
	if x.outrun.Load() || now-seq > maxReplay {
		return errOutrun
	}
	if err := x.replay(ctx, c, seq, now); err != nil {
		return err
	}
	if err := x.again(ctx, c, redone, now); err != nil {
		return err
	}
	x.x.On(now)
	return nil
}

const readDoc = `select r.type, r.rid, r.seq, r.id, r.deleted, i.rows
from resource r cross join indexed i on i.rid = r.rid where r.rid = ?`

// again reads the resources whose rows were made anew while the base was made.
func (x *indexer) again(ctx context.Context, c *conn, redone map[int64]bool, seq int64) error {
	for rid := range redone {
		err := c.each(ctx, func(r *rows) error {
			d, err := scanDoc(r)
			if err != nil {
				return err
			}
			return x.x.Replay(seq, []index.Doc{d})
		}, readDoc, rid)
		if err != nil {
			return err
		}
	}
	return nil
}

// record names the base, so that the next start uses it, unless it is stale already.
func (x *indexer) record(ctx context.Context) error {
	name := []byte(uuid.NewString())
	path := filepath.Join(x.dir, baseFile)
	if err := os.WriteFile(path, name, 0o600); err != nil {
		return err
	}
	if err := syncFile(path); err != nil {
		return err
	}
	return x.s.write(ctx, store.Cause{}, func(t *tx) error {
		if t.w.outdated { // by a job of the same commit
			x.stale.Store(true)
		}
		if x.stale.Load() {
			return nil
		}
		return t.w.c.exec(writeValue, baseSpace, baseKey, name)
	})
}
