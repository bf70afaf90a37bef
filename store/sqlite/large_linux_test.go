package sqlite_test

import (
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"masjala/internal/testutil"
	"masjala/store/sqlite"
)

// anonymous is how much memory of its own the process has, in bytes.
func anonymous(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`RssAnon:\s+(\d+) kB`).FindSubmatch(raw)
	if found == nil {
		t.Skip("this system does not tell how much memory a process has of its own")
	}
	kb, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// What the concepts of a large code system took to be written is free afterwards.
func TestLargeBodyLeavesNoMemory(t *testing.T) {
	const concept = `{"code":"12345678","display":"one of very many concepts"}`
	s, err := sqlite.Open(t.TempDir(), sqlite.Options{WriteBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put(t, s, draft("CodeSystem", "small", `{"name":"Small"}`))
	before := anonymous(t)
	put(t, s, draft("CodeSystem", "large", `{"concept":[`+strings.Repeat(concept+",", 1<<21)+concept+`]}`))
	r, err := s.Read(t.Context(), "CodeSystem", "large")
	if err != nil || len(r.Body) < 60<<20 {
		t.Fatalf("got a body of %d bytes, %v; want more than 60 MB", len(r.Body), err)
	}
	if grown := anonymous(t) - before; grown > 16<<20 && !testutil.Race() {
		t.Errorf("the process has %d MB more than before, want 16 MB at most", grown>>20)
	}
}
