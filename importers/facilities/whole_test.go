package facilities_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/internal/testutil"
)

// changes lists all that a run changed, a few at a time.
func changes(t *testing.T, env importers.Env, r *importers.Report, page int) []importers.Changed {
	t.Helper()
	var all []importers.Changed
	for cursor := ""; ; {
		list, next, err := importers.Changes(t.Context(), env.Store, r, cursor, page)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
		if cursor = next; next == "" {
			return all
		}
	}
}

func TestAllOrNothing(t *testing.T) {
	testutil.Requirement(t, "IMP-2")
	head := []any{"Code", "Name", "District"}
	good := [][]any{head, {"7", "Kila Clinic", "Alpha"}, {"8", "Neema Clinic", "Beta"}}
	tests := map[string]struct {
		rows    [][]any
		refused bool
	}{
		"all rows are good":       {good, false},
		"one row has no name":     {append(good[:3:3], []any{"9", "", "Beta"}), true},
		"one code for two things": {append(good[:3:3], []any{"8", "Amani Clinic", "Gamma"}), true},
		"only headings":           {good[:1], false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			env := newEnv(t)
			req := importers.Request{File: text(t, tc.rows), Whole: true, Actor: "test"}
			if tc.refused {
				if err := fails(t, env, req); fhir.KindOf(err) != fhir.Unprocessable {
					t.Errorf("it failed with %v, want Unprocessable", err)
				}
				if env.Store.Seq() != 0 {
					t.Errorf("%d versions were written", env.Store.Seq())
				}
				if runs, err := importers.Runs(t.Context(), env.Store, 9); err != nil || len(runs) > 0 {
					t.Errorf("%d runs are kept, %v", len(runs), err)
				}
				return
			}
			commits := map[int64]bool{}
			r := run(t, env, req)
			for _, c := range changes(t, env, r, 3) {
				typ, id := c.Resource[:len(c.Resource)-25], c.Resource[len(c.Resource)-24:]
				v, err := env.Store.Read(t.Context(), typ, id)
				if err != nil {
					t.Fatal(err)
				}
				commits[v.Updated.UnixMilli()] = true
			}
			if n := len(tc.rows) - 1; r.Of("facilities").Create != n || (n > 0 && len(commits) != 1) {
				t.Errorf("%d facilities in %d transactions, want %d in one", r.Of("facilities").Create, len(commits), n)
			}
			undo(t, env, r.Run, false)
			if n, err := env.Store.Count(t.Context(), "Location"); err != nil || n != 0 {
				t.Errorf("%d locations are left after it was undone, %v", n, err)
			}
		})
	}
}

func TestTooManyForOneTransaction(t *testing.T) {
	t.Parallel()
	rows := [][]any{{"Code", "Name", "District"}}
	for i := range importers.MaxWhole/2 + 1 {
		rows = append(rows, []any{fmt.Sprintf("C%05d", i), fmt.Sprintf("Clinic %d", i), "Alpha"})
	}
	env := newEnv(t)
	if err := fails(t, env, importers.Request{File: text(t, rows), Whole: true}); fhir.KindOf(err) != fhir.TooCostly {
		t.Errorf("it failed with %v, want TooCostly", err)
	}
	if env.Store.Seq() != 0 {
		t.Errorf("%d versions were written", env.Store.Seq())
	}
}

// What changed is told with its row, by run and for all times.
func TestChangesAreTold(t *testing.T) {
	env := newEnv(t)
	first, second, _ := twoLists(t, env)
	for name, tc := range map[string]struct {
		run  string
		want []string
	}{
		"the first list":  {first, []string{"Location create 2", "Location create 2", "Location create 3", "Organization create 2", "Organization create 2", "Organization create 3"}},
		"the second list": {second, []string{"Location create 4", "Location create 4", "Location update 2 [telecom]", "Organization create 4", "Organization create 4", "Organization update 2 [telecom]"}},
	} {
		r, err := importers.ReadRun(t.Context(), env.Store, tc.run)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, c := range changes(t, env, r, 1) {
			line := fmt.Sprintf("%s %s %d", c.Resource[:len(c.Resource)-25], c.Action, c.Row)
			if len(c.Changes) > 0 {
				line += fmt.Sprintf(" [%s]", c.Changes[0].Field)
			}
			got[line]++
		}
		want := map[string]int{}
		for _, line := range tc.want {
			want[line]++
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for _, cursor := range []string{"x", "1", "-1-2", "1-", "99999999999-1"} {
		if _, _, err := importers.Changes(t.Context(), env.Store, &importers.Report{Run: first}, cursor, 9); fhir.KindOf(err) != fhir.Invalid {
			t.Errorf("cursor %q: %v, want Invalid", cursor, err)
		}
	}
}

// A run that was cut short goes on under its name: its report, what it changed and its undoing
// are those of a run that was not.
func TestCutShortRunGoesOn(t *testing.T) {
	t.Parallel()
	testutil.Requirement(t, "IMP-1")
	file, env, whole := text(t, district(2500, 7)), newEnv(t), newEnv(t)
	req := importers.Request{File: file, Run: "20261123T080000.000Z-0badcafe"}
	if err := cancelled(t, env, req); err == nil {
		t.Fatal("the run was not cut short")
	}
	some, err := env.Store.Count(t.Context(), "Location")
	if err != nil || some == 0 {
		t.Fatalf("%d locations were written before, %v", some, err)
	}
	got, want := run(t, env, req), run(t, whole, importers.Request{File: file})
	if diff := cmp.Diff(want.Counts, got.Counts); diff != "" {
		t.Errorf("the report differs: %s", diff)
	}
	a, b := changes(t, env, got, 999), changes(t, whole, want, 2000)
	if diff := cmp.Diff(b, a); diff != "" {
		t.Errorf("what changed differs: %s", diff)
	}
	undo(t, env, got.Run, false)
	if n, err := env.Store.Count(t.Context(), "Location"); err != nil || n != 0 {
		t.Errorf("%d locations are left after it was undone, %v", n, err)
	}
	if err := fails(t, env, req); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("to go on after it was undone: %v, want Conflict", err)
	}
}
