package xml

import (
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir/structure"
)

// loose finishes a start tag and writes the elements of a value whose type is not known, in
// the order of JSON, and the end tag. The rules of the formats say enough for that: ids of
// what is no resource are attributes, extensions and narratives look alike everywhere.
func (e *encoder) loose(v gjson.Result, tag string, resource bool) {
	if id := v.Get("id"); !resource && id.Type == gjson.String {
		e.attribute("id", id.Str)
	}
	e.out = append(e.out, '>')
	v.ForEach(func(k, item gjson.Result) bool {
		name, twin := k.Str, v.Get("_"+gjson.Escape(k.Str))
		switch {
		case name == "resourceType" && resource, name == "id" && !resource:
			return true
		case strings.HasPrefix(name, "_"):
			if name, twin = name[1:], item; v.Get(gjson.Escape(name)).Exists() {
				return true // written with the value
			}
			item = gjson.Result{}
		}
		if !plain(name) {
			e.fail(name)
			return false
		}
		e.looseElement(name, item, twin)
		return true
	})
	e.close(tag)
}

// looseElement writes an element of a type that is not known, each repetition of it.
func (e *encoder) looseElement(name string, v, twin gjson.Result) {
	if !v.IsArray() && !twin.IsArray() {
		e.looseOne(name, v, twin)
		return
	}
	values, twins := v.Array(), twin.Array()
	for i := range max(len(values), len(twins)) {
		e.looseOne(name, at(values, i), at(twins, i))
	}
}

func (e *encoder) looseOne(name string, v, twin gjson.Result) {
	switch {
	case !v.IsObject() && name == "div" && strings.HasPrefix(v.Str, "<"):
		e.out = appendNarrative(e.out, v.Str)
	case !v.IsObject():
		e.primitive(name, v, twin)
	case name == "extension" || name == "modifierExtension":
		e.open(name)
		e.members(structure.Named("Extension"), v, name)
	case v.Get("resourceType").Exists():
		e.open(name)
		e.out = append(e.out, '>')
		e.resource(v, false)
		e.close(name)
	default:
		e.open(name)
		e.loose(v, name, false)
	}
}

// plain tells whether a name can be that of an element: letters and digits.
func plain(name string) bool {
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9' || i == 0) {
			return false
		}
	}
	return name != ""
}
