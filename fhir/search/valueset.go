package search

import (
	"strings"

	"masjala/fhir"
)

// Coding is a member of a value set.
type Coding struct{ System, Code string }

// inSet tells whether the condition asks for a value set that was not looked into yet.
func (c *Condition) inSet() bool { return c.Modifier == In || c.Modifier == NotIn }

// setValue reads the address of a value set: a canonical, or ValueSet/id of this server
// (https://hl7.org/fhir/R4/search.html#token).
func (r *reader) setValue(s string) (Value, string) {
	if base := strings.TrimRight(r.req.Base, "/"); base != "" {
		s = strings.TrimPrefix(s, base+"/")
	}
	if id, relative := strings.CutPrefix(s, "ValueSet/"); relative && fhir.ValidID(id) {
		return Value{Text: s}, ""
	}
	if !strings.Contains(s, ":") {
		return Value{}, clip(s) + " is no value set; write its canonical address or ValueSet/id"
	}
	return Value{Text: s}, ""
}

// Resolve puts the members of value sets in the place of the modifiers in and not-in,
// wherever they stand in the query. It must be called before a store is asked. Members
// gets an address as [Value].Text has it: a canonical, perhaps with |version, or
// "ValueSet/id". Resolve fails with the error of members.
func (q *Query) Resolve(members func(valueSet string) ([]Coding, error)) error {
	return q.each(func(c *Condition) error {
		if !c.inSet() {
			return nil
		}
		var values []Value
		for i := range c.Values {
			list, err := members(c.Values[i].Text)
			if err != nil {
				return err
			}
			for _, m := range list {
				if v, ok := c.Param.member(m); ok {
					values = append(values, v)
				}
			}
		}
		turned := None
		if c.Modifier == NotIn {
			turned = Not
		}
		c.Modifier, c.Values = turned, values
		return nil
	})
}

// NeedsValueSets tells whether Resolve must be called before a store is asked.
func (q *Query) NeedsValueSets() bool {
	needs := false
	_ = q.each(func(c *Condition) error {
		needs = needs || c.inSet()
		return nil
	})
	return needs
}

// member returns the value that finds a coding; ok is false when no row can have it.
func (p *Parameter) member(m Coding) (v Value, ok bool) {
	v = Value{System: m.System, Code: m.Code, HasSystem: true}
	if p.element != codeElement {
		return v, true
	}
	v.System = "" // the rows of codes carry no system
	return v, m.System == p.system
}

// each calls fn for the condition and all within it, until it fails.
func (c *Condition) each(fn func(c *Condition) error) error {
	if err := fn(c); err != nil {
		return err
	}
	for i := range c.Chain {
		if err := c.Chain[i].Cond.each(fn); err != nil {
			return err
		}
	}
	if c.Group != nil {
		for i := range c.Group.Of {
			if err := c.Group.Of[i].each(fn); err != nil {
				return err
			}
		}
	}
	if c.Has != nil {
		return c.Has.Cond.each(fn)
	}
	return nil
}

// each calls fn for all conditions of the query, until it fails.
func (q *Query) each(fn func(c *Condition) error) error {
	for i := range q.Where {
		if err := q.Where[i].each(fn); err != nil {
			return err
		}
	}
	return nil
}
