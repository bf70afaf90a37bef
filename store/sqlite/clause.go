package sqlite

import (
	"strings"
	"unicode/utf8"

	"masjala/fhir/search"
)

// token makes the clause of token values.
func (p *planner) token(ps []param, vs []search.Value) (*clause, error) {
	var codes, pairs, systems []any
	var last string // the codes of a value set come system by system
	var system int64
	for _, v := range vs {
		if v.HasSystem && v.System != last {
			last, system = v.System, 0
			if last != "" {
				id, err := p.symbol(last)
				if err != nil {
					return nil, err
				}
				system = id
			}
		}
		switch {
		case !v.HasSystem:
			codes = append(codes, v.Code)
		case v.Code == "":
			systems = append(systems, system)
		default:
			pairs = append(pairs, v.Code, system)
		}
	}
	var parts []*clause
	if len(codes) > 0 {
		cl := p.rowsOf("token", ps, func(a string) fragment { return in(a+".code", codes) }, true)
		cl.ordered = len(codes)+len(ps) == 2
		parts = append(parts, cl)
	}
	switch {
	case len(pairs) == 2:
		cl := p.rowsOf("token", ps, func(a string) fragment {
			return fragment{a + ".code = ? and " + a + ".system = ?", pairs}
		}, true)
		cl.ordered, cl.unique = len(ps) == 1, len(ps) == 1
		parts = append(parts, cl)
	case len(pairs) > 2:
		parts = append(parts, p.each("token", ps, pairs, 2, "%t.code = %v.column1 and %t.system = %v.column2", true))
	}
	if len(systems) > 0 {
		parts = append(parts, p.rowsOf("token", ps, func(a string) fragment { return in(a+".system", systems) }, false))
	}
	return p.any(parts), nil
}

// symbol returns the number of a system, -1 for one that no index row has.
func (p *planner) symbol(text string) (int64, error) {
	id, err := p.c.number(p.ctx, "select id from symbol where text = ?", text)
	if id == 0 {
		id = -1
	}
	return id, err
}

// rowsOf makes a clause on the rows of an index table that meet a condition.
func (p *planner) rowsOf(table string, ps []param, cond func(alias string) fragment, point bool) *clause {
	a := p.alias()
	return &clause{
		from:  fragment{text: table + " " + a},
		where: in(a+".param", ids(ps)).join(" and ", cond(a)),
		rid:   a + ".rid", point: point, count: -1,
	}
}

// each makes a clause on the rows of an index table that meet a condition with one of
// many constant rows; in the condition %t is the table and %v the constants.
func (p *planner) each(table string, ps []param, args []any, columns int, cond string, point bool) *clause {
	a, v := p.alias(), p.alias()
	from := constants(v, columns, args).plus(" cross join " + table + " " + a)
	cond = strings.NewReplacer("%t", a, "%v", v).Replace(cond)
	return &clause{
		from: from, where: in(a+".param", ids(ps)).plus(" and " + cond),
		rid: a + ".rid", point: point && len(args)/columns <= 50, count: -1,
	}
}

// any joins clauses of which one must be met.
func (p *planner) any(cls []*clause) *clause {
	switch len(cls) {
	case 0:
		return p.none()
	case 1:
		return cls[0]
	}
	a := p.alias()
	var union fragment
	for _, cl := range cls {
		union = union.join(" union all ", cl.rids())
	}
	return &clause{
		from: fragment{"(" + union.text + ") " + a, union.args}, rid: a + ".rid", count: -1,
		test: func(rid string) fragment {
			var f fragment
			for _, cl := range cls {
				f = f.join(" or ", cl.tests(rid))
			}
			return fragment{"(" + f.text + ")", f.args}
		},
		point: true,
	}
}

// text makes the clause of string values: starts with, the same, or contains.
func (p *planner) text(ps []param, c *search.Condition) *clause {
	var parts []*clause
	var ranges []any
	for _, v := range c.Values {
		switch c.Modifier {
		case search.Exact:
			folded := indexedText(v.Text)
			parts = append(parts, p.rowsOf("string", ps, func(a string) fragment {
				return fragment{a + ".text = ? and " + a + ".exact = ?", []any{folded, v.Text}}
			}, true))
		case search.Contains:
			parts = append(parts, p.contains(ps, v.Text))
		default:
			ranges = append(ranges, v.Text, follower(v.Text))
		}
	}
	switch {
	case len(ranges) == 2:
		parts = append(parts, p.rowsOf("string", ps, func(a string) fragment {
			return fragment{a + ".text >= ? and " + a + ".text < ?", ranges}
		}, false))
	case len(ranges) > 2:
		parts = append(parts, p.each("string", ps, ranges, 2, "%t.text >= %v.column1 and %t.text < %v.column2", false))
	}
	return p.any(parts)
}

// contains makes the clause of a text that is part of a string.
func (p *planner) contains(ps []param, text string) *clause {
	return p.rowsOf("string", ps, func(a string) fragment {
		return fragment{"instr(" + a + ".text, ?) > 0", []any{text}}
	}, false)
}

// indexedText returns the folded form of a text as its index row has it.
func indexedText(s string) string {
	s = search.Fold(s)
	if len(s) <= search.MaxText {
		return s
	}
	n := search.MaxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimRight(s[:n], " ")
}

// uri makes the clause of URIs: the same, or a part of the path above or below.
func (p *planner) uri(ps []param, c *search.Condition) *clause {
	var same, ranges []any
	for _, v := range c.Values {
		switch c.Modifier {
		case search.Below:
			folder := v.Text
			if !strings.HasSuffix(folder, "/") {
				same, folder = append(same, folder), folder+"/"
			}
			ranges = append(ranges, folder, follower(folder))
		case search.Above:
			same = append(same, above(v.Text)...)
		default:
			same = append(same, v.Text)
		}
	}
	var parts []*clause
	if len(same) > 0 {
		cl := p.rowsOf("uri", ps, func(a string) fragment { return in(a+".text", same) }, true)
		cl.ordered, cl.unique = len(same)+len(ps) == 2, len(same)+len(ps) == 2
		parts = append(parts, cl)
	}
	if len(ranges) > 0 {
		parts = append(parts, p.each("uri", ps, ranges, 2, "%t.text >= %v.column1 and %t.text < %v.column2", false))
	}
	return p.any(parts)
}

// above returns an address and the folders it is in, with and without the slash.
func above(uri string) []any {
	list := []any{uri}
	for i := range len(uri) {
		if uri[i] == '/' {
			list = append(list, uri[:i], uri[:i+1])
		}
	}
	return list
}

// reference makes the clause of references to given targets.
func (p *planner) reference(ps []param, c *search.Condition) *clause {
	if c.Modifier == search.Above || c.Modifier == search.Below {
		return p.hierarchy(ps, c)
	}
	var parts []*clause
	for byVersion, vs := range groupReferences(c.Values) {
		var same []any
		for _, v := range vs {
			id, typ := v.RefURL, int64(0)
			if v.RefID != "" {
				id, typ = v.RefID, -1
				if v.RefType != "" {
					typ = max(p.names.typeOf(v.RefType), -2)
				}
			}
			same = append(same, id, typ, v.Text)
		}
		cond := "%t.id = %v.column1 and (%t.type = %v.column2 or %v.column2 = -1 and %t.type <> 0)"
		if byVersion {
			cond += " and %t.version = %v.column3"
		}
		if len(vs) > 1 || byVersion {
			parts = append(parts, p.each("reference", ps, same, 3, cond, true))
			continue
		}
		cl := p.rowsOf("reference", ps, func(a string) fragment {
			f := fragment{a + ".id = ?", same[:1]}
			if same[1] == int64(-1) {
				return f.plus(" and " + a + ".type <> 0")
			}
			return f.plus(" and "+a+".type = ?", same[1])
		}, true)
		cl.ordered = len(ps) == 1
		parts = append(parts, cl)
	}
	return p.any(parts)
}

// groupReferences parts values into those that name a version and those that do not.
func groupReferences(vs []search.Value) map[bool][]search.Value {
	m := map[bool][]search.Value{}
	for _, v := range vs {
		m[v.Text != ""] = append(m[v.Text != ""], v)
	}
	return m
}
