package patch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/fhir/patch"
)

// operation is one of RFC 6902 for model, which does it on plain values.
type operation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	From  string          `json:"from,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
}

var errModel = errors.New("refused")

// model does an operation as RFC 6902 says, in the plainest way.
func model(doc any, op operation) (any, error) {
	switch op.Op {
	case "add":
		return modelAdd(doc, op.Path, plain(op.Value))
	case "remove":
		doc, _, err := modelRemove(doc, op.Path)
		return doc, err
	case "replace":
		doc, _, err := modelRemove(doc, op.Path)
		if err != nil {
			return nil, err
		}
		return modelAdd(doc, op.Path, plain(op.Value))
	case "test":
		have, err := modelFind(doc, op.Path)
		if err == nil && !cmp.Equal(have, plain(op.Value), numbers) {
			err = errModel
		}
		return doc, err
	case "copy":
		v, err := modelFind(doc, op.From)
		if err != nil {
			return nil, err
		}
		return modelAdd(doc, op.Path, plain(text(v)))
	case "move":
		if strings.HasPrefix(op.Path, op.From+"/") {
			return nil, errModel
		}
		doc, v, err := modelRemove(doc, op.From)
		if err != nil {
			return nil, err
		}
		return modelAdd(doc, op.Path, v)
	}
	return nil, errModel
}

// numbers compares numbers by value.
var numbers = cmp.Comparer(func(a, b json.Number) bool {
	x, _ := a.Float64()
	y, _ := b.Float64()
	return x == y
})

// plain decodes JSON and keeps the digits of numbers.
func plain(data []byte) any {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

func text(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// split is a pointer that is not empty, taken apart.
func split(pointer string) (parents []string, last string, err error) {
	if !strings.HasPrefix(pointer, "/") {
		return nil, "", errModel
	}
	parts := strings.Split(pointer[1:], "/")
	for i := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(parts[i], "~1", "/"), "~0", "~")
	}
	return parts[:len(parts)-1], parts[len(parts)-1], nil
}

func index(s string, most int) (int, error) {
	i, err := strconv.Atoi(s)
	if err != nil || i < 0 || i > most || strconv.Itoa(i) != s {
		return 0, errModel
	}
	return i, nil
}

func modelFind(doc any, pointer string) (any, error) {
	if pointer == "" {
		return doc, nil
	}
	parents, last, err := split(pointer)
	if err != nil {
		return nil, err
	}
	for _, p := range append(slices.Clone(parents), last) {
		switch at := doc.(type) {
		case map[string]any:
			v, ok := at[p]
			if !ok {
				return nil, errModel
			}
			doc = v
		case []any:
			i, err := index(p, len(at)-1)
			if err != nil {
				return nil, err
			}
			doc = at[i]
		default:
			return nil, errModel
		}
	}
	return doc, nil
}

// within does something to what holds the last step of a pointer, and puts it back changed.
func within(doc any, parents []string, do func(holder any) (any, error)) (any, error) {
	if len(parents) == 0 {
		return do(doc)
	}
	switch at := doc.(type) {
	case map[string]any:
		v, ok := at[parents[0]]
		if !ok {
			return nil, errModel
		}
		v, err := within(v, parents[1:], do)
		at = maps.Clone(at)
		at[parents[0]] = v
		return at, err
	case []any:
		i, err := index(parents[0], len(at)-1)
		if err != nil {
			return nil, err
		}
		at = slices.Clone(at)
		at[i], err = within(at[i], parents[1:], do)
		return at, err
	}
	return nil, errModel
}

func modelAdd(doc any, pointer string, v any) (any, error) {
	parents, last, err := split(pointer)
	if err != nil {
		return nil, err
	}
	return within(doc, parents, func(holder any) (any, error) {
		switch at := holder.(type) {
		case map[string]any:
			at = maps.Clone(at)
			at[last] = v
			return at, nil
		case []any:
			if last == "-" {
				return append(slices.Clone(at), v), nil
			}
			i, err := index(last, len(at))
			if err != nil {
				return nil, err
			}
			return slices.Insert(slices.Clone(at), i, v), nil
		}
		return nil, errModel
	})
}

func modelRemove(doc any, pointer string) (rest, removed any, err error) {
	parents, last, err := split(pointer)
	if err != nil {
		return nil, nil, err
	}
	rest, err = within(doc, parents, func(holder any) (any, error) {
		switch at := holder.(type) {
		case map[string]any:
			v, ok := at[last]
			if !ok {
				return nil, errModel
			}
			removed, at = v, maps.Clone(at)
			delete(at, last)
			return at, nil
		case []any:
			i, err := index(last, len(at)-1)
			if err != nil {
				return nil, err
			}
			removed = at[i]
			return slices.Delete(slices.Clone(at), i, i+1), nil
		}
		return nil, errModel
	})
	return rest, removed, err
}

// written is a value as FHIR can write it: without members that have become empty.
func written(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, item := range v {
			list, isList := item.([]any)
			object, isObject := item.(map[string]any)
			if isList && len(list) == 0 || isObject && len(object) == 0 {
				continue
			}
			out[name] = written(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = written(v[i])
		}
		return out
	}
	return v
}

var names = []string{"add", "remove", "replace", "move", "copy", "test"}

// Two operations do what the plain model of RFC 6902 does, or both refuse.
func FuzzJSON(f *testing.F) {
	f.Add(byte(0), "/alias", "", `["a"]`, byte(1), "/name/0", "", ``)
	f.Add(byte(3), "/name/1", "/name/0", ``, byte(5), "/active", "", `true`)
	f.Add(byte(0), "/name/0/given/-", "", `"x"`, byte(2), "/name/0/given/2", "", `{"a":1.50,"b":[null,1e2]}`)
	f.Add(byte(4), "/contact", "/name/0", ``, byte(3), "/name/-", "/contact", ``)
	f.Add(byte(0), "/a~1b~0c", "", `1`, byte(5), "/a~1b~0c", "", `1.0`)
	f.Add(byte(1), "/name/00", "", ``, byte(0), "/telecom/-1", "", `1`)
	f.Add(byte(4), "", "/name", ``, byte(0), "", "", `{"resourceType":"Practitioner"}`)
	f.Fuzz(func(t *testing.T, op1 byte, path1, from1, value1 string, op2 byte, path2, from2, value2 string) {
		ops := []operation{{names[int(op1)%6], path1, from1, text(plain([]byte(value1)))}, {names[int(op2)%6], path2, from2, text(plain([]byte(value2)))}}
		sent := text(ops)
		out, err := patch.JSON([]byte(person), sent)
		if err == nil && !json.Valid(out) {
			t.Fatalf("%s gave %q", sent, out)
		}
		if json.Unmarshal(sent, &ops) != nil { // what is no UTF-8 is other text by now
			t.Fatal("the operations cannot be read again")
		}
		want := plain([]byte(person))
		var wrong error
		for _, op := range ops {
			if op.Path == "" || op.From == "" && (op.Op == "move" || op.Op == "copy") {
				return // of the whole resource, which the server has rules of its own for
			}
			if want, wrong = model(want, op); wrong != nil {
				break
			}
		}
		if (err == nil) != (wrong == nil) {
			t.Fatalf("%s gave %s, %v; the model %v", sent, out, err, wrong)
		}
		if err == nil {
			if diff := cmp.Diff(written(want), plain(out)); diff != "" {
				t.Fatalf("%s: %s", sent, diff)
			}
		}
	})
}

// leaves lists the simple values in a document, in order.
func leaves(v any) (all []string) {
	switch v := v.(type) {
	case map[string]any:
		for _, item := range v {
			all = append(all, leaves(item)...)
		}
	case []any:
		for _, item := range v {
			all = append(all, leaves(item)...)
		}
	default:
		all = []string{string(text(v))}
	}
	slices.Sort(all)
	return all
}

// without takes each of some values out of all once; what is not there is left.
func without(all, some []string) (rest, left []string) {
	rest = slices.Clone(all)
	for _, s := range some {
		if i := slices.Index(rest, s); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			left = append(left, s)
		}
	}
	return rest, left
}

// A change touches nothing else: a move keeps all values, a deletion adds none, what is
// added takes none away, what is replaced leaves one new.
func FuzzFHIRPath(f *testing.F) {
	f.Add("Practitioner.name.where(use='old').given[0]", "delete", int8(0), int8(0))
	f.Add("Practitioner.extension('u').value.ofType(string)", "replace", int8(0), int8(0))
	f.Add("Practitioner.name[0].given", "move", int8(1), int8(0))
	f.Add("Practitioner.name.first().given", "insert", int8(1), int8(0))
	f.Add("Practitioner.name.last()", "add", int8(0), int8(0))
	f.Add("Practitioner.telecom.where(system='phone' and value='1').value", "replace", int8(0), int8(0))
	f.Add("Practitioner.birthDate", "delete", int8(0), int8(0))
	before := leaves(plain([]byte(person)))
	f.Fuzz(func(t *testing.T, path, kind string, from, to int8) {
		number := func(name string, n int8) fhir.Parameter {
			return fhir.Parameter{Name: name, Type: "Integer", Value: strconv.AppendInt(nil, int64(n), 10)}
		}
		p := &fhir.Parameters{List: []fhir.Parameter{{Name: "operation", Part: []fhir.Parameter{{Name: "type", Value: quote(kind)}, {Name: "path", Value: quote(path)},
			{Name: "name", Value: []byte(`"given"`)}, {Name: "value", Type: "String", Value: []byte(`"quite new"`)},
			number("index", to), number("source", from), number("destination", to)}}}}
		out, err := patch.FHIRPath([]byte(person), p)
		if err != nil {
			if fhir.KindOf(err) == fhir.Internal {
				t.Fatal(err)
			}
			return
		}
		if !json.Valid(out) {
			t.Fatalf("%q gave %q", path, out)
		}
		after := leaves(plain(out))
		lost, _ := without(before, after)
		gained, _ := without(after, before)
		ok := map[string]bool{
			"move": len(lost)+len(gained) == 0, "delete": len(gained) == 0, "insert": len(lost) == 0 && len(gained) == 1, "add": len(lost) == 0 && len(gained) == 1,
			"replace": len(gained) == 1,
		}
		if !ok[kind] {
			t.Fatalf("%s at %q took %v and brought %v", kind, path, lost, gained)
		}
	})
}
