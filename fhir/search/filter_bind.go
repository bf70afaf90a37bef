package search

import (
	"slices"
	"strings"
)

// filter reads the parameter _filter into a condition on resources of the request's type.
func (r *reader) filter(p Pair) error {
	if len(p.Value) > maxValueBytes {
		return refuse(p.Name, "it is %d bytes long; this server takes %d at most", len(p.Value), maxValueBytes)
	}
	t, err := readFilter(p.Value)
	if err != nil {
		return err
	}
	c, err := (&binder{r, p.Value}).bind(t, r.req.Type)
	if err != nil {
		return err
	}
	r.q.Where = append(r.q.Where, *c)
	return nil
}

// binder makes conditions of the parts of a filter.
type binder struct {
	r      *reader
	filter string
}

func (b *binder) wrong(at int, format string, args ...any) error {
	return wrongAt(b.filter, at, format, args...)
}

// bind makes the condition of a part, on resources of a type.
func (b *binder) bind(t *test, typ string) (*Condition, error) {
	if t.join == 0 {
		c, known, err := b.follow(t, t.path, typ)
		if err == nil && !known {
			err = b.unknown(t.path[0], typ)
		}
		return c, err
	}
	g := &Group{Join: t.join}
	for _, sub := range t.of {
		c, err := b.bind(sub, typ)
		if err != nil {
			return nil, err
		}
		g.Of = append(g.Of, *c)
	}
	if g.Join == AllOf && len(g.Of) == 1 {
		return &g.Of[0], nil
	}
	return &Condition{Group: g}, nil
}

func (b *binder) unknown(s step, typ string) error {
	if typ == "" {
		typ = b.r.subject()
	}
	return b.wrong(s.at, "%q is not a search parameter of %s", clip(s.name), typ)
}

// follow makes the condition of a comparison from a step of its path on; known is false
// when the type has no such parameter.
func (b *binder) follow(t *test, path []step, typ string) (c *Condition, known bool, err error) {
	param := b.r.lookup(typ, path[0].name)
	if param == nil {
		return nil, false, nil
	}
	if len(path) == 1 {
		c, err = b.compare(t, param)
		return c, true, err
	}
	if param.element != referenceElement {
		return nil, true, b.wrong(path[0].at, "%s is not a reference to another resource, so nothing can follow it after a dot", param.Name)
	}
	out := &Condition{Param: param}
	for _, target := range param.Targets {
		c, known, err := b.follow(t, path[1:], target)
		if err != nil {
			return nil, true, err
		}
		if known && path[0].where != nil {
			if c, err = b.both(path[0].where, c, target); err != nil {
				return nil, true, err
			}
		}
		if known {
			out.Chain = append(out.Chain, Chain{Type: target, Cond: *c})
		}
	}
	if out.Chain == nil {
		return nil, true, b.unknown(path[1], strings.Join(param.Targets, " or "))
	}
	return out, true, nil
}

// both makes the condition that a target meets the filter in brackets and what follows.
func (b *binder) both(where *test, rest *Condition, typ string) (*Condition, error) {
	c, err := b.bind(where, typ)
	if err != nil {
		return nil, err
	}
	return &Condition{Group: &Group{Join: AllOf, Of: []Condition{*c, *rest}}}, nil
}

// opsOf lists the operations that a parameter takes beside pr.
func (p *Parameter) opsOf() []string {
	switch p.Kind {
	case String:
		return []string{"eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le"}
	case Token:
		ops := []string{"eq", "ne"}
		if p.Name != "_id" && p.element != booleanElement {
			ops = append(ops, "co", "sw", "ew")
		}
		if slices.Contains(p.Modifiers(), In) {
			ops = append(ops, "in", "ni", "ss", "sb")
		}
		return ops
	case URI:
		return []string{"eq", "ne", "co", "sw", "ew", "ss", "sb"}
	case Reference:
		if p.hierarchical() && p.element == referenceElement {
			return []string{"eq", "ne", "re", "ss", "sb"}
		}
		return []string{"eq", "ne", "re"}
	case Date:
		return []string{"eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb", "po"}
	case Number, Quantity:
		return []string{"eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb"}
	}
	return nil
}

// compare makes the condition of a comparison with a parameter at the end of its path.
func (b *binder) compare(t *test, param *Parameter) (*Condition, error) {
	c := &Condition{Param: param}
	if t.op == "pr" {
		return b.present(t, c)
	}
	if !slices.Contains(param.opsOf(), t.op) {
		takes := strings.Join(append(param.opsOf(), "pr"), " ")
		return nil, b.wrong(t.opAt, "%s does not take the operation %s; it takes %s", param.Name, t.op, takes)
	}
	if len(t.value) == 0 {
		return nil, b.wrong(t.valueAt, "the value is empty")
	}
	text := strings.ReplaceAll(t.value, `\`, `\\`) // a filter escapes nothing in the way of other parameters
	switch param.Kind {
	case Date, Number, Quantity:
		text = operator(t.op) + text
	}
	c.Modifier = modifierOf(t.op, param)
	v, why := b.r.value(&Condition{Param: param, Modifier: reading(c.Modifier)}, text, "")
	if why == "" && param.Kind == String && v.Text == "" {
		why = "the value is blank"
	}
	if why != "" {
		return nil, b.wrong(t.valueAt, "%s", why)
	}
	switch {
	case c.Modifier == Compare:
		v.Prefix = Prefix(t.op)
	case t.op == "po":
		v.Prefix = Ap // as the value stands, not stretched
	}
	c.Values = []Value{v}
	return c, nil
}

// operator is the prefix with which a value is read for an operation.
func operator(op string) string {
	if op == "po" {
		return string(Eq)
	}
	return op
}

// reading is the modifier with which a value is read.
func reading(m Modifier) Modifier {
	switch m {
	case In, NotIn, Above, Below:
		return m
	}
	return None
}

// present makes the condition that there is a value, or none.
func (b *binder) present(t *test, c *Condition) (*Condition, error) {
	if t.value != "true" && t.value != "false" {
		return nil, b.wrong(t.valueAt, "%q is neither true nor false", clip(t.value))
	}
	c.lacks(t.value == "false")
	return c, nil
}

// modifierOf returns what an operation asks of the rows of a parameter.
func modifierOf(op string, p *Parameter) Modifier {
	switch op {
	case "in":
		return In
	case "ni":
		return NotIn
	case "ss": // the value subsumes what is there
		return Below
	case "sb":
		return Above
	}
	switch {
	case p.Kind == Date || p.Kind == Number || p.Kind == Quantity:
		return None
	case p.Name == "_id" && op == "ne":
		return Not
	case p.Kind == String, op != "eq" && op != "re":
		return Compare
	}
	return None
}
