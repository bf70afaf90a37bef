package provenance_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/provenance"
	"masjala/internal/testutil"
	"masjala/store"
)

func TestProvenanceOfImports(t *testing.T) {
	testutil.Requirement(t, "RBAC-3", "MFL-7")
	env := newEnv(t)
	first, second := twoLists(t, env)
	l := location(t, env, "Kila Clinic")
	page := find(t, reader(env), provenance.Query{Type: "Location", Target: l.ID})
	want := []string{
		l.Ref() + "/_history/2 UPDATE clerk | source list.csv, row 2 | derivation import " + second.Run + " of list.csv",
		l.Ref() + "/_history/1 CREATE clerk | source list.csv, row 2 | derivation import " + first.Run + " of list.csv",
	}
	if diff := cmp.Diff(want, brief(page)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if page.Total != 2 || page.Next != "" {
		t.Errorf("total %d, next %q", page.Total, page.Next)
	}
	p := page.Resources[0]
	for path, want := range map[string]string{
		"recorded":                          l.Updated.Format(fhir.Instant),
		"reason.0.text":                     "monthly list",
		"agent.0.who.identifier.value":      "clerk",
		"agent.0.type.coding.0.code":        "enterer",
		"entity.0.what.identifier.system":   provenance.HashSystem,
		"entity.0.what.identifier.value":    second.Hash,
		"entity.0.extension.0.valueInteger": "2",
		"entity.1.what.identifier.system":   provenance.ImportSystem,
		"entity.1.what.identifier.value":    second.Run,
	} {
		if got := p.Field(path).String(); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
	if neema := find(t, reader(env), provenance.Query{Type: "Location", Target: location(t, env, "Neema Clinic").ID}); len(neema.Resources) != 1 ||
		neema.Resources[0].Field("entity.0.extension.0.valueInteger").Int() != 3 {
		t.Errorf("the facility that stayed: %v", brief(neema))
	}
}

// A workbook has sheets, and the sheet is named.
func TestProvenanceOfAWorkbook(t *testing.T) {
	env := newEnv(t)
	book := excelize.NewFile()
	defer book.Close()
	path := filepath.Join(t.TempDir(), "list.xlsx")
	err := errors.Join(book.SetSheetName("Sheet1", "Clinics"),
		book.SetSheetRow("Clinics", "A3", &[]any{"Code", "Name", "District"}), book.SetSheetRow("Clinics", "A4", &[]any{"7", "Kila Clinic", "Alpha"}), book.SaveAs(path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := facilities.Run(t.Context(), env, importers.Request{File: path}); err != nil {
		t.Fatal(err)
	}
	file := find(t, reader(env), provenance.Query{Type: "Location", Target: location(t, env, "Kila Clinic").ID}).Resources[0].Field("entity.0")
	if file.Get("what.display").Str != "list.xlsx, sheet Clinics, row 4" || file.Get("extension.0.valueString").Str != "Clinics" || file.Get("extension.1.valueInteger").Int() != 4 {
		t.Errorf("the source is %s", file.Raw)
	}
}

func TestProvenanceOfAnUndoing(t *testing.T) {
	testutil.Requirement(t, "IMP-2")
	env := newEnv(t)
	first, second := twoLists(t, env)
	l := location(t, env, "Kila Clinic")
	undo(t, env, second.Run)
	undo(t, env, first.Run)
	page := find(t, reader(env), provenance.Query{Type: "Location", Target: l.ID})
	want := []string{
		l.Ref() + "/_history/4 DELETE boss | removal " + l.Ref() + "/_history/3import " + first.Run + " of list.csv",
		l.Ref() + "/_history/3 UPDATE boss | removal " + l.Ref() + "/_history/2import " + second.Run + " of list.csv | quotation " + l.Ref() + "/_history/1",
	}
	if diff := cmp.Diff(want, brief(page)[:2]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := page.Resources[1].Field("activity.text").Str; got != "undoing of import "+second.Run {
		t.Errorf("the activity is %q", got)
	}
	if got := page.Resources[1].Field("reason").Raw; got != "" {
		t.Errorf("the undoing has the reason %s, which nobody gave", got)
	}
}

// Whatever somebody writes as a reason, the version does not come from an import.
func TestNobodyForgesAProvenance(t *testing.T) {
	testutil.Requirement(t, "IMP-2")
	env := newEnv(t)
	first, second := twoLists(t, env)
	l := location(t, env, "Kila Clinic")
	true1, err := store.VersionOf(t.Context(), env.Store, l.Type, l.ID, 2)
	if err != nil {
		t.Fatal(err)
	}
	for name, reason := range map[string]string{
		"an import":              "import " + second.Run + " of list.csv",
		"all that an import has": true1.Cause.Reason,
		"the first of two":       strings.ReplaceAll(true1.Cause.Reason, second.Run, first.Run),
		"an undoing":             "undo of import " + second.Run + ", of list.csv",
		"an import of nothing":   "import 20260101T000000.000Z-0badcafe of list.csv",
		"half a word":            "import ",
		"a path":                 "import ../.. of / of import / of",
	} {
		t.Run(name, func(t *testing.T) {
			v := edit(t, env, store.Cause{Actor: "clerk", Reason: reason}, location(t, env, "Kila Clinic"))
			got := find(t, reader(env), provenance.Query{Type: v.Type, Target: v.ID, Version: v.Version})
			want := fmt.Sprintf("%s/_history/%d UPDATE clerk", v.Ref(), v.Version)
			if diff := cmp.Diff([]string{want}, brief(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if why := got.Resources[0].Field("reason.0.text").Str; why != strings.TrimSpace(reason) {
				t.Errorf("the reason is %q", why)
			}
		})
	}
}

// An import whose reason or file names another is itself.
func TestImportThatNamesAnother(t *testing.T) {
	for name, req := range map[string]func(first string) importers.Request{
		"its reason": func(first string) importers.Request {
			return importers.Request{Reason: "as import " + first + " of list.csv, sheet list.csv"}
		},
		"its reason, as an undoing": func(first string) importers.Request {
			return importers.Request{Reason: "undo of import " + first + ", of list.csv"}
		},
		"its file": func(first string) importers.Request {
			return importers.Request{Name: "import " + first + " of list.csv"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := newEnv(t)
			first := run(t, env, importers.Request{}, kila)
			asked := req(first.Run)
			second := run(t, env, asked, newer)
			l := location(t, env, "Kila Clinic")
			p := find(t, reader(env), provenance.Query{Type: l.Type, Target: l.ID, Version: l.Version}).Resources[0]
			if got := p.Field("entity.1.what.identifier.value").Str; got != second.Run || l.Version != 2 {
				t.Errorf("version %d comes from %s, want %s", l.Version, got, second.Run)
			}
			if got := p.Field("reason.0.text").Str; got != asked.Reason {
				t.Errorf("the reason is %q, want %q", got, asked.Reason)
			}
		})
	}
}

// Runs of before there were notes are told without rows.
func TestRunWithoutNotes(t *testing.T) {
	env := newEnv(t)
	first := run(t, env, importers.Request{}, kila)
	write(t, env, store.Cause{Actor: "test"}, func(tx store.Tx) error {
		data, err := tx.Value("import/runs", first.Run)
		if err == nil {
			err = tx.SetValue("import/runs", first.Run, []byte(strings.Replace(string(data), `"noted":true,`, "", 1)))
		}
		if err == nil {
			err = tx.SetValue("import/wrote", first.Run+"/00000000", nil)
		}
		return err
	})
	l := location(t, env, "Kila Clinic")
	want := []string{l.Ref() + "/_history/1 CREATE clerk | source list.csv | derivation import " + first.Run + " of list.csv"}
	if diff := cmp.Diff(want, brief(find(t, reader(env), provenance.Query{Type: l.Type, Target: l.ID}))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err := reader(env).Search(t.Context(), &provenance.Query{Run: first.Run, Count: 10})
	if fhir.KindOf(err) != fhir.Unsupported {
		t.Errorf("what it made: %v, want that this is not known", err)
	}
}

// What is told depends on who asks.
func TestWhoIsNamed(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{Reason: "asked for by Amina"}, kila)
	l := location(t, env, "Kila Clinic")
	edit(t, env, store.Cause{Actor: "sync:nation", Reason: "nightly"}, l)
	edit(t, env, store.Cause{}, l)
	r := reader(env)
	r.Knows = func(actor string) bool { return actor == "" }
	const absent = "agent.0.who.extension.0.valueCode"
	page := find(t, r, provenance.Query{Type: l.Type, Target: l.ID})
	unknown, sync, clerk := page.Resources[0], page.Resources[1], page.Resources[2]
	if clerk.Field(absent).Str != "masked" || strings.Contains(string(clerk.Body), "clerk") || strings.Contains(string(clerk.Body), "Amina") {
		t.Errorf("whoever may not know is told %s", clerk.JSON())
	}
	if clerk.Field("entity.0.extension.0.valueInteger").Int() != 2 {
		t.Errorf("whoever may read the facility is not told the row: %s", clerk.JSON())
	}
	if sync.Field("agent.0.who.identifier.value").Str != "sync:nation" || sync.Field("agent.0.type.coding.0.code").Str != "assembler" {
		t.Errorf("what the program did: %s", sync.JSON())
	}
	if unknown.Field(absent).Str != "unknown" {
		t.Errorf("nobody knows who it was: %s", unknown.JSON())
	}
}

// Of what was erased it is told that it was, and where it came from.
func TestProvenanceOfWhatWasErased(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{}, kila)
	l := location(t, env, "Kila Clinic")
	if err := env.Store.Erase(t.Context(), store.Cause{Actor: "boss", Reason: "by law"}, l.Type, l.ID); err != nil {
		t.Fatal(err)
	}
	page := find(t, reader(env), provenance.Query{Type: l.Type, Target: l.ID})
	if len(page.Resources) != 2 {
		t.Fatalf("%v, want two versions", brief(page))
	}
	gone, was := page.Resources[0], page.Resources[1]
	if gone.Field("activity.coding.0.code").Str != "DELETE" || gone.Field("reason.0.text").Str != "by law" {
		t.Errorf("the erasure: %s", gone.JSON())
	}
	if was.Field("target.0.display").Str != "erased" || strings.Contains(string(was.Body), "Kila") {
		t.Errorf("what was erased: %s", was.JSON())
	}
}

// Names of files and reasons may hold anything; what is told of them is a string of FHIR.
func TestOddNames(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{Name: "a\x00b\tc\n\"d\"é.csv", Reason: " \x07 "}, kila)
	l := location(t, env, "Kila Clinic")
	p := find(t, reader(env), provenance.Query{Type: l.Type, Target: l.ID}).Resources[0]
	if got := p.Field("entity.0.what.display").Str; !strings.HasPrefix(got, `a b c "d"é.csv, sheet list.csv, row 2`) {
		t.Errorf("the file is shown as %q", got)
	}
	if p.Field("reason").Exists() {
		t.Errorf("a reason without letters is shown: %s", p.JSON())
	}
}
