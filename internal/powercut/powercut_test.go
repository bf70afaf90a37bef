package powercut_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/internal/powercut"
)

// root names the environment variable that makes the test program the one under test.
const root = "MASJALA_TEST_POWERCUT_ROOT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(root); dir != "" {
		program(dir)
		return
	}
	os.Exit(m.Run())
}

// program writes and syncs step by step and prints the name of each step.
func program(dir string) {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	syncDir := func() {
		d, err := os.Open(dir)
		must(err)
		must(d.Sync())
		must(d.Close())
	}
	f, err := os.OpenFile(filepath.Join(dir, "x"), os.O_RDWR|os.O_CREATE, 0o600)
	must(err)
	_, err = f.WriteAt([]byte("one"), 0)
	must(err)
	fmt.Println("written")
	must(f.Sync())
	fmt.Println("synced without a name")
	syncDir()
	fmt.Println("named")
	_, err = f.WriteAt([]byte("TWO"), 2)
	must(err)
	fmt.Println("not synced")
	must(f.Sync())
	must(f.Truncate(1))
	fmt.Println("synced, then cut")
	must(os.Rename(filepath.Join(dir, "x"), filepath.Join(dir, "y")))
	fmt.Println("renamed")
	must(f.Sync())
	syncDir()
	fmt.Println("renamed and synced")
	must(os.Remove(filepath.Join(dir, "y")))
	g, err := os.Create(filepath.Join(dir, "z"))
	must(err)
	_, err = g.WriteString("a")
	must(err)
	_, err = g.WriteString("b")
	must(err)
	must(g.Sync())
	syncDir()
	fmt.Println("replaced")
}

func TestReplay(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), root+"="+dir)
	tr := powercut.Record(t, dir, cmd)
	want := map[string]map[string]string{
		"written":               {},
		"synced without a name": {},
		"named":                 {"x": "one"},
		"not synced":            {"x": "one"},
		"synced, then cut":      {"x": "onTWO"},
		"renamed":               {"x": "onTWO"},
		"renamed and synced":    {"y": "o"},
		"replaced":              {"z": "ab"},
	}
	got := map[string]map[string]string{}
	survived := map[string]bool{}
	err := tr.Replay(func(line string, d *powercut.Disk) error {
		got[line] = restored(t, d, nil)
		for seed := range uint64(20) {
			if line == "not synced" {
				maps.Copy(survived, map[string]bool{restored(t, d, rand.New(rand.NewPCG(seed, 0)))["x"]: true})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files after a power cut (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string]bool{"one": true, "onTWO": true}, survived); diff != "" {
		t.Errorf("with chance (-want +got)\n%s", diff)
	}
	if len(tr.Mapped()) > 0 {
		t.Errorf("mapped files %v, want none", tr.Mapped())
	}
}

// restored returns the files by name after a power cut.
func restored(t *testing.T, d *powercut.Disk, chance *rand.Rand) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if err := d.Restore(dir, chance); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		b, err := os.ReadFile(filepath.Join(dir, n.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[n.Name()] = string(b)
	}
	return files
}
