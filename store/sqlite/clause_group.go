package sqlite

import (
	"slices"
	"unicode/utf8"

	"masjala/fhir"
	"masjala/fhir/search"
)

// flat replaces conditions that are joined by and with what they join, so that the most
// selective one of all can lead.
func flat(where []search.Condition) []search.Condition {
	if !slices.ContainsFunc(where, joined) {
		return where
	}
	var list []search.Condition
	for i := range where {
		if joined(where[i]) {
			list = append(list, flat(where[i].Group.Of)...)
		} else {
			list = append(list, where[i])
		}
	}
	return list
}

func joined(c search.Condition) bool { return c.Group != nil && c.Group.Join == search.AllOf }

// group makes the clause of joined conditions. It can find resources when each of those
// that may be met can.
func (p *planner) group(sc scope, g *search.Group) (*clause, error) {
	if g.Join == search.AllOf {
		return p.all(sc, g.Of)
	}
	parts := make([]*clause, len(g.Of))
	sources := true
	for i := range g.Of {
		var err error
		if parts[i], err = p.clause(sc, &g.Of[i]); err != nil {
			return nil, err
		}
		sources = sources && parts[i].source()
	}
	if g.Join == search.AnyOf && sources {
		return p.any(parts), nil
	}
	return &clause{count: -1, test: func(rid string) fragment {
		var f fragment
		for _, cl := range parts {
			f = f.join(" or ", cl.tests(rid))
		}
		f.text = "(" + f.text + ")"
		if g.Join == search.NoneOf {
			f.text = "not " + f.text
		}
		return f
	}}, nil
}

// compare makes the clause of rows that compare with a value as its prefix says.
func (p *planner) compare(kind search.Kind, ps []param, c *search.Condition) (*clause, error) {
	var parts []*clause
	for _, v := range c.Values {
		switch kind {
		case search.String:
			parts = append(parts, p.rowsOf("string", ps, func(a string) fragment { return textual(a+".text", v.Prefix, v.Text) }, false))
		case search.URI:
			parts = append(parts, p.rowsOf("uri", ps, func(a string) fragment { return textual(a+".text", v.Prefix, v.Text) }, false))
		case search.Token:
			cl, err := p.otherToken(ps, v)
			if err != nil {
				return nil, err
			}
			parts = append(parts, cl)
		case search.Reference:
			parts = append(parts, p.otherReference(ps, v))
		default:
			return nil, fhir.Errorf(fhir.Internal, "the values of %s cannot be compared as texts", c.Param.Name)
		}
	}
	return p.any(parts), nil
}

// textual compares a column with a text.
func textual(column string, prefix search.Prefix, text string) fragment {
	switch prefix {
	case search.Ne:
		return fragment{column + " <> ?", []any{text}}
	case search.Co:
		return fragment{"instr(" + column + ", ?) > 0", []any{text}}
	case search.Sw:
		return fragment{column + " >= ? and " + column + " < ?", []any{text, follower(text)}}
	case search.Ew:
		return fragment{"substr(" + column + ", ?) = ?", []any{-utf8.RuneCountInString(text), text}}
	case search.Gt:
		return fragment{column + " > ?", []any{text}}
	case search.Lt:
		return fragment{column + " < ?", []any{text}}
	case search.Ge:
		return fragment{column + " >= ?", []any{text}}
	case search.Le:
		return fragment{column + " <= ?", []any{text}}
	}
	return fragment{column + " = ?", []any{text}}
}

// otherToken makes the clause of tokens other than a value, or with a code that compares
// with it. Rows without a code and system only say that something is there.
func (p *planner) otherToken(ps []param, v search.Value) (*clause, error) {
	system := int64(0)
	if v.HasSystem && v.System != "" {
		var err error
		if system, err = p.symbol(v.System); err != nil {
			return nil, err
		}
	}
	return p.rowsOf("token", ps, func(a string) fragment {
		same := textual(a+".code", search.Eq, v.Code)
		if v.Prefix != search.Ne {
			same = textual(a+".code", v.Prefix, v.Code)
		}
		if v.Code == "" {
			same = fragment{text: "1 = 1"}
		}
		if v.HasSystem {
			same = same.plus(" and "+a+".system = ?", system)
		}
		if v.Prefix == search.Ne {
			same = fragment{"not (" + same.text + ")", same.args}
		}
		return same.plus(" and (" + a + ".code <> '' or " + a + ".system <> 0)")
	}, false), nil
}

// otherReference makes the clause of references to something else than a value.
func (p *planner) otherReference(ps []param, v search.Value) *clause {
	return p.rowsOf("reference", ps, func(a string) fragment {
		same := fragment{a + ".id = ? and " + a + ".type = 0", []any{v.RefURL}}
		if v.RefID != "" {
			same = fragment{a + ".id = ? and " + a + ".type = ?", []any{v.RefID, p.names.typeOf(v.RefType)}}
			if v.RefType == "" {
				same = fragment{a + ".id = ? and " + a + ".type <> 0", []any{v.RefID}}
			}
		}
		if v.Text != "" {
			same = same.plus(" and "+a+".version = ?", v.Text)
		}
		return fragment{"not (" + same.text + ")", same.args}.plus(" and " + a + ".id <> ''")
	}, false)
}
