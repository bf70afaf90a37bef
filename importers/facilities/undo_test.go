package facilities_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/internal/testutil"
)

// undo undoes a run and fails the test when that fails.
func undo(t *testing.T, env importers.Env, run string, dry bool) *importers.Undone {
	t.Helper()
	u, err := importers.Undo(t.Context(), env, importers.UndoRequest{Run: run, DryRun: dry, Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// twoLists imports a list of two facilities in an area, then a newer one that changes a phone and
// adds a facility in an area of its own.
func twoLists(t *testing.T, env importers.Env) (first, second string, newer string) {
	t.Helper()
	head := []any{"Code", "Name", "Phone number", "District"}
	older := text(t, [][]any{head, {"7", "Kila Clinic", "0712000001", "Alpha"}, {"8", "Neema Clinic", "0712000003", "Alpha"}})
	newer = text(t, [][]any{head, {"7", "Kila Clinic", "0712000002", "Alpha"}, {"8", "Neema Clinic", "0712000003", "Alpha"}, {"9", "Amani Clinic", "0712000004", "Beta"}})
	return run(t, env, importers.Request{File: older}).Run, run(t, env, importers.Request{File: newer}).Run, newer
}

func TestUndoBringsBackWhatWas(t *testing.T) {
	testutil.Requirement(t, "IMP-2")
	env := newEnv(t)
	first, second, newer := twoLists(t, env)
	planned := undo(t, env, second, true)
	if find(t, env, "Location", "Amani Clinic") == nil {
		t.Fatal("a dry run deleted something")
	}
	u := undo(t, env, second, false)
	if diff := cmp.Diff([]int{planned.Deleted, planned.Restored, planned.Kept}, []int{u.Deleted, u.Restored, u.Kept}); diff != "" {
		t.Errorf("done is not what was planned: %s", diff)
	}
	if u.Deleted != 4 || u.Kept != 0 { // a facility and an area, two halves each
		t.Errorf("undone %+v", u)
	}
	if l := find(t, env, "Location", "Kila Clinic"); !strings.Contains(string(l.Body), "0712000001") {
		t.Errorf("the phone is not as before: %s", l.Body)
	}
	if _, err := importers.Undo(t.Context(), env, importers.UndoRequest{Run: second}); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("undone a second time: %v", err)
	}
	again := run(t, env, importers.Request{File: newer})
	if c := again.Of("facilities"); c.Create != 1 || c.Update != 1 || c.Unchanged != 1 || c.Conflict+c.Failed > 0 {
		t.Errorf("the list again after it was undone: %+v %+v", c, again.Issues)
	}
	if c := run(t, env, importers.Request{File: newer}).Of("facilities"); c.Unchanged != 3 {
		t.Errorf("the list once more: %+v", c)
	}
	undo(t, env, again.Run, false)
	if u := undo(t, env, first, false); u.Kept != 0 || u.Deleted == 0 {
		t.Errorf("the first list undone: %+v", u)
	}
	if n, err := env.Store.Count(t.Context(), "Location"); err != nil || n != 0 {
		t.Errorf("%d locations are left, %v", n, err)
	}
}

func TestUndoLeavesWhatWasChangedSince(t *testing.T) {
	env := newEnv(t)
	first, second, _ := twoLists(t, env)
	edit(t, env, find(t, env, "Location", "Amani Clinic"), "0712000004", "0712999999")
	u := undo(t, env, second, false)
	reasons := map[string]string{}
	for _, k := range u.First {
		reasons[k.Resource[:strings.Index(k.Resource, "/")]+" "+k.Reason[strings.LastIndex(k.Reason, " ")+1:]] = k.Reason
	}
	if u.Kept < 3 || reasons["Location since"] == "" {
		t.Errorf("kept %+v, want the changed facility, what it names and its area", u.First)
	}
	for _, name := range []string{"Amani Clinic", "Beta"} {
		if find(t, env, "Location", name) == nil {
			t.Errorf("%s is gone", name)
		}
	}
	if l := find(t, env, "Location", "Kila Clinic"); !strings.Contains(string(l.Body), "0712000001") {
		t.Errorf("the phone is not as before: %s", l.Body)
	}
	if u := undo(t, env, first, false); u.Kept != 0 || u.Restored != 0 {
		t.Errorf("the first list undone: %+v; nobody else has changed what it made", u)
	}
}

// foreseen undoes a run, and fails the test when a dry run before said otherwise.
func foreseen(t *testing.T, env importers.Env, run string) *importers.Undone {
	t.Helper()
	planned := undo(t, env, run, true)
	u := undo(t, env, run, false)
	planned.DryRun = false
	if diff := cmp.Diff(planned, u); diff != "" {
		t.Errorf("done is not what was planned: %s", diff)
	}
	return u
}

func TestUndoForeseesThatAFacilityMovesBack(t *testing.T) {
	env := newEnv(t)
	head := []any{"Code", "Name", "District"}
	run(t, env, importers.Request{File: text(t, [][]any{head, {"7", "Kila Clinic", "Alpha"}})})
	moved := run(t, env, importers.Request{File: text(t, [][]any{head, {"7", "Kila Clinic", "Beta"}})})
	if u := foreseen(t, env, moved.Run); u.Kept != 0 || u.Deleted != 2 || u.Restored == 0 {
		t.Errorf("undone %+v, want the area gone that only a facility which moved there names", u)
	}
}

func TestUndoForeseesWhoStaysBehindMany(t *testing.T) {
	env := newEnv(t)
	head := []any{"Code", "Name", "Phone number", "District"}
	run(t, env, importers.Request{File: text(t, [][]any{head, {"7", "Kila Clinic", "0712000001", "Alpha"}})})
	list := func(last int) string {
		rows := [][]any{head}
		for i := range 60 {
			rows = append(rows, []any{fmt.Sprint(100 + i), fmt.Sprintf("Amani Clinic %d", i), fmt.Sprint("07120000", 10*i+last), "Beta"})
		}
		return text(t, rows)
	}
	many := run(t, env, importers.Request{File: list(1)})
	alpha, beta := find(t, env, "Location", "Alpha"), find(t, env, "Location", "Beta")
	edit(t, env, find(t, env, "Location", "Kila Clinic"), alpha.Ref(), beta.Ref())
	undo(t, env, run(t, env, importers.Request{File: list(2)}).Run, false) // now the 60 are newer
	u := foreseen(t, env, many.Run)
	if u.Kept == 0 || u.Deleted < 60 || find(t, env, "Location", "Beta") == nil {
		t.Errorf("undone %+v, want the area kept that a facility of another list names", u)
	}
}

func TestRunsAreListed(t *testing.T) {
	env := newEnv(t)
	first, second, _ := twoLists(t, env)
	undo(t, env, first, true)
	list, err := importers.Runs(t.Context(), env.Store, 10)
	if err != nil || len(list) != 2 || list[0].Run != second || list[1].Run != first || !list[1].Undone.IsZero() {
		t.Errorf("runs %+v, %v", list, err)
	}
	if list, err := importers.Runs(t.Context(), env.Store, 1); err != nil || len(list) != 1 || list[0].Run != second {
		t.Errorf("the last run: %+v, %v", list, err)
	}
	if _, err := importers.Undo(t.Context(), env, importers.UndoRequest{Run: "20200101T000000.000Z-abc"}); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("a run that never was: %v", err)
	}
}
