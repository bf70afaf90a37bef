package sqlite_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/sqlite"
)

// outline is a text as long as the boundary of a nation.
func outline(seed uint64) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	r := rand.New(rand.NewPCG(seed, seed))
	b := make([]byte, 500_000)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

func place(id, name, text string) *store.Draft {
	return draft("Location", id, fmt.Sprintf(`{"name":%q,"extension":[{"url":"urn:x","valueAttachment":{"data":"%s"}}]}`, name, text))
}

// bodies returns the bodies of all versions by every way of reading, each with that way.
func bodies(t *testing.T, s *sqlite.Store, id string, versions int) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	note := func(way string, r *fhir.Resource, err error) {
		if err != nil {
			t.Fatalf("%s of %s: %v", way, id, err)
		}
		all[way] = append(all[way], string(r.Body))
	}
	for v := 1; v <= versions; v++ {
		r, err := s.ReadVersion(t.Context(), "Location", id, int64(v))
		note("versions", r, err)
	}
	page, err := s.History(t.Context(), store.HistoryQuery{Type: "Location", ID: id, Count: 100})
	for i := len(page.Versions) - 1; i >= 0; i-- {
		note("history", page.Versions[i].Resource, err)
	}
	feed, err := s.Changes(t.Context(), 0, 1000)
	for i := range feed {
		if feed[i].Resource.ID == id {
			note("feed", feed[i].Resource, err)
		}
	}
	err = s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
		r, err := tx.Read("Location", id)
		note("transaction", r, err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Read(t.Context(), "Location", id)
	note("read", r, err)
	return all
}

// A boundary is in the file once, however many versions have it, and comes back with each.
func TestLongTextIsKeptOnce(t *testing.T) {
	testutil.Requirement(t, "GEO-3")
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	text := outline(1)
	for v := range 20 {
		put(t, s, place("nation", fmt.Sprintf("Version %d", v), text))
	}
	put(t, s, place("twin", "Another with the same", text))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "masjala.db"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 2*int64(len(text)) {
		t.Errorf("21 versions of a text of %d bytes take %d, want less than two of it", len(text), info.Size())
	}
	for _, o := range []sqlite.Options{{}, {NoIndex: true}} {
		s = open(t, dir, o)
		for way, got := range bodies(t, s, "nation", 20) {
			first := 20 - len(got) // the way shows the last versions only
			for i, body := range got {
				if want := string(place("", fmt.Sprintf("Version %d", first+i), text).Resource.Body); body != want {
					t.Errorf("%s: version %d has %d bytes, want %d", way, first+i+1, len(body), len(want))
				}
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Texts of all lengths, with all that JSON escapes, come back as they were.
func TestLongTextsComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	pieces := []string{`\"`, `\\`, `\\\"`, `a`, `}`, `,`, `:`, "\u00e9", strings.Repeat("x", 9000)}
	text := func() string {
		var b strings.Builder
		for b.Len() < r.IntN(60_000) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		return b.String()
	}
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	want := map[string]string{}
	for i := range 60 {
		id, body := fmt.Sprint("a", i), `{"n":1`
		for j := range 1 + r.IntN(4) {
			body += fmt.Sprintf(`,"m%d":"%s","o%d":{"":[true,"%s"]}`, j, text(), j, text())
		}
		want[id] = body + "}"
		put(t, s, draft("Location", id, want[id]))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, sqlite.Options{})
	for id, body := range want {
		got, err := s.Read(t.Context(), "Location", id)
		if err != nil || string(got.Body) != body {
			t.Errorf("%s: %v, want the %d bytes that were stored", id, err, len(body))
			continue
		}
		if out, _, _, ok := s.AppendCurrent(nil, "Location", id); !ok || string(out) != string(got.JSON()) {
			t.Errorf("%s is had from memory (%t) as %d bytes, want %d", id, ok, len(out), len(got.JSON()))
		}
	}
}

// The number of a text that was erased is given again. Who reads meanwhile does not get the other text.
func TestTextsAreOfOneState(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	first := place("a", "A", outline(7))
	put(t, s, first)
	erased := false
	s.OnQuery(func(text string) {
		if erased || !strings.Contains(text, "from content") {
			return
		}
		erased = true
		if err := s.Erase(t.Context(), store.Cause{}, "Location", "a"); err != nil {
			t.Error(err)
		}
		put(t, s, place("b", "B", outline(8)))
	})
	r, err := s.ReadVersion(t.Context(), "Location", "a", 1)
	s.OnQuery(nil)
	if err != nil || !erased || !bytes.Equal(r.Body, first.Resource.Body) {
		t.Errorf("read while it was erased (%v): %v; want what it was", erased, err)
	}
	if _, err := s.ReadVersion(t.Context(), "Location", "a", 1); fhir.KindOf(err) != fhir.Gone {
		t.Errorf("read afterwards: %v, want that it is gone", err)
	}
}

// A job that fails leaves no text, and one that is erased leaves it to others that have it.
func TestLongTextIsErased(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	mine, shared, lost := outline(4), outline(5), outline(6)
	put(t, s, place("a", "A", mine), place("b", "B", shared))
	put(t, s, place("a", "A", shared))
	err := s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
		if _, err := tx.Put(place("c", "C", lost), "PUT"); err != nil {
			return err
		}
		return context.Canceled
	})
	if err == nil {
		t.Fatal("the job did not fail")
	}
	if err := s.Erase(t.Context(), store.Cause{}, "Location", "a"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Read(t.Context(), "Location", "b"); err != nil || !bytes.Contains(got.Body, []byte(shared)) {
		t.Errorf("the other that has the text: %v", err)
	}
	if _, err := s.ReadVersion(t.Context(), "Location", "a", 1); fhir.KindOf(err) != fhir.Gone {
		t.Errorf("the erased one: %v, want that it is gone", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(dir, "masjala.db"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"the erased text": mine, "the text of the failed job": lost} {
		for at := 0; at+1000 < len(text); at += 1000 {
			if bytes.Contains(file, []byte(text[at:at+100])) {
				t.Errorf("%s is in the file from byte %d on", name, at)
				break
			}
		}
	}
}
