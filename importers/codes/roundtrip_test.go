package codes_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/codes"
	"masjala/importers/importtest"
	"masjala/internal/testutil"
	"masjala/store"
)

// properties are up to four, of all types.
func properties(d importtest.Drawn) string {
	var list []string
	for range rapid.IntRange(0, 4).Draw(d.T, "properties") {
		value := d.One("value", `"valueBoolean":true`, `"valueBoolean":false`, `"valueInteger":-7`, `"valueInteger":0`, `"valueDecimal":1.50`, `"valueDecimal":1E-3`, `"valueDateTime":"2026-02"`,
			`"valueDateTime":"2026-02-03T04:05:06+03:00"`, `"valueCoding":{"system":"http://e.org","code":"a|b","display":"x | y"}`, `"valueCoding":{"system":"http://e.org","version":"1","code":"a"}`, `"valueCode":"retired"`,
			`"valueString":"x","extension":[{"url":"http://e.org/x","valueString":"  y"}]`, "")
		if value == "" {
			value = `"valueString":` + d.Words()
		}
		list = append(list, `{"code":"`+d.One("property", "beds", "status", "parent", "open-now", "Odd name")+`",`+value+"}")
	}
	return d.List("property", list)
}

// concepts are a tree of them.
func concepts(d importtest.Drawn, depth int, seen map[string]bool) string {
	var list []string
	for range rapid.IntRange(0, 4).Draw(d.T, "concepts") {
		code := importtest.Code().Draw(d.T, "code")
		if seen[code] {
			continue
		}
		seen[code] = true
		c := `{"code":` + d.Text(code)
		if !d.Some("nameless", 4) {
			c += `,"display":` + d.Words()
		}
		if d.Some("defined", 2) {
			c += `,"definition":` + d.Words()
		}
		c += d.Designations() + properties(d)
		if depth > 0 && d.Some("below", 2) {
			c += concepts(d, depth-1, seen)
		}
		list = append(list, c+"}")
	}
	return d.List("concept", list)
}

// system is a CodeSystem by chance.
func system(d importtest.Drawn, url string) string {
	head := d.Head("CodeSystem", url)
	if d.Some("case", 1) {
		head += `,"caseSensitive":false,"hierarchyMeaning":"part-of"`
	}
	head += `,"content":"` + d.One("content", "complete", "fragment", "example") + `"`
	if d.Some("counted", 1) {
		head += `,"count":` + fmt.Sprint(rapid.IntRange(0, 9).Draw(d.T, "count"))
	}
	if d.Some("declared", 1) {
		head += `,"property":[{"code":"beds","type":"integer"},{"code":"status","uri":"http://hl7.org/fhir/concept-properties#status","type":"code"}]`
	}
	return head + concepts(d, 2, map[string]bool{}) + "}"
}

// Whatever a code system says, a table of it says the same: into an empty directory it gives the
// same content, and into the one that it comes from it brings no change.
func TestTableGivesTheSameCodeSystem(t *testing.T) {
	testutil.Requirement(t, "TSF-1", "TSF-2")
	way, n := importtest.Way{Env: env(t), Dir: t.TempDir(), What: "code lists", Table: codes.Table, Run: codes.Run}, 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		way.Check(t, system(importtest.Drawn{T: t}, fmt.Sprintf("http://e.org/cs/%d", n)))
	})
}

// A code system that is stored in another order of members, and a table in another order of rows,
// bring no change either.
func TestOrderDoesNotMatter(t *testing.T) {
	testutil.Requirement(t, "IMP-2", "TSF-2")
	e := env(t)
	r, err := fhir.Parse([]byte(`{"resourceType":"CodeSystem","id":"odd","content":"complete","status":"active","url":"http://e.org/odd","concept":[{"display":"A","code":"a",` +
		`"concept":[{"code":"b"},{"property":[{"valueString":"x","code":"p"}],"code":"c"}]},{"code":"d"}],"count":4}`))
	if err != nil {
		t.Fatal(err)
	}
	put(t, e, r)
	table, err := codes.Table(r)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	err = table.Write(func(cells []string) error {
		rows = append([][]string{append([]string(nil), cells...)}, rows...) // the last first
		return nil
	})
	path := filepath.Join(t.TempDir(), "odd.csv")
	if err == nil {
		err = importtest.Write(path, table.Head, func(row func([]string) error) error {
			for _, r := range rows {
				if err := row(r); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	before := e.Store.Seq()
	report, err := codes.Run(t.Context(), e, importers.Request{File: path})
	if err != nil || report.Of("code lists").Unchanged != 1 || e.Store.Seq() != before {
		t.Errorf("got %+v and %d versions: %v", report, e.Store.Seq()-before, err)
	}
}

// put stores a resource as another client does.
func put(t *testing.T, e importers.Env, r *fhir.Resource) {
	t.Helper()
	d, err := e.Registries.Prepare(t.Context(), r)
	if err == nil {
		err = e.Store.Write(t.Context(), store.Cause{Actor: "other"}, func(tx store.Tx) error {
			_, err := e.Registries.Put(t.Context(), tx, d, "PUT")
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatNoTableCanHold(t *testing.T) {
	r, err := fhir.Parse([]byte(`{"resourceType":"CodeSystem","url":"http://e.org/twice","status":"active","content":"complete","concept":[{"code":"a"},{"code":"b","concept":[{"code":"a"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := codes.Table(r); fhir.KindOf(err) != fhir.Unprocessable {
		t.Errorf("got %v, want that it is refused", err)
	}
}
