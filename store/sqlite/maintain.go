package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"masjala/fhir"
	"masjala/store"
	"masjala/store/cache"
)

// Check reads the whole file and fails with Internal when its structure is damaged, or
// when resources, versions and index rows do not agree. It has a connection of its own,
// so that others go on reading.
func (s *Store) Check(ctx context.Context) error {
	found, err := s.damage(ctx)
	if err != nil {
		return fmt.Errorf("check %s: %w", s.path, readable(err))
	}
	if len(found) > 0 {
		return fhir.Errorf(fhir.Internal, "%s is damaged: %s; stop the program and restore a backup", s.path, strings.Join(found, "; "))
	}
	return nil
}

// damage lists what is wrong.
func (s *Store) damage(ctx context.Context) (found []string, err error) {
	if !s.calls.enter() {
		return nil, store.ErrClosed
	}
	defer s.calls.leave()
	c, err := connect(s.path, "ro", 2<<10)
	if err != nil {
		return nil, err
	}
	defer c.close()
	err = c.each(ctx, func(r *rows) error {
		if t := r.text(0); t != "ok" {
			found = append(found, t)
		}
		return nil
	}, "pragma quick_check(3)")
	if err != nil || len(found) > 0 {
		return found, err
	}
	if err := c.exec("begin"); err != nil { // the counts are of one moment
		return nil, err
	}
	for _, q := range consistency {
		n, err := c.number(ctx, q.count)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			found = append(found, fmt.Sprintf(q.text, n))
		}
	}
	return found, nil
}

// consistency are counts that must be zero.
var consistency = []struct{ text, count string }{
	{"%d resources whose current version is missing", `select count(*) from resource r
		where not exists (select 1 from version v where v.seq = r.seq and v.rid = r.rid and v.number = r.version)`},
	{"%d resources with a gap in their versions", `select count(*) from resource r
		where r.version <> (select count(*) from version v where v.rid = r.rid)`},
	{"%d versions of no resource", `select count(*) from version v where not exists (select 1 from resource r where r.rid = v.rid)`},
	{"%d types with a wrong count", `select count(*) from type t
		where t.live <> (select count(*) from resource r where r.type = t.id and r.deleted = 0)`},
	{"%d index rows of deleted resources", `select sum(n) from (
		select count(*) as n from token i cross join resource r on r.rid = i.rid where r.deleted = 1
		union all select count(*) from string i cross join resource r on r.rid = i.rid where r.deleted = 1
		union all select count(*) from reference i cross join resource r on r.rid = i.rid where r.deleted = 1)`},
}

// Backup writes a copy of the store, as of one moment, to a file that does not exist yet.
// Writing goes on meanwhile.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return fhir.Errorf(fhir.Conflict, "the file %s exists already; choose another one", path)
	}
	if !s.calls.enter() {
		return store.ErrClosed
	}
	defer s.calls.leave()
	s.check.hold(1)
	defer s.check.hold(-1)
	from, err := connect(s.path, "ro", 2<<10)
	if err != nil {
		return readable(err)
	}
	defer from.close()
	if err := backup(ctx, from, path); err != nil {
		return errors.Join(readable(err), os.Remove(path))
	}
	return syncFile(path)
}

// backup copies all pages. The read transaction keeps the copy to one moment.
func backup(ctx context.Context, from *conn, path string) error {
	to, err := connect(path, "rwc", 2<<10)
	if err != nil {
		return err
	}
	defer to.close()
	if err := from.exec("begin"); err != nil {
		return err
	}
	defer from.exec("rollback")
	if _, err := from.number(ctx, "select count(*) from type"); err != nil { // takes the snapshot
		return err
	}
	b, err := to.c.Backup("main", from.c, "main")
	if err != nil {
		return err
	}
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, b.Close())
		}
		if done, err = b.Step(1024); err != nil {
			return errors.Join(err, b.Close())
		}
	}
	if err := b.Finish(); err != nil {
		return err
	}
	return to.exec("pragma wal_checkpoint(TRUNCATE)")
}

// syncFile makes a file durable.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Stats say how large the store is.
type Stats struct {
	Engine     string         // "SQLite 3.54.1"
	FileBytes  int64          // the database file
	WALBytes   int64          // its write-ahead log
	Seq        int64          // of the newest version
	LastCommit time.Time      // zero in an empty store
	Behind     time.Duration  // how far the clock is behind the last commit
	Resources  map[string]int // current resources by type
	Versions   int64          // of all resources
	Cache      cache.Stats
	Index      IndexStats
}

// Stats returns sizes and counts.
func (s *Store) Stats(ctx context.Context) (*Stats, error) {
	version, _, _ := sqlite3.Version()
	st := &Stats{Engine: "SQLite " + version, Resources: map[string]int{}, Cache: s.cache.Stats(), Index: s.IndexStats(), Behind: s.ClockBehind()}
	st.WALBytes = s.check.size()
	if f, err := os.Stat(s.path); err == nil {
		st.FileBytes = f.Size()
	}
	st.Seq = s.seq.Load()
	if ms := s.updated.Load(); ms > 0 {
		st.LastCommit = instant(ms)
	}
	err := s.snapshot(ctx, func(c *conn) error {
		var err error
		if st.Versions, err = c.number(ctx, "select max(seq) from version"); err != nil {
			return err
		}
		return c.each(ctx, func(r *rows) error {
			st.Resources[r.text(0)] = int(r.int(1))
			return nil
		}, "select name, live from type where live > 0")
	})
	return st, err
}
