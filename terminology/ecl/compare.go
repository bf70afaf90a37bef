package ecl

import (
	"bytes"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"masjala/terminology/concept"
)

// matcher is a set of codes, of concepts or of what only properties have as values. One of
// its fields is set.
type matcher struct {
	every bool
	codes []string      // in order; in lower case where the code system does not tell cases apart
	bits  *concept.Bits // concepts
	join  join
	list  []*matcher
}

// matcher makes a matcher of a node.
func (r *run) matcher(n node) (*matcher, error) {
	switch n := n.(type) {
	case *code:
		return &matcher{codes: []string{string(r.folded([]byte(n.text)))}}, nil
	case *all:
		return &matcher{every: true}, nil
	case *compound:
		return r.compoundMatcher(n)
	}
	b, err := r.bits(n)
	return &matcher{bits: b}, err
}

// compoundMatcher makes a matcher of several; codes that are listed become one.
func (r *run) compoundMatcher(n *compound) (*matcher, error) {
	out, codes := &matcher{join: n.join}, &matcher{}
	for _, m := range n.list {
		one, err := r.matcher(m)
		if err != nil {
			return nil, err
		}
		if one.codes != nil && n.join == or {
			codes.codes = append(codes.codes, one.codes...)
		} else {
			out.list = append(out.list, one)
		}
	}
	if codes.codes != nil {
		slices.Sort(codes.codes)
		out.list = append(out.list, codes)
	}
	return out, nil
}

// folded is a code as matchers compare it.
func (r *run) folded(code []byte) []byte {
	if r.set.Meta().CaseSensitive {
		return code
	}
	return bytes.ToLower(code)
}

// cost is how many steps it takes to ask.
func (m *matcher) cost() int {
	n := 4
	if m != nil {
		for _, one := range m.list {
			n += one.cost()
		}
	}
	return n
}

// has tells whether a matcher has a code.
func (r *run) has(m *matcher, value []byte) bool {
	switch {
	case m.every:
		return true
	case m.bits != nil:
		k, ok := r.set.Find(string(value))
		return ok && m.bits.Has(k)
	case m.codes != nil:
		_, ok := slices.BinarySearch(m.codes, string(r.folded(value)))
		return ok
	}
	in := r.has(m.list[0], value)
	for _, one := range m.list[1:] {
		has := r.has(one, value)
		switch m.join {
		case and:
			in = in && has
		case or:
			in = in || has
		case minus:
			in = in && !has
		}
	}
	return in
}

// meets tells whether a value, as text, is as an attribute asks, whatever its kind.
func (r *run) meets(x *asked, value []byte) bool {
	c := &x.compare
	switch {
	case x.matcher != nil:
		return r.has(x.matcher, value) == (c.op == "=")
	case c.number != "":
		order, ok := numeric(string(value), c.number)
		return ok && ordered(c.op, order)
	}
	return slices.Contains(c.texts, string(value)) == (c.op == "=")
}

// ofKind tells whether a comparison looks at values of a kind: numbers at numbers, texts at
// texts, codes at all.
func (c *comparison) ofKind(kind uint8) bool {
	switch {
	case c.codes != nil:
		return true
	case c.number != "":
		return kind == concept.KindInteger || kind == concept.KindDecimal
	}
	return kind == concept.KindString || kind == concept.KindDateTime
}

// ordered tells whether a comparison holds for how a value lies to the number.
func ordered(op string, order int) bool {
	switch op {
	case "=":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

const (
	exactFloat = 15 // digits that a float tells apart
	longNumber = 60 // characters of the longest number that is compared digit by digit
)

// numeric compares two decimal numbers; false if one is none. 1.0 equals 1.
func numeric(a, b string) (order int, ok bool) {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX != nil || errY != nil || x != x || y != y:
		return 0, false
	case x < y:
		return -1, true
	case x > y:
		return 1, true
	case max(len(a), len(b)) <= exactFloat, max(len(a), len(b)) > longNumber, strings.ContainsAny(a+b, "eE"):
		return 0, true
	}
	m, okM := new(big.Rat).SetString(a)
	n, okN := new(big.Rat).SetString(b)
	if !okM || !okN {
		return 0, true
	}
	return m.Cmp(n), true
}
