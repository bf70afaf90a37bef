package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/sqlite"
)

// TestSummaryOfLargeVersions lists resources by what a summary shows of them: that is not cut
// from the whole, and leaves no trace of what is erased.
func TestSummaryOfLargeVersions(t *testing.T) {
	testutil.Requirement(t, "TX-16", "R4-S13")
	dir := t.TempDir()
	for name, opt := range map[string]sqlite.Options{"answered by the index": {}, "answered by the file": {NoIndex: true}} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
			s := open(t, dir, opt)
			body := `{"url":"http://example.org/long","status":"active","content":"complete","title":"Long"`
			concepts := `,"concept":[{"code":"a","display":"` + strings.Repeat("x", 1000) + `"}` + strings.Repeat(`,{"code":"b"}`, 3000) + `]}`
			put(t, s, draft("CodeSystem", "long", body+concepts), draft("CodeSystem", "short", `{"status":"draft","concept":[{"code":"c"}]}`))
			find := func(params string) string {
				t.Helper()
				p, err := s.Search(t.Context(), query(t, "CodeSystem", params))
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range p.Matches {
					if r.ID == "long" {
						return string(r.Body)
					}
				}
				return ""
			}
			for range 2 { // the second time, from memory
				if got := find("_summary=true"); got != body+"}" {
					t.Errorf("the summary is made of %.200s, want %s}", got, body)
				}
				if got := find("_summary=data"); got != body+concepts {
					t.Errorf("the data has %d bytes, want all %d", len(got), len(body+concepts))
				}
			}
			put(t, s, draft("CodeSystem", "long", strings.Replace(body, "Long", "Longer", 1)+concepts))
			if got := find("_summary=true"); !strings.Contains(got, "Longer") || strings.Contains(got, "concept") {
				t.Errorf("after a change the summary is made of %.200s", got)
			}
			if err := s.Erase(t.Context(), store.Cause{}, "CodeSystem", "long"); err != nil {
				t.Fatal(err)
			}
			s.Close()
			if n := rawNumber(t, filepath.Join(dir, "masjala.db"), "select count(*) from brief"); n != 0 {
				t.Errorf("%d summaries are left of what was erased", n)
			}
		})
	}
}

// rawNumber reads a number from a file behind the store's back.
func rawNumber(t testing.TB, path, statement string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(statement).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
