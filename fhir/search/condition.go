package search

import (
	"cmp"
	"slices"
	"strings"
)

// where reads a parameter that chooses resources.
func (r *reader) where(p Pair) (verdict, error) {
	if p.Name == filterName {
		if p.Value == "" {
			return silent, r.empty(p)
		}
		return understood, r.filter(p)
	}
	c, known, err := r.condition(p, r.req.Type, p.Name, 1)
	if err != nil || !known {
		return unknown, err
	}
	if c == nil {
		return silent, r.empty(p)
	}
	r.q.Where = append(r.q.Where, *c)
	return understood, nil
}

// condition reads what is left of a parameter's name, for resources of type typ. It
// returns nil when there is no value, and known = false when typ has no such parameter.
func (r *reader) condition(p Pair, typ, name string, depth int) (c *Condition, known bool, err error) {
	if depth > maxDepth {
		return nil, true, refuse(p.Name, "it has more than %d steps", maxDepth)
	}
	if rest, ok := strings.CutPrefix(name, "_has:"); ok {
		c, err = r.has(p, typ, rest, depth)
		return c, true, err
	}
	base, modifier, rest, chained := cutName(name)
	param := r.lookup(typ, base)
	if param == nil {
		return nil, false, nil
	}
	if chained {
		c, err = r.chain(p, param, modifier, rest, depth)
		return c, true, err
	}
	c, err = r.plain(p, param, modifier)
	return c, true, err
}

// cutName splits name[:modifier][.rest].
func cutName(name string) (base, modifier, rest string, chained bool) {
	head, rest, chained := strings.Cut(name, ".")
	base, modifier, _ = strings.Cut(head, ":")
	return base, modifier, rest, chained
}

// chain reads parameter[:Type].rest (https://hl7.org/fhir/R4/search.html#chaining).
func (r *reader) chain(p Pair, param *Parameter, typ, rest string, depth int) (*Condition, error) {
	if param.element != referenceElement {
		return nil, refuse(p.Name, "%s is not a reference to another resource, so nothing can follow it after a dot", param.Name)
	}
	targets := param.Targets
	if typ != "" {
		if !slices.Contains(targets, typ) {
			return nil, refuse(p.Name, "%s never refers to a resource of type %q", param.Name, clip(typ))
		}
		targets = []string{typ}
	}
	out := &Condition{Param: param}
	found := false
	for _, t := range targets {
		c, known, err := r.condition(p, t, rest, depth+1)
		if err != nil {
			return nil, err
		}
		found = found || known
		if c != nil {
			out.Chain = append(out.Chain, Chain{Type: t, Cond: *c})
		}
	}
	if !found {
		return nil, refuse(p.Name, "%q is not a search parameter of %s", clip(rest), strings.Join(targets, " or "))
	}
	if out.Chain == nil {
		return nil, nil
	}
	return out, nil
}

// has reads Type:reference:rest (https://hl7.org/fhir/R4/search.html#has).
func (r *reader) has(p Pair, typ, name string, depth int) (*Condition, error) {
	parts := strings.SplitN(name, ":", 3)
	if len(parts) < 3 || parts[2] == "" {
		return nil, refuse(p.Name, "write _has:Type:reference:parameter")
	}
	if !held(parts[0]) {
		return nil, refuse(p.Name, "this server does not hold resources of type %q", clip(parts[0]))
	}
	ref := r.lookup(parts[0], parts[1])
	if ref == nil || ref.element != referenceElement {
		return nil, refuse(p.Name, "%q is not a reference parameter of %s", clip(parts[1]), parts[0])
	}
	if !r.concerns(ref, typ) {
		return nil, refuse(p.Name, "%s of %s never refers to %s", ref.Name, ref.Type, cmp.Or(typ, r.subject()))
	}
	c, known, err := r.condition(p, parts[0], parts[2], depth+1)
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, refuse(p.Name, "%q is not a search parameter of %s", clip(parts[2]), parts[0])
	}
	if c == nil {
		return nil, nil
	}
	return &Condition{Has: &Has{Type: parts[0], Ref: ref, Cond: *c}}, nil
}

// concerns tells whether a reference can lead to resources of a type; for "" to one of the
// types of the search.
func (r *reader) concerns(ref *Parameter, typ string) bool {
	if typ != "" {
		return slices.Contains(ref.Targets, typ)
	}
	return len(r.q.Types) == 0 || slices.ContainsFunc(r.q.Types, func(t string) bool { return slices.Contains(ref.Targets, t) })
}

// plain reads a parameter at the end of its chain.
func (r *reader) plain(p Pair, param *Parameter, modifier string) (*Condition, error) {
	c := &Condition{Param: param, Modifier: Modifier(modifier)}
	typ := ""
	if modifier != "" && !slices.Contains(param.Modifiers(), c.Modifier) {
		if !slices.Contains(param.Targets, modifier) {
			return nil, refuse(p.Name, "%s does not take the modifier %q%s", param.Name, clip(modifier), param.takes())
		}
		c.Modifier, typ = None, modifier
	}
	if p.Value == "" {
		return nil, nil
	}
	if c.Modifier == Missing {
		if p.Value != "true" && p.Value != "false" {
			return nil, refuse(p.Name, "%q is neither true nor false", clip(p.Value))
		}
		c.lacks(p.Value == "true")
		return c, nil
	}
	return r.values(p, c, typ)
}

// lacks makes the condition one for resources that have no value, or for those that have
// one. An id and a time every resource has: no rows are kept to see that by.
func (c *Condition) lacks(missing bool) {
	if c.Param.element != idElement && c.Param.Name != "_lastUpdated" {
		c.Modifier, c.Missing = Missing, missing
		return
	}
	c.Param, c.Modifier, c.Values = Lookup("", "_id"), Not, []Value{{Code: " "}} // no resource has a blank id
	if missing {
		c.Modifier = None
	}
}

// values reads the values of a condition; nil when all are empty.
func (r *reader) values(p Pair, c *Condition, typ string) (*Condition, error) {
	raw := splitUnescaped(p.Value, ',')
	if len(raw) > maxValues {
		return nil, refuse(p.Name, "it has %d values; this server takes %d at most", len(raw), maxValues)
	}
	for _, s := range raw {
		if len(s) > maxValueBytes {
			return nil, refuse(p.Name, "a value is %d bytes long; this server takes %d at most", len(s), maxValueBytes)
		}
		if s == "" {
			continue
		}
		if c.Param.element == qualificationElement {
			vs, why := r.qualificationValues(c.Param, s)
			if why != "" {
				return nil, refuse(p.Name, "%s", why)
			}
			c.Values = append(c.Values, vs...)
			continue
		}
		v, why := r.value(c, s, typ)
		if why != "" {
			return nil, refuse(p.Name, "%s", why)
		}
		if v.Text == "" && (c.Param.Kind == String || c.Modifier == Text) { // blank
			continue
		}
		c.Values = append(c.Values, v)
	}
	if c.Values == nil {
		return nil, nil
	}
	return c, nil
}

// Modifiers returns the modifiers that a parameter takes, those naming a type left out.
func (p *Parameter) Modifiers() []Modifier {
	if p.element == idElement {
		return []Modifier{Missing, Not}
	}
	switch p.Kind {
	case String:
		if p.phonetic() {
			return []Modifier{Missing}
		}
		return []Modifier{Missing, Exact, Contains}
	case Token:
		switch p.element {
		case identifierElement:
			return []Modifier{Missing, Not, Text, OfType}
		case conceptElement, codingElement:
			return []Modifier{Missing, Not, Text, In, NotIn, Above, Below}
		case codeElement:
			return []Modifier{Missing, Not, In, NotIn, Above, Below}
		}
		return []Modifier{Missing, Not}
	case Reference:
		if p.element == canonicalElement {
			return []Modifier{Missing}
		}
		if p.hierarchical() {
			return []Modifier{Missing, Identifier, Above, Below}
		}
		return []Modifier{Missing, Identifier}
	case URI:
		return []Modifier{Missing, Above, Below}
	}
	return []Modifier{Missing}
}

// hierarchical tells whether the targets form a tree by their parameter partof.
func (p *Parameter) hierarchical() bool {
	return len(p.Targets) == 1 && (p.Targets[0] == "Organization" || p.Targets[0] == "Location")
}

func (p *Parameter) phonetic() bool {
	return p.element == phoneticElement || p.element == phoneticNameElement
}

// takes lists the modifiers for an error message.
func (p *Parameter) takes() string {
	list := p.Modifiers()
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("; it takes ")
	for i, m := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(":" + string(m))
	}
	return b.String()
}
