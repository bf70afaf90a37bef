package desk_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/importers/desk"
	"masjala/internal/testutil"
)

func TestFirstComeFirstServed(t *testing.T) {
	p := newPlace(t)
	p.gate = make(chan struct{})
	d := p.open(nil)
	first, second, third := p.hand(d, "facilities", "a", 2), p.hand(d, "facilities", "b", 2), p.hand(d, "facilities", "c", 2)
	other := p.hand(d, "beds", "z", 2)
	p.until(d, first.Run, desk.Planning)
	p.until(d, other.Run, desk.Planning) // another registry: at the same time
	for run, want := range map[string]int{first.Run: 0, second.Run: 1, third.Run: 2, other.Run: 0} {
		if _, ahead, ok := d.Progress(run); ahead != want || !ok {
			t.Errorf("%d are before %s, want %d", ahead, p.task(d, run).File, want)
		}
	}
	if s := p.task(d, second.Run).State; s != desk.Queued {
		t.Errorf("the second is %s", s)
	}
	if n, err := p.env.Store.Count(t.Context(), "Location"); n != 0 || err != nil {
		t.Errorf("readers see %d, %v", n, err)
	}
	close(p.gate)
	for _, x := range []*desk.Task{first, second, third, other} {
		p.until(d, x.Run, desk.Planned)
	}
	var order []string
	for range 4 {
		if name := <-p.began; name != "z.csv" {
			order = append(order, name)
		}
	}
	if got := strings.Join(order, " "); got != "a.csv b.csv c.csv" {
		t.Errorf("they were planned as %s", got)
	}
}

// Commands wait in the same line as what was handed in, and so does their undoing.
func TestCommandsWaitInLine(t *testing.T) {
	p := newPlace(t)
	p.gate = make(chan struct{})
	d := p.open(nil)
	before := p.hand(d, "facilities", "a", 2)
	p.until(d, before.Run, desk.Planning)
	path := filepath.Join(t.TempDir(), "b.csv")
	if err := os.WriteFile(path, []byte(list("b", 3)), 0o600); err != nil {
		t.Fatal(err)
	}
	phases := make(chan string, 1000)
	order := desk.Order{Paper: desk.Paper{Kind: "facilities", File: "b.csv", Actor: "cli"}, Path: path,
		Progress: func(p importers.Progress) { phases <- p.Phase }}
	type outcome struct {
		*desk.Imported
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		got, err := d.Import(context.Background(), order)
		done <- outcome{got, err}
	}()
	if phase := <-phases; phase != "waiting" {
		t.Errorf("the command is told of %q first", phase)
	}
	close(p.gate)
	got := <-done
	if got.err != nil || got.Of("facilities").Create != 3 {
		t.Fatalf("the command: %+v, %v", got.Imported, got.err)
	}
	kept := p.task(d, got.Run)
	if kept.State != desk.Done || kept.Attended || !d.Keeps(kept) {
		t.Errorf("its task is %+v", kept)
	}
	u, err := d.TakeBack(t.Context(), importers.UndoRequest{Run: got.Run, Actor: "cli"})
	if err != nil || u.Deleted != 8 || p.task(d, got.Run).State != desk.Undone {
		t.Errorf("undone %+v, %v", u, err)
	}
	if _, err := d.TakeBack(t.Context(), importers.UndoRequest{Run: got.Run}); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("undone again: %v, want Conflict", err)
	}
}

func TestUndoOfWhatStillRuns(t *testing.T) {
	p := newPlace(t)
	d := p.open(nil)
	x := p.hand(d, "facilities", "a", 2)
	p.apply(d, x)
	p.gate = make(chan struct{})
	y := p.hand(d, "facilities", "b", 2)
	p.until(d, y.Run, desk.Planning)
	z := p.must(d.Undo(t.Context(), x.Run, me)) // waits behind the plan
	if z.State != desk.Queued {
		t.Errorf("the undoing is %s, want that it waits", z.State)
	}
	if _, err := d.TakeBack(t.Context(), importers.UndoRequest{Run: x.Run}); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("undone at the same time: %v, want Conflict", err)
	}
	if _, err := d.Undo(t.Context(), y.Run, me); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("undone while it is planned: %v, want Conflict", err)
	}
	close(p.gate)
	p.until(d, x.Run, desk.Undone)
}

func TestCancelAtEachState(t *testing.T) {
	p := newPlace(t)
	p.gate = make(chan struct{})
	d := p.open(nil)
	planning, queued := p.hand(d, "facilities", "a", 2), p.hand(d, "facilities", "b", 2)
	p.until(d, planning.Run, desk.Planning)
	cancel := func(run string) (*desk.Task, error) { return d.Cancel(t.Context(), run, me) }
	for _, run := range []string{queued.Run, planning.Run, planning.Run} {
		if got := p.must(cancel(run)); got.State != desk.Cancelled {
			t.Errorf("it is %s, want cancelled", got.State)
		}
	}
	if _, err := d.Apply(t.Context(), planning.Run, desk.AllGood, me); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("to apply what was never planned: %v, want Conflict", err)
	}
	close(p.gate)
	planned := p.hand(d, "facilities", "c", 2)
	p.until(d, planned.Run, desk.Planned)
	if got := p.must(cancel(planned.Run)); got.State != desk.Cancelled {
		t.Errorf("it is %s, want cancelled", got.State)
	}
	applied := p.hand(d, "facilities", "e", 2)
	p.until(d, applied.Run, desk.Planned)
	p.gate = make(chan struct{})
	p.must(d.Apply(t.Context(), applied.Run, desk.AllGood, me))
	p.until(d, applied.Run, desk.Applying)
	if got := p.must(cancel(applied.Run)); got.State != desk.Cancelled || p.count("Location") != 0 {
		t.Errorf("it is %s, want cancelled", got.State)
	}
	close(p.gate)
	p.must(d.Apply(t.Context(), applied.Run, desk.AllGood, me)) // goes on
	p.until(d, applied.Run, desk.Done)
	if _, err := cancel(applied.Run); fhir.KindOf(err) != fhir.Conflict || p.count("Location") != 3 {
		t.Errorf("to cancel what is done: %v, want Conflict", err)
	}
}

func TestWhatIsAskedTwiceIsDoneOnce(t *testing.T) {
	p := newPlace(t)
	d := p.open(nil)
	x := p.hand(d, "facilities", "a", 2)
	planned := p.until(d, x.Run, desk.Planned)
	p.gate = make(chan struct{})
	once := p.must(d.Apply(t.Context(), x.Run, desk.AllGood, desk.Ask{Actor: "test", Version: planned.Version}))
	if _, err := d.Apply(t.Context(), x.Run, desk.AllGood, desk.Ask{Version: planned.Version}); fhir.KindOf(err) != fhir.PreconditionFailed {
		t.Errorf("in the version before: %v, want PreconditionFailed", err)
	}
	p.until(d, x.Run, desk.Applying)
	if twice := p.must(d.Apply(t.Context(), x.Run, desk.AllGood, me)); twice.Run != once.Run || twice.State != desk.Applying {
		t.Errorf("asked twice: %+v", twice)
	}
	if _, err := d.Apply(t.Context(), x.Run, desk.AllOrNothing, me); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("in another mode: %v, want Conflict", err)
	}
	close(p.gate)
	done := p.until(d, x.Run, desk.Done)
	if again := p.must(d.Apply(t.Context(), x.Run, desk.AllGood, me)); again.Version != done.Version {
		t.Errorf("asked again: %+v", again)
	}
}

func TestAllOrNothing(t *testing.T) {
	testutil.Requirement(t, "IMP-2")
	p := newPlace(t)
	d := p.open(nil)
	bad, err := p.submit(d, "facilities", "bad", list("bad", 3)+"F9,,Alpha\n")
	if err != nil {
		t.Fatal(err)
	}
	p.until(d, bad.Run, desk.Planned)
	p.must(d.Apply(t.Context(), bad.Run, desk.AllOrNothing, me))
	got := p.until(d, bad.Run, desk.Planned)
	for got.Error == nil { // planned is also what it was before
		got = p.task(d, bad.Run)
	}
	if !strings.Contains(string(got.Error), "nothing was imported") || p.count("Location") != 0 {
		t.Errorf("it says %s, and %d are stored", got.Error, p.count("Location"))
	}
	p.must(d.Apply(t.Context(), bad.Run, desk.AllGood, me))
	if done := p.until(d, bad.Run, desk.Done); done.Error != nil || p.count("Location") != 4 {
		t.Errorf("all that is good: %s, %d are stored", done.Error, p.count("Location"))
	}
}

// What is decided about the columns makes another plan.
func TestDecisions(t *testing.T) {
	p := newPlace(t)
	d := p.open(nil)
	x, err := p.submit(d, "facilities", "odd", "Kodi,Zahanati,Eneo\n1,Kila Clinic,Alpha\n")
	if err != nil {
		t.Fatal(err)
	}
	p.until(d, x.Run, desk.Failed)
	mapping := "kind: facilities\ncolumns:\n- {column: Kodi, target: id, system: \"urn:x\"}\n- {column: Zahanati, target: name}\n- {column: Eneo, target: area, level: 1}\n"
	p.must(d.Decide(t.Context(), x.Run, desk.Decision{Mapping: &mapping}, me))
	p.until(d, x.Run, desk.Planned)
	result, err := d.Result(t.Context(), x.Run)
	if err != nil || gjson.GetBytes(result, `counts.#(what=="facilities").create`).Int() != 1 {
		t.Errorf("the plan is %s, %v", result, err)
	}
	sheet := "another"
	p.must(d.Decide(t.Context(), x.Run, desk.Decision{Sheet: &sheet}, me))
	p.until(d, x.Run, desk.Failed)
	wrong := "columns: 7"
	if _, err := d.Decide(t.Context(), x.Run, desk.Decision{Mapping: &wrong}, me); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("a mapping that is none: %v, want Invalid", err)
	}
}

// A row that seems to be stored is decided about by its number, and planned anew.
func TestDecisionsOnRows(t *testing.T) {
	testutil.Requirement(t, "MT-3")
	p := newPlace(t)
	d := p.open(nil)
	submit := func(name, text string) *desk.Task {
		t.Helper()
		x, err := p.submit(d, "facilities", name, text)
		if err != nil {
			t.Fatal(err)
		}
		p.until(d, x.Run, desk.Planned)
		return x
	}
	first := submit("ministry", "MFL code,Name,District,Lat,Long\nM1,Gede Dispensary,Kilifi,-3.3070,40.0170\n")
	p.apply(d, first)
	x := submit("partner", "Partner id,Name,District,Lat,Long\nP1,Zahanati ya Gede,Kilifi,-3.3071,40.0171\n")
	count := func(what string) int64 {
		t.Helper()
		result, err := d.Result(t.Context(), x.Run)
		if err != nil {
			t.Fatal(err)
		}
		return gjson.GetBytes(result, `counts.#(what=="facilities").`+what).Int()
	}
	if count("held") != 1 {
		t.Errorf("%d rows wait", count("held"))
	}
	decide := func(twin decisions.Twin) (*desk.Task, error) {
		return d.Decide(t.Context(), x.Run, desk.Decision{Set: decisions.Set{Twins: []decisions.Twin{twin}}}, me)
	}
	if _, err := decide(decisions.Twin{Row: 7, Verdict: decisions.Same}); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("a row that is no twin: %v", err)
	}
	p.must(decide(decisions.Twin{Row: 2, Verdict: decisions.Same}))
	p.until(d, x.Run, desk.Planned)
	if count("held") != 0 || count("update") != 1 {
		t.Errorf("after the decision %d wait, %d are updated", count("held"), count("update"))
	}
}

// What was cut short is taken up by the next process: a plan, an application, a queue.
func TestRestart(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	p := newPlace(t)
	p.gate = make(chan struct{})
	d := p.open(nil)
	x, y := p.hand(d, "facilities", "a", 2), p.hand(d, "facilities", "b", 3)
	p.until(d, x.Run, desk.Planning)
	half, err := d.Receive(strings.NewReader("half"))
	if err != nil {
		t.Fatal(err)
	}
	_ = half // the process ends before it is submitted
	d.Close()
	if s := p.task(d, x.Run).State; s != desk.Planning {
		t.Errorf("at the stop it is %s", s)
	}
	if _, err := p.submit(d, "facilities", "late", list("late", 1)); fhir.KindOf(err) != fhir.Busy {
		t.Errorf("a closed desk took a list: %v", err)
	}
	d = p.open(nil)
	close(p.gate)
	p.until(d, x.Run, desk.Planned)
	p.until(d, y.Run, desk.Planned)
	p.gate = make(chan struct{})
	p.must(d.Apply(t.Context(), y.Run, desk.AllGood, me))
	p.until(d, y.Run, desk.Applying)
	d.Close()
	close(p.gate)
	d = p.open(nil)
	p.until(d, y.Run, desk.Done)
	if n := p.count("Location"); n != 4 {
		t.Errorf("%d locations are stored, want 4", n)
	}
	if left, err := os.ReadDir(filepath.Join(p.dir, "incoming")); err != nil || len(left) > 0 {
		t.Errorf("%d files are left of what was being written, %v", len(left), err)
	}
}

// An import whose command died is not done behind its back.
func TestCommandThatDied(t *testing.T) {
	p := newPlace(t)
	p.gate = make(chan struct{})
	d := p.open(nil)
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte(list("a", 2)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := d.Import(ctx, desk.Order{Paper: desk.Paper{Kind: "facilities", File: "a.csv", Actor: "cli"}, Path: path})
		failed <- err
	}()
	<-p.began
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	all, _, err := d.List(t.Context(), "", 9, func(*desk.Task) bool { return true })
	if err != nil || len(all) != 1 || all[0].State != desk.Cancelled {
		t.Errorf("the tasks are %+v, %v", all, err)
	}
}

func TestTooManyWait(t *testing.T) {
	p := newPlace(t)
	p.gate = make(chan struct{})
	d := p.open(func(o *desk.Options) { o.Open = 2 })
	p.hand(d, "facilities", "a", 1)
	p.hand(d, "facilities", "b", 1)
	if _, err := p.submit(d, "facilities", "c", list("c", 1)); fhir.KindOf(err) != fhir.TooMany {
		t.Errorf("a third: %v, want TooMany", err)
	}
	close(p.gate)
}
