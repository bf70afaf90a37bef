package profile

import (
	"iter"

	"masjala/fhir"
	"masjala/fhir/structure"
)

// References yields the path and the text of every literal reference of a resource, in
// order, but for those to contained resources ("#x"); those in contained resources are
// among them. Types outside of package structure have none.
func References(r *fhir.Resource) iter.Seq2[string, string] {
	return func(yield func(path, ref string) bool) {
		if t := structure.Resource(r.Type); t != nil {
			w := walker{yield: yield}
			w.object(t, r.Body, r.Type)
		}
	}
}

// walker goes through the objects of a resource until yield has enough. Its methods
// return false then.
type walker struct {
	yield func(path, ref string) bool
}

func (w *walker) object(t *structure.Type, object []byte, path string) bool {
	if t.Open {
		return true
	}
	if t.Name == "Reference" {
		if ref := fhir.Unquote(fhir.Member(object, "reference")); ref != "" && ref[0] != '#' && !w.yield(path, ref) {
			return false
		}
	}
	hint := 0
	for name, value := range fhir.Members(object) {
		i := t.Find(companionOf(name), hint)
		if i < 0 {
			continue
		}
		hint = i + 1
		e := &t.Elements[i]
		if len(name) > 0 && name[0] == '_' || e.Type().Primitive != structure.Complex {
			continue
		}
		if !w.element(e, value, path+"."+t.Path(e)) {
			return false
		}
	}
	return true
}

func (w *walker) element(e *structure.Element, value []byte, path string) bool {
	if !e.Many {
		return w.value(e, value, path)
	}
	n := 0
	for one := range fhir.Items(value) {
		if !w.value(e, one, item(path, n)) {
			return false
		}
		n++
	}
	return true
}

func (w *walker) value(e *structure.Element, value []byte, path string) bool {
	t := e.Type()
	if t.IsResource {
		if t = resourceOf(value); t == nil {
			return true
		}
	}
	return w.object(t, value, path)
}
