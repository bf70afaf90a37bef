package maps

import (
	"fmt"

	"masjala/fhir"
	"masjala/fhir/structure"
	"masjala/importers/tabular"
)

// group is what maps one code system to another.
type group struct {
	label                                        string
	source, sourceVersion, target, targetVersion string
	more                                         *tabular.Object
	elements                                     []*element
	byCode                                       map[string]*element
	unmapped                                     []byte
	row                                          int
}

// element is one code that is mapped.
type element struct {
	code    string
	own     tabular.Object // all but its targets
	targets []target
	seen    map[string]int // key of a target to its row
}

// target is one counterpart.
type target struct {
	key  string
	body []byte
}

var (
	grouped  = structure.Named("ConceptMap.group")
	mapped   = structure.Named("ConceptMap.group.element")
	targeted = structure.Named("ConceptMap.group.element.target")
	leftover = structure.Named("ConceptMap.group.unmapped")
)

func (g *group) body() []byte {
	o := g.more
	if o == nil {
		o = &tabular.Object{}
	}
	o.Text("source", g.source)
	o.Text("sourceVersion", g.sourceVersion)
	o.Text("target", g.target)
	o.Text("targetVersion", g.targetVersion)
	tabular.SetList(o, "element", g.elements, (*element).body)
	if g.unmapped != nil {
		o.Set("unmapped", g.unmapped)
	}
	return o.Append(nil, grouped)
}

func (e *element) body() []byte {
	tabular.SetList(&e.own, "target", e.targets, func(t target) []byte { return t.body })
	return e.own.Append(nil, mapped)
}

// signature tells groups apart, as far as columns do.
func (g *group) signature() string {
	return fmt.Sprintf("%q", []string{g.source, g.sourceVersion, g.target, g.targetVersion})
}

func signature(body []byte) string {
	text := func(name string) string { return fhir.Unquote(fhir.Member(body, name)) }
	return (&group{source: text("source"), sourceVersion: text("sourceVersion"), target: text("target"), targetVersion: text("targetVersion")}).signature()
}

// storedGroups are the groups of a stored map.
func storedGroups(groups []byte) []tabular.StoredPart {
	var list []tabular.StoredPart
	for body := range fhir.Items(groups) {
		list = append(list, tabular.StoredPart{Key: signature(body), Body: body})
	}
	return list
}

// Label implements [tabular.Part].
func (g *group) Label() string { return g.label }

// Key implements [tabular.Part].
func (g *group) Key() string { return signature(g.body()) }

// OrderLike puts codes and their counterparts into the order that they have in a stored group.
func (g *group) OrderLike(stored []byte) {
	var codes []string
	targets := map[string][]string{}
	for e := range fhir.Items(fhir.Member(stored, "element")) {
		code := fhir.Unquote(fhir.Member(e, "code"))
		codes = append(codes, code)
		for t := range fhir.Items(fhir.Member(e, "target")) {
			targets[code] = append(targets[code], keyOf(t))
		}
	}
	tabular.Arrange(g.elements, func(e *element) string { return e.code }, codes)
	for _, e := range g.elements {
		tabular.Arrange(e.targets, func(t target) string { return t.key }, targets[e.code])
	}
}

// keyOf tells the counterparts of one code apart.
func keyOf(body []byte) string {
	return fmt.Sprintf("%s %s %s %s", fhir.Member(body, "code"), fhir.Member(body, "equivalence"), fhir.Member(body, "dependsOn"), fhir.Member(body, "product"))
}
