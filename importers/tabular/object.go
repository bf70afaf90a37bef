package tabular

import (
	"slices"
	"strconv"

	"masjala/fhir"
	"masjala/fhir/structure"
)

// Object is a JSON object whose members come in any order. The zero Object is empty.
type Object struct {
	names  []string
	values [][]byte
}

// Set puts a member in, in the place of one of the same name. The value is canonical JSON.
func (o *Object) Set(name string, value []byte) {
	if i := slices.Index(o.names, name); i >= 0 {
		o.values[i] = value
		return
	}
	o.names, o.values = append(o.names, name), append(o.values, value)
}

// Text puts a text in; nothing for an empty one.
func (o *Object) Text(name, text string) {
	if text != "" {
		o.Set(name, fhir.AppendString(nil, text))
	}
}

// Bool puts a boolean in.
func (o *Object) Bool(name string, value bool) {
	text := "false"
	if value {
		text = "true"
	}
	o.Set(name, []byte(text))
}

// SetList puts a list in, of one value for each item; nothing for no items.
func SetList[T any](o *Object, name string, items []T, value func(T) []byte) {
	var list []byte
	for _, it := range items {
		list = Item(list, value(it))
	}
	if list != nil {
		o.Set(name, closed(list))
	}
}

// Count is for the About of an export: a count that is what it is anyway is left out, one that
// is missing is said to be.
func (o *Object) Count(name string, n int) {
	switch value := o.Get(name); {
	case value == nil:
		o.Set(name, []byte("null"))
	case string(value) == strconv.Itoa(n):
		o.Delete(name)
	}
}

// Get returns the value of a member, nil if there is none.
func (o *Object) Get(name string) []byte {
	if i := slices.Index(o.names, name); i >= 0 {
		return o.values[i]
	}
	return nil
}

// Has tells whether there is a member.
func (o *Object) Has(name string) bool { return slices.Contains(o.names, name) }

// Delete takes a member out.
func (o *Object) Delete(name string) {
	if i := slices.Index(o.names, name); i >= 0 {
		o.names, o.values = slices.Delete(o.names, i, i+1), slices.Delete(o.values, i, i+1)
	}
}

// Empty tells whether there is no member.
func (o *Object) Empty() bool { return len(o.names) == 0 }

// Adopt puts in the members of a canonical object that o lacks.
func (o *Object) Adopt(object []byte) {
	for name, value := range fhir.Members(object) {
		if !o.Has(string(name)) {
			o.Set(string(name), value)
		}
	}
}

// Append writes the members in the order in which a type of R4 has them; those that it does not
// have come last.
func (o *Object) Append(dst []byte, t *structure.Type) []byte {
	order := make([]int, len(o.names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return place(t, o.names[a]) - place(t, o.names[b]) })
	dst = append(dst, '{')
	for n, i := range order {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = append(fhir.AppendString(dst, o.names[i]), ':')
		dst = append(dst, o.values[i]...)
	}
	return append(dst, '}')
}

// place is where a member stands in a type: what belongs to a primitive element (_name) follows it.
func place(t *structure.Type, name string) int {
	companion := 0
	if name != "" && name[0] == '_' {
		name, companion = name[1:], 1
	}
	at := t.Find([]byte(name), 0)
	if at < 0 {
		return 2*len(t.Elements) + companion
	}
	return 2*at + companion
}
