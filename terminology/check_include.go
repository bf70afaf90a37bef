package terminology

import (
	"cmp"
	"context"
	"slices"

	"masjala/terminology/compose"
)

// inIncludes tells whether some include of a value set has a coding that no exclude takes
// out. Of several includes the one counts of which there is nothing bad to say and that has the
// display of the coding, else the one with nothing bad, else the first that has it.
func (k *checker) inIncludes(ctx context.Context, s *subject, path string, x *Coding, m *match) (answer, error) {
	list := k.concerned(s, x)
	if len(list) == 1 {
		return k.admits(ctx, s, list[0], path, x, m)
	}
	var tries []*attempt
	for _, i := range list {
		if err := ctx.Err(); err != nil {
			return no, err
		}
		t := &attempt{include: i, checker: *k}
		t.findings = findings{unknown: slices.Clone(k.unknown)}
		var err error
		if t.answer, err = t.admits(ctx, s, i, path, x, &t.match); err != nil {
			return no, err
		}
		if tries = append(tries, t); t.rank(x) == 0 {
			break
		}
	}
	return k.best(s, tries, x, m), nil
}

// attempt is what came out of one include, when there are several.
type attempt struct {
	checker
	include int
	answer  answer
	match   match
}

// rank is smaller for a better attempt.
func (t *attempt) rank(x *Coding) int {
	switch {
	case t.answer == no:
		return 3
	case t.answer == unknown || t.failed():
		return 2
	case x.Display != "" && !t.match.texts.exact(x.Display):
		return 1
	}
	return 0
}

// best takes over what the best attempt found and, where no include has the coding, what those
// found that say why. That others are meant to be used with care is said as well.
func (k *checker) best(s *subject, tries []*attempt, x *Coding, m *match) answer {
	if len(tries) == 0 {
		return no
	}
	of := slices.MinFunc(tries, func(a, b *attempt) int { return cmp.Compare(a.rank(x), b.rank(x)) })
	if of.answer != no {
		for _, t := range tries {
			if t == of {
				break
			}
			k.adoptStatus(t)
		}
		*m = of.match
		k.adopt(of)
		return of.answer
	}
	chosen := ""
	if versions := s.versions(x.System); x.Version == "" && len(versions) > 1 {
		chosen = k.applicable(versions, x)
	}
	for _, t := range tries {
		if in := &s.definition.Include[t.include]; in.System == "" || chosen == "" || in.Version == chosen {
			k.adopt(t)
		}
	}
	return no
}

// adopt takes over what an attempt found.
func (k *checker) adopt(t *attempt) {
	for _, i := range t.issues {
		k.add(i)
	}
	for _, text := range t.messages {
		k.message(text)
	}
	for _, canonical := range t.unknown {
		k.missing(canonical)
	}
	if k.inactive.code == "" {
		k.inactive, k.state = t.inactive, t.state
	}
	k.deprecated = cmp.Or(k.deprecated, t.deprecated)
	k.normalized, k.implied = cmp.Or(t.normalized, k.normalized), cmp.Or(t.implied, k.implied)
}

// adoptStatus takes over what an attempt found to be used with care.
func (k *checker) adoptStatus(t *attempt) {
	for _, i := range t.issues {
		if i.Detail == detailStatus {
			k.add(i)
		}
	}
}

// concerned lists the includes that may have a coding: those of its system, and those of
// other value sets.
func (k *checker) concerned(s *subject, x *Coding) []int {
	return slices.DeleteFunc(order(s.definition.Include), func(i int) bool {
		in := &s.definition.Include[i]
		return in.System != "" && !(k.v.c.same(in.System, x.System) && k.meant(s, in, x.Version))
	})
}

// admits tells whether an include has a coding that no exclude takes out.
func (k *checker) admits(ctx context.Context, s *subject, i int, path string, x *Coding, m *match) (answer, error) {
	a, err := k.brings(ctx, s, i, path, x, m)
	if err != nil || a != yes {
		return a, err
	}
	for i := range s.definition.Exclude {
		if err := ctx.Err(); err != nil {
			return no, err
		}
		out, err := k.excludes(ctx, s, i, path, x, m)
		if err != nil || out {
			return no, err
		}
	}
	return yes, nil
}

// brings tells whether the system of an include, if it has one, and all its value sets have a
// coding in the same version.
func (k *checker) brings(ctx context.Context, s *subject, i int, path string, x *Coding, m *match) (answer, error) {
	in := &s.definition.Include[i]
	if in.System != "" {
		if a, err := k.include(ctx, s, i, path, x, m); err != nil || a != yes {
			return a, err
		}
	}
	for i, canonical := range in.ValueSets {
		other, err := k.imported(ctx, s, canonical)
		if err != nil {
			return no, err
		}
		k.status(&other.notes, &s.notes, valueSet)
		if in.System == "" && i == 0 {
			if a, err := k.in(ctx, other, path, x, m); err != nil || a != yes {
				return a, err
			}
			continue
		}
		if a, err := k.shared(ctx, other, path, x, m); err != nil || a != yes {
			return a, err
		}
	}
	return k.kept(s, m, path, x), nil
}

// shared tells whether a further value set has the concept that a coding turned out to be, in
// the same version.
func (k *checker) shared(ctx context.Context, other *subject, path string, x *Coding, m *match) (answer, error) {
	version := k.taken(m)
	for _, y := range [...]*Coding{x, x.in(version)} {
		t := &attempt{checker: *k}
		t.findings = findings{unknown: slices.Clone(k.unknown)}
		var err error
		if t.answer, err = t.in(ctx, other, path, y, &t.match); err != nil {
			return no, err
		}
		if v := k.taken(&t.match); t.answer != yes || v == version || v == "" || version == "" {
			if y.Version == x.Version || t.answer == yes {
				k.adopt(t)
			}
			return t.answer, nil
		}
	}
	return no, nil
}

// in is the coding in a version, if it names none.
func (c *Coding) in(version string) *Coding {
	x := *c
	x.Version = cmp.Or(x.Version, version)
	return &x
}

// taken is the version of the code system that an include which has a concept takes it from,
// whatever version the coding names.
func (k *checker) taken(m *match) string {
	if m.by != nil {
		if e := k.v.c.usableOrNil(m.by.System, k.v.rules.version(m.by.System, m.by.Version)); e != nil {
			return e.info.Version
		}
	}
	if m.e == nil {
		return ""
	}
	return m.e.info.Version
}

// excludes tells whether an exclude takes out a concept that a coding turned out to be: its
// system, if it has one, and all its value sets have it, in a version that matters.
func (k *checker) excludes(ctx context.Context, s *subject, i int, path string, x *Coding, m *match) (bool, error) {
	out := &s.definition.Exclude[i]
	version, fixed := k.taken(m), out.System != ""
	if fixed {
		e, err := k.excludedFrom(ctx, s, out, x)
		if err != nil || e == nil {
			return false, err
		}
		version = e.info.Version
	}
	for _, canonical := range out.ValueSets {
		other, err := k.imported(ctx, s, canonical)
		if err != nil {
			return false, err
		}
		var found match
		aside := checker{v: k.v, voice: k.voice, infer: k.infer, steps: k.steps}
		if a, err := aside.in(ctx, other, path, x.in(version), &found); err != nil || a != yes {
			return false, err
		}
		v := k.taken(&found)
		if fixed && v != version && v != "" && version != "" {
			return false, nil
		}
		version, fixed = v, true
	}
	return k.matter(ctx, s, x.System, version, k.taken(m))
}

// excludedFrom is the code system of an exclude, if that takes out a coding; nil if not.
func (k *checker) excludedFrom(ctx context.Context, s *subject, out *compose.Include, x *Coding) (*entry, error) {
	if !k.v.c.same(out.System, x.System) {
		return nil, nil
	}
	e := k.v.c.usableOrNil(out.System, k.v.rules.version(out.System, out.Version))
	if e == nil {
		return nil, k.v.noSystem(out.System, out.Version)
	}
	e = e.holding(k.v.s, x.Code)
	if len(out.Concepts)+len(out.Filters) == 0 {
		if _, ok := e.set.Find(x.Code); !ok {
			return nil, nil
		}
		return e, nil
	}
	_, ok, err := k.v.has(ctx, s, out, k.v.systemOf(e), x.Code)
	if err != nil || !ok {
		return nil, err
	}
	return e, nil
}

// matter tells whether what is excluded of a version of a code system takes out what is
// included of another: when the value set says so or, where it says nothing, has that system
// in no third version. Expansions do alike.
func (k *checker) matter(ctx context.Context, s *subject, system, excluded, included string) (bool, error) {
	if excluded == "" || excluded == included {
		return true, nil
	}
	switch s.definition.Parameters["versionsMatch"] {
	case "true":
		return true, nil
	case "":
		several, err := k.several(ctx, s, system, included)
		return !several, err
	}
	return false, nil
}

// several tells whether a value set takes from another version of a code system, too.
func (k *checker) several(ctx context.Context, s *subject, system, version string) (bool, error) {
	if err := k.step(); err != nil {
		return false, err
	}
	for i := range s.definition.Include {
		in := &s.definition.Include[i]
		switch {
		case in.System != "" && !k.v.c.same(in.System, system):
		case in.System != "":
			if k.taken(&match{by: in}) != version {
				return true, nil
			}
		default:
			other, err := k.imported(ctx, s, in.ValueSets[0])
			if err != nil {
				return false, err
			}
			if ok, err := k.several(ctx, other, system, version); ok || err != nil {
				return ok, err
			}
		}
	}
	return false, nil
}

// elsewhere says that codings are of other code systems than the one that is asked about.
func (k *checker) elsewhere(s *subject, codings []Coding) {
	for i := range codings {
		k.blame(Issue{"error", "invalid", "invalid-data", msgSystemOther, k.say(msgSystemOther, codings[i].System, s.definition.URL), under(k.path(i), "system"), ""})
	}
}

// order lists includes with later versions of a system before earlier ones.
func order(list []compose.Include) []int {
	out := make([]int, len(list))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(i, j int) int {
		a, b := &list[i], &list[j]
		if a.System != b.System || a.Version == "" || b.Version == "" {
			return 0
		}
		return cmp.Compare(0, compareVersions(a.Version, b.Version))
	})
	return out
}

// meant tells whether an include is the one for a version of a coding: when some include of
// the system names just that version, those that take from another one are not.
func (k *checker) meant(s *subject, in *compose.Include, version string) bool {
	if version == "" || in.Version == version ||
		!slices.ContainsFunc(s.definition.Include, func(o compose.Include) bool { return o.System == in.System && o.Version == version }) {
		return true
	}
	e := k.v.c.usableOrNil(in.System, k.v.rules.version(in.System, in.Version))
	return e != nil && e.info.Version == version
}

// versions are the different versions in which the value set includes a system.
func (s *subject) versions(system string) []string {
	var out []string
	for _, in := range s.definition.Include {
		if in.System == system && in.Version != "" && !slices.Contains(out, in.Version) {
			out = append(out, in.Version)
		}
	}
	return out
}

// applicable picks the version to use among those that a value set includes a system in:
// the latest that has the code, with its display if there is one; empty when it does not matter.
func (k *checker) applicable(versions []string, x *Coding) string {
	slices.SortFunc(versions, func(a, b string) int { return compareVersions(b, a) })
	var have []string
	for _, version := range versions {
		e := k.v.c.usableOrNil(x.System, k.v.rules.version(x.System, version))
		if e == nil {
			continue
		}
		n, ok := e.set.Find(x.Code)
		if ok && (x.Display == "" || textsOf(k.v, e, n, nil, "").exact(x.Display)) {
			have = append(have, version)
		}
	}
	switch len(have) {
	case len(versions):
		return ""
	case 0:
		return versions[0]
	}
	return have[0]
}
