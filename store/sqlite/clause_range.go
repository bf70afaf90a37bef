package sqlite

import (
	"math"
	"strings"

	"masjala/fhir/search"
)

// date makes the clause of dates (https://hl7.org/fhir/R4/search.html#prefix): a value's
// interval against that of the row.
func (p *planner) date(ps []param, vs []search.Value) *clause {
	var parts []*clause
	for _, v := range vs {
		parts = append(parts, p.rowsOf("date", ps, func(a string) fragment {
			return interval(a, v.Prefix, v.Low, v.High)
		}, false))
	}
	return p.any(parts)
}

// interval compares the columns low and high with an interval.
func interval(a string, prefix search.Prefix, low, high any) fragment {
	r := strings.NewReplacer("%", a+".")
	inside := "(%low >= ? and %high <= ?)"
	switch prefix {
	case search.Ne:
		return fragment{r.Replace("not " + inside), []any{low, high}}
	case search.Gt:
		return fragment{r.Replace("%high > ?"), []any{high}}
	case search.Lt:
		return fragment{r.Replace("%low < ?"), []any{low}}
	case search.Ge:
		return fragment{r.Replace("(%high > ? or " + inside + ")"), []any{high, low, high}}
	case search.Le:
		return fragment{r.Replace("(%low < ? or " + inside + ")"), []any{low, low, high}}
	case search.Sa:
		return fragment{r.Replace("%low > ?"), []any{high}}
	case search.Eb:
		return fragment{r.Replace("%high < ?"), []any{low}}
	case search.Ap:
		return fragment{r.Replace("%low <= ? and %high >= ?"), []any{high, low}}
	}
	return fragment{r.Replace(inside), []any{low, high}}
}

// number makes the clause of numbers and quantities: eq, ne and ap look at the range the
// precision implies, the others at the number itself.
func (p *planner) number(ps []param, vs []search.Value) (*clause, error) {
	var parts []*clause
	for _, v := range vs {
		system := int64(0)
		if v.HasSystem && v.System != "" {
			id, err := p.symbol(v.System)
			if err != nil {
				return nil, err
			}
			system = id
		}
		parts = append(parts, p.rowsOf("number", ps, func(a string) fragment {
			f := compared(a, &v)
			if v.HasSystem {
				f = f.plus(" and "+a+".system = ?", system)
			}
			if v.Code != "" {
				f = f.plus(" and "+a+".code = ?", v.Code)
			}
			return f
		}, false))
	}
	return p.any(parts), nil
}

func compared(a string, v *search.Value) fragment {
	switch v.Prefix {
	case search.Eq, "":
		return fragment{a + ".low >= ? and " + a + ".high < ?", []any{v.NumLow, v.NumHigh}}
	case search.Ne:
		return fragment{"not (" + a + ".low >= ? and " + a + ".high < ?)", []any{v.NumLow, v.NumHigh}}
	case search.Ap:
		return interval(a, search.Ap, v.NumLow, v.NumHigh)
	}
	return interval(a, v.Prefix, v.Num, v.Num)
}

// lastUpdated makes the clause of _lastUpdated. Times become sequence numbers, since
// commit order is the only clock.
func (p *planner) lastUpdated(sc scope, c *search.Condition) (*clause, error) {
	cl := p.everything(sc)
	if len(sc.types) == 0 {
		return cl, nil
	}
	var any fragment
	for _, v := range c.Values {
		from, err := p.lastBefore(v.Low)
		if err != nil {
			return nil, err
		}
		to := int64(math.MaxInt64)
		if v.High < math.MaxInt64 {
			if to, err = p.lastBefore(v.High + 1); err != nil {
				return nil, err
			}
		}
		any = any.join(" or ", committed(strings.TrimSuffix(cl.rid, "rid")+"seq", v.Prefix, from, to))
	}
	p.keyed(cl, sc)
	cl.ordered = false
	cl.where = cl.where.join(" and ", fragment{"(" + any.text + ")", any.args})
	return cl, nil
}

// committed says that a version's sequence number is (or is not) in the commits of an
// interval of time: those after from, up to to.
func committed(seq string, prefix search.Prefix, from, to int64) fragment {
	switch prefix {
	case search.Ne:
		return fragment{seq + " <= ? or " + seq + " > ?", []any{from, to}}
	case search.Gt, search.Sa:
		return fragment{seq + " > ?", []any{to}}
	case search.Ge:
		return fragment{seq + " > ?", []any{from}}
	case search.Lt, search.Eb:
		return fragment{seq + " <= ?", []any{from}}
	case search.Le:
		return fragment{seq + " <= ?", []any{to}}
	}
	return fragment{seq + " > ? and " + seq + " <= ?", []any{from, to}}
}

// lastBefore returns the sequence number of the last version committed before a time.
func (p *planner) lastBefore(ms int64) (int64, error) {
	return p.c.number(p.ctx, "select seq from moment where updated < ? order by updated desc limit 1", ms)
}

// keyed names the types even when all are meant, so that keys that begin with the type are of use.
func (p *planner) keyed(cl *clause, sc scope) {
	if sc.all {
		cl.where = in(strings.TrimSuffix(cl.rid, "rid")+"type", numbers(sc.types)).join(" and ", cl.where)
	}
}

// id makes the clause of _id.
func (p *planner) id(sc scope, c *search.Condition) *clause {
	cl := p.everything(sc)
	if len(sc.types) == 0 {
		return p.negated(c, cl)
	}
	args := make([]any, len(c.Values))
	for i, v := range c.Values {
		args[i] = v.Code
	}
	a := strings.TrimSuffix(cl.rid, ".rid")
	// The plus keeps SQLite from the key (type, deleted), which would be sorted as wanted but long.
	cl.where = in(a+".type", numbers(sc.types)).plus(" and +"+a+".deleted = 0 and ").join("", in(a+".id", args))
	cl.ordered = false
	return p.negated(c, cl)
}
