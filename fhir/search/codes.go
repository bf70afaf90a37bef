package search

import (
	"strings"

	"masjala/fhir"
)

// Coding is a code of a code system.
type Coding struct{ System, Code string }

// Codes are the codes that a search means without naming them: those of a value set, or
// one with all below it (Way is Below) or above it (Above) in its code system.
type Codes struct {
	ValueSet string // address as [Value].Text has it: a canonical, perhaps with |version, or "ValueSet/id"
	Coding   Coding // when ValueSet is empty
	Way      Modifier
}

// inSet tells whether the condition asks for a value set that was not looked into yet.
func (c *Condition) inSet() bool { return c.Modifier == In || c.Modifier == NotIn }

// kin tells whether the condition asks for codes above or below another, not looked up yet.
func (c *Condition) kin() bool {
	return c.Param != nil && c.Param.Kind == Token && (c.Modifier == Above || c.Modifier == Below)
}

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

// Resolve puts codes in the place of the modifiers in, not-in, above and below of tokens,
// wherever they stand in the query. It must be called before a store is asked. List tells
// the codes that are meant. Resolve fails with the error of list.
func (q *Query) Resolve(list func(Codes) ([]Coding, error)) error {
	return q.each(func(c *Condition) error {
		if !c.inSet() && !c.kin() {
			return nil
		}
		var values []Value
		for i := range c.Values {
			found, err := list(c.wanted(&c.Values[i]))
			if err != nil {
				return err
			}
			for _, m := range found {
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

// wanted is what one value of the condition means.
func (c *Condition) wanted(v *Value) Codes {
	if c.inSet() {
		return Codes{ValueSet: v.Text}
	}
	system := v.System
	if system == "" {
		system = c.Param.system
	}
	return Codes{Coding: Coding{System: system, Code: v.Code}, Way: c.Modifier}
}

// NeedsCodes tells whether Resolve must be called before a store is asked.
func (q *Query) NeedsCodes() bool {
	needs := false
	_ = q.each(func(c *Condition) error {
		needs = needs || c.inSet() || c.kin()
		return nil
	})
	return needs
}

// kinValue reads the system|code of the modifiers above and below.
func (p *Parameter) kinValue(s string) (Value, string) {
	v, why := p.tokenValue(s)
	if why == "" && (v.Code == "" || v.System == "" && p.system == "") {
		return v, "write the system and the code above or below which to look: system|code"
	}
	return v, why
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
