package maps_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"masjala/importers/importtest"
	"masjala/importers/maps"
	"masjala/internal/testutil"
)

// targets are the counterparts of a code by chance.
func targets(d importtest.Drawn) string {
	var list []string
	seen := map[string]bool{}
	for range rapid.IntRange(0, 3).Draw(d.T, "targets") {
		code := d.One("target", "", "a", "b;c", "#1", "NA")
		if seen[code] {
			continue
		}
		seen[code] = true
		t := ""
		if code != "" {
			t += `,"code":"` + code + `"`
			if d.Some("named", 1) {
				t += `,"display":` + d.Words()
			}
		}
		t += `,"equivalence":"` + d.One("equivalence", "relatedto", "equivalent", "equal", "wider", "subsumes", "narrower", "specializes", "inexact", "unmatched", "disjoint") + `"`
		if d.Some("comment", 2) {
			t += `,"comment":` + d.Words()
		}
		if d.Some("depends", 4) {
			t += `,"dependsOn":[{"property":"http://e.org/p","value":` + d.Words() + `}],"product":[{"property":"http://e.org/q","system":"http://e.org","value":"x"}]`
		}
		list = append(list, "{"+t[1:]+"}")
	}
	return d.List("target", list)
}

// group is a group of a map by chance.
func group(d importtest.Drawn) string {
	g := ""
	if d.Some("extended", 8) {
		g += `,"extension":[{"url":"http://e.org/x","valueString":"a  b"}]`
	}
	g += `,"source":"` + d.One("source", "http://e.org/a", "http://e.org/b") + `"` + d.One("sourceVersion", "", `,"sourceVersion":"1"`, `,"sourceVersion":"1  0"`)
	if d.Some("aimed", 4) {
		g += `,"target":"` + d.One("aim", "http://e.org/c", "http://e.org/d") + `"`
	}
	var list []string
	seen := map[string]bool{}
	for range rapid.IntRange(1, 4).Draw(d.T, "elements") {
		code := importtest.Code().Draw(d.T, "code")
		if seen[code] {
			continue
		}
		seen[code] = true
		e := `{"code":` + d.Text(code)
		if d.Some("named", 1) {
			e += `,"display":` + d.Words()
		}
		list = append(list, e+targets(d)+"}")
	}
	return "{" + (g + d.List("element", list))[1:] + d.One("unmapped", "", `,"unmapped":{"mode":"provided"}`, `,"unmapped":{"mode":"fixed","code":"z","display":"None"}`,
		`,"unmapped":{"mode":"other-map","url":"http://e.org/m|1"}`) + "}"
}

// Whatever a map says, a table of pairs says the same.
func TestTableGivesTheSameMap(t *testing.T) {
	testutil.Requirement(t, "TSF-9", "TSF-10")
	way, n := importtest.Way{Env: importtest.Env(t, "ConceptMap"), Dir: t.TempDir(), What: "maps", Table: maps.Table, Run: maps.Run}, 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		d := importtest.Drawn{T: t}
		var groups []string
		for range rapid.IntRange(0, 3).Draw(t, "groups") {
			groups = append(groups, group(d))
		}
		way.Check(t, d.Head("ConceptMap", fmt.Sprintf("http://e.org/map/%d", n))+d.One("scope", "", `,"sourceUri":"http://e.org/vs","targetCanonical":"http://e.org/vs2"`)+d.List("group", groups)+"}")
	})
}
