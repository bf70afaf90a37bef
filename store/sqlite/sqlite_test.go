package sqlite_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/sqlite"
	"masjala/store/storetest"
)

func draft(typ, id, body string) *store.Draft {
	return &store.Draft{Resource: &fhir.Resource{Type: typ, ID: id, Body: []byte(body)}}
}

// put stores resources in one transaction.
func put(t testing.TB, s store.Store, ds ...*store.Draft) {
	t.Helper()
	err := s.Write(context.Background(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
		for _, d := range ds {
			if _, err := tx.Put(d, "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUpdateAfterDeleteContinuesTheVersions(t *testing.T) {
	s := storetest.Open(t)
	put(t, s, draft("Location", "a", `{"name":"one"}`))
	err := s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
		_, err := tx.Delete("Location", "a")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context(), "Location", "a"); fhir.KindOf(err) != fhir.Gone {
		t.Errorf("Read of a deleted resource = %v, want Gone", err)
	}
	put(t, s, draft("Location", "a", `{"name":"three"}`))
	r, err := s.Read(t.Context(), "Location", "a")
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"resourceType":"Location","id":"a","meta":{"versionId":"3","lastUpdated":"2026-01-02T03:04:05.002Z"},"name":"three"}`; string(r.JSON()) != want {
		t.Errorf("got %s, want %s", r.JSON(), want)
	}
	p, err := s.History(t.Context(), store.HistoryQuery{Type: "Location", ID: "a", Count: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Versions) != 3 || p.Total != 3 || p.Versions[1].Verb != "DELETE" {
		t.Errorf("history has %d versions, total %d: %+v", len(p.Versions), p.Total, p.Versions)
	}
}

func TestEraseLeavesNothingInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s := open(t, path, sqlite.Options{})
	secret := func(n int) *store.Draft {
		body := fmt.Sprintf(`{"name":"geheim%d","description":%q}`, n, strings.Repeat(fmt.Sprintf("geheim%d ", n), 1+n*300))
		r := &fhir.Resource{Type: "Organization", ID: "a", Body: []byte(body)}
		return &store.Draft{Resource: r, Entries: search.Extract(r)}
	}
	for n := range 5 {
		put(t, s, secret(n))
		put(t, s, facility(n)...)
	}
	if err := s.Erase(t.Context(), store.Cause{Actor: "officer"}, "Organization", "a"); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil { // the log is written back and removed
		t.Fatal(err)
	}
	names, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if i := bytes.Index(b, []byte("geheim")); i >= 0 {
			t.Errorf("%s holds erased text at byte %d: %q", name, i, b[i:min(i+40, len(b))])
		}
	}
}

// TestJobMayReadOutside lets jobs read the store by its other door while large commits
// make the log grow: the checkpoint that holds up the readers must not hold up the job.
func TestJobMayReadOutside(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	text := strings.Repeat("x", 100_000)
	start := time.Now()
	for i := range 14 {
		err := s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
			for j := range 60 {
				if _, err := tx.Put(draft("Location", fmt.Sprint(j), fmt.Sprintf(`{"name":"%d","description":%q}`, i, text)), "PUT"); err != nil {
					return err
				}
			}
			for j := range 60 {
				_, err := s.ReadVersion(t.Context(), "Location", fmt.Sprint(j), int64(i))
				if i > 0 && err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if d := time.Since(start); d > 25*time.Second {
		t.Errorf("80 MB took %s: a job waited for a checkpoint", d)
	}
}
