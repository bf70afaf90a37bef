package profile

import (
	"errors"
	"fmt"
	"strconv"

	"masjala/fhir"
	"masjala/fhir/structure"
)

// Check tells what R4 requires of the resource and it does not have: elements with a
// minimum of one, codes of required bindings, and invariants. Up to fhir.MaxIssues
// findings are joined, each an fhir.Error of kind Unprocessable that names its path; nil
// if there are none. Resources of types outside of package structure are not looked into.
func Check(r *fhir.Resource) error {
	t := structure.Resource(r.Type)
	if t == nil {
		return fhir.Errorf(fhir.Unprocessable, "R4 has no resource type %s.", r.Type)
	}
	c := &checker{holder: r.Body}
	c.object(t, r.Body, r.Type)
	if len(r.Meta) > 0 {
		c.object(structure.Named("Meta"), r.Meta, r.Type+".meta")
	}
	return errors.Join(c.found...)
}

// checker collects findings on one resource.
type checker struct {
	holder []byte // the resource that is looked at and holds what is contained: in a Bundle that of an entry
	found  []error
}

// blame notes that an invariant does not hold.
func (c *checker) blame(path, format string, args ...any) {
	c.note("invariant", path, format, args...)
}

// note notes a finding with its issue code; text goes on after the path.
func (c *checker) note(code, path, format string, args ...any) {
	if len(c.found) < fhir.MaxIssues {
		text := path + " " + fmt.Sprintf(format, args...)
		c.found = append(c.found, fhir.Errorf(fhir.Unprocessable, "%s", text).At(path).Coded(code))
	}
}

// object checks an object of a type and everything in it.
func (c *checker) object(t *structure.Type, object []byte, path string) {
	if t.Open || len(c.found) >= fhir.MaxIssues {
		return
	}
	var seen [2]uint64
	hint := 0
	for name, value := range fhir.Members(object) {
		twin := len(name) > 0 && name[0] == '_'
		if twin {
			name = name[1:]
		}
		i := t.Find(name, hint)
		if i < 0 {
			continue // resourceType, or an element that was let through
		}
		hint = i + 1
		seen[i>>6] |= 1 << (i & 63)
		e := &t.Elements[i]
		if twin || e.Type().Primitive != structure.Complex && e.Codes() == nil {
			continue
		}
		c.element(t, e, value, path)
	}
	c.required(t, seen, path)
	c.rules(t, object, path)
}

// element checks the values of an element.
func (c *checker) element(t *structure.Type, e *structure.Element, value []byte, parent string) {
	path := parent + "." + t.Path(e)
	if !e.Many {
		c.value(e, value, path)
		return
	}
	n := 0
	for item := range fhir.Items(value) {
		c.value(e, item, path+"["+strconv.Itoa(n)+"]")
		n++
	}
}

func (c *checker) value(e *structure.Element, value []byte, path string) {
	t := e.Type()
	switch {
	case t.Primitive != structure.Complex:
		if code := fhir.Unquote(value); code != "" && !e.Allows(code) {
			c.note("code-invalid", path, "has the code %q; allowed are %s", code, list(e.Codes()))
		}
		return
	case t.IsResource:
		if t = resourceOf(value); t == nil {
			return
		}
		if e.Name == "contained" {
			c.contained(value, path)
			break
		}
		defer func(outer []byte) { c.holder = outer }(c.holder)
		c.holder = value
	}
	c.object(t, value, path)
}

// required blames the elements that must be there and are not.
func (c *checker) required(t *structure.Type, seen [2]uint64, path string) {
	for i := range t.Elements {
		e := &t.Elements[i]
		if e.Min == 0 || seen[i>>6]&(1<<(i&63)) != 0 {
			continue
		}
		if e.Choice > 0 && (chosen(t, e.Choice, seen) || i > 0 && t.Elements[i-1].Choice == e.Choice) {
			continue // another of its elements is there, or the first was blamed for all
		}
		c.note("required", path, "must have %s", t.Path(e))
	}
}

// chosen tells whether a choice has one of its elements.
func chosen(t *structure.Type, choice uint8, seen [2]uint64) bool {
	for i := range t.Elements {
		if t.Elements[i].Choice == choice && seen[i>>6]&(1<<(i&63)) != 0 {
			return true
		}
	}
	return false
}

// resourceOf returns the type of a resource inside of another.
func resourceOf(object []byte) *structure.Type {
	for name, value := range fhir.Members(object) {
		if string(name) == "resourceType" {
			return structure.Resource(fhir.Unquote(value))
		}
	}
	return nil
}

// list writes codes for a reader, the first ones if there are many.
func list(codes []string) string {
	const most = 12
	text := ""
	for i, code := range codes {
		if i == most {
			return text + " …"
		}
		if i > 0 {
			text += ", "
		}
		text += code
	}
	return text
}
