package importers

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Edit brings what a row changes of a stored resource into it. Base is the body that an importer
// makes of what the row's cells were when they were written out, theirs the one that it makes of
// what they are now; was is the body that they were written from, and ours the present one. What
// base and theirs have in common stays as it is in ours, and so does what no cell shows. An
// element that ours has otherwise than was is a conflict and stays too.
//
// Say companion when ours is not what the row was written from but stands beside it: elements of it
// that were otherwise than the row, or missing, stay so.
func Edit(base, theirs, was, ours []byte, companion bool) (merged []byte, changes, conflicts []Change) {
	whole := members(ours)
	sides := apart(nil, members(base), members(theirs), members(was), whole)
	b, t, w, o := sides[0], sides[1], sides[2], sides[3]
	out := slices.Clone(o)
	for _, name := range namesOf(b, t) {
		from, to, is := rawOf(b, name), rawOf(t, name), rawOf(o, name)
		wanted := editValue(from, to, is)
		if from == to || wanted == is || companion && from != "" && !gjson.Parse(is).IsArray() && !within(gjson.Parse(from), gjson.Parse(is)) {
			continue
		}
		if is != rawOf(w, name) {
			conflicts = append(conflicts, changeOf(member{name: name}, is, wanted))
			continue
		}
		changes = append(changes, changeOf(member{name: name}, is, wanted))
		out = withMember(out, name, wanted)
	}
	return join(reunite(nil, out, whole)), changes, conflicts
}

// namesOf lists the names of members, each once.
func namesOf(lists ...[]member) []string {
	var names []string
	for _, list := range lists {
		for _, m := range list {
			if !slices.Contains(names, m.name) {
				names = append(names, m.name)
			}
		}
	}
	return names
}

// withMember sets a member; "" removes it.
func withMember(ms []member, name, raw string) []member {
	at := slices.IndexFunc(ms, func(m member) bool { return m.name == name })
	switch {
	case raw == "" && at >= 0:
		return slices.Delete(ms, at, at+1)
	case raw == "":
		return ms
	case at >= 0:
		ms[at].raw = raw
		return ms
	}
	return append(ms, member{name, raw})
}

// editValue is the value is, with what changes between from and to; "" stands for none.
func editValue(from, to, is string) string {
	f, t, i := gjson.Parse(from), gjson.Parse(to), gjson.Parse(is)
	switch {
	case from == to || is == to:
		return is
	case i.IsArray() && (t.IsArray() || to == "") && (f.IsArray() || from == ""):
		return editList(f, t, i)
	case i.IsObject() && f.IsObject() && t.IsObject():
		out := members([]byte(is))
		b, w := members([]byte(from)), members([]byte(to))
		for _, name := range namesOf(b, w) {
			out = withMember(out, name, editValue(rawOf(b, name), rawOf(w, name), rawOf(out, name)))
		}
		return string(join(out))
	}
	return to
}

// editList is the list is, with what changes between two others: an item that went becomes one of
// the same system that came. One that came for an item that is not there does not come.
func editList(from, to, is gjson.Result) string {
	gone, came := without(from.Array(), to.Array()), without(to.Array(), from.Array())
	single := len(gone) == 1 && len(came) == 1
	var out []string
	for _, item := range is.Array() {
		at := slices.IndexFunc(gone, func(g gjson.Result) bool { return means(item, g) })
		if at < 0 {
			out = append(out, item.Raw)
			continue
		}
		was := gone[at]
		gone = slices.Delete(gone, at, at+1)
		var next gjson.Result
		if next, came = takeOf(systemOf(was), came); single && !next.Exists() {
			next, came = came[0], nil
		}
		if next.Exists() {
			out = append(out, editItem(was, next, item))
		}
	}
	for _, g := range gone {
		_, came = takeOf(systemOf(g), came)
	}
	for _, c := range came {
		if !slices.ContainsFunc(is.Array(), func(item gjson.Result) bool { return within(c, item) }) {
			out = append(out, c.Raw)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "[" + strings.Join(out, ",") + "]"
}

// takeOf takes the first item of a system out of a list.
func takeOf(system string, list []gjson.Result) (item gjson.Result, rest []gjson.Result) {
	at := slices.IndexFunc(list, func(c gjson.Result) bool { return systemOf(c) == system })
	if at < 0 {
		return gjson.Result{}, list
	}
	return list[at], slices.Delete(slices.Clone(list), at, at+1)
}

// editItem is an item with what changes in it. Another code is another concept, another reference
// another thing: what else was said of the former one goes with it.
func editItem(from, to, is gjson.Result) string {
	if is.Get("coding").Exists() || to.Get("coding").Exists() || to.Get("reference").Exists() {
		return to.Raw
	}
	return editValue(from.Raw, to.Raw, is.Raw)
}

// without lists the items that another list lacks.
func without(list, other []gjson.Result) []gjson.Result {
	var out []gjson.Result
	for _, v := range list {
		if !slices.ContainsFunc(other, func(o gjson.Result) bool { return o.Raw == v.Raw }) {
			out = append(out, v)
		}
	}
	return out
}

// means tells whether a stored item is the one that a row showed.
func means(item, shown gjson.Result) bool {
	if within(shown, item) {
		return true
	}
	if ref := shown.Get("reference"); ref.Exists() {
		return ref.Str == item.Get("reference").Str
	}
	a, b := shown.Get("coding.0"), item.Get("coding.0")
	return a.Exists() && a.Get("system").Str == b.Get("system").Str && a.Get("code").Str == b.Get("code").Str
}

// within tells whether everything of a value is in another one.
func within(part, whole gjson.Result) bool {
	switch {
	case part.IsObject():
		all := whole.IsObject()
		part.ForEach(func(k, v gjson.Result) bool {
			all = all && within(v, whole.Get(gjson.Escape(k.Str)))
			return all
		})
		return all
	case part.IsArray():
		return !slices.ContainsFunc(part.Array(), func(v gjson.Result) bool {
			return !slices.ContainsFunc(whole.Array(), func(w gjson.Result) bool { return within(v, w) })
		})
	}
	return part.Raw == whole.Raw
}

// systemOf is what tells sorts of items apart: of identifiers, contact points and codes.
func systemOf(v gjson.Result) string {
	return v.Get("system").Str + "|" + v.Get("coding.0.system").Str + "|" + v.Get("url").Str
}
