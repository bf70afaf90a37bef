package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"masjala/store"
	"masjala/store/cache"
)

// Options are what a store may be told. The zero value of each field asks for the default.
type Options struct {
	Now        func() time.Time // wall clock
	NewID      func() string    // logical ids: UUID version 7
	Logger     *slog.Logger     // nothing is logged without
	CacheBytes int64            // memory for current resources: 64 MB
	Readers    int              // connections that read: one for each core, at least two
	MaxPages   int64            // the file may not grow beyond so many pages of 4 KB: no limit
	NoIndex    bool             // searches are answered by the file alone
	WriteBytes int64            // memory for pages of the connection that writes: 32 MB; a long load is quicker with more
}

// fileName is the name of the file in a data directory.
const fileName = "masjala.db"

// Store is a store.Store on one SQLite file.
type Store struct {
	path    string
	now     func() time.Time
	newID   func() string
	log     *slog.Logger
	names   atomic.Pointer[names]
	cache   *cache.Cache
	totals  totals
	readers chan *conn
	all     []*conn // the readers, also while one is in use
	jobs    chan *job
	writer  *writer
	wg      sync.WaitGroup // the goroutines

	seq     atomic.Int64 // of the newest published version
	updated atomic.Int64 // its time, milliseconds
	// publishing is held from a commit until the cache, the index and seq know of it.
	publishing sync.RWMutex

	subs    subscribers
	calls   calls
	check   *checkpointer
	indexer *indexer // nil without an index
	moments atomic.Pointer[moments]
	symbols symbols
	causes  causes
	ranks   ranks

	answered, left atomic.Int64 // searches, by the index and by the file
}

var _ store.Store = (*Store)(nil)

// Open opens the store in a data directory, or in the file that path names (*.db), and
// makes it when there is none. It fails with a text for the user when the file is of
// another program, of a newer schema, damaged, or cannot be written.
func Open(path string, o Options) (*Store, error) {
	if !strings.HasSuffix(path, ".db") {
		if err := os.MkdirAll(path, 0o750); err != nil {
			return nil, fmt.Errorf("make data directory: %w", err)
		}
		path = filepath.Join(path, fileName)
	}
	s := newStore(path, o)
	if err := s.open(o); err != nil {
		for _, c := range s.all {
			c.close()
		}
		if s.writer != nil {
			s.writer.c.close()
		}
		s.cache.Close()
		return nil, fmt.Errorf("open %s: %w", path, readable(err))
	}
	s.wg.Go(s.writer.run)
	s.wg.Go(s.check.run)
	if s.indexer != nil {
		s.wg.Go(s.indexer.run)
		s.indexer.wake()
	}
	return s, nil
}

func newStore(path string, o Options) *Store {
	s := &Store{path: path, now: o.Now, newID: o.NewID, log: o.Logger, jobs: make(chan *job, 256)}
	if s.now == nil {
		s.now = time.Now
	}
	if s.newID == nil {
		s.newID = func() string { return uuid.Must(uuid.NewV7()).String() }
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	size := o.CacheBytes
	if size == 0 {
		size = 64 << 20
	}
	s.cache = cache.New(size)
	s.calls.init()
	return s
}

// open opens the connections, migrates, and reads where the store stands.
func (s *Store) open(o Options) error {
	pages := o.WriteBytes
	if pages <= 0 {
		pages = 32 << 20
	}
	c, err := connect(s.path, "rwc", int(pages>>10))
	if err != nil {
		return err
	}
	s.writer = newWriter(s, c)
	if o.MaxPages > 0 {
		if _, err := c.number(context.Background(), fmt.Sprintf("pragma max_page_count = %d", o.MaxPages)); err != nil {
			return err
		}
	}
	for _, p := range []string{"pragma wal_autocheckpoint = 0", "pragma temp_store = memory", secureDelete} {
		if err := c.exec(p); err != nil {
			return err
		}
	}
	if err := migrate(c); err != nil {
		return err
	}
	if err := s.writer.resume(); err != nil {
		return err
	}
	if err := s.loadRanks(context.Background(), c); err != nil {
		return err
	}
	n := o.Readers
	if n <= 0 {
		n = max(2, runtime.GOMAXPROCS(0))
	}
	s.readers = make(chan *conn, n)
	for range n {
		r, err := connect(s.path, "ro", 8<<10)
		if err != nil {
			return err
		}
		s.all = append(s.all, r)
		s.readers <- r
	}
	if s.check, err = newCheckpointer(s); err != nil || o.NoIndex {
		return err
	}
	s.indexer = newIndexer(s)
	return nil
}

// Close waits for running calls, writes the log back into the file and closes it.
func (s *Store) Close() error {
	if !s.calls.close() {
		return nil
	}
	close(s.jobs)
	close(s.check.stop)
	if s.indexer != nil {
		s.indexer.end()
	}
	s.wg.Wait()
	s.cache.Close()
	err := s.check.finish()
	if s.indexer != nil {
		err = errors.Join(err, s.indexer.x.Close())
	}
	for _, c := range s.all {
		err = errors.Join(err, c.close())
	}
	return errors.Join(err, s.check.c.close(), s.writer.c.close())
}

// Path is the file the store is in.
func (s *Store) Path() string { return s.path }

// Seq is the sequence number of the newest published version.
func (s *Store) Seq() int64 { return s.seq.Load() }

// await returns when a version that was found in the file is published: whoever was shown it must
// not find an older one in memory.
func (s *Store) await(seq int64) {
	if seq > s.seq.Load() {
		s.publishing.RLock()
		defer s.publishing.RUnlock()
	}
}

// NewID makes a logical id that no resource has.
func (s *Store) NewID() string { return s.newID() }

// ClockBehind tells how far the wall clock is behind the last commit; 0 when it is not.
func (s *Store) ClockBehind() time.Duration {
	last := s.updated.Load()
	if last == 0 {
		return 0
	}
	return max(0, instant(last).Sub(s.now()))
}

// reader takes a connection for reading; give it back with release. It fails when ctx
// ends first, and with store.ErrClosed.
func (s *Store) reader(ctx context.Context) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !s.calls.enter() {
		return nil, store.ErrClosed
	}
	select {
	case c := <-s.readers:
		return c, nil
	case <-ctx.Done():
		s.calls.leave()
		return nil, ctx.Err()
	}
}

func (s *Store) release(c *conn) {
	s.readers <- c
	s.calls.leave()
}

// snapshot runs fn on a connection that sees one state of the store.
func (s *Store) snapshot(ctx context.Context, fn func(c *conn) error) error {
	c, err := s.reader(ctx)
	if err != nil {
		return err
	}
	defer s.release(c)
	if err := c.exec("begin"); err != nil {
		return readable(err)
	}
	ended := false
	defer func() {
		if !ended { // fn panicked: the next reader must not find an open transaction
			_ = c.exec("rollback")
		}
	}()
	err = fn(c)
	ended = true
	if e := c.exec("commit"); err == nil {
		err = e
	}
	return readable(err)
}

// instant turns stored milliseconds into a time.
func instant(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// calls counts running calls, so that Close can wait for them.
type calls struct {
	mu     sync.Mutex
	idle   *sync.Cond
	n      int
	closed bool
}

func (c *calls) init() { c.idle = sync.NewCond(&c.mu) }

func (c *calls) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.n++
	return true
}

func (c *calls) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n == 0 {
		c.idle.Broadcast()
	}
}

// close lets no call in any more and waits for those inside; false when it was closed before.
func (c *calls) close() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.closed = true
	for c.n > 0 {
		c.idle.Wait()
	}
	return true
}

// subscribers are told of each commit.
type subscribers struct {
	mu   sync.Mutex
	next int
	fns  map[int]func(store.Commit)
	list []int
}

// Subscribe calls fn after each commit, before it is acknowledged.
func (s *Store) Subscribe(fn func(store.Commit)) (stop func()) {
	b := &s.subs
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fns == nil {
		b.fns = map[int]func(store.Commit){}
	}
	id := b.next
	b.next++
	b.fns[id] = fn
	b.list = append(b.list, id)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.fns, id)
	}
}

// tell calls the subscribers in the order they came.
func (b *subscribers) tell(c store.Commit, log *slog.Logger) {
	b.mu.Lock()
	var fns []func(store.Commit)
	keep := b.list[:0]
	for _, id := range b.list {
		if fn := b.fns[id]; fn != nil {
			fns, keep = append(fns, fn), append(keep, id)
		}
	}
	b.list = keep
	b.mu.Unlock()
	for _, fn := range fns {
		guard(log, "subscriber panicked", func() { fn(c) })
	}
}

// guard runs fn and logs its panic.
func guard(log *slog.Logger, text string, fn func()) {
	defer func() {
		if p := recover(); p != nil {
			log.Error(text, "panic", p)
		}
	}()
	fn()
}
