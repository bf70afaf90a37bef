package patch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/structure"
)

const (
	mostVisited = 10_000_000 // values that all paths of a patch together may visit
	longText    = 16         // bytes of a path or a criterion that take as long as a visit
)

// FHIRPath applies a FHIRPath Patch, a Parameters resource, to a resource and returns the
// changed resource. Paths may use elements, indexes, first(), last(), ofType(), extension()
// and where() with comparisons, exists() and empty(), joined by and, or and parentheses;
// others are Unsupported, and those that visit too much are TooCostly.
func FHIRPath(resource []byte, patch *fhir.Parameters) ([]byte, error) {
	ops := patch.All("operation")
	if len(ops) == 0 || len(ops) != len(patch.List) {
		return nil, fhir.Errorf(fhir.Invalid, "a FHIRPath Patch is a Parameters resource with parameters named operation")
	}
	if len(ops) > most {
		return nil, fhir.Errorf(fhir.TooCostly, "the patch has more than %d operations; send the whole resource", most)
	}
	spare := mostVisited
	root := place{
		root:  parse(gjson.ParseBytes(resource)),
		typ:   structure.Resource(gjson.GetBytes(resource, "resourceType").Str),
		spare: &spare,
	}
	for i := range ops {
		if err := operate(root, &ops[i]); err != nil {
			return nil, err.At(fmt.Sprintf("Parameters.parameter[%d]", i))
		}
	}
	return root.root.write(nil), nil
}

// operate does one operation.
func operate(root place, op *fhir.Parameter) *fhir.Error {
	part := func(name string) string {
		if p := op.Get(name); p != nil {
			return p.Text()
		}
		return ""
	}
	kind, path := part("type"), part("path")
	found, err := evaluate(root, path)
	if err != nil {
		return err
	}
	switch kind {
	case "add":
		return addElement(found, path, part("name"), op)
	case "insert":
		if len(found) == 0 && part("index") == "0" {
			return insertFirst(root, path, op)
		}
		return insertElement(found, path, part("index"), op)
	case "delete":
		return deleteElement(found, path)
	case "replace":
		return replaceElement(found, path, op)
	case "move":
		return moveElement(found, path, part("source"), part("destination"))
	}
	return fhir.Errorf(fhir.Invalid, "%q is no operation of a FHIRPath Patch; use add, insert, delete, replace or move", clip(kind))
}

func several(path string, n int) *fhir.Error {
	if n == 0 {
		return fhir.Errorf(fhir.Unprocessable, "there is nothing at %s in the resource", clip(path))
	}
	return fhir.Errorf(fhir.Unprocessable, "%d elements are at %s; the path must lead to one", n, clip(path))
}

// deleteElement removes the element at path, if there is one.
func deleteElement(found []place, path string) *fhir.Error {
	if len(found) == 0 {
		return nil
	}
	if err := partAlone(found, path); err != nil {
		return err
	}
	found[0].remove()
	return nil
}

// replaceElement puts a value in the place of the one at path. An element with a choice of
// types takes the type of the value.
func replaceElement(found []place, path string, op *fhir.Parameter) *fhir.Error {
	if err := partAlone(found, path); err != nil {
		return err
	}
	f, typ := found[0], found[0].typ
	if el := f.choice(); el != nil {
		el, err := elementFor(f.of, f.of.Path(el), op)
		if err != nil {
			return err
		}
		f, typ = f.become(el.Name), el.Type()
	}
	v, err := valueOf(op, typ)
	if err != nil {
		return err
	}
	f.in.items[f.at] = v
	return nil
}

// partAlone refuses what is not one element and a part of the resource.
func partAlone(found []place, path string) *fhir.Error {
	switch {
	case len(found) != 1:
		return several(path, len(found))
	case found[0].in == nil:
		return fhir.Errorf(fhir.Unprocessable, "%s is the whole resource; a patch changes its elements, so update or delete the resource instead", clip(path))
	}
	return nil
}

// addElement gives the one element at path a member.
func addElement(found []place, path, name string, op *fhir.Parameter) *fhir.Error {
	if len(found) != 1 {
		return several(path, len(found))
	}
	on := found[0]
	if name == "" || on.node().kind != '{' || on.typ == nil {
		return fhir.Errorf(fhir.Unprocessable, "%s cannot be given an element %q", clip(path), clip(name))
	}
	el, err := elementFor(on.typ, name, op)
	if err != nil {
		return err
	}
	v, err := valueOf(op, el.Type())
	if err != nil {
		return err
	}
	n := on.node()
	if !el.Many {
		if n.member(el.Name) >= 0 {
			return fhir.Errorf(fhir.Unprocessable, "%s has an element %s already; replace it", clip(path), el.Name)
		}
		n.set(el.Name, v)
		return nil
	}
	i := n.member(el.Name)
	if i < 0 {
		n.set(el.Name, &node{kind: '[', items: []*node{v}})
		return nil
	}
	n.items[i].items = append(n.items[i].items, v)
	return nil
}

// elementFor finds the element that a name means: for a choice, the one of the value's type.
func elementFor(t *structure.Type, name string, op *fhir.Parameter) (*structure.Element, *fhir.Error) {
	name = strings.TrimSuffix(name, "[x]")
	if i := t.Find([]byte(name), 0); i >= 0 {
		return &t.Elements[i], nil
	}
	if p := op.Get("value"); p != nil && slices.Contains(t.Choices, name) {
		if i := t.Find([]byte(name+p.Type), 0); i >= 0 {
			return &t.Elements[i], nil
		}
	}
	return nil, fhir.Errorf(fhir.Unprocessable, "%s has no element %q", t.Name, clip(name))
}

// insertElement puts a value into the list at path.
func insertElement(found []place, path, index string, op *fhir.Parameter) *fhir.Error {
	list, err := listOf(found, path)
	if err != nil {
		return err
	}
	i, ok := position(index, len(list.items)+1)
	if !ok {
		return fhir.Errorf(fhir.Unprocessable, "the index %q does not lie in the list %s of %d", clip(index), clip(path), len(list.items))
	}
	v, err := valueOf(op, found[0].typ)
	if err != nil {
		return err
	}
	if beside := found[0].companions(); beside != nil {
		beside.items = slices.Insert(beside.items, i, &node{kind: 's', raw: "null"})
	}
	list.items = slices.Insert(list.items, i, v)
	return nil
}

// insertFirst puts a value into the list at path that has none yet. R4 lets the index be
// that of the end, which is 0 then.
func insertFirst(root place, path string, op *fhir.Parameter) *fhir.Error {
	steps, err := split(path, '.')
	if err != nil {
		return err
	}
	last := len(steps) - 1
	holder := "$this"
	if last > 0 {
		holder = strings.Join(steps[:last], ".")
	}
	found, err := evaluate(root, holder)
	if err != nil {
		return err
	}
	if len(found) == 1 && found[0].typ != nil {
		if el, err := elementFor(found[0].typ, steps[last], op); err != nil || !el.Many {
			return noList(path)
		}
	}
	return addElement(found, path, steps[last], op)
}

// moveElement moves an item in the list at path.
func moveElement(found []place, path, source, destination string) *fhir.Error {
	list, err := listOf(found, path)
	if err != nil {
		return err
	}
	from, ok := position(source, len(list.items))
	to, fits := position(destination, len(list.items))
	if !ok || !fits {
		return fhir.Errorf(fhir.Unprocessable, "source and destination must lie in the list %s of %d", clip(path), len(list.items))
	}
	if beside := found[0].companions(); beside != nil {
		beside.move(from, to)
	}
	list.move(from, to)
	return nil
}

// listOf returns the list that the elements at a path are the items of.
func listOf(found []place, path string) (*node, *fhir.Error) {
	if len(found) == 0 || found[0].in == nil || found[0].in.kind != '[' || len(found) != len(found[0].in.items) {
		return nil, noList(path)
	}
	return found[0].in, nil
}

func noList(path string) *fhir.Error {
	return fhir.Errorf(fhir.Unprocessable, "%s does not lead to a list", clip(path))
}

func position(s string, below int) (int, bool) {
	n := 0
	if s == "" {
		return 0, false
	}
	for _, c := range s {
		if c < '0' || c > '9' || n > below {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, n < below
}
