package terminology_test

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"masjala/internal/powercut"
	"masjala/internal/testutil"
	"masjala/store/sqlite"
	"masjala/terminology"
	"masjala/terminology/concept"
)

// powercutVariable tells this test program to be the one under strace: its value is the
// data directory.
const powercutVariable = "MASJALA_TERMINOLOGY_POWERCUT"

// TestPowercutChild is no test by itself: it writes versions of a code system, says when
// each is acknowledged, and ends without closing anything.
func TestPowercutChild(t *testing.T) {
	dir := os.Getenv(powercutVariable)
	if dir == "" {
		t.Skip("only runs as the child of TestPowerCut")
	}
	st := openStoreHere(t, dir)
	s := newService(t, st, dir)
	for i := range 6 {
		put(t, s, st, grown(i+1))
		os.Stdout.WriteString(fmt.Sprintf("\nacknowledged %d\n", i+1))
		if i == 3 { // Badger and the notes on its files are written too
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = newService(t, st, dir)
		}
	}
	os.Exit(0)
}

// TestPowerCut restores what was synced at each acknowledgement. The maps that Badger
// writes through are not in the trace, so of its files the worst is seen. The code system
// must answer in the version acknowledged, and Badger must hold it again afterwards.
func TestPowerCut(t *testing.T) {
	testutil.Requirement(t, "NFR-7")
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestPowercutChild$")
	cmd.Env = append(os.Environ(), powercutVariable+"="+dir)
	trace := powercut.Record(t, dir, cmd)
	for _, name := range trace.Mapped() {
		if !strings.Contains(name, "/badger/") && !strings.HasSuffix(name, "-shm") {
			t.Errorf("%s is mapped for writing, which the trace does not show", name)
		}
	}
	seen := 0
	err := trace.Replay(func(line string, d *powercut.Disk) error {
		var version int
		if _, err := fmt.Sscanf(line, "acknowledged %d", &version); err != nil {
			return nil // what the test framework prints
		}
		seen++
		for _, chance := range []*rand.Rand{nil, rand.New(rand.NewPCG(1, uint64(version)))} {
			if err := outlives(t, d, chance, version); err != nil {
				return fmt.Errorf("after %q: %w", line, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if seen != 6 {
		t.Errorf("%d versions were acknowledged, want 6", seen)
	}
}

// outlives opens what a power cut leaves.
func outlives(t *testing.T, d *powercut.Disk, chance *rand.Rand, version int) error {
	dir := t.TempDir()
	if err := d.Restore(dir, chance); err != nil {
		return err
	}
	st, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		return err
	}
	defer st.Close()
	s, err := terminology.New(terminology.Options{Store: st, Dir: filepath.Join(dir, "concepts")})
	if err != nil {
		return err
	}
	got, err := present(t, s)
	<-s.Repaired()
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	if got < version {
		return fmt.Errorf("version %d answers", got)
	}
	return inBadger(filepath.Join(dir, "concepts"))
}

// inBadger makes the flat files again from Badger alone.
func inBadger(dir string) error {
	flat, err := os.ReadDir(filepath.Join(dir, "flat"))
	if err != nil || len(flat) != 1 {
		return fmt.Errorf("%d flat files, want 1 (%v)", len(flat), err)
	}
	hash, err := concept.ParseHash(flat[0].Name())
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, "flat")); err != nil {
		return err
	}
	l, err := concept.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	_, err = l.Set(hash, func() (*concept.Source, error) { return nil, errors.New("Badger does not hold the concepts") })
	return errors.Join(err, l.Close())
}
