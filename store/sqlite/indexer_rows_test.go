package sqlite_test

import (
	"fmt"
	"testing"
	"time"

	"masjala/fhir/search"
	"masjala/store/sqlite"
)

// TestIndexMakesABaseAfterAFewLargeResources stores one resource with more rows than are
// remembered: they must not stay in memory, nor be read again at each start.
func TestIndexMakesABaseAfterAFewLargeResources(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	s.SetIndexer(1000, time.Millisecond)
	large := draft("CodeSystem", "large", `{"url":"http://example.org/large"}`)
	for i := range 210_000 {
		large.Entries = append(large.Entries, search.Entry{Param: "code", Kind: search.Token, Code: fmt.Sprintf("c%d", i)})
	}
	put(t, s, large)
	eventually(t, "a base with the large resource", func() bool { st := s.IndexStats(); return st.Rebuilt == 1 && st.On && st.Recent == 0 })
	found := func() {
		t.Helper()
		for _, code := range []string{"c0", "c209999"} {
			p, err := s.Search(t.Context(), query(t, "CodeSystem", "code="+code))
			if err != nil || p.Total != 1 {
				t.Errorf("code %s is found %+v times, %v; want once", code, p, err)
			}
		}
	}
	found()
	s.Close()
	s = open(t, dir, sqlite.Options{})
	if st := s.IndexStats(); !st.On || st.Base == 0 || st.Recent != 0 {
		t.Errorf("after a restart the index is %+v, want it on with its base and nothing beside", st)
	}
	found()
}
