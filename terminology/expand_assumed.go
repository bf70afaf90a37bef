package terminology

import (
	"slices"

	"masjala/terminology/compose"
)

// declared takes what a value set says of its own expansion, where the request says
// nothing: the language (TX-5, TX-10).
func (req *ExpandRequest) declared(s *subject) {
	if req.Language != "" {
		return
	}
	req.Language = s.definition.Parameters["displayLanguage"]
	if req.Language == "" {
		req.Language = s.notes.Language
	}
	if req.Language != "" {
		req.Echo = append(slices.Clone(req.Echo), Echo{Name: "displayLanguage", Type: "Code", Value: req.Language})
	}
}

// warning says that a resource which an expansion used should be used with care.
type warning struct{ word, canonical string }

// warnings lists the code systems and value sets of a plan that should be used with care (TX-5).
func (v *view) warnings(p *compose.Plan, s *subject) []warning {
	var out []warning
	note := func(n *info) {
		word := n.caution(&s.notes)
		w := warning{word, n.canonical()}
		if word != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	note(&s.notes)
	for _, sys := range p.Systems {
		if e := v.c.system(sys.URL, sys.Version); e != nil {
			note(&e.info)
		}
	}
	for _, canonical := range p.ValueSets {
		url, version := split(canonical, "")
		if e := v.c.find(valueSet, url, version); e != nil {
			note(&e.info)
		}
	}
	return out
}

// arrange puts the includes of later versions of a code system before those of earlier
// ones, so that the latest text of a code comes first.
func arrange(d *compose.Definition) {
	list := make([]compose.Include, len(d.Include))
	for to, from := range order(d.Include) {
		list[to] = d.Include[from]
	}
	d.Include = list
}
