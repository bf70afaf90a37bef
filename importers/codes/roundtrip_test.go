package codes_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/codes"
	"masjala/importers/importtest"
	"masjala/internal/testutil"
	"masjala/store"
)

// drawn makes JSON by chance.
type drawn struct{ t *rapid.T }

func (d drawn) text(s string) string { return string(fhir.AppendString(nil, s)) }

func (d drawn) words() string { return d.text(importtest.Words().Draw(d.t, "text")) }

func (d drawn) some(label string, of int) bool { return rapid.IntRange(0, of).Draw(d.t, label) == 0 }

// designations are up to three of a few languages and uses.
func (d drawn) designations() string {
	var list []string
	for range rapid.IntRange(0, 3).Draw(d.t, "designations") {
		var parts []string
		if d.some("extended", 8) {
			parts = append(parts, `"extension":[{"url":"http://e.org/x","valueString":"a  b"}]`)
		}
		if l := rapid.SampledFrom([]string{"", "fr", "sw", "en-GB", "x-odd tag"}).Draw(d.t, "language"); l != "" {
			parts = append(parts, `"language":`+d.text(l))
		}
		if d.some("use", 1) {
			parts = append(parts, rapid.SampledFrom([]string{`"use":{"system":"http://e.org/use","code":"full","display":"Full (name)"}`, `"use":{"code":"short"}`, `"use":{"system":"http://e.org/use","version":"2","code":"s"}`}).Draw(d.t, "use"))
		}
		list = append(list, "{"+strings.Join(append(parts, `"value":`+d.words()), ",")+"}")
	}
	if list == nil {
		return ""
	}
	return `,"designation":[` + strings.Join(list, ",") + "]"
}

// properties are up to four, of all types.
func (d drawn) properties() string {
	var list []string
	for range rapid.IntRange(0, 4).Draw(d.t, "properties") {
		code := rapid.SampledFrom([]string{"beds", "status", "parent", "open-now", "Odd name"}).Draw(d.t, "property")
		value := rapid.OneOf(
			rapid.SampledFrom([]string{`"valueBoolean":true`, `"valueBoolean":false`, `"valueInteger":-7`, `"valueInteger":0`, `"valueDecimal":1.50`, `"valueDecimal":1E-3`, `"valueDateTime":"2026-02"`,
				`"valueDateTime":"2026-02-03T04:05:06+03:00"`, `"valueCoding":{"system":"http://e.org","code":"a|b","display":"x | y"}`, `"valueCoding":{"system":"http://e.org","version":"1","code":"a"}`, `"valueCode":"retired"`,
				`"valueString":"x","extension":[{"url":"http://e.org/x","valueString":"  y"}]`}),
			rapid.Custom(func(t *rapid.T) string { return `"valueString":` + drawn{t}.words() }),
		).Draw(d.t, "value")
		list = append(list, `{"code":"`+code+`",`+value+"}")
	}
	if list == nil {
		return ""
	}
	return `,"property":[` + strings.Join(list, ",") + "]"
}

// concepts are a tree of them.
func (d drawn) concepts(depth int, seen map[string]bool) string {
	var list []string
	for range rapid.IntRange(1, 4).Draw(d.t, "concepts") {
		code := importtest.Code().Draw(d.t, "code")
		if seen[code] {
			continue
		}
		seen[code] = true
		c := `{"code":` + d.text(code)
		if !d.some("nameless", 4) {
			c += `,"display":` + d.words()
		}
		if d.some("defined", 2) {
			c += `,"definition":` + d.words()
		}
		c += d.designations() + d.properties()
		if depth > 0 && d.some("below", 2) {
			c += d.concepts(depth-1, seen)
		}
		list = append(list, c+"}")
	}
	if list == nil {
		return ""
	}
	return `,"concept":[` + strings.Join(list, ",") + "]"
}

// system is a CodeSystem by chance.
func (d drawn) system(url string) string {
	head := `{"resourceType":"CodeSystem","id":"x",`
	if d.some("narrated", 3) {
		head += `"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">é  <b>x</b>` + strings.Repeat("long and wide ", rapid.SampledFrom([]int{0, 5000}).Draw(d.t, "length")) + `</div>"},`
	}
	head += `"url":"` + url + `"`
	for _, m := range []string{"version", "name", "title"} {
		if d.some(m, 1) {
			head += fmt.Sprintf(`,"%s":%s`, m, d.words())
		}
	}
	head += `,"status":"` + rapid.SampledFrom([]string{"draft", "active", "retired"}).Draw(d.t, "status") + `"`
	if d.some("described", 1) {
		head += `,"description":` + d.words()
	}
	if d.some("case", 1) {
		head += `,"caseSensitive":false,"hierarchyMeaning":"part-of"`
	}
	head += `,"content":"` + rapid.SampledFrom([]string{"complete", "fragment", "example"}).Draw(d.t, "content") + `"`
	if d.some("counted", 1) {
		head += `,"count":` + fmt.Sprint(rapid.IntRange(0, 9).Draw(d.t, "count"))
	}
	if d.some("declared", 1) {
		head += `,"property":[{"code":"beds","type":"integer"},{"code":"status","uri":"http://hl7.org/fhir/concept-properties#status","type":"code"}]`
	}
	return head + d.concepts(2, map[string]bool{}) + "}"
}

// Whatever a code system says, a table of it says the same: into an empty directory it gives the
// same content, and into the one that it comes from it brings no change.
func TestTableGivesTheSameCodeSystem(t *testing.T) {
	testutil.Requirement(t, "TSF-1", "TSF-2")
	e, dir, n := env(t), t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		text := drawn{t}.system(fmt.Sprintf("http://e.org/cs/%d", n))
		want, err := fhir.Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		path := filepath.Join(dir, fmt.Sprintf("%d.%s", n, rapid.SampledFrom([]string{"csv", "xlsx"}).Draw(t, "ending")))
		export(t, path, want)
		again(t, e, path, want)
	})
}

// export writes a code system as a table.
func export(t *rapid.T, path string, r *fhir.Resource) {
	table, err := codes.Table(r)
	if err == nil {
		err = importtest.Write(path, table.Head, table.Write)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// again imports a table twice: what is made must be the code system that was exported.
func again(t *rapid.T, e importers.Env, path string, want *fhir.Resource) {
	for i := range 2 {
		report, err := codes.Run(t.Context(), e, importers.Request{File: path, Actor: "test"})
		if err != nil {
			t.Fatal(err)
		}
		if c := report.Of("code lists"); report.Errors+report.Warnings+report.Infos > 0 || c.Create != 1-i || c.Unchanged != i {
			t.Fatalf("run %d: %+v, issues %+v", i, report.Counts, report.Issues)
		}
	}
	got := last(t, e)
	if diff := cmp.Diff(string(want.Body), string(got.Body)); diff != "" {
		t.Fatal(diff)
	}
}

// last is what was stored last.
func last(t *rapid.T, e importers.Env) *fhir.Resource {
	vs, err := e.Store.Changes(t.Context(), e.Store.Seq()-1, 1)
	if err != nil || len(vs) != 1 {
		t.Fatal(vs, err)
	}
	return vs[0].Resource
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
