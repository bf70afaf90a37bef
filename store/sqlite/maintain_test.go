package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/store"
	"masjala/store/sqlite"
)

func open(t testing.TB, path string, o sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestBackupIsAWholeStore(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	for i := range 20 {
		put(t, s, facility(i)...)
	}
	stop := make(chan bool)
	done := make(chan bool)
	go func() { // writing goes on meanwhile
		defer close(done)
		for i := 20; ; i++ {
			select {
			case <-stop:
				return
			default:
				put(t, s, facility(i)...)
			}
		}
	}()
	path := filepath.Join(t.TempDir(), "copy.db")
	err := s.Backup(t.Context(), path)
	close(stop)
	<-done
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), path); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("a second backup to the same file gave %v", err)
	}
	c := open(t, path, sqlite.Options{})
	if err := c.Check(t.Context()); err != nil {
		t.Errorf("the copy: %v", err)
	}
	if r, err := c.Read(t.Context(), "Location", "l-19"); err != nil || r.Version != 1 {
		t.Errorf("read from the copy: %+v, %v", r, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cut := filepath.Join(t.TempDir(), "cut.db")
	if err := s.Backup(ctx, cut); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled backup gave %v", err)
	}
	if _, err := os.Stat(cut); err == nil {
		t.Error("a cancelled backup left a file")
	}
}

func TestStatsAndCheck(t *testing.T) {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	s := open(t, t.TempDir(), sqlite.Options{Now: func() time.Time { return now }})
	put(t, s, facility(1)...)
	put(t, s, facility(1)...)
	st, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if st.Resources["Location"] != 1 || st.Versions != 4 || st.Seq != 4 || st.FileBytes+st.WALBytes == 0 || !strings.HasPrefix(st.Engine, "SQLite 3.") {
		t.Errorf("stats %+v", st)
	}
	now = now.Add(-time.Hour)
	if d := s.ClockBehind(); d < time.Hour || d > time.Hour+time.Second {
		t.Errorf("the clock is behind by %s, want an hour", d)
	}
	put(t, s, facility(2)...)
	if r, err := s.Read(t.Context(), "Location", "l-2"); err != nil || !r.Updated.After(st.LastCommit) {
		t.Errorf("with the clock behind: %+v, %v; want a time after %s", r, err, st.LastCommit)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFullFileRefusesAndRecovers(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{MaxPages: 400})
	stored := 0
	var err error
	for i := 0; err == nil && i < 10_000; i++ {
		err = s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
			for _, d := range facility(i) {
				if _, err := tx.Put(d, "PUT"); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			stored++
		}
	}
	if fhir.KindOf(err) != fhir.Full {
		t.Fatalf("a full file gave %v, want Full", err)
	}
	if n, err := s.Count(t.Context(), "Location"); err != nil || n != stored {
		t.Errorf("%d locations, %v; %d were acknowledged", n, err, stored)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, sqlite.Options{}) // space came back
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	put(t, s, facility(stored+1)...)
	if n, err := s.Count(t.Context(), "Location"); err != nil || n != stored+1 {
		t.Errorf("%d locations after recovery, %v; want %d", n, err, stored+1)
	}
}

func TestOpenRefuses(t *testing.T) {
	damaged := func(t *testing.T, path string) {
		s := open(t, path, sqlite.Options{})
		for i := range 50 {
			put(t, s, facility(i)...)
		}
		s.Close()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		copy(b, "not a database at all")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		make func(t *testing.T, path string)
		want string
	}{
		"a damaged file":            {damaged, "damaged"},
		"a text":                    {func(t *testing.T, path string) { os.WriteFile(path, []byte(strings.Repeat("hello ", 1000)), 0o600) }, "damaged"},
		"a file of another program": {func(t *testing.T, path string) { raw(t, path, "create table x (y)") }, "another program"},
		"a file of a newer program": {func(t *testing.T, path string) {
			open(t, path, sqlite.Options{}).Close()
			raw(t, path, "pragma user_version = 999")
		}, "install the newer program"},
		"a folder that is no folder": {func(t *testing.T, path string) { os.Mkdir(path, 0o700) }, "cannot be opened"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			tc.make(t, path)
			s, err := sqlite.Open(path, sqlite.Options{})
			if err == nil {
				s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("open gave %v, want a text with %q", err, tc.want)
			}
		})
	}
}

func TestDamageInsideIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s := open(t, path, sqlite.Options{})
	for i := range 200 {
		put(t, s, facility(i)...)
	}
	s.Close()
	for what, statement := range map[string]string{
		"a version is lost": "delete from version where seq = 7",
		"a count is wrong":  "update type set live = live + 1 where id = 1",
	} {
		raw(t, path, statement)
		s := open(t, path, sqlite.Options{})
		if err := s.Check(t.Context()); fhir.KindOf(err) != fhir.Internal || !strings.Contains(err.Error(), "is damaged") {
			t.Errorf("%s: check gave %v", what, err)
		}
		s.Close()
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) / 2; i < len(b)/2+40_000; i++ {
		b[i] = 0x5a
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, sqlite.Options{})
	if err := s.Check(t.Context()); err == nil {
		t.Error("check found nothing in a file with overwritten pages")
	}
}
