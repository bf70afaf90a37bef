package importers

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// The marks in the name of a member that is a part of an element: items of a list, a child of an
// object, and a child of the only item of a list.
const (
	ofList   = '\x00'
	ofObject = '\x01'
	ofItem   = '\x02'
	anyPart  = "\x00\x01\x02"
)

// slots names the field of its own that the codes of a system are in an element; "" for none.
type slots func(element, system string) string

// lists are elements whose items are several fields, told apart by a system or URL; objects those
// whose children are.
var (
	lists   = []string{"telecom", "identifier", "extension", "type"}
	objects = []string{"address", "period"}
)

// apart takes elements that hold several fields apart, where bodies differ in them and all are of one
// shape: what changes in one field does not touch another. reunite is the way back.
func apart(s slots, bodies ...[]member) [][]member {
	out := make([][]member, len(bodies))
	for i, body := range bodies {
		for _, m := range body {
			if mark := partMark(m.name, bodies); mark >= 0 {
				out[i] = append(out[i], m.parts(s, byte(mark))...)
				continue
			}
			out[i] = append(out[i], m)
		}
	}
	return out
}

// partMark is the mark of the parts of an element in some bodies, negative when it stays whole.
func partMark(name string, bodies [][]member) int {
	list, object := slices.Contains(lists, name), slices.Contains(objects, name)
	if !list && !object {
		return -1
	}
	first, differs, mark := "", false, -1
	for i, body := range bodies {
		raw := rawOf(body, name)
		if i == 0 {
			first = raw
		}
		differs = differs || raw != first
		if raw == "" {
			continue
		}
		is := shapeOf(gjson.Parse(raw), list)
		if is < 0 || mark >= 0 && is != mark {
			return -1
		}
		mark = is
	}
	if !differs {
		return -1
	}
	return mark
}

// shapeOf is the mark of the parts of a value, negative when it has none.
func shapeOf(v gjson.Result, list bool) int {
	items := v.Array()
	notObject := func(i gjson.Result) bool { return !i.IsObject() }
	switch {
	case list && v.IsArray() && !slices.ContainsFunc(items, notObject):
		return ofList
	case list:
	case v.IsObject():
		return ofObject
	case len(items) == 1 && items[0].IsObject():
		return ofItem
	}
	return -1
}

// parts takes an element apart.
func (m member) parts(s slots, mark byte) []member {
	var out []member
	switch v := gjson.Parse(m.raw); mark {
	case ofList:
		for _, item := range v.Array() {
			name := m.name + string(mark) + s.of(m.name, item)
			if i := slices.IndexFunc(out, func(o member) bool { return o.name == name }); i >= 0 {
				out[i].raw = strings.TrimSuffix(out[i].raw, "]") + "," + item.Raw + "]"
				continue
			}
			out = append(out, member{name, "[" + item.Raw + "]"})
		}
	default:
		if mark == ofItem {
			v = v.Get("0")
		}
		for _, child := range members([]byte(v.Raw)) {
			out = append(out, member{m.name + string(mark) + child.name, child.raw})
		}
	}
	return out
}

// of names the field that an item of an element is.
func (s slots) of(element string, item gjson.Result) string {
	switch {
	case element == "extension":
		return item.Get("url").Str
	case element != "type":
		return item.Get("system").Str
	case s != nil:
		return s(element, item.Get("coding.0.system").Str)
	}
	return ""
}

// split parts the name of a member into that of its element and that of the part.
func (m member) split() (element, part string, mark int) {
	at := strings.IndexAny(m.name, anyPart)
	if at < 0 {
		return m.name, "", -1
	}
	return m.name[:at], m.name[at+1:], int(m.name[at])
}

// reunite joins what apart took apart. An element all of whose parts are as in one of the bodies
// like is as it is there, with its order.
func reunite(s slots, ms []member, like ...[]member) []member {
	var out []member
	pieces := map[string][]member{}
	for _, m := range ms {
		element, _, mark := m.split()
		switch {
		case mark < 0:
			out = append(out, m)
			continue
		case pieces[element] == nil:
			out = append(out, member{name: element})
		}
		pieces[element] = append(pieces[element], m)
	}
	for i := range out {
		parts := pieces[out[i].name]
		if parts == nil {
			continue
		}
		out[i].raw = glue(parts)
		_, _, mark := parts[0].split()
		for _, body := range like {
			m := member{out[i].name, rawOf(body, out[i].name)}
			if m.raw != "" && sameMembers(m.parts(s, byte(mark)), parts) {
				out[i].raw = m.raw
				break
			}
		}
	}
	return out
}

// glue makes an element of its parts.
func glue(parts []member) string {
	_, _, mark := parts[0].split()
	if mark == ofList {
		items := make([]string, len(parts))
		for i, p := range parts {
			items[i] = p.raw[1 : len(p.raw)-1]
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	children := make([]member, len(parts))
	for i, p := range parts {
		_, children[i].name, _ = p.split()
		children[i].raw = p.raw
	}
	if mark == ofItem {
		return "[" + string(join(children)) + "]"
	}
	return string(join(children))
}

// sameMembers tells whether two lists have the same members, in whatever order.
func sameMembers(a, b []member) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(m member) bool { return rawOf(b, m.name) != m.raw })
}

// changeOf is the change of a member.
func changeOf(m member, from, to string) Change {
	element, part, mark := m.split()
	c := Change{Field: element, Part: part, From: from, To: to}
	if mark >= 0 {
		c.member = m.name
	}
	return c
}

// made returns a body in which a change is made.
func (c *Change) made(s slots, body []byte) []byte {
	whole := members(body)
	if c.member == "" {
		return join(withMember(whole, c.Field, c.To))
	}
	m := member{c.member, c.To}
	_, _, mark := m.split()
	var ms []member
	has := false
	for _, o := range whole {
		if o.name == c.Field {
			ms, has = append(ms, withMember(o.parts(s, byte(mark)), c.member, c.To)...), true
			continue
		}
		ms = append(ms, o)
	}
	if !has {
		ms = append(ms, m)
	}
	return join(reunite(s, ms))
}
