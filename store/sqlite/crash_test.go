package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/sqlite"
)

// crashDir names the environment variable that makes the test program a writer.
const crashDir = "MASJALA_TEST_CRASH_DIR"

// crashWriter writes until it is killed, from 8 clients. Each transaction stores one
// version each of a pair of resources and a value, then says so on standard output.
func crashWriter(dir string) {
	s, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var mu sync.Mutex
	say := func(text string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(os.Stdout, text+"\n", args...)
	}
	run := time.Now().UnixNano()
	for client := range 8 {
		go func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d-%d", run, client, n%50)
				var version int64
				err := s.Write(context.Background(), store.Cause{Actor: id}, func(tx store.Tx) error {
					r, err := tx.Put(draft("Location", id, fmt.Sprintf(`{"name":"n %d","description":%q}`, n, strings.Repeat("x", n%3000))), "PUT")
					if err != nil {
						return err
					}
					version = r.Version
					if _, err := tx.Put(draft("Organization", id, fmt.Sprintf(`{"name":"n %d"}`, n)), "PUT"); err != nil {
						return err
					}
					return tx.SetValue("crash", id, fmt.Append(nil, version))
				})
				if err != nil {
					say("error %v", err)
					return
				}
				say("%s %d", id, version)
			}
		}()
	}
	select {}
}

// TestKillLosesNothing kills a writing process at random times: every acknowledged write
// must be there, no half transaction, and every version of the history.
func TestKillLosesNothing(t *testing.T) {
	kills := 10
	if os.Getenv("MASJALA_SOAK") != "" {
		kills = 100
	}
	testutil.Requirement(t, "NFR-7", "APP-2")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	dir := t.TempDir()
	acknowledged := map[string]int64{}
	for range kills {
		killOnce(t, dir, time.Duration(20+r.IntN(250))*time.Millisecond, acknowledged)
		checkSurvivors(t, dir, acknowledged)
	}
	if len(acknowledged) < kills {
		t.Fatalf("only %d writes were acknowledged before %d kills", len(acknowledged), kills)
	}
}

// killOnce lets a child write for some time after its first acknowledgement.
func killOnce(t *testing.T, dir string, after time.Duration, acknowledged map[string]int64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var timer *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if timer == nil {
			timer = time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
		var id string
		var version int64
		if _, err := fmt.Sscan(lines.Text(), &id, &version); err != nil {
			t.Fatalf("the writer said %q", lines.Text())
		}
		acknowledged[id] = max(acknowledged[id], version)
	}
	cmd.Wait() // killed
}

// checkSurvivors opens what a killed writer left.
func checkSurvivors(t *testing.T, dir string, acknowledged map[string]int64) {
	t.Helper()
	s, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	for id, version := range acknowledged {
		loc, err := s.Read(t.Context(), "Location", id)
		if err != nil {
			t.Fatalf("%s was acknowledged: %v", id, err)
		}
		org, err := s.Read(t.Context(), "Organization", id)
		if err != nil {
			t.Fatalf("half a transaction of %s: %v", id, err)
		}
		value, err := s.Value(t.Context(), "crash", id)
		if err != nil || loc.Version < version || org.Version != loc.Version || string(value) != fmt.Sprint(loc.Version) ||
			org.Field("name").String() != loc.Field("name").String() {
			t.Errorf("%s: acknowledged version %d, found location %d, organization %d, value %s", id, version, loc.Version, org.Version, value)
		}
		h, err := s.History(t.Context(), store.HistoryQuery{Type: "Location", ID: id, Count: 1})
		if err != nil || h.Total != int(loc.Version) {
			t.Errorf("%s has %d versions in its history, %v; want %d", id, h.Total, err, loc.Version)
		}
	}
}
