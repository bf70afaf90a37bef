package api

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/fhir/structure"
)

// subset is the part of resources that an answer shows (https://hl7.org/fhir/R4/search.html#summary).
// The zero value is the whole.
type subset struct {
	summary  string // "", "true", "text", "data", "count", "false"
	elements []string
}

// partOf reads _summary and _elements of an interaction that is not a search; more are values
// that _summary takes there beside those of a read.
func partOf(pairs []search.Pair, more ...string) (p subset, err error) {
	for _, pair := range pairs {
		if pair.Value == "" {
			continue
		}
		switch pair.Name {
		case "_summary":
			if !slices.Contains([]string{"true", "text", "data", "false"}, pair.Value) && !slices.Contains(more, pair.Value) {
				return p, fhir.Errorf(fhir.Invalid, "Parameter _summary takes true, text, data or false here, not %q.", clip(pair.Value))
			}
			p.summary = pair.Value
		case "_elements":
			p.elements = append(p.elements, strings.Split(pair.Value, ",")...)
		}
	}
	return p, nil
}

// onlyParts refuses parameters of a read that mean nothing there, for clients that want
// unknown parameters refused (https://hl7.org/fhir/R4/search.html#errors).
func onlyParts(pairs []search.Pair) error {
	for _, p := range pairs {
		if p.Name != "_summary" && p.Name != "_elements" {
			return fhir.Errorf(fhir.Invalid, "A read has no parameter %q; it takes _summary and _elements.", clip(p.Name))
		}
	}
	return nil
}

// whole tells whether nothing is left out.
func (p subset) whole() bool {
	return len(p.elements) == 0 && (p.summary == "" || p.summary == "false" || p.summary == "count")
}

// append appends the part of a resource that is shown. It is marked as SUBSETTED.
func (p subset) append(dst []byte, r *fhir.Resource) []byte {
	t := structure.Resource(r.Type)
	if p.whole() || t == nil {
		return r.AppendJSON(dst)
	}
	c := *r
	c.Meta = subsetted(r.Meta)
	c.Body = t.Part(nil, r.Body, func(e *structure.Element) bool { return p.shows(t, e) })
	return c.AppendJSON(dst)
}

// shows tells whether an element of a resource is part of the subset. Mandatory elements
// always are, and modifiers, without which the rest could be misread.
func (p subset) shows(t *structure.Type, e *structure.Element) bool {
	if e.Min > 0 || e.Modifier && e.Name != "modifierExtension" {
		return true
	}
	if len(p.elements) > 0 {
		return e.Name == "modifierExtension" || p.names(t, e)
	}
	switch p.summary {
	case "text":
		return e.Name == "text"
	case "data":
		return e.Name != "text"
	}
	return e.InSummary()
}

// names tells whether _elements asks for an element: by its name in JSON ("valueString")
// or in FHIR ("value"), perhaps after the type, perhaps with an element below it.
func (p subset) names(t *structure.Type, e *structure.Element) bool {
	for _, want := range p.elements {
		want = strings.TrimPrefix(strings.TrimSpace(want), t.Name+".")
		want, _, _ = strings.Cut(want, ".")
		if want == e.Name || want == t.Path(e) {
			return true
		}
	}
	return false
}

const subsettedTag = `{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}`

// subsetted adds the tag SUBSETTED to the meta of a resource.
func subsetted(meta []byte) []byte {
	tags := gjson.GetBytes(meta, "tag")
	switch {
	case len(meta) <= 2:
		return []byte(`{"tag":[` + subsettedTag + `]}`)
	case !tags.Exists():
		return slices.Concat([]byte(`{"tag":[`+subsettedTag+`],`), meta[1:])
	case bytes.Contains([]byte(tags.Raw), []byte(`"SUBSETTED"`)):
		return meta
	}
	end := tags.Index + len(tags.Raw) - 1
	return slices.Concat(meta[:end], []byte(","+subsettedTag), meta[end:])
}
