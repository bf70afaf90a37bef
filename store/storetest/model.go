package storetest

import (
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// model is the simplest store that can be thought of: a list of versions. What a store
// answers is compared with it.
type model struct {
	versions []store.Version
	current  map[string]*held // by "Type/id"; a deleted resource too
	order    []string         // in the order of creation
}

type held struct {
	resource *fhir.Resource
	entries  []search.Entry
}

func newModel() *model { return &model{current: map[string]*held{}} }

// apply adds the versions of a commit.
func (m *model) apply(vs []store.Version) {
	for _, v := range vs {
		m.versions = append(m.versions, v)
		ref := v.Resource.Ref()
		if m.current[ref] == nil {
			m.order = append(m.order, ref)
		}
		m.current[ref] = &held{v.Resource, search.Extract(v.Resource)}
	}
}

// live returns the current resources that are not deleted, newest created first.
func (m *model) live() []*held {
	var list []*held
	for _, ref := range slices.Backward(m.order) {
		if h := m.current[ref]; !h.resource.Deleted {
			list = append(list, h)
		}
	}
	return list
}

// find returns the resources that a query meets, newest created first.
func (m *model) find(q *search.Query) []*held {
	var list []*held
next:
	for _, h := range m.live() {
		if q.Type != "" && h.resource.Type != q.Type || q.Type == "" && len(q.Types) > 0 && !slices.Contains(q.Types, h.resource.Type) {
			continue
		}
		for i := range q.Where {
			if !m.meets(h, &q.Where[i]) {
				continue next
			}
		}
		list = append(list, h)
	}
	return list
}

// meets tells whether a resource meets a condition.
func (m *model) meets(h *held, c *search.Condition) bool {
	if matched, known := c.Match(h.resource, h.entries); known {
		return matched
	}
	switch {
	case c.Group != nil:
		return m.group(h, c.Group)
	case c.Has != nil:
		return m.has(h, c.Has)
	case len(c.Chain) > 0:
		return slices.ContainsFunc(c.Chain, func(ch search.Chain) bool {
			return slices.ContainsFunc(targets(h, c.Param.Name), func(ref string) bool {
				t := m.current[ref]
				return t != nil && !t.resource.Deleted && t.resource.Type == ch.Type && m.meets(t, &ch.Cond)
			})
		})
	}
	return slices.ContainsFunc(c.Values, func(v search.Value) bool {
		family := m.family(v.RefType+"/"+v.RefID, c.Modifier)
		return slices.ContainsFunc(targets(h, c.Param.Name), func(ref string) bool { return family[ref] })
	})
}

// group tells whether a resource meets joined conditions.
func (m *model) group(h *held, g *search.Group) bool {
	met := 0
	for i := range g.Of {
		if m.meets(h, &g.Of[i]) {
			met++
		}
	}
	switch g.Join {
	case search.AnyOf:
		return met > 0
	case search.NoneOf:
		return met == 0
	}
	return met == len(g.Of)
}

func (m *model) has(h *held, has *search.Has) bool {
	for _, other := range m.live() {
		if other.resource.Type == has.Type && slices.Contains(targets(other, has.Ref.Name), h.resource.Ref()) && m.meets(other, &has.Cond) {
			return true
		}
	}
	return false
}

// targets returns what a resource refers to by a parameter.
func targets(h *held, param string) []string {
	var refs []string
	for _, e := range h.entries {
		if e.Param == param && e.RefID != "" {
			refs = append(refs, e.RefType+"/"+e.RefID)
		}
	}
	return refs
}

// family returns a resource and all above or below it.
func (m *model) family(root string, way search.Modifier) map[string]bool {
	in := map[string]bool{root: true}
	for grown := true; grown; {
		grown = false
		for _, h := range m.live() {
			if !strings.HasPrefix(root, h.resource.Type+"/") {
				continue
			}
			for _, parent := range targets(h, "partof") {
				from, to := parent, h.resource.Ref() // below
				if way == search.Above {
					from, to = to, from
				}
				if in[from] && !in[to] {
					in[to], grown = true, true
				}
			}
		}
	}
	return in
}

// refs returns the references of held resources.
func refs(list []*held) []string {
	out := make([]string, len(list))
	for i, h := range list {
		out[i] = h.resource.Ref()
	}
	return out
}
