package ecl

import (
	"strconv"

	"masjala/fhir"
)

// refinement reads conditions, all joined alike. In a group there are no groups.
func (p *parser) refinement(inGroup bool) (refinement, error) {
	from := p.at
	first, err := p.condition(inGroup)
	if err != nil {
		return nil, err
	}
	p.piece(from)
	out := &junction{list: []refinement{first}}
	for {
		before := p.at
		j, ok := p.joint()
		if !ok {
			break
		}
		if j == minus || len(out.list) > 1 && j != out.join {
			p.at = before
			return nil, p.wrong(wantBrackets)
		}
		from = p.at
		next, err := p.condition(inGroup)
		if err != nil {
			return nil, err
		}
		p.piece(from)
		out.join, out.list = j, append(out.list, next)
	}
	if len(out.list) == 1 {
		return first, nil
	}
	return out, nil
}

// condition reads an attribute, a group, or conditions in brackets.
func (p *parser) condition(inGroup bool) (refinement, error) {
	t := p.peek()
	if t.is("(") && !p.names() {
		if err := p.open(); err != nil {
			return nil, err
		}
		out, err := p.refinement(inGroup)
		if err != nil {
			return nil, err
		}
		return out, p.close(")")
	}
	count, err := p.cardinality()
	if err != nil {
		return nil, err
	}
	if p.peek().is("{") && !inGroup {
		return p.group(at(t.at), count)
	}
	return p.attribute(at(t.at), count, inGroup)
}

// names tells whether the bracket that is next holds the name of an attribute: then a
// comparison follows it.
func (p *parser) names() bool {
	closing := p.closes[p.at]
	if closing == 0 {
		return false
	}
	t := &p.tokens[closing+1]
	return t.compares() || t.says("NOT")
}

// compares tells whether a token is a sign that compares.
func (t *token) compares() bool {
	if t.kind != symbol {
		return false
	}
	switch t.text {
	case "=", "!=", "<>", "<", "<=", ">", ">=":
		return true
	}
	return false
}

// group reads a group after its cardinality.
func (p *parser) group(here at, count cardinality) (refinement, error) {
	if err := p.open(); err != nil {
		return nil, err
	}
	by, err := p.refinement(true)
	if err != nil {
		return nil, err
	}
	return &group{here, count, by}, p.close("}")
}

// cardinality reads [0..1] or [1 to many]; once where there is none.
func (p *parser) cardinality() (cardinality, error) {
	here := p.peek().at
	if !p.sign("[") {
		return once, nil
	}
	c := cardinality{most: -1}
	var err error
	if c.least, err = p.count(); err != nil {
		return c, err
	}
	if t := p.peek(); !t.is("..") && !t.says("to") {
		return c, p.wrong(wantCardinality)
	}
	p.at++
	if t := p.peek(); t.is("*") || t.says("many") {
		p.at++
	} else if c.most, err = p.count(); err != nil {
		return c, err
	}
	if !p.sign("]") {
		return c, p.wrong(wantCardinality)
	}
	if c.most >= 0 && c.most < c.least {
		return c, fault(p.src, here, fhir.Unprocessable, "Line %d, column %d of the expression: nothing can be at least %d and at most %d times.", c.least, c.most)
	}
	return c, nil
}

func (p *parser) count() (int, error) {
	t := p.peek()
	n, err := strconv.ParseUint(t.text, 10, 31)
	if t.kind != word || err != nil {
		return 0, p.wrong(wantCardinality)
	}
	p.at++
	return int(n), nil
}

// attribute reads the name of an attribute and what it is compared with.
func (p *parser) attribute(here at, count cardinality, inGroup bool) (refinement, error) {
	a := &attribute{at: here, count: count}
	if t, next := p.peek(), p.after(); (t.says("R") || t.says("reverseOf")) && next.begins() && !(next.compares() && p.tokens[p.at+2].kind == number) {
		if inGroup {
			return nil, p.unsupported("Line %d, column %d of the expression: reversed attributes in groups are not supported.")
		}
		a.reverse = true
		p.at++
	}
	var err error
	if a.name, err = p.operand(); err != nil {
		return nil, err
	}
	if a.compare.op, err = p.comparison(); err != nil {
		return nil, err
	}
	return a, p.value(a)
}

// comparison reads the sign that compares.
func (p *parser) comparison() (string, error) {
	t := p.peek()
	switch {
	case t.says("NOT") && p.after().is("="):
		p.at += 2
		return "!=", nil
	case !t.compares():
		return "", p.wrong(wantComparison)
	}
	p.at++
	if t.text == "<>" {
		return "!=", nil
	}
	return t.text, nil
}

// value reads what an attribute is compared with.
func (p *parser) value(a *attribute) error {
	c := &a.compare
	t := p.peek()
	plain := !a.reverse && (c.op == "=" || c.op == "!=")
	switch {
	case t.kind == number && !a.reverse:
		c.number = t.text
		p.at++
	case c.op != "=" && c.op != "!=":
		return p.wrong(wantNumber)
	case t.kind == text && plain:
		c.texts = []string{t.text}
		p.at++
	case t.is("(") && p.after().kind == text && plain:
		for p.at++; p.peek().kind == text; {
			c.texts = append(c.texts, p.take().text)
		}
		if !p.sign(")") {
			return p.wrong(wantClosing)
		}
	case t.begins():
		var err error
		c.codes, err = p.operand()
		return err
	default:
		return p.wrong(wantValue)
	}
	return nil
}
