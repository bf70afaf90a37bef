package ecl

import (
	"strings"

	"masjala/fhir"
)

const (
	maxLength = 64 << 10 // bytes of an expression
	maxDepth  = 60       // brackets in brackets

	otherScheme = "Line %d, column %d of the expression: codes of other schemes are not supported."
)

// operators are the signs before a concept, and the words of the long syntax for them.
var operators = map[string]relation{
	"<": descendants, "descendantof": descendants, "<<": descendantsAndSelf, "descendantorselfof": descendantsAndSelf,
	"<!": children, "childof": children, "<<!": childrenAndSelf, "childorselfof": childrenAndSelf,
	">": ancestors, "ancestorof": ancestors, ">>": ancestorsAndSelf, "ancestororselfof": ancestorsAndSelf,
	">!": parents, "parentof": parents, ">>!": parentsAndSelf, "parentorselfof": parentsAndSelf,
	"!!>": top, "!!<": bottom,
}

// parser reads the tokens of an expression.
type parser struct {
	src    string
	tokens []token
	closes []int // for each opening bracket, where the token is that closes it; 0 for none
	at     int   // token
	depth  int
	pieces []span // of what is in no bracket: operands, then conditions
}

// Parse reads an expression constraint. It fails with Unprocessable, telling line and column,
// for what is none or is not supported, and with TooCostly for one that is too long or too deep.
func Parse(src string) (*Expression, error) {
	if len(src) > maxLength {
		return nil, fhir.Errorf(fhir.TooCostly, "The expression has %d bytes; at most %d are allowed.", len(src), maxLength)
	}
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &parser{src: src, tokens: tokens, closes: match(tokens)}
	root, err := p.expression()
	if err != nil {
		return nil, err
	}
	if p.peek().kind != end {
		return nil, p.wrong(wantOperator)
	}
	return &Expression{text: src, root: root, parts: p.parts(root)}, nil
}

// match finds which round bracket closes which.
func match(tokens []token) []int {
	closes := make([]int, len(tokens))
	var open []int
	for i := range tokens {
		switch {
		case tokens[i].is("("):
			open = append(open, i)
		case tokens[i].is(")") && len(open) > 0:
			closes[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	return closes
}

// is tells whether a token is a sign.
func (t *token) is(sign string) bool { return t.kind == symbol && t.text == sign }

// says tells whether a token is a word of the language, in any case.
func (t *token) says(name string) bool {
	return t.kind == word && !t.termed && strings.EqualFold(t.text, name)
}

func (p *parser) peek() *token { return &p.tokens[p.at] }

// after is the token that follows the next one.
func (p *parser) after() *token { return &p.tokens[min(p.at+1, len(p.tokens)-1)] }

func (p *parser) take() *token {
	t := p.peek()
	if t.kind != end {
		p.at++
	}
	return t
}

// sign takes a sign if it is next.
func (p *parser) sign(s string) bool {
	ok := p.peek().is(s)
	if ok {
		p.at++
	}
	return ok
}

// wrong says that the next token is not what should be there.
func (p *parser) wrong(want string) error {
	t := p.peek()
	return unexpected(p.src, t.at, shown(p.src[t.at:t.end]), want)
}

// unsupported says, with a format for a position, that a part of the language is not understood here.
func (p *parser) unsupported(format string) error {
	return fault(p.src, p.peek().at, fhir.Unprocessable, format)
}

// open takes an opening bracket.
func (p *parser) open() error {
	if p.depth++; p.depth > maxDepth {
		return fault(p.src, p.peek().at, fhir.TooCostly, "Line %d, column %d of the expression: brackets are nested more than %d deep.", maxDepth)
	}
	p.at++
	return nil
}

// close takes the bracket that closes what open opened.
func (p *parser) close(sign string) error {
	if !p.sign(sign) {
		return p.wrong(wantClosing)
	}
	p.depth--
	return nil
}

// expression reads a whole expression, or what is in brackets.
func (p *parser) expression() (node, error) {
	from := p.at
	first, err := p.operand()
	if err != nil {
		return nil, err
	}
	p.piece(from)
	switch t := p.peek(); {
	case t.is(":"):
		p.at++
		by, err := p.refinement(false)
		return &refined{at(t.at), first, by}, err
	case t.is("."):
		return p.dots(first)
	}
	return p.compound(first)
}

// dots reads the attributes behind dots.
func (p *parser) dots(of node) (node, error) {
	for p.peek().is(".") {
		t := p.take()
		name, err := p.operand()
		if err != nil {
			return nil, err
		}
		of = &dotted{at(t.at), of, name}
	}
	return of, nil
}

// joint reads AND, OR or MINUS, if one of them is next.
func (p *parser) joint() (j join, ok bool) {
	t := p.peek()
	switch {
	case t.is(","), t.says("AND"):
		j = and
	case t.says("OR"):
		j = or
	case t.says("MINUS"):
		j = minus
	default:
		return 0, false
	}
	p.at++
	return j, true
}

// compound reads what follows the first of several sets.
func (p *parser) compound(first node) (node, error) {
	j, ok := p.joint()
	if !ok {
		return first, nil
	}
	out := &compound{at(first.offset()), j, []node{first}}
	for {
		from := p.at
		next, err := p.operand()
		if err != nil {
			return nil, err
		}
		p.piece(from)
		out.list = append(out.list, next)
		before := p.at
		again, ok := p.joint()
		if !ok {
			return out, nil
		}
		if again != j || j == minus {
			p.at = before
			return nil, p.wrong(wantBrackets)
		}
	}
}

// operator tells the relation that the next token stands for. A word stands for one only if
// something follows that it can apply to.
func (p *parser) operator() (relation, bool) {
	t := p.peek()
	switch {
	case t.kind == symbol:
		r, ok := operators[t.text]
		return r, ok
	case t.kind == word && !t.termed && p.after().begins():
		r, ok := operators[strings.ToLower(t.text)]
		return r, ok
	}
	return 0, false
}

// begins tells whether a token can begin an operand.
func (t *token) begins() bool {
	switch t.kind {
	case word:
		return !t.says("AND") && !t.says("OR") && !t.says("MINUS")
	case quoted:
		return true
	case symbol:
		if _, ok := operators[t.text]; ok {
			return true
		}
		return t.text == "(" || t.text == "*" || t.text == "^"
	}
	return false
}

// operand reads one set: a code, all, members or brackets, perhaps after an operator.
func (p *parser) operand() (node, error) {
	here := at(p.peek().at)
	r, is := p.operator()
	if is {
		p.at++
	}
	member := p.peek().is("^") || p.peek().says("memberOf") && p.after().begins()
	from := at(p.peek().at)
	if member {
		p.at++
		if p.peek().is("[") {
			return nil, p.unsupported("Line %d, column %d of the expression: fields of reference sets are not supported.")
		}
	}
	out, err := p.focus()
	if err != nil {
		return nil, err
	}
	if p.peek().is("{{") {
		return nil, p.unsupported("Line %d, column %d of the expression: filters and history supplements in {{ }} are not supported.")
	}
	if member {
		out = &members{from, out}
	}
	if is {
		out = &related{here, r, out}
	}
	return out, nil
}

// focus reads a code, all, or brackets.
func (p *parser) focus() (node, error) {
	t := p.peek()
	switch {
	case t.is("*"), t.says("any"):
		p.at++
		return &all{at(t.at)}, nil
	case t.is("("):
		if err := p.open(); err != nil {
			return nil, err
		}
		out, err := p.expression()
		if err != nil {
			return nil, err
		}
		return out, p.close(")")
	case t.kind == quoted, t.kind == word && t.begins():
		p.at++
		if next := p.peek(); next.kind == number && next.at == t.end {
			p.at--
			return nil, p.unsupported(otherScheme)
		}
		return &code{at(t.at), t.text}, nil
	case t.kind == text && strings.Contains(t.text, "#"):
		return nil, p.unsupported(otherScheme)
	}
	return nil, p.wrong(wantConcept)
}
