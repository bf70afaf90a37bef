package patch

import (
	"slices"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// node is a JSON value that can be changed. Scalars keep their text.
type node struct {
	kind  byte   // '{', '[' or 's' for a scalar
	raw   string // scalars: as written
	names []string
	items []*node // of an object: values in the order of names; of an array: its items
}

// parse reads valid JSON.
func parse(v gjson.Result) *node {
	switch {
	case v.IsObject():
		n := &node{kind: '{'}
		v.ForEach(func(k, item gjson.Result) bool {
			n.names, n.items = append(n.names, k.Str), append(n.items, parse(item))
			return true
		})
		return n
	case v.IsArray():
		n := &node{kind: '['}
		v.ForEach(func(_, item gjson.Result) bool {
			n.items = append(n.items, parse(item))
			return true
		})
		return n
	}
	return &node{kind: 's', raw: v.Raw}
}

// write appends the value as JSON. Members and items that became empty objects or arrays by a
// removal are left out, since FHIR has none (https://hl7.org/fhir/R4/json.html).
func (n *node) write(out []byte) []byte {
	switch n.kind {
	case 's':
		return append(out, n.raw...)
	case '[':
		out = append(out, '[')
		for _, item := range n.items {
			if out[len(out)-1] != '[' {
				out = append(out, ',')
			}
			out = item.write(out)
		}
		return append(out, ']')
	}
	out = append(out, '{')
	for i, item := range n.items {
		if item.empty() {
			continue
		}
		if out[len(out)-1] != '{' {
			out = append(out, ',')
		}
		out = append(fhir.AppendString(out, n.names[i]), ':')
		out = item.write(out)
	}
	return append(out, '}')
}

func (n *node) empty() bool { return n.kind != 's' && len(n.items) == 0 }

// member returns the position of a member, -1 if there is none.
func (n *node) member(name string) int {
	if n.kind != '{' {
		return -1
	}
	return slices.Index(n.names, name)
}

// set gives a member a value, the last place if it is new.
func (n *node) set(name string, v *node) {
	if i := n.member(name); i >= 0 {
		n.items[i] = v
		return
	}
	n.names, n.items = append(n.names, name), append(n.items, v)
}

// drop removes a member or item by its position.
func (n *node) drop(i int) {
	n.items = slices.Delete(n.items, i, i+1)
	if n.kind == '{' {
		n.names = slices.Delete(n.names, i, i+1)
	}
}

// move takes an item of an array to another position.
func (n *node) move(from, to int) {
	v := n.items[from]
	n.items = slices.Insert(slices.Delete(n.items, from, from+1), to, v)
}

// size is how many values there are in a value, itself included.
func (n *node) size() int {
	all := 1
	for _, item := range n.items {
		all += item.size()
	}
	return all
}

// clone copies a value with all that is in it.
func (n *node) clone() *node {
	c := &node{kind: n.kind, raw: n.raw, names: slices.Clone(n.names), items: make([]*node, len(n.items))}
	for i, item := range n.items {
		c.items[i] = item.clone()
	}
	return c
}

// equal compares as RFC 6902 section 4.6 says: numbers by value, strings by characters,
// objects whatever the order of their members.
func (n *node) equal(o *node) bool {
	if n.kind != o.kind || len(n.items) != len(o.items) {
		return false
	}
	switch n.kind {
	case 's':
		a, b := gjson.Parse(n.raw), gjson.Parse(o.raw)
		if a.Type != b.Type {
			return false
		}
		return n.raw == o.raw || a.Type == gjson.String && a.Str == b.Str || a.Type == gjson.Number && a.Num == b.Num
	case '[':
		for i := range n.items {
			if !n.items[i].equal(o.items[i]) {
				return false
			}
		}
		return true
	}
	for i, name := range n.names {
		if j := o.member(name); j < 0 || !n.items[i].equal(o.items[j]) {
			return false
		}
	}
	return true
}
