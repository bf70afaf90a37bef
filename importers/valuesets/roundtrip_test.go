package valuesets_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"masjala/importers/importtest"
	"masjala/importers/valuesets"
	"masjala/internal/testutil"
)

// part is an include or an exclude by chance.
func part(d importtest.Drawn) string {
	source := ""
	if d.Some("extended", 8) {
		source += `,"extension":[{"url":"http://e.org/x","valueString":"a  b"}]`
	}
	sets := d.One("sets", "", "", `,"valueSet":["http://e.org/vs/a","http://e.org/vs/b|1"]`)
	system := d.One("system", "", "http://e.org/a", "http://e.org/b")
	if system == "" {
		if sets == "" {
			sets = `,"valueSet":["http://e.org/vs/a"]`
		}
		return "{" + (source + sets)[1:] + "}"
	}
	source += `,"system":"` + system + `"`
	if d.Some("version", 3) {
		source += `,"version":` + d.Words()
	}
	var items []string
	switch kind := d.One("kind", "concept", "filter", "whole"); kind {
	case "concept":
		seen := map[string]bool{}
		for range rapid.IntRange(1, 4).Draw(d.T, "concepts") {
			code := importtest.Code().Draw(d.T, "code")
			if seen[code] {
				continue
			}
			seen[code] = true
			c := `{"code":` + d.Text(code)
			if d.Some("named", 1) {
				c += `,"display":` + d.Words()
			}
			items = append(items, c+d.Designations()+"}")
		}
		source += d.List("concept", items)
	case "filter":
		for range rapid.IntRange(1, 3).Draw(d.T, "filters") {
			items = append(items, `{"property":"`+d.One("property", "concept", "status", "a b")+`","op":"`+d.One("op", "=", "is-a", "descendent-of", "regex", "in", "not-in", "generalizes", "exists", "is-not-a")+`","value":`+d.Words()+"}")
		}
		source += d.List("filter", items)
	}
	return "{" + (source + sets)[1:] + "}"
}

// definition is a ValueSet by chance that says which codes it has.
func definition(d importtest.Drawn, url string) string {
	text := d.Head("ValueSet", url)
	var include, exclude []string
	for range rapid.IntRange(1, 3).Draw(d.T, "includes") {
		include = append(include, part(d))
	}
	for range rapid.IntRange(0, 2).Draw(d.T, "excludes") {
		exclude = append(exclude, part(d))
	}
	rest := d.One("rest", `"lockedDate":"2026-01-01"`, `"inactive":true`, `"inactive":false`)
	return text + `,"compose":{` + rest + d.List("include", include) + d.List("exclude", exclude) + "}}"
}

func TestTableGivesTheSameDefinition(t *testing.T) {
	testutil.Requirement(t, "TSF-5", "TSF-6")
	way, n := importtest.Way{Env: importtest.Env(t, "ValueSet"), Dir: t.TempDir(), What: "value sets", Table: valuesets.Table, Run: valuesets.RunDefinitions}, 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		way.Check(t, definition(importtest.Drawn{T: t}, fmt.Sprintf("http://e.org/vs/%d", n)))
	})
}

// entries are a list of an expansion, with others below some.
func entries(d importtest.Drawn, depth int) string {
	var list []string
	for range rapid.IntRange(1, 4).Draw(d.T, "entries") {
		e := ""
		heading := d.Some("heading", 4)
		if heading {
			e += `,"abstract":true`
		} else {
			e += `,"system":"` + d.One("system", "http://e.org/a", "http://e.org/b") + `"`
		}
		if d.Some("inactive", 3) {
			e += `,"inactive":` + d.One("is", "true", "false")
		}
		if !heading {
			e += d.One("version", "", `,"version":"1  0"`, `,"version":"2.0"`) + `,"code":` + d.Text(importtest.Code().Draw(d.T, "code"))
		}
		e += `,"display":` + d.Words() + d.Designations()
		if depth > 0 && d.Some("below", 2) {
			e += entries(d, depth-1)
		}
		list = append(list, "{"+e[1:]+"}")
	}
	return d.List("contains", list)
}

func TestTableGivesTheSameExpansion(t *testing.T) {
	testutil.Requirement(t, "TSF-7", "TSF-8")
	way, n := importtest.Way{Env: importtest.Env(t, "ValueSet"), Dir: t.TempDir(), What: "expansions", Table: valuesets.ExpansionTable, Run: valuesets.RunExpansions}, 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		d := importtest.Drawn{T: t}
		text := d.Head("ValueSet", fmt.Sprintf("http://e.org/vs/%d", n)) + `,"expansion":{` + d.One("identifier", "", `"identifier":"urn:x",`) + `"timestamp":"2026-01-02T03:04:05Z"` +
			d.One("total", "", `,"total":1`, `,"total":3`) + d.One("parameter", "", `,"parameter":[{"name":"a  b","valueDecimal":1.0}]`)
		if !d.Some("empty", 8) {
			text += entries(d, 2)
		}
		way.Check(t, text+"}}")
	})
}
