package desk_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/importers/desk"
)

// Plans that nobody applied keep their files from being removed for a week. Then they make room for others.
func TestPlansThatAreLeftAloneMakeRoom(t *testing.T) {
	p := newPlace(t)
	d := p.open(func(o *desk.Options) { o.Space = 40 << 10 })
	small, large := list("a", 200), list("b", 1200)
	a, err := p.submit(d, "facilities", "a", small)
	if err != nil {
		t.Fatal(err)
	}
	p.until(d, a.Run, desk.Planned)
	held, err := d.Stock()
	if err != nil || held.Files != 1 || held.Bytes < int64(len(small)) {
		t.Fatalf("a plan takes %+v of the space, %v", held, err)
	}
	if over := held.Bytes + int64(len(large)) - held.Space; over <= 0 || int64(len(large)) > held.Space {
		t.Fatalf("the lists take %d and %d of %d bytes", held.Bytes, len(large), held.Space)
	}
	p.ahead.Add(int64(6 * 24 * time.Hour))
	if _, err := p.submit(d, "facilities", "b", large); fhir.KindOf(err) != fhir.Full {
		t.Fatalf("while the plan is young: %v, want Full", err)
	}
	p.ahead.Add(int64(25 * time.Hour))
	b, err := p.submit(d, "facilities", "b", large)
	if err != nil {
		t.Fatal(err)
	}
	left := p.task(d, a.Run)
	if left.State != desk.Cancelled || !bytes.Contains(left.Error, []byte("nobody applied")) || d.Keeps(left) {
		t.Errorf("the plan that was left alone is %+v", left)
	}
	if _, err := d.Apply(t.Context(), a.Run, desk.AllGood, desk.Ask{Actor: "test"}); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("to apply it: %v, want Conflict", err)
	}
	if p.until(d, b.Run, desk.Planned); !d.Keeps(b) {
		t.Error("the new list is not kept")
	}
}

// A file that was imported and is planned once more is removed with the last plan of it, not before.
func TestRoomIsNotMadeUnderAPlan(t *testing.T) {
	p := newPlace(t)
	d := p.open(func(o *desk.Options) { o.Space = 40 << 10 })
	p.apply(d, p.hand(d, "facilities", "a", 200))
	plan := p.hand(d, "facilities", "a", 200)
	p.until(d, plan.Run, desk.Planned)
	held, err := d.Stock()
	if err != nil {
		t.Fatal(err)
	}
	p.ahead.Add(int64(8 * 24 * time.Hour))
	over := list("b", 1) + strings.Repeat("\n", int(held.Space-held.Bytes)) // by less than the file
	if _, err := p.submit(d, "facilities", "b", over); err != nil {
		t.Fatal(err)
	}
	if left := p.task(d, plan.Run); left.State == desk.Planned != d.Keeps(left) {
		t.Errorf("the plan is %s, and that its file is there is %t", left.State, d.Keeps(left))
	}
}

// Temporary files lie in the folder of the desk, where the next start removes what a kill left.
func TestTemporaryFilesAreOurs(t *testing.T) {
	p := newPlace(t)
	d := p.open(nil)
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	x := p.apply(d, p.hand(d, "facilities", "a", 3))
	var marked bytes.Buffer
	if err := d.WriteMarked(t.Context(), x, &marked); err != nil || !bytes.HasPrefix(marked.Bytes(), []byte("PK")) {
		t.Errorf("%d bytes, %v", marked.Len(), err)
	}
	if left, err := os.ReadDir(d.Scratch()); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(d.Scratch(), "import-1.rows"), []byte("killed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = p.open(nil)
	if left, err := os.ReadDir(d.Scratch()); err != nil || len(left) > 0 {
		t.Errorf("after the next start there are %v, %v", left, err)
	}
}
