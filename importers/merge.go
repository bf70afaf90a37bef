package importers

import (
	"bytes"
	"strings"

	"github.com/tidwall/gjson"
)

// member is one top-level element of a resource's body.
type member struct {
	name string
	raw  string
}

// members splits a canonical body.
func members(body []byte) []member {
	var out []member
	gjson.ParseBytes(body).ForEach(func(k, v gjson.Result) bool {
		out = append(out, member{k.String(), v.Raw})
		return true
	})
	return out
}

func rawOf(ms []member, name string) string {
	for _, m := range ms {
		if m.name == name {
			return m.raw
		}
	}
	return ""
}

// merge joins three bodies field by field: base (what the last import brought; nil when the
// thing came by another way), theirs (what this import brings) and ours (what is stored).
// A field that only one side changed since base gets that side's value; one that both changed
// differently stays ours and is a conflict. Without base, their fields replace ours.
func merge(base, theirs, ours []byte) (merged []byte, changes, conflicts []Change) {
	return slots(nil).merge(base, theirs, ours)
}

// merge is merge where codes of some systems are fields of their own.
func (s slots) merge(base, theirs, ours []byte) (merged []byte, changes, conflicts []Change) {
	whole := [][]member{members(theirs), members(ours)}
	if base != nil {
		whole = append(whole, members(base))
	}
	sides := append(apart(s, whole...), nil)
	t, o, b := sides[0], sides[1], sides[2]
	out, changes, conflicts := mergeTheirs(base == nil, b, t, o)
	for _, m := range o {
		if rawOf(t, m.name) != "" {
			continue
		}
		switch was := rawOf(b, m.name); {
		case base == nil || was == "":
			out = append(out, m)
		case was == m.raw:
			changes = append(changes, changeOf(m, m.raw, ""))
		default:
			conflicts = append(conflicts, changeOf(m, m.raw, ""))
			out = append(out, m)
		}
	}
	return join(inOrder(reunite(s, out, whole[1], whole[0]), whole[1])), changes, conflicts
}

// mergeTheirs merges the members that the list has. New says that there is no base.
func mergeTheirs(isNew bool, b, t, o []member) (out []member, changes, conflicts []Change) {
	for _, m := range t {
		was, is := rawOf(b, m.name), rawOf(o, m.name)
		if element, _, _ := m.split(); isNew && element == "identifier" {
			m.raw = union(m.raw, is)
		}
		switch {
		case m.raw == is:
			out = append(out, m)
		case !isNew && m.raw == was:
			if is != "" {
				out = append(out, member{m.name, is})
			}
		case isNew || is == was:
			changes = append(changes, changeOf(m, is, m.raw))
			out = append(out, m)
		default:
			conflicts = append(conflicts, changeOf(m, is, m.raw))
			if is != "" {
				out = append(out, member{m.name, is})
			}
		}
	}
	return out, changes, conflicts
}

// union adds the elements of the array ours that theirs lacks to theirs.
func union(theirs, ours string) string {
	out := strings.TrimSuffix(theirs, "]")
	gjson.Parse(ours).ForEach(func(_, v gjson.Result) bool {
		has := false
		gjson.Parse(theirs).ForEach(func(_, w gjson.Result) bool {
			has = w.Get("system").Str == v.Get("system").Str && w.Get("value").Str == v.Get("value").Str
			return !has
		})
		if !has {
			out += "," + v.Raw
		}
		return true
	})
	return out + "]"
}

// inOrder puts members in the order in which they are stored, new ones last.
func inOrder(ms, stored []member) []member {
	out := make([]member, 0, len(ms))
	for _, s := range stored {
		if raw := rawOf(ms, s.name); raw != "" {
			out = append(out, member{s.name, raw})
		}
	}
	for _, m := range ms {
		if rawOf(stored, m.name) == "" {
			out = append(out, m)
		}
	}
	return out
}

func join(ms []member) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range ms {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(m.name)
		b.WriteString(`":`)
		b.WriteString(m.raw)
	}
	b.WriteByte('}')
	return b.Bytes()
}
