package diff

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"masjala/fhir"
	fhirxml "masjala/fhir/xml"
)

// deepest is how many elements of a patch may lie in each other.
const deepest = 100

// element is an element of a document.
type element struct {
	name     xml.Name
	attrs    []xml.Attr // without declarations of namespaces
	children []*child
	declared map[string]string // namespaces that it declares itself, by prefix; "" is the default
}

// child is an element or text between elements.
type child struct {
	element *element // nil for text
	text    string
}

// readTree reads a document into a tree of so many nodes at most, which take several times the
// memory of the text. It fails with Invalid when that is no well-formed XML, or has a document
// type, and with TooCostly when there are more.
func readTree(data []byte, nodes int) (*element, error) {
	in := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	document := &element{}
	open := []*element{document}
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line, column := in.InputPos()
			return nil, fhir.Errorf(fhir.Invalid, "the text is no well-formed XML at line %d, column %d", line, column).Because(err)
		}
		if nodes--; nodes < 0 {
			return nil, fhir.Errorf(fhir.TooCostly, "the patch has more than %d elements and texts; send the whole resource", mostNodes)
		}
		top := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) > deepest {
				return nil, fhir.Errorf(fhir.Invalid, "elements lie more than %d deep", deepest)
			}
			e := &element{name: t.Name}
			e.declare(t.Attr)
			top.children = append(top.children, &child{element: e})
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			top.children = append(top.children, &child{text: string(t)})
		case xml.Directive:
			return nil, fhir.Errorf(fhir.Invalid, "document types and entities are not taken; leave the <!… > out")
		}
	}
	for _, c := range document.children {
		if c.element != nil {
			return c.element, nil
		}
	}
	return nil, fhir.Errorf(fhir.Invalid, "the document is empty")
}

// declare takes over the attributes of a start tag.
func (e *element) declare(attrs []xml.Attr) {
	for _, a := range attrs {
		prefix, ok := a.Name.Local, a.Name.Space == "xmlns"
		if a.Name.Space == "" && a.Name.Local == "xmlns" {
			prefix, ok = "", true
		}
		if !ok {
			e.attrs = append(e.attrs, a)
			continue
		}
		if e.declared == nil {
			e.declared = map[string]string{}
		}
		e.declared[prefix] = a.Value
	}
}

// attribute returns an attribute of no namespace.
func (e *element) attribute(name string) (string, bool) {
	for _, a := range e.attrs {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

// text is all text in the element, as far as spare allows, which is how many nodes may still
// be visited. A long text counts as several.
func (e *element) text(spare *int) string {
	var b strings.Builder
	e.writeText(&b, spare)
	return b.String()
}

func (e *element) writeText(b *strings.Builder, spare *int) {
	for _, c := range e.children {
		if *spare -= 1 + len(c.text)/longText; *spare < 0 {
			return
		}
		if c.element != nil {
			c.element.writeText(b, spare)
		}
		b.WriteString(c.text)
	}
}

// insert puts children in front of the one at an index.
func (e *element) insert(at int, list []*child) {
	e.children = slices.Insert(e.children, at, list...)
}

// space is the namespace of the element. One without any is of FHIR.
func (e *element) space() string {
	if e.name.Space == "" {
		return fhirxml.Namespace
	}
	return e.name.Space
}

// write appends the element as XML; outer is the namespace that is the default around it.
func (e *element) write(out []byte, outer string) []byte {
	out = append(append(out, '<'), e.name.Local...)
	space := e.space()
	if space != outer {
		out = appendAttribute(out, "xmlns", space)
	}
	for _, a := range e.attrs {
		switch a.Name.Space {
		case "":
			out = appendAttribute(out, a.Name.Local, a.Value)
		case "xml", "http://www.w3.org/XML/1998/namespace":
			out = appendAttribute(out, "xml:"+a.Name.Local, a.Value)
		}
	}
	out = append(out, '>')
	for _, c := range e.children {
		if c.element != nil {
			out = c.element.write(out, space)
		} else {
			out = appendEscaped(out, c.text)
		}
	}
	return append(append(append(out, "</"...), e.name.Local...), '>')
}

func appendAttribute(out []byte, name, value string) []byte {
	out = append(append(append(out, ' '), name...), `="`...)
	return append(appendEscaped(out, value), '"')
}

func appendEscaped(out []byte, text string) []byte {
	b := bytes.NewBuffer(out)
	_ = xml.EscapeText(b, []byte(text)) // a Buffer takes everything
	return b.Bytes()
}
