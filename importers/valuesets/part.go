package valuesets

import (
	"fmt"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/fhir/structure"
	"masjala/importers/tabular"
)

// part is one include or exclude of a value set.
type part struct {
	label   string
	exclude bool
	system  string
	version string
	sets    []string
	more    *tabular.Object // members that no column has

	codes   []code
	seen    map[string]int // code to row
	filters []filter
	row     int
}

// code is one code of a part.
type code struct {
	row  int
	code string
	body []byte
}

// filter is one filter of a part.
type filter struct {
	key  string
	body []byte
}

var (
	composed = structure.Named("ValueSet.compose")
	included = structure.Named("ValueSet.compose.include")
	listed   = structure.Named("ValueSet.compose.include.concept")
	filtered = structure.Named("ValueSet.compose.include.filter")
)

// body makes the JSON of a part.
func (p *part) body() []byte {
	o := p.more
	if o == nil {
		o = &tabular.Object{}
	}
	o.Text("system", p.system)
	o.Text("version", p.version)
	tabular.SetList(o, "concept", p.codes, func(c code) []byte { return c.body })
	tabular.SetList(o, "filter", p.filters, func(f filter) []byte { return f.body })
	tabular.SetList(o, "valueSet", p.sets, func(s string) []byte { return fhir.AppendString(nil, s) })
	return o.Append(nil, included)
}

// signature tells parts apart that select in different ways.
func signature(body []byte) string {
	var filters []string
	for f := range fhir.Items(fhir.Member(body, "filter")) {
		filters = append(filters, filterKey(f))
	}
	slices.Sort(filters)
	return fmt.Sprintf("%s|%s|%s|%t|%q", fhir.Member(body, "system"), fhir.Member(body, "version"), fhir.Member(body, "valueSet"), fhir.Member(body, "concept") != nil, filters)
}

func filterKey(body []byte) string {
	return fmt.Sprintf("%s %s %s", fhir.Member(body, "property"), fhir.Member(body, "op"), fhir.Member(body, "value"))
}

// storedParts are the parts of a stored compose.
func storedParts(compose []byte) []tabular.StoredPart {
	var list []tabular.StoredPart
	for _, use := range []string{"include", "exclude"} {
		for body := range fhir.Items(fhir.Member(compose, use)) {
			list = append(list, tabular.StoredPart{Key: use + signature(body), Body: body})
		}
	}
	return list
}

// Label implements [tabular.Part].
func (p *part) Label() string { return p.label }

// Key implements [tabular.Part].
func (p *part) Key() string { return uses[p.exclude] + signature(p.body()) }

// OrderLike puts codes and filters into the order that they have in a stored part.
func (p *part) OrderLike(stored []byte) {
	var codes, filters []string
	for c := range fhir.Items(fhir.Member(stored, "concept")) {
		codes = append(codes, fhir.Unquote(fhir.Member(c, "code")))
	}
	for f := range fhir.Items(fhir.Member(stored, "filter")) {
		filters = append(filters, filterKey(f))
	}
	tabular.Arrange(p.codes, func(c code) string { return c.code }, codes)
	tabular.Arrange(p.filters, func(f filter) string { return f.key }, filters)
}

// uses are what parts do with the codes that they select.
var uses = map[bool]string{false: "include", true: "exclude"}

// compose makes the JSON of a compose; rest is what stands beside its parts.
func compose(parts []*part, rest *tabular.Object) []byte {
	by := map[bool][]*part{}
	for _, p := range parts {
		by[p.exclude] = append(by[p.exclude], p)
	}
	for exclude, use := range uses {
		tabular.SetList(rest, use, by[exclude], (*part).body)
	}
	return rest.Append(nil, composed)
}

// operators of filters, with other words for them.
var operators = map[string]string{"=": "=", "equals": "=", "equal": "=", "is-a": "is-a", "is a": "is-a", "isa": "is-a", "descendent-of": "descendent-of", "descendant of": "descendent-of", "descendent of": "descendent-of",
	"below": "descendent-of", "is-not-a": "is-not-a", "is not a": "is-not-a", "regex": "regex", "matches": "regex", "in": "in", "not-in": "not-in", "not in": "not-in", "generalizes": "generalizes", "exists": "exists",
	"egal": "=", "est un": "is-a", "igual": "=", "es un": "is-a", "e um": "is-a", "ni": "is-a", "sawa": "="}

func operator(text string) string { return operators[strings.ToLower(text)] }

// sameSource tells whether a row draws from where the part does.
func (p *part) sameSource(q *part) bool {
	return p.system == q.system && p.version == q.version && p.exclude == q.exclude && slices.Equal(p.sets, q.sets)
}
