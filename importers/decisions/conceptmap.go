package decisions

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"masjala/fhir"
	"masjala/importers"
)

// above is the property on which the meaning of an area's name depends: the areas above it.
const above = "urn:masjala:within"

// values is a ConceptMap of decisions.
type values struct {
	kind, target, list string
	of                 map[string]entry // by keyOf
}

// entry is one decided spelling.
type entry struct {
	importers.Coding
	text, within string
}

// readValues reads the ConceptMap, as we wrote it or as somebody changed it since.
func readValues(r *fhir.Resource, kind, target, list string) *values {
	m := &values{kind: kind, target: target, list: list, of: map[string]entry{}}
	for _, g := range r.Field("group").Array() {
		for _, e := range g.Get("element").Array() {
			for _, t := range e.Get("target").Array() {
				c := entry{text: e.Get("code").Str, within: t.Get(`dependsOn.#(property=="` + above + `").value`).Str,
					Coding: importers.Coding{System: g.Get("target").Str, Code: t.Get("code").Str, Display: t.Get("display").Str}}
				switch t.Get("equivalence").Str {
				case "unmatched", "disjoint":
					c.Coding = importers.Coding{Code: importers.NoCode}
				}
				if c.Code != "" {
					m.of[keyOf(c.within, c.text)] = c
				}
			}
		}
	}
	return m
}

// The parts of a ConceptMap that are written.
type (
	conceptMap struct {
		URL          string     `json:"url"`
		Version      string     `json:"version"`
		Name         string     `json:"name"`
		Title        string     `json:"title"`
		Status       string     `json:"status"`
		Experimental bool       `json:"experimental"`
		Publisher    string     `json:"publisher"`
		Description  string     `json:"description"`
		Group        []mapGroup `json:"group,omitempty"`
	}
	mapGroup struct {
		Source  string       `json:"source"`
		Target  string       `json:"target,omitempty"`
		Element []mapElement `json:"element"`
	}
	mapElement struct {
		Code   string      `json:"code"`
		Target []mapTarget `json:"target"`
	}
	mapTarget struct {
		Code        string      `json:"code,omitempty"`
		Display     string      `json:"display,omitempty"`
		Equivalence string      `json:"equivalence"`
		DependsOn   []dependsOn `json:"dependsOn,omitempty"`
	}
	dependsOn struct {
		Property string `json:"property"`
		Value    string `json:"value"`
	}
)

// URL is the canonical address of the ConceptMap with the decisions for a column.
func URL(kind, target, heading string) string {
	return "urn:masjala:values:" + kind + ":" + target + ":" + importers.Slug(heading)
}

// SpellingSystem is the code system that the spellings of a target are said to be codes of.
func SpellingSystem(kind, target string) string { return "urn:masjala:spelling:" + kind + ":" + target }

// id is the logical id of the ConceptMap.
func (m *values) id() string {
	return importers.Identity{Base: m.kind + "|" + m.target + "|" + m.list}.ID("decisions")
}

// key is where the store remembers it.
func (m *values) key() string { return mapsOf(m.kind) + m.target + "/" + m.list }

// resource makes the ConceptMap (FHIR R4, ConceptMap). Spellings stand in the order of the alphabet.
func (m *values) resource() (*fhir.Resource, error) {
	body := conceptMap{URL: URL(m.kind, m.target, m.list), Version: "1.0.0", Name: "ImportedValues", Status: "active", Publisher: "Imported list",
		Title:       fmt.Sprintf("Values of column %s (%s of %s)", m.list, m.target, m.kind),
		Description: "What spellings in imported lists mean, as people decided. Imports take them from here."}
	entries := slices.SortedFunc(maps.Values(m.of), func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.System, b.System), cmp.Compare(a.text, b.text), cmp.Compare(a.within, b.within))
	})
	for _, e := range entries {
		to := mapTarget{Code: e.Code, Display: e.Display, Equivalence: "equivalent"}
		if none(&e.Coding) {
			to = mapTarget{Equivalence: "unmatched"}
		}
		if e.within != "" {
			to.DependsOn = []dependsOn{{above, e.within}}
		}
		body.add(SpellingSystem(m.kind, m.target), e.System, e.text, to)
	}
	return fhir.Build("ConceptMap", m.id(), nil, body)
}

// add puts a target at the end; spellings come in order.
func (b *conceptMap) add(source, system, code string, to mapTarget) {
	if n := len(b.Group); n == 0 || b.Group[n-1].Target != system {
		b.Group = append(b.Group, mapGroup{Source: source, Target: system})
	}
	g := &b.Group[len(b.Group)-1]
	if n := len(g.Element); n == 0 || g.Element[n-1].Code != code {
		g.Element = append(g.Element, mapElement{Code: code})
	}
	e := &g.Element[len(g.Element)-1]
	e.Target = append(e.Target, to)
}
