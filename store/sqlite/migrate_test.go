package sqlite_test

import (
	"path/filepath"
	"slices"
	"testing"

	"masjala/store"
	"masjala/store/sqlite"
)

// Which versions made a deleted resource anew is known, also in files of older programs.
func TestMadeAnew(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	put(t, s, draft("Location", "a", `{}`))
	put(t, s, draft("Location", "a", `{"name":"A"}`))
	if err := s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
		_, err := tx.Delete("Location", "a")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	put(t, s, draft("Location", "a", `{"name":"B"}`))
	put(t, s, draft("Location", "a", `{"name":"C"}`))
	check := func(s *sqlite.Store) {
		t.Helper()
		want := []bool{false, true, false, false, false}
		page, err := s.History(t.Context(), store.HistoryQuery{Type: "Location", ID: "a", Count: 10})
		if err != nil {
			t.Fatal(err)
		}
		if got := anew(page.Versions); !slices.Equal(got, want) {
			t.Errorf("history says %v, want %v", got, want)
		}
		feed, err := s.Changes(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(want)
		if got := anew(feed); !slices.Equal(got, want) {
			t.Errorf("the feed says %v, want %v", got, want)
		}
	}
	check(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw(t, filepath.Join(dir, "masjala.db"), "update version set verb = 2 where verb = 4; drop table holds; drop table content; drop table brief; pragma user_version = 1")
	check(open(t, dir, sqlite.Options{}))
}

// anew tells of each version whether it made a deleted resource anew, and is a PUT.
func anew(list []store.Version) (out []bool) {
	for i := range list {
		out = append(out, list[i].Anew && list[i].Verb == "PUT")
	}
	return out
}
