package index_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"masjala/fhir/search"
	"masjala/store/globe"
	"masjala/store/index"
)

// sampleModel is a model with something of everything.
func sampleModel() *model {
	m := newModel()
	for rid := uint32(1); rid < 200; rid++ {
		d := index.Doc{RID: rid, Type: uint8(1 + rid%2), Seq: int64(rid), ID: "r" + string(rune('a'+rid%26)) + string(rune('a'+rid/26))}
		d.Rows = []index.Row{
			{Kind: search.Token, Param: 1, Text: "wide", A: int64(rid % 3)},
			{Kind: search.Token, Param: 2, Text: d.ID, A: 7},
			{Kind: search.String, Param: 20, Text: "name " + d.ID, More: "Name " + d.ID},
			{Kind: search.String, Param: 21, Text: "deep " + d.ID, More: "Deep " + d.ID},
			{Kind: search.Reference, Param: 30, Text: "target", A: 1},
			{Kind: search.Position, Param: 50, A: globe.Cell(1, float64(rid)/10), X: 1, Y: float64(rid) / 10},
		}
		m.docs[rid] = d
	}
	return m
}

// A file with any byte changed, or cut off anywhere, is not used.
func TestDamagedFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	path := sampleModel().build(t, dir, 200)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, at int, bad []byte) {
		t.Helper()
		name := filepath.Join(t.TempDir(), "200.idx")
		if err := os.WriteFile(name, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		x, err := index.Open(filepath.Dir(name))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		if x.Base() != 0 || x.Damaged() == nil {
			t.Errorf("%s at byte %d of %d is not noticed", what, at, len(good))
		}
		if _, err := os.Stat(name); !os.IsNotExist(err) {
			t.Errorf("%s at byte %d: the file is still there: %v", what, at, err)
		}
	}
	rnd := rand.New(rand.NewPCG(7, 7))
	for i := range 400 {
		at := rnd.IntN(len(good))
		if i < 70 {
			at = i // the head
		}
		bad := append([]byte(nil), good...)
		bad[at] ^= 1 << rnd.IntN(8)
		refused("a flipped bit", at, bad)
	}
	for range 60 {
		at := rnd.IntN(len(good))
		refused("the end", at, good[:at])
	}
	refused("more", len(good), append(append([]byte(nil), good...), 0))
}

// Swap refuses a damaged file and goes on with what it has.
func TestSwapRefusesDamage(t *testing.T) {
	dir := t.TempDir()
	m := sampleModel()
	x, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if err := x.Swap(m.build(t, dir, 200)); err != nil {
		t.Fatal(err)
	}
	x.On(200)
	path := m.build(t, filepath.Join(dir, "next"), 300)
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	if err := x.Swap(path); err == nil {
		t.Error("half a file was taken")
	}
	if x.Base() != 200 || !x.View(func(v *index.View) {
		if n := v.Live(1).Count(); n != 99 {
			t.Errorf("%d resources, want 99", n)
		}
	}) {
		t.Error("the index does not go on with its base")
	}
}

// Open takes the newest good file and removes all others, also what a crash left.
func TestOpenTakesTheNewestGoodFile(t *testing.T) {
	dir := t.TempDir()
	m := sampleModel()
	m.build(t, dir, 200)
	m.build(t, dir, 300)
	if err := os.Truncate(m.build(t, dir, 400), 5000); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".new-123", "notes.txt", "0200.idx"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	x, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if x.Base() != 300 || x.Damaged() == nil {
		t.Errorf("Base() = %d, want 300; Damaged() = %v", x.Base(), x.Damaged())
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	if len(names) != 3 || names[0] != "0200.idx" || names[1] != "300.idx" || names[2] != "notes.txt" {
		t.Errorf("the folder holds %v", names)
	}
}

// A file that was given the name of another state is not that state.
func TestOpenRefusesAnotherState(t *testing.T) {
	dir := t.TempDir()
	path := sampleModel().build(t, dir, 200)
	if err := os.Rename(path, filepath.Join(dir, "201.idx")); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if x.Base() != 0 || x.Damaged() == nil {
		t.Errorf("Base() = %d, Damaged() = %v", x.Base(), x.Damaged())
	}
}
