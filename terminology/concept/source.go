package concept

import (
	"strings"
	"unsafe"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// maxDepth is how deep concepts may be nested in a CodeSystem.
const maxDepth = 200

// Meta is what the meaning of concepts depends on beside the concepts themselves.
type Meta struct {
	CaseSensitive    bool       `json:"caseSensitive"`
	HierarchyMeaning string     `json:"hierarchyMeaning,omitempty"`
	Language         string     `json:"language,omitempty"` // of the displays
	Properties       []Declared `json:"properties,omitempty"`
}

// Declared is a property that a code system says its concepts have
// (https://hl7.org/fhir/R4/codesystem.html#properties).
type Declared struct {
	Code        string `json:"code"`
	URI         string `json:"uri,omitempty"`
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`
}

// Source is what a set is made from: the meaning and the concepts in the order of the
// document. It refers to the bytes it was read from, which must not change meanwhile.
type Source struct {
	Meta    Meta
	records []record
}

// record is one concept as it was loaded.
type record struct {
	json   string // the concept's own JSON, without the concepts nested in it
	parent int32  // position of the concept it was nested in, -1 at the top
}

// Len tells how many concepts there are.
func (s *Source) Len() int { return len(s.records) }

// Read reads the body of a CodeSystem: canonical JSON of its members. It fails with
// Unprocessable if concepts are nested too deeply or a concept has no code.
func Read(body []byte) (*Source, error) {
	text := unsafe.String(unsafe.SliceData(body), len(body))
	src := &Source{Meta: Meta{CaseSensitive: true}}
	var err error
	gjson.Parse(text).ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "caseSensitive":
			src.Meta.CaseSensitive = value.Bool()
		case "hierarchyMeaning":
			src.Meta.HierarchyMeaning = strings.Clone(value.Str)
		case "language":
			src.Meta.Language = strings.Clone(value.Str)
		case "property":
			src.Meta.Properties = declared(value)
		case "concept":
			err = src.add(value, -1, 1)
		}
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	return src, nil
}

func declared(list gjson.Result) []Declared {
	var out []Declared
	list.ForEach(func(_, p gjson.Result) bool {
		out = append(out, Declared{
			Code:        strings.Clone(p.Get("code").String()),
			URI:         strings.Clone(p.Get("uri").String()),
			Type:        strings.Clone(p.Get("type").String()),
			Description: strings.Clone(p.Get("description").String()),
		})
		return true
	})
	return out
}

// add takes a list of concepts and all that is nested in them, in document order.
func (s *Source) add(list gjson.Result, parent int32, depth int) error {
	if depth > maxDepth {
		return fhir.Errorf(fhir.Unprocessable, "concepts are nested more than %d deep; this is not supported", maxDepth).At("CodeSystem.concept")
	}
	var err error
	list.ForEach(func(_, c gjson.Result) bool {
		var nested gjson.Result
		own, hasCode := c.Raw, false
		c.ForEach(func(key, value gjson.Result) bool {
			switch key.Str {
			case "code":
				hasCode = value.Str != ""
			case "concept":
				nested = value
			}
			return true
		})
		if !hasCode {
			err = fhir.Errorf(fhir.Unprocessable, "a concept of the code system has no code; each needs one").At("CodeSystem.concept.code")
			return false
		}
		if nested.Exists() {
			own = without(c, "concept")
		}
		here := int32(len(s.records))
		s.records = append(s.records, record{json: own, parent: parent})
		if nested.Exists() {
			err = s.add(nested, here, depth+1)
		}
		return err == nil
	})
	return err
}

// without returns the JSON of an object less one member.
func without(object gjson.Result, name string) string {
	var b strings.Builder
	b.WriteByte('{')
	object.ForEach(func(key, value gjson.Result) bool {
		if key.Str == name {
			return true
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(key.Raw)
		b.WriteByte(':')
		b.WriteString(value.Raw)
		return true
	})
	b.WriteByte('}')
	return b.String()
}
