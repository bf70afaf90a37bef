package xml

import (
	"strconv"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/structure"
)

// Namespace is that of FHIR elements.
const Namespace = "http://hl7.org/fhir"

// Append appends a resource, given as valid JSON, to dst as an XML document. Resources inside
// of it whose elements are not known keep the order that they have in JSON. It fails with
// Unsupported for a resource that is itself of such a type.
func Append(dst, json []byte) ([]byte, error) {
	e := encoder{out: append(dst, `<?xml version="1.0" encoding="UTF-8"?>`...)}
	e.resource(gjson.ParseBytes(json), true)
	return e.out, e.err
}

// encoder writes XML. The first error stays.
type encoder struct {
	out []byte
	err error
}

// resource writes one resource as the element of its type.
func (e *encoder) resource(v gjson.Result, top bool) {
	name := v.Get("resourceType").Str
	t := structure.Resource(name)
	if top && (t == nil || t.Open) || !plain(name) {
		e.fail(name)
		return
	}
	e.out = append(append(e.out, '<'), name...)
	if top {
		e.out = append(e.out, ` xmlns="`+Namespace+`"`...)
	}
	if t == nil || t.Open {
		e.loose(v, name, true)
		return
	}
	e.members(t, v, name)
}

// fail notes what cannot be written.
func (e *encoder) fail(name string) {
	if e.err == nil {
		e.err = fhir.Errorf(fhir.Unsupported, "%q cannot be written as XML here; ask for JSON", name)
	}
}

// members finishes a start tag with the attributes of a complex value, then writes its
// elements and the end tag.
func (e *encoder) members(t *structure.Type, v gjson.Result, tag string) {
	if t.Open {
		e.loose(v, tag, false)
		return
	}
	values := make([]gjson.Result, len(t.Elements))
	twins := make([]gjson.Result, len(t.Elements))
	hint := 0
	v.ForEach(func(k, item gjson.Result) bool {
		name, into := k.Str, values
		if len(name) > 1 && name[0] == '_' {
			name, into = name[1:], twins
		}
		if i := t.Find([]byte(name), hint); i >= 0 {
			into[i], hint = item, i+1
		}
		return true
	})
	for i := range t.Elements {
		if attribute(t, &t.Elements[i]) && values[i].Exists() {
			e.attribute(t.Elements[i].Name, values[i].Str)
		}
	}
	e.out = append(e.out, '>')
	for i := range t.Elements {
		if el := &t.Elements[i]; !attribute(t, el) && (values[i].Exists() || twins[i].Exists()) {
			e.element(el, values[i], twins[i])
		}
	}
	e.close(tag)
}

// attribute tells whether XML has an element as an attribute: id of data types, url of extensions.
func attribute(t *structure.Type, el *structure.Element) bool { return el.Attr && !t.IsResource }

// element writes an element, each repetition of it.
func (e *encoder) element(el *structure.Element, v, twin gjson.Result) {
	if !el.Many {
		e.one(el, v, twin)
		return
	}
	values, twins := v.Array(), twin.Array()
	for i := range max(len(values), len(twins)) {
		e.one(el, at(values, i), at(twins, i))
	}
}

func at(list []gjson.Result, i int) gjson.Result {
	if i < len(list) && list[i].Type != gjson.Null {
		return list[i]
	}
	return gjson.Result{}
}

// one writes one repetition of an element.
func (e *encoder) one(el *structure.Element, v, twin gjson.Result) {
	t := el.Type()
	switch {
	case t.Primitive == structure.XHTML:
		e.out = appendNarrative(e.out, v.String())
	case t.Primitive != structure.Complex:
		e.primitive(el.Name, v, twin)
	case t.Name == "Resource":
		e.open(el.Name)
		e.out = append(e.out, '>')
		e.resource(v, false)
		e.close(el.Name)
	default:
		e.open(el.Name)
		e.members(t, v, el.Name)
	}
}

// primitive writes a primitive with its id and extensions.
func (e *encoder) primitive(name string, v, twin gjson.Result) {
	e.open(name)
	if id := twin.Get("id"); id.Exists() {
		e.attribute("id", id.Str)
	}
	switch v.Type {
	case gjson.String:
		e.attribute("value", v.Str)
	case gjson.Number, gjson.True, gjson.False:
		e.attribute("value", v.Raw)
	}
	extensions := twin.Get("extension")
	if !extensions.Exists() {
		e.out = append(e.out, "/>"...)
		return
	}
	e.out = append(e.out, '>')
	for _, x := range extensions.Array() {
		e.open("extension")
		e.members(structure.Named("Extension"), x, "extension")
	}
	e.close(name)
}

func (e *encoder) open(name string)  { e.out = append(append(e.out, '<'), name...) }
func (e *encoder) close(name string) { e.out = append(append(append(e.out, "</"...), name...), '>') }

// attribute writes an attribute. White space other than blanks is kept by reference, since
// XML readers turn it into blanks.
func (e *encoder) attribute(name, value string) {
	e.out = append(append(append(e.out, ' '), name...), `="`...)
	from := 0
	for i := 0; i < len(value); i++ {
		var ref string
		switch c := value[i]; c {
		case '&':
			ref = "&amp;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		case '"':
			ref = "&quot;"
		case '\t', '\n', '\r':
			ref = "&#" + strconv.Itoa(int(c)) + ";"
		default:
			continue
		}
		e.out = append(append(e.out, value[from:i]...), ref...)
		from = i + 1
	}
	e.out = append(append(e.out, value[from:]...), '"')
}
