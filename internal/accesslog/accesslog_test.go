package accesslog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"masjala/internal/accesslog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, path string) *accesslog.Log {
	t.Helper()
	l, err := accesslog.Open(path, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func entry(path string) *accesslog.Entry {
	return &accesslog.Entry{
		Time: time.Date(2026, 11, 22, 20, 57, 30, 7_000_000, time.FixedZone("", 7200)), Took: 12_045 * time.Microsecond,
		Method: []byte("GET"), Path: []byte(path), Status: 200, Bytes: 17, Actor: "nightly", Request: []byte("a1"),
	}
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
}

func TestLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requests.log")
	l := open(t, path)
	l.Record(entry("/fhir/Location/1"))
	odd := entry("/fhir/\"\n\xffé")
	odd.Actor, odd.Took = "", 0
	l.Record(odd)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	got := lines(t, path)
	want := `{"time":"2026-11-22T18:57:30.007Z","method":"GET","path":"/fhir/Location/1","status":200,"bytes":17,"ms":12.045,"actor":"nightly","request":"a1"}`
	if len(got) != 2 || got[0] != want {
		t.Fatalf("got  %s\nwant %s", strings.Join(got, "\n"), want)
	}
	var second map[string]any
	if err := json.Unmarshal([]byte(got[1]), &second); err != nil || second["ms"] != 0.0 || second["actor"] != nil {
		t.Errorf("the line of odd bytes is %s: %v", got[1], err)
	}
}

func TestLinesOfManyAreWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requests.log")
	l := open(t, path)
	const writers, each = 8, 500
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				l.Record(entry(fmt.Sprintf("/fhir/Location/%d-%d", w, i)))
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, line := range lines(t, path) {
		var e struct{ Path string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		seen[e.Path] = true
	}
	if len(seen) != writers*each {
		t.Errorf("%d different lines, want %d", len(seen), writers*each)
	}
}

func TestLogFollowsRotation(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "requests.log")
	l := open(t, path)
	l.Record(entry("/one"))
	waitFor(t, path)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	l.Record(entry("/two"))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{path + ".1": `"/one"`, path: `"/two"`} {
		if got := lines(t, file); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%s has %q, want the line of %s", file, got, want)
		}
	}
}

// waitFor waits until lines were written.
func waitFor(t *testing.T, path string) {
	t.Helper()
	for range 500 {
		if raw, _ := os.ReadFile(path); bytes.HasSuffix(raw, []byte("\n")) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("nothing was written for five seconds")
}

func TestNoPlaceForTheLog(t *testing.T) {
	if _, err := accesslog.Open(filepath.Join(t.TempDir(), "none", "requests.log"), nil); err == nil {
		t.Error("a log in a folder that is not there was opened")
	}
}

func TestRecordAllocatesLittle(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "requests.log"))
	defer l.Close()
	e := entry("/fhir/Location/1")
	if n := testing.AllocsPerRun(2000, func() { l.Record(e) }); n > 0 {
		t.Errorf("an entry takes %v allocations, want none", n)
	}
}
