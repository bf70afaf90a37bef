package codes

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/importers/definition"
	"masjala/importers/tabular"
)

// build makes the CodeSystem of a list.
func (l *list) build(p *tabular.Place) (*fhir.Resource, error) {
	nested := l.oneParent() && (l.head.Complete() || l.shallow())
	o := l.head.Body(p.Stored, func(o *tabular.Object) {
		o.Text("description", "Code list "+l.head.Title+", imported from a sheet.")
		o.Bool("caseSensitive", true)
		o.Text("content", "complete")
	})
	if !l.head.Complete() {
		if !o.Has("valueSet") {
			o.Text("valueSet", l.valueSet)
		}
		l.hierarchy(o, nested)
	}
	if l.head.About("count") == nil {
		o.Set("count", strconv.AppendInt(nil, int64(len(l.entries)), 10))
	}
	l.declare(o)
	if p.Stored != nil {
		tabular.Arrange(l.entries, func(e *entry) string { return e.code }, storedCodes(p.Stored.Body))
	}
	if len(l.entries) > 0 {
		o.Set("concept", l.concepts(nested))
	}
	return l.head.Resource(o, p.ID, p.Stored)
}

// hierarchy says what parents mean, where the list has some.
func (l *list) hierarchy(o *tabular.Object, nested bool) {
	if !slices.ContainsFunc(l.entries, func(e *entry) bool { return len(e.parents) > 0 }) {
		o.Delete("hierarchyMeaning")
		return
	}
	if !o.Has("hierarchyMeaning") {
		o.Text("hierarchyMeaning", "is-a")
	}
	if !nested {
		l.facts = append([]tabular.Fact{{Code: "parent", Type: "code", Declared: true}}, l.facts...)
	}
}

// declare adds the properties that rows have to those that the code system names.
func (l *list) declare(o *tabular.Object) {
	named := map[string]bool{}
	list := bytes.TrimSuffix(bytes.Clone(o.Get("property")), []byte("]"))
	for p := range fhir.Items(o.Get("property")) {
		named[gjson.GetBytes(p, "code").Str] = true
	}
	for _, f := range l.facts {
		if named[f.Code] || !f.Declared {
			continue
		}
		named[f.Code] = true
		d := &tabular.Object{}
		d.Text("code", f.Code)
		if f.Code == "parent" || f.Code == "status" {
			d.Text("uri", definition.Base+f.Code)
		}
		d.Text("type", f.Type)
		list = tabular.Item(list, d.Append(nil, tabular.Declaration))
	}
	if len(list) > 0 {
		o.Set("property", append(list, ']'))
	}
}

// oneParent tells whether the list is a tree, so that concepts can be nested.
func (l *list) oneParent() bool {
	return !slices.ContainsFunc(l.entries, func(e *entry) bool { return len(e.parents) > 1 })
}

// storedCodes lists the codes of a code system, each before those below it.
func storedCodes(body []byte) []string {
	var out []string
	each(fhir.Member(body, "concept"), "", func(c *stored) error {
		out = append(out, fhir.Unquote(c.get("code")))
		return nil
	})
	return out
}

// concepts writes the concepts: a tree when nested, else a flat list with parent properties.
func (l *list) concepts(nested bool) []byte {
	below, roots := map[string][]*entry{}, []*entry(nil)
	for _, e := range l.entries {
		if nested && len(e.parents) == 1 {
			below[e.parents[0]] = append(below[e.parents[0]], e)
		} else {
			roots = append(roots, e)
		}
	}
	size := 2
	for _, e := range l.entries {
		size += len(e.body) + len(e.property) + 40
	}
	return appendConcepts(make([]byte, 0, size), roots, below, nested)
}

func appendConcepts(dst []byte, list []*entry, below map[string][]*entry, nested bool) []byte {
	dst = append(dst, '[')
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, e.body...)
		property := e.property
		if !nested {
			for _, p := range e.parents {
				property = comma(property, append(fhir.AppendString([]byte(`{"code":"parent","valueCode":`), p), '}'))
			}
		}
		if len(property) > 0 {
			dst = append(append(append(dst, `,"property":[`...), property...), ']')
		}
		if some := below[e.code]; nested && len(some) > 0 {
			dst = appendConcepts(append(dst, `,"concept":`...), some, below, nested)
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}
