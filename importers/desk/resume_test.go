package desk_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/desk"
	"masjala/internal/testutil"
)

// Who asks at the very moment at which a plan is done is heard: no step is left waiting for ever.
func TestStepsThatFollowAtOnce(t *testing.T) {
	p := newPlace(t)
	d := p.open(nil)
	for i := range 10 {
		x := p.hand(d, "facilities", string(rune('a'+i)), 1)
		for {
			_, err := d.Apply(t.Context(), x.Run, desk.AllGood, me)
			if err == nil {
				break
			}
			if fhir.KindOf(err) != fhir.Conflict || strings.Contains(err.Error(), "worked on") {
				t.Fatalf("to apply it: %v", err)
			}
		}
		p.until(d, x.Run, desk.Done)
	}
}

// An import with which the program ends again and again does not keep it from starting.
func TestImportThatEndsTheProgram(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	p := newPlace(t)
	p.gate = make(chan struct{})
	d := p.open(nil)
	x := p.hand(d, "facilities", "a", 2)
	starts := 1
	for ; starts < 20; starts++ {
		<-p.began
		d.Close() // the state is as after a kill
		if d = p.open(nil); p.task(d, x.Run).State == desk.Failed {
			break
		}
	}
	got := p.task(d, x.Run)
	if starts != 6 || !strings.Contains(string(got.Error), "6 times") || got.Retries != 0 {
		t.Errorf("after %d starts it is %s: %s", starts, got.State, got.Error)
	}
	close(p.gate)
	mapping := ""
	p.must(d.Decide(t.Context(), x.Run, desk.Decision{Mapping: &mapping}, me)) // asked for again
	p.until(d, x.Run, desk.Planned)
}

// An undoing that was done but for its last word is done when the program starts again.
func TestUndoThatWasDone(t *testing.T) {
	p := newPlace(t)
	d := p.open(nil)
	x := p.hand(d, "facilities", "a", 2)
	p.apply(d, x)
	if _, err := importers.Undo(t.Context(), p.env, importers.UndoRequest{Run: x.Run, Actor: "test"}); err != nil {
		t.Fatal(err)
	}
	p.must(d.Undo(t.Context(), x.Run, me))
	if got := p.until(d, x.Run, desk.Undone); got.Error != nil || p.count("Location") != 0 {
		t.Errorf("it says %s", got.Error)
	}
}

// A command whose program stops is told what is left, and nothing goes on behind its back.
func TestCommandWhoseProgramStops(t *testing.T) {
	p := newPlace(t)
	p.gate = make(chan struct{})
	d := p.open(nil)
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte(list("a", 2)), 0o600); err != nil {
		t.Fatal(err)
	}
	failed := make(chan error, 1)
	go func() {
		_, err := d.Import(context.Background(), desk.Order{Paper: desk.Paper{Kind: "facilities", File: "a.csv", Actor: "cli"}, Path: path})
		failed <- err
	}()
	<-p.began
	d.Close()
	if err := <-failed; fhir.KindOf(err) != fhir.Busy || !strings.Contains(err.Error(), "imported again") {
		t.Errorf("it ended with %v", err)
	}
	close(p.gate)
	d = p.open(nil)
	all, _, err := d.List(t.Context(), "", 9, func(*desk.Task) bool { return true })
	if err != nil || len(all) != 1 || all[0].State != desk.Failed || !strings.Contains(string(all[0].Error), "imported again") {
		t.Errorf("the tasks are %+v, %v", all, err)
	}
}

// What was to be written wholly or not at all, and was cancelled, left nothing to be taken back.
func TestUndoOfNothing(t *testing.T) {
	p := newPlace(t)
	d := p.open(nil)
	x := p.hand(d, "facilities", "a", 2)
	p.until(d, x.Run, desk.Planned)
	p.gate = make(chan struct{})
	p.must(d.Apply(t.Context(), x.Run, desk.AllOrNothing, me))
	p.until(d, x.Run, desk.Applying)
	if got := p.must(d.Cancel(t.Context(), x.Run, me)); got.State != desk.Cancelled {
		t.Errorf("it is %s", got.State)
	}
	if u, err := d.PreviewUndo(t.Context(), x.Run, "test"); err != nil || !u.DryRun || u.Deleted+u.Restored+u.Kept > 0 {
		t.Errorf("it would be undone as %+v, %v", u, err)
	}
	p.must(d.Undo(t.Context(), x.Run, me))
	if got := p.until(d, x.Run, desk.Undone); got.Error != nil || !strings.Contains(string(got.Undone), `"deleted":0`) {
		t.Errorf("it says %s, %s", got.Error, got.Undone)
	}
	close(p.gate)
}
