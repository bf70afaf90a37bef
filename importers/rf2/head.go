package rf2

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/definition"
	"masjala/terminology/concept"
)

// system is the address of SNOMED CT (https://hl7.org/fhir/R4/snomedct.html).
const system = "http://snomed.info/sct"

// notice is the copyright statement that SNOMED International asks for where its terms are used.
const notice = "This resource includes content from SNOMED Clinical Terms® (SNOMED CT®), which is copyright of SNOMED International. " +
	"Use of SNOMED CT needs an affiliate licence or that of a member country."

// version is the URI of the version: edition and date.
func (r *release) version() string {
	v := system + "/" + strconv.FormatUint(r.edition(), 10)
	if r.newest > 0 {
		v += "/version/" + strconv.FormatUint(uint64(r.newest), 10)
	}
	return v
}

// date is the newest date as FHIR writes it; empty if there is none.
func (r *release) date() string {
	if r.newest == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", r.newest/10000, r.newest/100%100, r.newest%100)
}

// resource makes the CodeSystem of the release.
func (r *release) resource(about *importers.About, order []int) (*fhir.Resource, error) {
	d := newDocument(r, order)
	h := definition.CodeSystem{Language: "en", URL: system, Version: cmp.Or(about.Version, r.version()), Name: "SNOMED_CT", Title: "SNOMED CT",
		Status: "active", Date: r.date(), Publisher: cmp.Or(about.Publisher, "SNOMED International"),
		Description: "SNOMED CT, imported from a release in Release Format 2.", Jurisdiction: about.Territory(), Copyright: cmp.Or(about.Copyright, notice),
		CaseSensitive: true, ValueSet: system + "?fhir_vs", HierarchyMeaning: "is-a", Compositional: true,
		Content: "complete", Count: len(r.concepts), Filter: filters, Property: d.declarations()}
	if len(r.speech) > d.wording.tongue {
		h.Language = r.speech[d.wording.tongue]
	}
	if at, ok := r.place[r.edition()]; ok {
		h.Title += ", " + d.called(at)
	}
	start, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("write the head of the code system: %w", err)
	}
	return &fhir.Resource{Type: "CodeSystem", ID: r.logicalID(), Body: d.body(start)}, nil
}

// logicalID names the resource after edition and date.
func (r *release) logicalID() string {
	id := "sct-" + strconv.FormatUint(r.edition(), 10)
	if r.newest > 0 {
		id += "-" + strconv.FormatUint(uint64(r.newest), 10)
	}
	return id
}

// body appends the concepts to the head. It writes them twice, first to measure, so that no
// more memory is taken than they need.
func (d *document) body(start []byte) []byte {
	size := len(start) + len(`,"concept":[]`) + len(d.r.concepts)
	var one []byte
	for at := range d.r.concepts {
		one = d.next(one[:0], at)
		size += len(one)
	}
	d.rewind()
	b := append(make([]byte, 0, size), start[:len(start)-1]...)
	b = append(b, `,"concept":`...)
	for at := range d.r.concepts {
		b = d.next(append(b, separator(at)), at)
	}
	return append(b, `]}`...)
}

// filters are what value sets may select by.
var filters = []definition.Filter{
	{Code: "concept", Description: "Concepts by their place in the hierarchy.", Operator: []string{"is-a", "descendent-of", "is-not-a", "generalizes", "=", "in", "not-in"}, Value: "A concept, or several parted by commas."},
	{Code: "constraint", Description: "Concepts that an expression selects.", Operator: []string{"="}, Value: "An expression in the Expression Constraint Language."},
}

// typeOf are the types of properties by the kind of their values.
var typeOf = map[string]string{"": "code", kindInteger: "integer", kindDecimal: "decimal", kindText: "string"}

// declarations lists the properties that concepts have.
func (d *document) declarations() []definition.Declaration {
	const field = "http://snomed.info/field/Concept."
	out := []definition.Declaration{
		{Code: "parent", URI: definition.Base + "parent", Description: "Concept that this one is a kind of", Type: "code"},
		{Code: "inactive", URI: definition.Base + "inactive", Description: "Not for use any more", Type: "boolean"},
		{Code: "sufficientlyDefined", URI: field + "definitionStatusId", Description: "Defined by its relationships", Type: "boolean"},
		{Code: "moduleId", URI: field + "moduleId", Description: "Module that keeps the concept", Type: "code"},
		{Code: "effectiveTime", URI: field + "effectiveTime", Description: "Date of the last change", Type: "string"},
		{Code: concept.MemberOf, Description: "Reference set that the concept is in", Type: "code"},
	}
	for i, id := range d.r.types.list {
		out = append(out, definition.Declaration{Code: d.types[i], URI: "http://snomed.info/id/" + d.types[i], Description: d.calledID(id), Type: typeOf[d.r.valued[id]]})
	}
	leads := make([]string, len(d.r.refsets.list)) // the type of targets, by reference set
	for i := range d.r.targets {
		t := &d.r.targets[i]
		if leads[t.refset] != "" {
			continue
		}
		leads[t.refset] = typeOf[""]
		if t.mapped {
			leads[t.refset] = typeOf[kindText]
		}
	}
	for number, id := range d.r.refsets.list {
		if leads[number] != "" {
			code := strconv.FormatUint(id, 10)
			out = append(out, definition.Declaration{Code: code, URI: concept.MapURI(system, code), Description: d.calledID(id), Type: leads[number]})
		}
	}
	return out
}

// called is the display of a concept, read out of turn.
func (d *document) called(at uint32) string {
	first, _ := slices.BinarySearchFunc(d.r.terms, at, func(t term, at uint32) int { return int(t.concept) - int(at) })
	n := leading(d.r.terms[first:], at, func(t *term) uint32 { return t.concept })
	d.wording.read(d.r.terms[first : first+n])
	if t := d.wording.display; t != nil {
		return string(d.r.text(t.text, t.size))
	}
	return strconv.FormatUint(d.r.concepts[at].id, 10)
}

// calledID is the display of a concept; empty if the release does not have it.
func (d *document) calledID(id uint64) string {
	if at, ok := d.r.place[id]; ok {
		return d.called(at)
	}
	return ""
}
