package xml

import (
	"encoding/xml"

	"masjala/fhir"
	"masjala/fhir/structure"
)

// value reads one element, its start tag read already.
func (d *decoder) value(el *structure.Element, start xml.StartElement, path string) (value, error) {
	t := el.Type()
	if want := Namespace; t.Primitive != structure.XHTML && start.Name.Space != want {
		return value{}, fhir.Errorf(fhir.Invalid, "the element %s is not in the namespace %s", start.Name.Local, want).At(path)
	}
	var own []byte
	var err error
	switch {
	case t.Primitive == structure.XHTML:
		own, err = d.narrative(start, path)
	case t.Primitive != structure.Complex:
		return d.primitive(t, start, path)
	case t.Name == "Resource":
		own, err = d.inner(path)
	default:
		own, err = d.members([]byte{'{'}, t, start, path)
	}
	return value{own: own}, err
}

// inner reads the one resource that an element such as contained holds, and its end tag.
func (d *decoder) inner(path string) ([]byte, error) {
	if d.depth++; d.depth > deepest {
		return nil, fhir.Errorf(fhir.Invalid, "elements lie more than %d deep", deepest).At(path)
	}
	defer func() { d.depth-- }()
	var out []byte
	for {
		token, err := d.in.Token()
		if err != nil {
			return nil, d.broken(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if out != nil {
				return nil, fhir.Errorf(fhir.Invalid, "there is more than one resource here").At(path)
			}
			if out, err = d.resource(nil, token, path); err != nil {
				return nil, err
			}
		case xml.EndElement:
			if out == nil {
				return nil, fhir.Errorf(fhir.Invalid, "there is no resource here").At(path)
			}
			return out, nil
		default:
			if err := d.idle(token, path); err != nil {
				return nil, err
			}
		}
	}
}

// primitive reads value, id and extensions of a primitive.
func (d *decoder) primitive(t *structure.Type, start xml.StartElement, path string) (value, error) {
	var v value
	var id []byte
	for _, a := range start.Attr {
		switch {
		case about(a):
		case a.Name.Space == "" && a.Name.Local == "value" && v.own == nil:
			v.own = literal(t, a.Value)
		case a.Name.Space == "" && a.Name.Local == "id" && id == nil:
			id = fhir.AppendString(nil, a.Value)
		default:
			return v, noAttribute(a, path)
		}
	}
	var extensions []value
	for {
		token, err := d.in.Token()
		if err != nil {
			return v, d.broken(err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			v.twin = companion(id, extensions)
			return v, nil
		case xml.StartElement:
			if token.Name.Local != "extension" || token.Name.Space != Namespace {
				return v, fhir.Errorf(fhir.Invalid, "there is no element %q here", token.Name.Local).At(path)
			}
			x, err := d.members([]byte{'{'}, structure.Named("Extension"), token, path+".extension")
			if err != nil {
				return v, err
			}
			extensions = append(extensions, value{own: x})
		default:
			if err := d.idle(token, path); err != nil {
				return v, err
			}
		}
	}
}

// noAttribute refuses an attribute that is unknown or there twice.
func noAttribute(a xml.Attr, path string) error {
	return fhir.Errorf(fhir.Invalid, "there is no attribute %q here, or it is there twice", a.Name.Local).At(path)
}

// literal writes the text of a primitive as JSON: numbers and booleans as they stand, where
// they are such; else a string, which Parse will refuse with the right words.
func literal(t *structure.Type, text string) []byte {
	switch t.Primitive {
	case structure.Boolean:
		if text == "true" || text == "false" {
			return []byte(text)
		}
	case structure.Integer, structure.UnsignedInt, structure.PositiveInt, structure.Decimal:
		if number(text) {
			return []byte(text)
		}
	}
	return fhir.AppendString(nil, text)
}

// number tells whether a text can stand in JSON as a number; what sort is for Parse to say.
func number(s string) bool {
	_, _, _, err := fhir.DecimalRange(s)
	return err == nil
}

// companion makes the _member of a primitive; nil when there is nothing to say.
func companion(id []byte, extensions []value) []byte {
	if id == nil && extensions == nil {
		return nil
	}
	out := []byte{'{'}
	if id != nil {
		out = append(append(out, `"id":`...), id...)
	}
	if extensions != nil {
		if id != nil {
			out = append(out, ',')
		}
		out = append(out, `"extension":`...)
		out = appendList(out, extensions, func(v value) []byte { return v.own })
	}
	return append(out, '}')
}

// narrative copies a div as it stands in the document.
func (d *decoder) narrative(start xml.StartElement, path string) ([]byte, error) {
	if start.Name.Space != xhtml || start.Name.Local != "div" {
		return nil, fhir.Errorf(fhir.Invalid, "a narrative is a div in the namespace %s", xhtml).At(path)
	}
	end := d.in.InputOffset()
	from := end
	for from > 0 && d.data[from-1] != '<' {
		from--
	}
	for depth := 1; depth > 0; {
		token, err := d.in.Token()
		if err != nil {
			return nil, d.broken(err)
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.Directive, xml.ProcInst:
			return nil, fhir.Errorf(fhir.Invalid, "a narrative may hold elements and text only").At(path)
		}
	}
	text := d.data[from-1 : d.in.InputOffset()]
	return fhir.AppendString(nil, string(text)), nil
}

// appendMembers appends the elements that have a value and closes the object.
func appendMembers(out []byte, t *structure.Type, values [][]value) []byte {
	for i := range t.Elements {
		list := values[i]
		if len(list) == 0 {
			continue
		}
		name := t.Elements[i].Name
		if some(list, func(v value) []byte { return v.own }) {
			out = appendMember(out, name, t.Elements[i].Many, list, func(v value) []byte { return v.own })
		}
		if some(list, func(v value) []byte { return v.twin }) {
			out = appendMember(out, "_"+name, t.Elements[i].Many, list, func(v value) []byte { return v.twin })
		}
	}
	return append(out, '}')
}

func appendMember(out []byte, name string, many bool, list []value, part func(value) []byte) []byte {
	if out[len(out)-1] != '{' {
		out = append(out, ',')
	}
	out = append(append(append(out, '"'), name...), `":`...)
	if many {
		return appendList(out, list, part)
	}
	return append(out, part(list[0])...)
}

// appendList writes an array; what has no value is null, as companions want.
func appendList(out []byte, list []value, part func(value) []byte) []byte {
	out = append(out, '[')
	for i, v := range list {
		if i > 0 {
			out = append(out, ',')
		}
		if p := part(v); p != nil {
			out = append(out, p...)
		} else {
			out = append(out, "null"...)
		}
	}
	return append(out, ']')
}

func some(list []value, part func(value) []byte) bool {
	for _, v := range list {
		if part(v) != nil {
			return true
		}
	}
	return false
}
