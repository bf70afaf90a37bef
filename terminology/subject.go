package terminology

import (
	"context"

	"masjala/fhir"
	"masjala/terminology/compose"
)

// subject reads the definition of a value set that codings are validated against.
func (v *view) subject(ctx context.Context, t *target) (*subject, error) {
	s := &subject{definition: t.definition, notes: *implicitNotes(t)}
	if t.entry != nil {
		d, err := v.definition(ctx, t.entry)
		if err != nil {
			return nil, err
		}
		s.definition, s.notes = d, t.entry.info
		if v.everyday() {
			s.key = t.entry.key()
		}
	} else if t.sent != nil {
		s.notes = note(t.sent)
	}
	return s, v.use(s.definition.Supplements)
}

// wanted is the languages that a request about a value set wants (TX-10).
func (v *view) wanted(language string, s *subject) languages { return v.languages(language, &s.notes) }

// languages is what the request wants or, where it says nothing, the language of the value set.
func (v *view) languages(language string, n *info) languages {
	if language == "" {
		language = n.Language
	}
	return parseLanguages(language)
}

// compiled compiles a subject.
func (v *view) compiled(ctx context.Context, s *subject) (*compose.Plan, error) {
	if s.key != "" {
		if p := v.c.plans.get(s.key); p != nil {
			return p, v.admitAll(p)
		}
	}
	return compose.Compile(ctx, v, s.definition)
}

// has looks for a code among what an include takes from a version of its system.
func (v *view) has(ctx context.Context, s *subject, in *compose.Include, sys *compose.System, code string) (compose.Member, bool, error) {
	if sys.Set != nil && sys.Grammar == nil {
		if k, known := sys.Set.Find(code); known {
			given, ok, err := in.Holds(ctx, sys, k)
			return compose.Member{System: sys, Number: k, Known: true, Given: given}, ok, err
		}
	}
	one := *in
	one.ValueSets = nil
	p, err := compose.Part(ctx, sys, &one)
	if err != nil {
		return compose.Member{}, false, err
	}
	m, ok := p.Find(sys.URL, "", code)
	return m, ok, nil
}

// systemOf is the code system of an entry with the supplements that the request asks for.
func (v *view) systemOf(e *entry) *compose.System {
	var list []compose.Supplement
	for _, u := range v.used {
		url, version := split(u.info.Supplement, "")
		if !v.c.same(url, e.info.URL) || version != "" && !matches(version, e.info.Version) {
			continue
		}
		if set := v.s.supplied.lazily(v, u); set != nil {
			list = append(list, compose.Supplement{Canonical: u.canonical(), Set: set})
		}
	}
	if list == nil {
		return e.system
	}
	sys := *e.system
	sys.Supplements = list
	return &sys
}

// quiet tells whether there is nothing to say of the systems and value sets of a plan, so
// that a code in it is valid without more ado.
func (v *view) quiet(p *compose.Plan, t *target) bool {
	by := &info{Status: "active"}
	if t.entry != nil {
		by = &t.entry.info
	}
	seen := map[string]bool{}
	for _, sys := range p.Systems {
		e := v.c.system(sys.URL, sys.Version)
		if seen[sys.URL] || e == nil || e.info.caution(by) != "" {
			return false
		}
		seen[sys.URL] = true
	}
	for _, canonical := range p.ValueSets {
		url, version := split(canonical, "")
		if e := v.c.find(valueSet, url, version); e == nil || e.info.caution(by) != "" {
			return false
		}
	}
	return true
}

// noSystem says that a value set needs a code system that is not known.
func (v *view) noSystem(url, version string) error {
	have := v.c.held(url)
	e := failure(fhir.NotFound, msgUnknownSystemExp, url)
	switch {
	case version != "" && len(have) == 0:
		e = failure(fhir.NotFound, msgUnknownVersionExpNone, url, version)
	case version != "":
		e = failure(fhir.NotFound, msgUnknownVersionExp, url, version, choices(have))
	}
	return v.c.dated(e).Detailed("not-found")
}

// noSet says that a value set is not known.
func (c *catalog) noSet(url, version string) error { return c.dated(unknownSet(url, version)) }

// dated adds to an error about what is not there that it may have been later.
func (c *catalog) dated(e *fhir.Error) *fhir.Error {
	if c.date == "" {
		return e
	}
	return also(e, msgDated, c.date)
}
