package terminology

import (
	"context"

	"masjala/terminology/compose"
)

// short answers the question that is asked most, whether one code is in a value set that has
// a single include, of the code's system, and says what the checker would say: that systems
// or value sets are to be used with care, that the code is not in the value set, and that the
// system does not have it. It is nil for any other question, for the checker to answer.
func (v *view) short(ctx context.Context, t *target, req *ValidateInSetRequest, codings []Coding, root string) (*Validation, error) {
	x := &codings[0]
	if len(codings) > 1 || root == rootConcept || req.Original != "" || req.MembershipOnly || req.Explain || req.Language != "" || x.Version != "" || !v.everyday() {
		return nil, nil
	}
	in, notes, err := v.single(ctx, t, x)
	if in == nil || err != nil {
		return nil, err
	}
	e := v.c.usableOrNil(in.System, in.Version)
	if e == nil || e.partial() || e.grammar != nil || !in.Direct(e.system) {
		return nil, nil
	}
	n, known := e.set.Find(x.Code)
	if known {
		e.set.Glance(n)
	}
	if known && !e.ordinary(n, x) {
		return nil, nil
	}
	held := known
	if known && len(in.Concepts)+len(in.Filters) > 0 {
		var given *compose.Given
		given, held, err = in.Holds(ctx, e.system, n)
		if err != nil || given != nil && !given.Bare() {
			return nil, err
		}
	}
	out := &Validation{System: x.System, Code: x.Code, Result: held}
	if known {
		out.Version, out.Display = e.info.Version, string(e.set.Display(n))
	}
	if held && notes.caution(notes) == "" && e.info.caution(notes) == "" {
		return out, nil
	}
	k := checker{v: v, root: root, voice: english}
	k.issues = make([]Issue, 0, 4)
	k.status(notes, notes, valueSet)
	k.caveat(e, notes)
	if !known {
		k.unknownCode(root, x.Code, e)
	}
	if !held {
		k.blame(Issue{"error", "code-invalid", "not-in-vs", msgNotInSet, k.say(msgNotInSet, notes.canonical(), x.quoted()), under(root, "code"), ""})
	}
	out.Message, out.Issues = k.text(), k.issues
	return out, nil
}

// single is the include of a value set with an address that has just one, of the system of a
// coding, and no text in a language of its own, with what is noted of the value set; nil for
// any other.
func (v *view) single(ctx context.Context, t *target, x *Coding) (*compose.Include, *info, error) {
	d, notes := t.definition, (*info)(nil)
	switch {
	case t.sent != nil || !absolute(x.System):
		return nil, nil, nil
	case t.entry == nil:
		notes = implicitNotes(t)
	default:
		notes = &t.entry.info
		var err error
		if d, err = v.definition(ctx, t.entry); err != nil {
			return nil, nil, err
		}
	}
	if !d.Composed || d.URL == "" || notes.Language != "" || len(d.Include) != 1 || len(d.Exclude)+len(d.Supplements) > 0 {
		return nil, nil, nil
	}
	in := &d.Include[0]
	if in.System != x.System || len(in.ValueSets) > 0 {
		return nil, nil, nil
	}
	return in, notes, in.CheckFilters("include", 0)
}

// caveat is status of a code system, in English, which is written once.
func (k *checker) caveat(e *entry, by *info) {
	word := e.info.caution(by)
	if c := e.caveat.Load(); c != nil && c.word == word && word != "" {
		k.issues = append(k.issues, c.issue)
		return
	}
	had := len(k.issues)
	if k.status(&e.info, by, codeSystem); len(k.issues) > had {
		e.caveat.Store(&caveat{word, k.issues[had]})
	}
}

// caveat is the issue that says that something should be used with care, and the word for why.
type caveat struct {
	word  string
	issue Issue
}

// quoted is show in quotes.
func (c *Coding) quoted() string {
	if c.Version == "" && c.Display == "" {
		return "'" + c.System + "#" + c.Code + "'"
	}
	return "'" + c.show() + "'"
}

// implicitNotes is what there is to note of a value set that no resource defines.
func implicitNotes(t *target) *info { return &info{URL: t.url, Version: t.version, Status: "active"} }

// ordinary tells whether there is nothing to say of a concept that a coding names: the code is
// written as it should be, the display, if there is one, is the concept's own, and the concept
// is in use.
func (e *entry) ordinary(n uint32, x *Coding) bool {
	return string(e.set.Code(n)) == x.Code && (x.Display == "" || x.Display == string(e.set.Display(n))) && len(e.set.Display(n)) > 0 &&
		!e.set.Inactive(n) && !e.set.Abstract(n) && e.set.Status(n) != "deprecated"
}
