package facilities_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"masjala/importers"
	"masjala/internal/testutil"
	"masjala/store"
)

// reasonOf is the reason of the present version of a facility.
func reasonOf(t *testing.T, env importers.Env, name string) string {
	t.Helper()
	l := find(t, env, "Location", name)
	page, err := env.Store.History(t.Context(), store.HistoryQuery{Type: l.Type, ID: l.ID, Count: 1})
	if err != nil {
		t.Fatal(err)
	}
	return page.Versions[0].Cause.Reason
}

// unnote makes runs those of before there were notes.
func unnote(t *testing.T, env importers.Env, runs ...string) {
	t.Helper()
	err := env.Store.Write(t.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
		for _, run := range runs {
			data, err := tx.Value("import/runs", run)
			if err != nil {
				return err
			}
			if err := tx.SetValue("import/runs", run, []byte(strings.Replace(string(data), `"noted":true,`, "", 1))); err != nil {
				return err
			}
		}
		for _, space := range []string{"import/wrote", "import/undid"} {
			all, err := tx.Values(space, "", "", 1000)
			if err != nil {
				return err
			}
			for _, v := range all {
				of, _, _ := strings.Cut(v.Key, "/")
				if undid, _, _ := strings.Cut(string(v.Data), "\t"); slices.Contains(runs, of) || slices.Contains(runs, undid) {
					if err := tx.SetValue(space, v.Key, nil); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever somebody writes as a reason, the change is not that of an import, nor of an undoing.
func TestNobodyForgesARun(t *testing.T) {
	testutil.Requirement(t, "IMP-2")
	for name, reason := range map[string]func(first, second, true string) string{
		"an import":              func(_, second, _ string) string { return "import " + second + " of list.csv" },
		"an import after more":   func(_, second, _ string) string { return "typed in; import " + second + " of list.csv" },
		"all that an import has": func(_, _, true string) string { return true },
		"its undoing":            func(_, second, _ string) string { return "undo of import " + second + ", of list.csv" },
		"the undoing of another": func(first, _, _ string) string { return "undo of import " + first + ", of list.csv" },
		"that of none":           func(_, _, _ string) string { return "undo of import 20260101T000000.000Z-0badcafe, of list.csv" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t)
			first, second, _ := twoLists(t, env)
			by := store.Cause{Actor: "test", Reason: reason(first, second, reasonOf(t, env, "Kila Clinic"))}
			editAs(t, env, by, find(t, env, "Location", "Kila Clinic"), "0712000002", "0712999999")
			u := foreseen(t, env, second)
			kila := find(t, env, "Location", "Kila Clinic")
			if u.Kept != 1 || u.First[0].Resource != kila.Ref() || !strings.Contains(u.First[0].Reason, "changed since") {
				t.Errorf("kept %+v, want what was changed", u.First)
			}
			if !strings.Contains(string(kila.Body), "0712999999") {
				t.Errorf("the change is lost: %s", kila.Body)
			}
		})
	}
}

// What somebody deleted with the reason of an undoing is not imported again.
func TestNobodyForgesAnUndoing(t *testing.T) {
	env := newEnv(t)
	_, second, newer := twoLists(t, env)
	remove(t, env, store.Cause{Actor: "test", Reason: "undo of import " + second + ", of list.csv"}, find(t, env, "Location", "Amani Clinic"))
	if r := run(t, env, importers.Request{File: newer}); rules(r)["deleted-here"] != 1 {
		t.Errorf("counts %+v, issues %v", r.Counts, rules(r))
	}
}

// An import whose reason or file names another import is its own.
func TestImportThatNamesAnother(t *testing.T) {
	for name, req := range map[string]func(first string) importers.Request{
		"its reason begins as an undoing": func(first string) importers.Request {
			return importers.Request{Reason: "undo of import " + first + ", of list.csv"}
		},
		"its reason names an import": func(first string) importers.Request {
			return importers.Request{Reason: "once more import " + first + " of list.csv"}
		},
		"its file names an import": func(first string) importers.Request {
			return importers.Request{Name: "import " + first + " of list.csv"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t)
			file := func(phone string) string {
				return text(t, [][]any{{"Code", "Name", "Phone number", "District"}, {"7", "Kila Clinic", phone, "Alpha"}})
			}
			first := run(t, env, importers.Request{File: file("0712000001")}).Run
			r := req(first)
			r.File = file("0712000002")
			other := run(t, env, r).Run
			if u := undo(t, env, first, true); u.Kept == 0 || u.Restored > 0 {
				t.Errorf("the first would be undone as %+v, want what the other changed kept", u)
			}
			if u := foreseen(t, env, other); u.Restored != 2 || u.Kept+u.Deleted > 0 {
				t.Errorf("the other is undone as %+v", u)
			}
			if l := find(t, env, "Location", "Kila Clinic"); !strings.Contains(string(l.Body), "0712000001") {
				t.Errorf("the phone is not as before: %s", l.Body)
			}
			if u := foreseen(t, env, first); u.Kept > 0 || u.Deleted != 4 {
				t.Errorf("the first is undone as %+v", u)
			}
		})
	}
}

// Runs of before there were notes can be undone, one after the other, and nobody forges them either.
func TestRunsWithoutNotes(t *testing.T) {
	env := newEnv(t)
	first, second, _ := twoLists(t, env)
	unnote(t, env, first, second)
	kila := find(t, env, "Location", "Kila Clinic")
	editAs(t, env, store.Cause{Actor: "test", Reason: "import " + second + " of list.csv"}, kila, "0712000002", "0712999999")
	if u := undo(t, env, second, true); u.Kept != 1 || u.First[0].Resource != kila.Ref() {
		t.Errorf("kept %+v, want what was changed", u.First)
	}
	editAs(t, env, store.Cause{Actor: "editor", Reason: reasonOf(t, env, "Amani Clinic")}, find(t, env, "Location", "Neema Clinic"), "0712000003", "0712888888")
	if u := undo(t, env, first, true); u.Kept < 2 {
		t.Errorf("kept %+v, want what was changed", u.First)
	}

	env = newEnv(t)
	first, second, newer := twoLists(t, env)
	unnote(t, env, first, second)
	if u := foreseen(t, env, second); u.Deleted != 4 || u.Restored != 2 || u.Kept > 0 {
		t.Errorf("undone %+v", u)
	}
	unnote(t, env, first, second) // its undoing neither
	again := run(t, env, importers.Request{File: newer})
	if c := again.Of("facilities"); c.Create != 1 || c.Update != 1 || c.Conflict+c.Failed > 0 {
		t.Errorf("the list again after it was undone: %+v %v", c, rules(again))
	}
	foreseen(t, env, again.Run)
	editAs(t, env, store.Cause{Actor: "test", Reason: "undo of import " + second + ", of " + again.File}, find(t, env, "Location", "Neema Clinic"), "0712000003", "0712777777")
	if u := foreseen(t, env, first); u.Kept == 0 || u.Deleted == 0 || find(t, env, "Location", "Neema Clinic") == nil {
		t.Errorf("the first list undone: %+v, want only what was changed kept, and what that names", u)
	}
}

// An undoing that was cut short is brought to its end, whatever was undone in between.
func TestUndoGoesOn(t *testing.T) {
	t.Parallel()
	env := newEnv(t)
	r := run(t, env, importers.Request{File: text(t, district(400, 7))})
	ctx, cancel := context.WithCancel(t.Context())
	stop := env.Store.Subscribe(func(store.Commit) { cancel() })
	_, err := importers.Undo(ctx, env, importers.UndoRequest{Run: r.Run, Actor: "test"})
	stop()
	n, counted := env.Store.Count(t.Context(), "Location")
	if err == nil || counted != nil || n == 0 {
		t.Fatalf("it was not cut short: %d locations are left, %v, %v", n, err, counted)
	}
	if u := undo(t, env, r.Run, false); u.Kept > 0 || u.Deleted == 0 {
		t.Errorf("the rest is undone as %+v", u)
	}
	if n, err := env.Store.Count(t.Context(), "Location"); err != nil || n != 0 {
		t.Errorf("%d locations are left, %v", n, err)
	}
}
