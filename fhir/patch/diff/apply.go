package diff

import (
	"encoding/xml"
	"errors"
	"math"
	"strconv"
	"strings"

	"masjala/fhir"
	fhirxml "masjala/fhir/xml"
)

const (
	most        = 10_000    // operations that a patch may have
	mostVisited = 5_000_000 // nodes that all its selectors together may visit
	longText    = 64        // bytes of text that take as long as a visit
	mostNodes   = 1_000_000 // elements, their ends and texts that a patch may have
	longest     = 10_000    // bytes of a selector
)

// Apply applies an XML Patch (RFC 5261) to a resource, which is JSON, and returns the changed
// resource as JSON. Of selectors it takes paths of names, * and @attribute, with positions
// and comparisons in brackets; names without a prefix are those of FHIR. A selector that
// does not find exactly one node is Unprocessable.
func Apply(resource, patch []byte) ([]byte, error) {
	diff, err := readTree(patch, mostNodes)
	if err != nil {
		return nil, err
	}
	if diff.name.Local != "diff" {
		return nil, fhir.Errorf(fhir.Invalid, "an XML Patch is an element diff with operations such as <replace sel=\"Location/name/@value\">…</replace>")
	}
	text, err := fhirxml.Append(nil, resource)
	if err != nil {
		return nil, err
	}
	root, err := readTree(text, math.MaxInt)
	if err != nil {
		return nil, err
	}
	document := &element{children: []*child{{element: root}}}
	n, spare := 0, mostVisited
	for _, c := range diff.children {
		if c.element == nil {
			continue
		}
		if n++; n > most {
			return nil, fhir.Errorf(fhir.TooCostly, "the patch has more than %d operations; send the whole resource", most)
		}
		err := operate(document, diff, c.element, &spare)
		if spare < 0 {
			err = fhir.Errorf(fhir.TooCostly, "the selectors of the patch visit more than %d nodes; send the whole resource", mostVisited)
		}
		if err != nil {
			return nil, err.At("diff[" + strconv.Itoa(n-1) + "]")
		}
	}
	left, err := onlyElement(document)
	if err != nil {
		return nil, err
	}
	out, err := fhirxml.ToJSON(left.write(nil, ""))
	if e, ok := errors.AsType[*fhir.Error](err); ok {
		return nil, fhir.Errorf(fhir.Unprocessable, "the patch would make the resource invalid: %s", e.Text).At(e.Path)
	}
	return out, err
}

// onlyElement is the resource that operations left in a document.
func onlyElement(document *element) (left *element, err error) {
	for _, c := range document.children {
		if c.element != nil {
			if left != nil {
				return nil, fhir.Errorf(fhir.Unprocessable, "the patch would put two resources side by side")
			}
			left = c.element
		}
	}
	if left == nil {
		return nil, fhir.Errorf(fhir.Unprocessable, "the patch would remove the resource; DELETE does that")
	}
	return left, nil
}

// operate does one operation of a patch; spare is how many nodes may still be visited.
func operate(document, diff, op *element, spare *int) *fhir.Error {
	sel, ok := op.attribute("sel")
	if !ok {
		return fhir.Errorf(fhir.Invalid, "an operation of an XML Patch needs the attribute sel")
	}
	steps, err := readSelector(sel, op, diff)
	if err != nil {
		return err
	}
	found := steps.find(document, spare)
	if len(found) != 1 {
		return fhir.Errorf(fhir.Unprocessable, "%q finds %d nodes, and must find one", sel, len(found))
	}
	at := found[0]
	*spare -= len(at.element.children) // they may have to make room
	switch op.name.Local {
	case "add":
		return at.add(op, spare)
	case "replace":
		return at.replace(op, spare)
	case "remove":
		return at.remove()
	}
	return fhir.Errorf(fhir.Invalid, "an XML Patch has the operations add, replace and remove, not %q", op.name.Local)
}

// add adds elements below or beside a place, or an attribute to it.
func (p place) add(op *element, spare *int) *fhir.Error {
	if p.attribute != "" {
		return fhir.Errorf(fhir.Unprocessable, "nothing can be added to an attribute; replace it")
	}
	if typ, ok := op.attribute("type"); ok {
		name, ok := strings.CutPrefix(typ, "@")
		if !ok || !isName(name) {
			return fhir.Errorf(fhir.Unsupported, "an XML Patch adds elements and attributes here, not %q", typ)
		}
		if _, there := p.element.attribute(name); there {
			return fhir.Errorf(fhir.Unprocessable, "the attribute %s is there already; replace it", name)
		}
		p.element.attrs = append(p.element.attrs, xml.Attr{Name: xml.Name{Local: name}, Value: op.text(spare)})
		return nil
	}
	pos, _ := op.attribute("pos")
	switch pos {
	case "":
		p.element.insert(len(p.element.children), op.children)
	case "prepend":
		p.element.insert(0, op.children)
	case "before":
		p.parent.insert(p.index(), op.children)
	case "after":
		p.parent.insert(p.index()+1, op.children)
	default:
		return fhir.Errorf(fhir.Invalid, "pos is prepend, before or after, not %q", pos)
	}
	return nil
}

// replace puts the one element of an operation, or its text for an attribute, in a place.
func (p place) replace(op *element, spare *int) *fhir.Error {
	if p.attribute != "" {
		for i := range p.element.attrs {
			if p.element.attrs[i].Name.Local == p.attribute {
				p.element.attrs[i].Value = op.text(spare)
			}
		}
		return nil
	}
	var by []*child
	for _, c := range op.children {
		if c.element != nil {
			by = append(by, c)
		}
	}
	if len(by) != 1 {
		return fhir.Errorf(fhir.Invalid, "to replace an element takes one element, not %d", len(by))
	}
	p.parent.children[p.index()] = by[0]
	return nil
}

// remove takes away an element or an attribute.
func (p place) remove() *fhir.Error {
	if p.attribute != "" {
		for i, a := range p.element.attrs {
			if a.Name.Local == p.attribute {
				p.element.attrs = append(p.element.attrs[:i:i], p.element.attrs[i+1:]...)
				break
			}
		}
		return nil
	}
	at := p.index()
	p.parent.children = append(p.parent.children[:at:at], p.parent.children[at+1:]...)
	return nil
}
