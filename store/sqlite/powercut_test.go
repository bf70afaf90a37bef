package sqlite_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"masjala/internal/powercut"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/sqlite"
)

// powercutDir names the environment variable that makes the test program a writer under strace.
const powercutDir = "MASJALA_TEST_POWERCUT_DIR"

// powercutWriter stores versions and prints each when it is acknowledged. It pauses for
// checkpoints to run and opens the store a second time.
func powercutWriter(dir string) {
	for run := range 2 {
		s, err := sqlite.Open(dir, sqlite.Options{})
		if err != nil {
			panic(err)
		}
		for i := range 25 {
			id := fmt.Sprintf("%d-%d", run, i%9)
			var version int64
			err := s.Write(context.Background(), store.Cause{}, func(tx store.Tx) error {
				r, err := tx.Put(draft("Location", id, fmt.Sprintf(`{"name":"n %d","description":%q}`, i, strings.Repeat("x", 300*i))), "PUT")
				if err == nil {
					version = r.Version
				}
				return err
			})
			if err != nil {
				panic(err)
			}
			os.Stdout.WriteString(fmt.Sprintf("%s %d\n", id, version))
			if i == 12 {
				time.Sleep(1200 * time.Millisecond) // a checkpoint
			}
		}
		if run == 0 {
			if err := s.Close(); err != nil {
				panic(err)
			}
		}
	}
	os.Exit(0) // without closing
}

// TestPowerCutLosesNothing restores what was synced at each acknowledgement: every write
// acknowledged until then must be there.
func TestPowerCutLosesNothing(t *testing.T) {
	testutil.Requirement(t, "NFR-7", "APP-2")
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), powercutDir+"="+dir)
	tr := powercut.Record(t, dir, cmd)
	for _, p := range tr.Mapped() {
		if !strings.HasSuffix(p, "-shm") { // made anew at each start
			t.Fatalf("%s is mapped for writing, which the trace does not show", p)
		}
	}
	acknowledged := map[string]int64{}
	lines := 0
	err := tr.Replay(func(line string, d *powercut.Disk) error {
		var id string
		var version int64
		if _, err := fmt.Sscan(line, &id, &version); err != nil {
			return fmt.Errorf("the writer said %q", line)
		}
		lines++
		acknowledged[id] = version
		for seed, chance := range map[uint64]*rand.Rand{0: nil, 1: rand.New(rand.NewPCG(1, uint64(lines)))} {
			if err := survives(t, d, chance, acknowledged); err != nil {
				return fmt.Errorf("after %q, seed %d: %w", line, seed, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if lines != 50 {
		t.Errorf("%d writes were acknowledged, want 50", lines)
	}
}

// survives opens what a power cut leaves and looks for what was acknowledged.
func survives(t *testing.T, d *powercut.Disk, chance *rand.Rand, acknowledged map[string]int64) error {
	dir := t.TempDir()
	if err := d.Restore(dir, chance); err != nil {
		return err
	}
	s, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	for id, version := range acknowledged {
		r, err := s.Read(t.Context(), "Location", id)
		if err != nil {
			return err
		}
		if r.Version < version {
			return fmt.Errorf("%s has version %d, %d was acknowledged", id, r.Version, version)
		}
	}
	return s.Check(t.Context())
}
