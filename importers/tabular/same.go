package tabular

import (
	"slices"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// Same tells whether two JSON values say the same: the members of an object may come in any order,
// numbers must have the same digits.
func Same(a, b []byte) bool {
	if string(a) == string(b) {
		return true
	}
	return len(a) > 0 && len(b) > 0 && same(gjson.ParseBytes(a), gjson.ParseBytes(b))
}

func same(a, b gjson.Result) bool {
	switch {
	case a.Raw == b.Raw:
		return true
	case a.Type != b.Type:
		return false
	case a.Type == gjson.String:
		return a.Str == b.Str
	case a.IsObject() && b.IsObject():
		members := map[string]gjson.Result{}
		a.ForEach(func(name, value gjson.Result) bool {
			members[name.String()] = value
			return true
		})
		equal, n := true, 0
		b.ForEach(func(name, value gjson.Result) bool {
			n++
			have, ok := members[name.String()]
			equal = ok && same(have, value)
			return equal
		})
		return equal && n == len(members)
	case a.IsArray() && b.IsArray():
		return slices.EqualFunc(a.Array(), b.Array(), same)
	}
	return false
}

// align takes from a stored body the members that say the same as those of o, as they stand there,
// so that only what is different changes.
func (o *Object) align(stored []byte) {
	for name, value := range fhir.Members(stored) {
		if i := slices.Index(o.names, string(name)); i >= 0 && Same(o.values[i], value) {
			o.values[i] = value
		}
	}
}

// Arrange puts items into the order that the stored ones have: the first item of a key takes the
// place of the first stored one of that key, and so on. New ones come last, in their own order.
func Arrange[T any](items []T, key func(T) string, stored []string) {
	if len(stored) == 0 || len(items) < 2 {
		return
	}
	at := make(map[string][]int, len(stored))
	for i, k := range stored {
		at[k] = append(at[k], i)
	}
	type placed struct {
		item T
		at   int
	}
	list := make([]placed, len(items))
	for i, it := range items {
		list[i] = placed{it, len(stored)}
		if k := key(it); len(at[k]) > 0 {
			list[i].at = at[k][0]
			at[k] = at[k][1:]
		}
	}
	slices.SortStableFunc(list, func(a, b placed) int { return a.at - b.at })
	for i := range list {
		items[i] = list[i].item
	}
}
