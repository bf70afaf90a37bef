package ecl

import "strings"

// span is where a piece of the text begins and ends, in bytes.
type span struct{ from, to int }

// piece notes what was read since a token, unless it is in a bracket.
func (p *parser) piece(from int) {
	if p.depth == 0 {
		p.pieces = append(p.pieces, span{p.tokens[from].at, p.peek().at})
	}
}

// parts writes the pieces of an expression as expressions that must all be satisfied.
func (p *parser) parts(root node) []string {
	cut := func(from, to int) string { return strings.TrimSpace(p.src[from:to]) }
	list := make([]string, len(p.pieces))
	for i, s := range p.pieces {
		list[i] = cut(s.from, s.to)
	}
	if len(list) < 2 {
		return []string{p.src}
	}
	switch n := root.(type) {
	case *compound:
		switch {
		case n.join == and:
			return list
		case n.join == minus:
			return []string{list[0], "* MINUS " + list[1]}
		}
	case *refined:
		if j, ok := n.by.(*junction); ok && j.join == or {
			list = []string{list[0], cut(p.pieces[1].from, len(p.src))}
		}
		for i := range list[1:] {
			list[i+1] = "*: " + list[i+1]
		}
		return list
	}
	return []string{p.src}
}

// Parts lists expressions that together say what the expression says: a concept satisfies it
// if it satisfies each of them.
func (x *Expression) Parts() []string { return x.parts }
