package compose

import (
	"context"
	"slices"

	"masjala/terminology/concept"
)

// System is a version of a code system.
type System struct {
	URL, Version string
	Set          *concept.Set // nil when its concepts are not here
	Partial      bool         // a fragment or example: it may have more concepts than Set
	Supplements  []Supplement // what else is said of its concepts

	// Grammar makes the set of those of some codes that are codes of the system, nil without
	// any, where a rule tells what a code is and Set holds only those in common use. Usual
	// says in words which those are.
	Grammar func(codes []string) *concept.Set
	Usual   string

	Kept *Selections // what expressions selected of Set; nil to keep nothing
}

// with returns the system with another set.
func (s *System) with(set *concept.Set) *System {
	c := *s
	c.Set = set
	return &c
}

// Plan is a compiled value set. It is immutable and safe for concurrent use.
type Plan struct {
	parts []*part

	// Systems are the code system versions that were looked into, each once, in order of first use.
	Systems []*System
	// ValueSets are the canonicals, with version where known, of the value sets that were used.
	ValueSets []string
	// Needs are the addresses, without version, of all that the plan depends on, found or not.
	Needs []string
	// VersionsMatch tells that codes of several versions of a system count as the same.
	VersionsMatch bool
	several       []string // systems that are there in several versions
	// Nests tells that the members keep the hierarchy of their system: one include of one
	// system, nothing taken out.
	Nests bool
	// Quiet is for the one who compiles: that there is nothing to say of Systems and ValueSets.
	Quiet bool
}

// part is the members from one code system version that one include brought.
type part struct {
	sys    *System
	bits   *concept.Bits  // nil when the system's concepts are not here
	listed []listed       // in the order of the definition; nil when the order is that of the numbers
	byCode map[string]int // into listed
	own    *ownTexts      // of listed
	open   *Include       // of a grammar: what of its codes is meant, beside those in bits
	except []*part        // of open: whose codes are not meant
	looks  int            // of open: in how many parts a code is looked for
}

// listed is a member that the definition names.
type listed struct {
	given  *Given
	number uint32
	known  bool // the system has the concept, as number
}

// Member is a code in a value set.
type Member struct {
	System *System
	Number uint32 // of the concept, if Known
	Known  bool   // the code system is here and has the code
	Given  *Given // what the definition says of the code, or nil
}

// Code is the member's code.
func (m *Member) Code() string {
	if m.Known {
		return string(m.System.Set.Code(m.Number))
	}
	return m.Given.Code
}

// Inactive tells whether the code is no longer in use.
func (m *Member) Inactive() bool {
	return m.Known && m.System.Set.Inactive(m.Number) || m.Given != nil && m.Given.Inactive
}

// Abstract tells whether the code is not to be chosen.
func (m *Member) Abstract() bool {
	return m.Known && m.System.Set.Abstract(m.Number) || m.Given != nil && m.Given.Abstract
}

// Find looks for a code. An empty version means any.
func (p *Plan) Find(system, version, code string) (Member, bool) {
	for _, x := range p.parts {
		if x.sys.URL != system || version != "" && x.sys.Version != version {
			continue
		}
		if m, ok := x.find(code); ok {
			return m, true
		}
	}
	return Member{}, false
}

// Several tells whether a system was used in several versions.
func (p *Plan) Several(url string) bool { return len(p.several) > 0 && slices.Contains(p.several, url) }

// Size is how many members there are at most.
func (p *Plan) Size() int {
	n := 0
	for _, x := range p.parts {
		if x.listed != nil || x.bits == nil {
			n += len(x.listed)
		} else {
			n += x.bits.Count()
		}
	}
	return n
}

// SystemsOf lists the systems that have a code in the value set, each once.
func (p *Plan) SystemsOf(code string) []string {
	var out []string
	for _, x := range p.parts {
		if _, ok := x.find(code); ok && !slices.Contains(out, x.sys.URL) {
			out = append(out, x.sys.URL)
		}
	}
	return out
}

func (x *part) find(code string) (Member, bool) {
	if x.bits != nil {
		if k, ok := x.sys.Set.Find(code); ok {
			if !x.bits.Has(k) {
				return Member{}, false
			}
			m := Member{System: x.sys, Number: k, Known: true}
			if i, ok := x.byCode[string(x.sys.Set.Code(k))]; ok {
				m.Given = x.listed[i].given
			}
			return m, true
		}
	}
	if i, ok := x.byCode[code]; ok {
		return x.member(&x.listed[i]), true
	}
	return x.opened(code)
}

func (x *part) member(l *listed) Member {
	return Member{System: x.sys, Number: l.number, Known: l.known, Given: l.given}
}

// empty tells whether nothing is in the part, nor can be.
func (x *part) empty() bool {
	if x.open != nil {
		return false
	}
	if x.listed != nil || x.bits == nil {
		return len(x.listed) == 0
	}
	return x.bits.Count() == 0
}

// keep drops the members that ok refuses.
func (x *part) keep(ok func(m Member) bool) {
	if x.listed == nil && x.bits != nil {
		drop := concept.NewRuns(x.sys.Set.Len())
		for k := range x.bits.All {
			if !ok(Member{System: x.sys, Number: k, Known: true}) {
				drop.Add(k)
			}
		}
		x.bits.AndNot(drop)
		return
	}
	var left []listed
	for i := range x.listed {
		l := &x.listed[i]
		if ok(x.member(l)) {
			left = append(left, *l)
		} else if l.known {
			x.bits.Remove(l.number)
		}
	}
	x.list(left)
}

// list makes left the listed members.
func (x *part) list(left []listed) {
	x.listed = append([]listed{}, left...) // not nil: an empty list is a list
	x.own = &ownTexts{}
	x.byCode = make(map[string]int, len(left))
	for i, l := range left {
		code := l.given.Code
		if l.known {
			code = string(x.sys.Set.Code(l.number))
		}
		x.byCode[code] = i
	}
}

// clone copies a part so that its members can be changed.
func (x *part) clone() *part {
	c := &part{sys: x.sys, open: x.open, except: x.except, looks: x.looks}
	if x.bits != nil {
		c.bits = x.bits.Clone()
	}
	if x.listed != nil {
		c.list(x.listed)
	}
	return c
}

// hasMember tells whether the part has a member of another part.
func (x *part) hasMember(m *Member) bool {
	if m.Known && x.bits != nil && x.sys.Set == m.System.Set {
		return x.bits.Has(m.Number)
	}
	_, ok := x.find(m.Code())
	return ok
}

// without takes the members of others out of x; same tells which others count.
func (x *part) without(others []*part, same func(o *part) bool) {
	for _, o := range others {
		if !same(o) {
			continue
		}
		if x.listed == nil && x.bits != nil && x.sys.Set == o.sys.Set {
			x.bits.AndNot(o.bits)
			continue
		}
		x.keep(func(m Member) bool { return !o.hasMember(&m) })
	}
}

// take takes the members of an exclude out of all. Versions matter when the value set says
// so, or has a system in several of them.
func (c *compiler) take(d *Definition, all, out []*part) {
	for _, x := range all {
		same := func(o *part) bool {
			if o.sys.URL != x.sys.URL || o.sys.Version == x.sys.Version || o.sys.Version == "" {
				return o.sys.URL == x.sys.URL
			}
			match := d.Parameters["versionsMatch"] == "true"
			if d.Parameters["versionsMatch"] == "" {
				match = !slices.ContainsFunc(all, func(y *part) bool { return y.sys.URL == x.sys.URL && y.sys.Version != x.sys.Version })
			}
			c.plan.VersionsMatch = c.plan.VersionsMatch || match
			return match
		}
		x.bar(out, same)
		x.without(out, same)
	}
}

// within keeps the members of parts that some of others has. It fails as bearable does.
func within(ctx context.Context, parts, others []*part) ([]*part, error) {
	var out []*part
	for _, x := range parts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		of := slices.DeleteFunc(slices.Clone(others), func(o *part) bool {
			return o.sys.URL != x.sys.URL || o.sys.Version != x.sys.Version && o.sys.Version != "" && x.sys.Version != ""
		})
		if x.open == nil {
			x.within(of)
			out = append(out, x)
			continue
		}
		out = append(out, x.closed(of)...)
		if err := bearable(out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// within keeps the members of x that some of others has.
func (x *part) within(of []*part) {
	if x.listed == nil && x.bits != nil && !slices.ContainsFunc(of, func(o *part) bool { return o.sys.Set != x.sys.Set }) {
		any := concept.NewRuns(x.sys.Set.Len())
		for _, o := range of {
			any.Or(o.bits)
		}
		x.bits.And(any)
		return
	}
	x.keep(func(m Member) bool {
		for _, o := range of {
			if o.hasMember(&m) {
				return true
			}
		}
		return false
	})
}
