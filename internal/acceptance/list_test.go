//go:build unix

package acceptance_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"masjala/importers"
	"masjala/internal/testutil"
)

// program is the path of the program that was built; without it the test is skipped.
func program(t *testing.T) string {
	t.Helper()
	path := os.Getenv("MASJALA_PROGRAM")
	if path == "" {
		t.Skip("MASJALA_PROGRAM names no program; make acceptance does")
	}
	return path
}

// load imports a list of facilities and returns the report, the time and the peak memory in bytes.
func load(t *testing.T, list, data string) (importers.Report, time.Duration, int64) {
	t.Helper()
	cmd := exec.Command(program(t), "import", "facilities", list, "--data", data, "--json")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	if status := cmd.ProcessState.ExitCode(); status != 0 && status != 3 {
		t.Fatalf("the import ended with %v\n%s", err, errs.String())
	}
	var report importers.Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("read the report: %v", err)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return report, took, usage.Maxrss * 1024
}

func count(r importers.Report, rule string) int {
	n := 0
	for _, g := range r.Issues {
		if g.Rule == rule {
			n += g.Count
		}
	}
	return n
}

// A list of a continent: everything in it becomes a facility once, in little memory, and
// the same list again changes nothing.
func TestContinentalList(t *testing.T) {
	testutil.Requirement(t, "FRF-8")
	list := filepath.Join(testutil.Reference(t), "data", "facility", "who-ssa-2019", "who_ssa_facilities_converted.xlsx")
	data := t.TempDir()
	first, took, peak := load(t, list, data)
	t.Logf("first import: %.1f s, peak %d MB", took.Seconds(), peak>>20)
	got := map[string]int{
		"rows": first.Rows, "repeated": first.Of("facilities").Repeated, "failed": first.Of("facilities").Failed,
		"accounted for": first.Of("facilities").Create + first.Of("facilities").Repeat,
		"no position":   count(first, "position-missing"),
	}
	for what, want := range map[string]int{"rows": 98745, "accounted for": 98745, "repeated": 6, "failed": 0, "no position": 2350} {
		if got[what] != want {
			t.Errorf("%s: got %d, want %d", what, got[what], want)
		}
	}
	if peak > 512<<20 {
		t.Errorf("peak memory: got %d MB, want at most 512", peak>>20)
	}
	again, took, _ := load(t, list, data)
	t.Logf("second import: %.1f s", took.Seconds())
	for _, c := range again.Counts {
		if c.Create != 0 || c.Update != 0 || c.Conflict != 0 || c.Failed != 0 {
			t.Errorf("the same list again: %+v, want nothing changed", c)
		}
	}
}
