package patch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

const (
	most       = 10_000  // operations that a patch may have
	mostCopied = 100_000 // values that all its copies together may make: copies of copies double
)

// JSON applies a JSON Patch to a resource, both as JSON, and returns the changed resource.
func JSON(resource, patch []byte) ([]byte, error) {
	if !gjson.ValidBytes(patch) || !gjson.ParseBytes(patch).IsArray() {
		return nil, fhir.Errorf(fhir.Invalid, "a JSON Patch is an array of operations such as [{\"op\":\"replace\",\"path\":\"/active\",\"value\":false}]")
	}
	ops := gjson.ParseBytes(patch).Array()
	if len(ops) > most {
		return nil, fhir.Errorf(fhir.TooCostly, "the patch has more than %d operations; send the whole resource", most)
	}
	root := parse(gjson.ParseBytes(resource))
	spare := mostCopied
	for i, op := range ops {
		if err := apply(root, op, &spare); err != nil {
			return nil, err.At(fmt.Sprintf("[%d]", i))
		}
	}
	return root.write(nil), nil
}

// apply does one operation; spare is how many values may still be copied.
func apply(root *node, op gjson.Result, spare *int) *fhir.Error {
	path, value := op.Get("path"), op.Get("value")
	if !op.IsObject() || path.Type != gjson.String {
		return fhir.Errorf(fhir.Invalid, "an operation of a JSON Patch needs the members op and path")
	}
	name := op.Get("op").String()
	needsValue := name == "add" || name == "replace" || name == "test"
	if needsValue && !value.Exists() {
		return fhir.Errorf(fhir.Invalid, "the operation %s needs a value", name)
	}
	switch name {
	case "add":
		return add(root, path.Str, parse(value))
	case "remove":
		_, err := remove(root, path.Str)
		return err
	case "replace":
		return replace(root, path.Str, parse(value))
	case "test":
		have, err := find(root, path.Str)
		if err != nil {
			return err
		}
		if !have.equal(parse(value)) {
			return fhir.Errorf(fhir.Unprocessable, "the test failed: %s is not %s", path.Str, clip(value.Raw))
		}
		return nil
	case "move", "copy":
		return relocate(root, name, op.Get("from"), path.Str, spare)
	}
	return fhir.Errorf(fhir.Invalid, "%q is no operation of a JSON Patch; use add, remove, replace, move, copy or test", name)
}

// relocate moves or copies a value.
func relocate(root *node, name string, from gjson.Result, path string, spare *int) *fhir.Error {
	if from.Type != gjson.String {
		return fhir.Errorf(fhir.Invalid, "the operation %s needs the member from", name)
	}
	if name == "copy" {
		v, err := find(root, from.Str)
		if err != nil {
			return err
		}
		if *spare -= v.size(); *spare < 0 {
			return fhir.Errorf(fhir.TooCostly, "the patch copies more than %d values; send the whole resource", mostCopied)
		}
		return add(root, path, v.clone())
	}
	if strings.HasPrefix(path, from.Str+"/") {
		return fhir.Errorf(fhir.Unprocessable, "%s cannot be moved into itself", from.Str)
	}
	v, err := remove(root, from.Str)
	if err != nil {
		return err
	}
	return add(root, path, v)
}

// steps splits a JSON Pointer (RFC 6901).
func steps(pointer string) ([]string, *fhir.Error) {
	if pointer == "" {
		return nil, nil
	}
	if pointer[0] != '/' {
		return nil, fhir.Errorf(fhir.Invalid, "the path %q must start with a slash", clip(pointer))
	}
	parts := strings.Split(pointer[1:], "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(p, "~1", "/"), "~0", "~")
	}
	return parts, nil
}

// find returns the value at a pointer.
func find(root *node, pointer string) (*node, *fhir.Error) {
	parts, err := steps(pointer)
	if err != nil {
		return nil, err
	}
	at := root
	for _, p := range parts {
		i := at.child(p)
		if i < 0 {
			return nil, nowhere(pointer)
		}
		at = at.items[i]
	}
	return at, nil
}

// child returns the position that a step of a pointer names, -1 if there is nothing.
func (n *node) child(step string) int {
	if n.kind != '[' {
		return n.member(step)
	}
	i, err := strconv.Atoi(step)
	if err != nil || i < 0 || i >= len(n.items) || strconv.Itoa(i) != step {
		return -1
	}
	return i
}

func nowhere(pointer string) *fhir.Error {
	return fhir.Errorf(fhir.Unprocessable, "there is nothing at %q in the resource", clip(pointer))
}

// parent returns what holds the value at a pointer, and the last step.
func parent(root *node, pointer string) (*node, string, *fhir.Error) {
	parts, err := steps(pointer)
	if err != nil {
		return nil, "", err
	}
	if len(parts) == 0 {
		return nil, "", fhir.Errorf(fhir.Unprocessable, "a patch cannot replace the whole resource; update it instead")
	}
	last := len(parts) - 1
	at := root
	for _, p := range parts[:last] {
		i := at.child(p)
		if i < 0 {
			return nil, "", nowhere(pointer)
		}
		at = at.items[i]
	}
	return at, parts[last], nil
}

func add(root *node, pointer string, v *node) *fhir.Error {
	in, step, err := parent(root, pointer)
	if err != nil {
		return err
	}
	switch in.kind {
	case '{':
		in.set(step, v)
		return nil
	case '[':
		i := len(in.items)
		if step != "-" {
			n, bad := strconv.Atoi(step)
			if bad != nil || n < 0 || n > len(in.items) || strconv.Itoa(n) != step {
				return nowhere(pointer)
			}
			i = n
		}
		in.items = slices.Insert(in.items, i, v)
		return nil
	}
	return nowhere(pointer)
}

func remove(root *node, pointer string) (*node, *fhir.Error) {
	in, step, err := parent(root, pointer)
	if err != nil {
		return nil, err
	}
	i := in.child(step)
	if i < 0 {
		return nil, nowhere(pointer)
	}
	v := in.items[i]
	in.drop(i)
	return v, nil
}

func replace(root *node, pointer string, v *node) *fhir.Error {
	in, step, err := parent(root, pointer)
	if err != nil {
		return err
	}
	i := in.child(step)
	if i < 0 {
		return nowhere(pointer)
	}
	in.items[i] = v
	return nil
}

// clip shortens a text for a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
