package terminology

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/terminology/compose"
)

// in tells whether a value set has a coding, and notes in m what the coding is.
func (k *checker) in(ctx context.Context, s *subject, path string, x *Coding, m *match) (answer, error) {
	if err := k.step(); err != nil {
		return no, err
	}
	if x.System == "" {
		if !k.infer {
			k.blame(Issue{"warning", "invalid", "invalid-data", msgNoSystem, k.say(msgNoSystem), path, ""})
			return no, nil
		}
		system, err := k.inferred(ctx, s, x.Code)
		if err != nil || system == "" {
			return no, err
		}
		k.implied = system
		named := *x
		named.System = system
		x = &named
	}
	if !s.definition.Composed {
		return k.inListed(s, path, x, m), nil
	}
	return k.inIncludes(ctx, s, path, x, m)
}

// inferred finds the one system of the value set that has a code.
func (k *checker) inferred(ctx context.Context, s *subject, code string) (string, error) {
	plan, err := k.v.compiled(ctx, s)
	if err != nil {
		return "", err
	}
	systems := plan.SystemsOf(code)
	switch len(systems) {
	case 1:
		return systems[0], nil
	case 0:
		k.blame(Issue{"error", "not-found", "cannot-infer", msgCannotInfer, k.say(msgCannotInfer, code, s.name()), "code", ""})
	default:
		k.blame(Issue{"error", "not-found", "cannot-infer", msgInferSeveral, k.say(msgInferSeveral, code, s.name(), strings.Join(systems, ", ")), "code", ""})
	}
	return "", nil
}

// include tells whether the system of an include brings a coding.
func (k *checker) include(ctx context.Context, s *subject, i int, path string, x *Coding, m *match) (answer, error) {
	in := &s.definition.Include[i]
	version := k.version(path, in.System, in.Version, x.Version)
	e := k.find(in.System, version, path)
	m.by = in
	if e == nil {
		if k.checks.MembershipOnly {
			return no, nil
		}
		if g := in.Names(x.Code); g != nil && len(k.v.c.held(in.System)) == 0 {
			m.e, m.code = &entry{typ: codeSystem, info: info{URL: in.System, Version: in.Version}}, x.Code
			m.texts = givenTexts(g, s.notes.Language)
			return yes, nil
		}
		k.unknownSystem(path, x.System, k.v.rules.version(in.System, version))
		return unknown, nil
	}
	k.status(&e.info, &s.notes, codeSystem)
	return k.concepts(ctx, s, in, e, path, x, m)
}

// concepts tells whether an include has a concept of its system.
func (k *checker) concepts(ctx context.Context, s *subject, in *compose.Include, e *entry, path string, x *Coding, m *match) (answer, error) {
	e = e.holding(k.v.s, x.Code)
	n, known := e.set.Find(x.Code)
	plain := len(in.Concepts) == 0 && len(in.Filters) == 0
	if !known {
		if !plain || k.checks.MembershipOnly {
			return no, nil
		}
		k.unknownCode(path, x.Code, e)
		if e.partial() {
			m.e, m.code = e, x.Code
			return yes, nil
		}
		return no, nil
	}
	var given *compose.Given
	if !plain {
		sys := k.v.systemOf(e)
		hit, ok, err := k.v.has(ctx, s, in, sys, x.Code)
		if err != nil || !ok {
			return no, err
		}
		given = hit.Given
	}
	m.e, m.code = e, x.Code
	m.texts = k.textsOf(e, n, given, s.notes.Language, x)
	return k.usable(s, m, n, given, path, x), nil
}

// usable tells whether a concept that the value set has may be used in this context.
func (k *checker) usable(s *subject, m *match, n uint32, given *compose.Given, path string, x *Coding) answer {
	e := m.e
	at := under(path, "code")
	if code := string(e.set.Code(n)); code != x.Code {
		k.add(Issue{"information", "business-rule", "code-rule", msgCaseDifference, k.say(msgCaseDifference, x.Code, code, e.canonical()), at, ""})
		k.normalized = code
	}
	m.inactive = e.set.Inactive(n)
	deprecated := !m.inactive && e.set.Status(n) == "deprecated"
	if a := k.permitted(s, m, given, path, x, e.set.Abstract(n), e.set.Status(n)); a == no {
		return no
	}
	if deprecated && k.deprecated == "" {
		k.deprecated = x.Code
	}
	if given != nil && given.Standing != "" {
		k.add(Issue{"warning", "business-rule", "code-comment", msgDeprecatedInSet, k.say(msgDeprecatedInSet, e.info.URL, x.Code, given.Standing, s.name()), at, ""})
	}
	return yes
}

// permitted tells whether a concept may be used as it is: abstract or inactive by its code
// system, or by what the value set says of it.
func (k *checker) permitted(s *subject, m *match, given *compose.Given, path string, x *Coding, abstract bool, status string) answer {
	if given != nil {
		abstract, m.inactive = abstract || given.Abstract, m.inactive || given.Inactive
	}
	at := under(path, "code")
	if k.checks.Abstract != nil && !*k.checks.Abstract && abstract {
		if !k.checks.MembershipOnly {
			k.blame(Issue{"error", "business-rule", "code-rule", msgAbstract, k.say(msgAbstract, x.System, x.Code), at, ""})
		}
		return no
	}
	if m.inactive && k.inactive.code == "" {
		k.inactive.path, k.inactive.code, k.state = path, x.Code, status
	}
	if m.inactive && k.checks.ActiveOnly {
		return k.retired(path, x)
	}
	return k.kept(s, m, path, x)
}

// kept tells whether a value set keeps a concept that it takes, if that is inactive.
func (k *checker) kept(s *subject, m *match, path string, x *Coding) answer {
	if m.inactive && s.definition.Inactive != nil && !*s.definition.Inactive {
		return k.retired(path, x)
	}
	return yes
}

// retired says that a concept is not active, as it must be.
func (k *checker) retired(path string, x *Coding) answer {
	k.blame(Issue{"error", "business-rule", "code-rule", msgNotActive, k.say(msgNotActive, x.Code), under(path, "code"), ""})
	return no
}

// imported finds a value set that another one refers to.
func (k *checker) imported(ctx context.Context, s *subject, canonical string) (*subject, error) {
	if id, ok := strings.CutPrefix(canonical, "#"); ok {
		if d := s.definition.Contained[id]; d != nil {
			return &subject{definition: d, notes: info{URL: d.URL, Version: d.Version, Status: s.notes.Status}}, nil
		}
	}
	url, version := split(canonical, "")
	version, _ = k.v.rules.setVersion(url, version)
	e := k.v.c.find(valueSet, url, version)
	if e == nil {
		if d := k.v.c.implicit(url, version); d != nil {
			return &subject{definition: d, notes: info{URL: d.URL, Version: d.Version, Status: "active"}}, nil
		}
		return nil, unknownSet(url, version)
	}
	if err := k.v.admit(e); err != nil {
		return nil, err
	}
	if err := k.v.rules.checkSet(url, e.info.Version); err != nil {
		return nil, err
	}
	d, err := k.v.definition(ctx, e)
	if err != nil {
		return nil, err
	}
	return &subject{key: e.key(), definition: d, notes: e.info}, nil
}

// unknownSet says that a value set is not known.
func unknownSet(url, version string) *fhir.Error {
	return failure(fhir.NotFound, msgUnknownSet, canonical(url, version)).Detailed("not-found")
}

// inListed tells whether a stored expansion has a coding.
func (k *checker) inListed(s *subject, path string, x *Coding, m *match) answer {
	i := slices.IndexFunc(s.definition.Listed, func(g compose.Given) bool {
		return g.System == x.System && g.Code == x.Code && (x.Version == "" || g.Version == "" || g.Version == x.Version)
	})
	if i < 0 {
		return no
	}
	g := &s.definition.Listed[i]
	m.code = x.Code
	m.e = k.find(x.System, cmp.Or(g.Version, x.Version), path)
	if m.e == nil {
		m.e = &entry{typ: codeSystem, info: info{URL: x.System, Version: g.Version}}
		m.texts = givenTexts(g, s.notes.Language)
		return k.permitted(s, m, g, path, x, false, "")
	}
	m.e = m.e.holding(k.v.s, x.Code)
	n, known := m.e.set.Find(x.Code)
	if !known {
		m.texts = givenTexts(g, s.notes.Language)
		return k.permitted(s, m, g, path, x, false, "")
	}
	m.texts = textsOf(k.v, m.e, n, g, s.notes.Language)
	return k.usable(s, m, n, g, path, x)
}
