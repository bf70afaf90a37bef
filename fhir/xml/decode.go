package xml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/fhir/structure"
)

// xhtml is the namespace of narratives.
const xhtml = "http://www.w3.org/1999/xhtml"

// deepest is how many elements may lie in each other.
const deepest = 100

// ToJSON reads an XML document that holds one resource and returns the resource as JSON, its
// members in the order of the definition. It fails with Invalid, naming the element, when the
// text is no well-formed XML in UTF-8, has a document type, or holds what R4 does not define.
// Values are not checked here; [fhir.Parse] does. Of an entry of a Bundle whose type is not
// known only the type is read.
func ToJSON(data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	d := decoder{data: data, in: xml.NewDecoder(bytes.NewReader(data))}
	root, err := d.root()
	if err != nil {
		return nil, err
	}
	out, err := d.resource(nil, root, root.Name.Local)
	if err != nil {
		return nil, err
	}
	for {
		switch t, err := d.in.Token(); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, d.broken(err)
		default:
			if err := d.idle(t, root.Name.Local); err != nil {
				return nil, err
			}
		}
	}
}

type decoder struct {
	data  []byte
	in    *xml.Decoder
	depth int
}

// value is one element as JSON: its own value and, for primitives, the companion with id and
// extensions.
type value struct{ own, twin []byte }

// root reads up to the first element.
func (d *decoder) root() (xml.StartElement, error) {
	for {
		t, err := d.in.Token()
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, fhir.Errorf(fhir.Invalid, "the document is empty; send a resource")
		}
		if err != nil {
			return xml.StartElement{}, d.broken(err)
		}
		if s, ok := t.(xml.StartElement); ok {
			return s, nil
		}
		if err := d.idle(t, "the document"); err != nil {
			return xml.StartElement{}, err
		}
	}
}

// idle accepts what may stand between elements and is no part of a resource
// (https://hl7.org/fhir/R4/xml.html): comments, processing instructions and blanks.
func (d *decoder) idle(t xml.Token, path string) error {
	switch t := t.(type) {
	case xml.Comment, xml.ProcInst:
		return nil
	case xml.Directive:
		return fhir.Errorf(fhir.Invalid, "document types and entities are not taken; leave the <!… > out").At(path)
	case xml.CharData:
		if len(bytes.TrimSpace(t)) == 0 {
			return nil
		}
		return fhir.Errorf(fhir.Invalid, "there is text between the elements; values stand in the attribute value").At(path)
	}
	return fhir.Errorf(fhir.Invalid, "there is more than one resource in the document").At(path)
}

func (d *decoder) broken(err error) error {
	line, column := d.in.InputPos()
	return fhir.Errorf(fhir.Invalid, "the text is no well-formed XML at line %d, column %d", line, column).Because(err)
}

// resource reads the element of a resource, its start tag read already.
func (d *decoder) resource(out []byte, start xml.StartElement, path string) ([]byte, error) {
	name := start.Name.Local
	t := structure.Resource(name)
	switch {
	case start.Name.Space != Namespace:
		return nil, fhir.Errorf(fhir.Invalid, "the element %s is not in the namespace %s", name, Namespace).At(path)
	case t == nil || name == "Resource":
		return nil, fhir.Errorf(fhir.Invalid, "%q is no resource type of FHIR R4", name).At(path)
	case t.Open && isEntry(path):
		if err := d.in.Skip(); err != nil {
			return nil, d.broken(err)
		}
		return append(append(append(out, `{"resourceType":"`...), name...), `"}`...), nil
	case t.Open:
		return nil, fhir.Errorf(fhir.Unsupported, "resources of type %s cannot be read from XML here; send JSON", name).At(path)
	}
	head := append(append(append(out, `{"resourceType":"`...), name...), '"')
	return d.members(head, t, start, path)
}

// members reads the attributes and elements of a complex value up to its end tag and appends
// them to out, which is an object that may have members already, and closes it.
func (d *decoder) members(out []byte, t *structure.Type, start xml.StartElement, path string) ([]byte, error) {
	if d.depth++; d.depth > deepest {
		return nil, fhir.Errorf(fhir.Invalid, "elements lie more than %d deep", deepest).At(path)
	}
	defer func() { d.depth-- }()
	values := make([][]value, len(t.Elements))
	if err := d.attributes(values, t, start, path); err != nil {
		return nil, err
	}
	hint := 0
	for {
		token, err := d.in.Token()
		if err != nil {
			return nil, d.broken(err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			return appendMembers(out, t, values), nil
		case xml.StartElement:
			i := t.Find([]byte(token.Name.Local), hint)
			if i < 0 || attribute(t, &t.Elements[i]) {
				return nil, fhir.Errorf(fhir.Invalid, "there is no element %q here", token.Name.Local).At(path)
			}
			el := &t.Elements[i]
			if hint = i; len(values[i]) > 0 && !el.Many {
				return nil, fhir.Errorf(fhir.Invalid, "the element %s may be there only once", el.Name).At(path)
			}
			below := path + "." + t.Path(el)
			if el.Many {
				below += "[" + strconv.Itoa(len(values[i])) + "]"
			}
			v, err := d.value(el, token, below)
			if err != nil {
				return nil, err
			}
			values[i] = append(values[i], v)
		default:
			if err := d.idle(token, path); err != nil {
				return nil, err
			}
		}
	}
}

// attributes reads the attributes of a complex value.
func (d *decoder) attributes(values [][]value, t *structure.Type, start xml.StartElement, path string) error {
	for _, a := range start.Attr {
		if about(a) {
			continue
		}
		i := t.Find([]byte(a.Name.Local), 0)
		if a.Name.Space != "" || i < 0 || !attribute(t, &t.Elements[i]) || values[i] != nil {
			return noAttribute(a, path)
		}
		values[i] = []value{{own: fhir.AppendString(nil, a.Value)}}
	}
	return nil
}

// about tells attributes that say something of the document, not of the resource:
// namespaces and schema locations.
func about(a xml.Attr) bool {
	return a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" || a.Name.Space == "http://www.w3.org/2001/XMLSchema-instance"
}

// isEntry tells whether a path is that of the resource of an entry. One of a type that is not
// known is read without its content there, so that it is refused by its type, and the other
// entries of a batch are not refused with it.
func isEntry(path string) bool {
	return strings.HasPrefix(path, "Bundle.entry[") && strings.HasSuffix(path, "].resource") && strings.Count(path, ".") == 2
}
