package sqlite

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/google/uuid"

	"masjala/store"
)

// What the cache held is kept in a file from the end of a process to the start of the next. The file
// belongs to one state of the database: both have its name, and the database's newest version is the file's.
// A process reads the file once and removes it, so that nothing lies there that was erased since. An erasure
// removes it too, with what a crash left of one.
const (
	cacheKey   = "cache"
	cacheMagic = "masjalaK"
	cacheHead  = len(cacheMagic) + 8 + 36 // magic, sequence number, name
)

// worthKeeping is how many bytes a cache must hold: less is read as quickly from the database.
const worthKeeping = 1 << 20

// unfinished ends the name of a file that is being written.
const unfinished = ".new"

// removeCache removes the file, if there is one, and what a crash left of another.
func removeCache(path string) error {
	for _, name := range []string{cachePath(path), cachePath(path) + unfinished} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove what the cache held: %w", err)
		}
	}
	return nil
}

// cachePath is the file of what the cache held.
func cachePath(path string) string { return strings.TrimSuffix(path, ".db") + ".cache" }

// LoadCache fills the cache with what it held when SaveCache was called last, if nothing was
// written since, and removes the file. Readers and writers may be at work. It ends early, without an error and with
// the file in its place, when ctx does, and fails when the file is damaged: what is not loaded is read from the database.
func (s *Store) LoadCache(ctx context.Context) error {
	path := cachePath(s.path)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read what the cache held: %w", err)
	}
	err = errors.Join(s.readCache(ctx, f), f.Close())
	if ctx.Err() != nil {
		return nil // the file is as good as before
	}
	if e := os.Remove(path); !errors.Is(e, fs.ErrNotExist) { // an erasure meanwhile removes it
		err = errors.Join(err, e)
	}
	if err != nil {
		return fmt.Errorf("read what the cache held: %w", err)
	}
	return nil
}

// readCache reads the file, if it belongs to the present state.
func (s *Store) readCache(ctx context.Context, f io.Reader) error {
	s.cache.Watch() // whatever is committed after the next look into the database is noted
	ours, err := s.cacheIsOurs(ctx, f)
	if err != nil || !ours {
		s.cache.Unwatch()
		return err
	}
	p := newPace(s)
	return s.cache.Load(bufio.NewReaderSize(f, 256<<10), func() bool { return p.rest(ctx, noRest, longRest) })
}

// cacheIsOurs reads the head of a file and tells whether it belongs to the present state.
func (s *Store) cacheIsOurs(ctx context.Context, f io.Reader) (bool, error) {
	head := make([]byte, cacheHead)
	if _, err := io.ReadFull(f, head); err != nil {
		return false, err
	}
	seq := int64(binary.LittleEndian.Uint64(head[len(cacheMagic):]))
	ours := false
	err := s.snapshot(ctx, func(c *conn) error {
		name, err := value(ctx, c, baseSpace, cacheKey)
		if err != nil {
			return err
		}
		newest, err := c.number(ctx, "select max(seq) from version")
		ours = string(head[:len(cacheMagic)]) == cacheMagic && newest == seq && bytes.Equal(name, head[len(cacheMagic)+8:])
		return err
	})
	return ours, err
}

// SaveCache writes what the cache holds to a file, for LoadCache of the next process. Call
// it when nobody writes any more. It fails when the disk does or ctx ends, and leaves no file then.
func (s *Store) SaveCache(ctx context.Context) error {
	if s.cache.Stats().Bytes < worthKeeping {
		return nil
	}
	name, seq := uuid.NewString(), s.seq.Load()
	err := s.write(ctx, store.Cause{}, func(t *tx) error {
		return t.w.c.exec(writeValue, baseSpace, cacheKey, []byte(name))
	})
	if err == nil {
		err = s.writeCache(ctx, name, seq)
	}
	if err != nil {
		return fmt.Errorf("keep what the cache holds: %w", err)
	}
	return nil
}

// writeCache writes the file, under another name until it is whole. It is not synced: what
// a power cut leaves of it is found out by its checksums.
func (s *Store) writeCache(ctx context.Context, name string, seq int64) error {
	path := cachePath(s.path)
	f, err := os.OpenFile(path+unfinished, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	head := append(binary.LittleEndian.AppendUint64([]byte(cacheMagic), uint64(seq)), name...)
	_, err = f.Write(head)
	if err == nil {
		err = s.cache.Save(until{ctx, f})
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(path+unfinished, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(path+unfinished))
	}
	return nil
}

// until is a writer as long as ctx has not ended.
type until struct {
	ctx context.Context
	w   io.Writer
}

func (u until) Write(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(b)
}
