package sqlite

import (
	"slices"

	"masjala/fhir/search"
	"masjala/store/index"
)

// isNear tells whether a condition is one on distance.
func isNear(c search.Condition) bool {
	return c.Param != nil && c.Param.Kind == search.Position && len(c.Values) > 0 && len(c.Chain) == 0 && c.Modifier == search.None
}

// wide is the radius in metres from which on there may be too many places for a view, which
// commits wait for.
const wide = 200_000

func isWide(v search.Value) bool { return radius(&v) > wide }

// answerable tells whether the index may answer a condition; a view has the last word.
func answerable(c *search.Condition) bool {
	switch {
	case c.Group != nil:
		return !slices.ContainsFunc(c.Group.Of, func(c search.Condition) bool { return !answerable(&c) })
	case c.Has != nil:
		return answerable(&c.Has.Cond)
	case c.Param == nil:
		return false
	case len(c.Chain) > 0:
		return !slices.ContainsFunc(c.Chain, func(c search.Chain) bool { return !answerable(&c.Cond) })
	}
	switch c.Modifier {
	case search.Missing:
		return true
	case search.None, search.Not, search.Exact, search.Contains, search.Text, search.Identifier, search.OfType:
	default:
		return false
	}
	if c.Param.Name == "_id" {
		return true
	}
	switch c.Param.Kept() {
	case search.Position:
		return c.Modifier == search.None && !slices.ContainsFunc(c.Values, isWide)
	case search.Token, search.String, search.Reference, search.URI:
		return c.Param.Name != "_lastUpdated" && !slices.ContainsFunc(c.Values, hard)
	}
	return false
}

// hard tells whether a value asks for what the index does not have: any code of a system,
// a version of a target.
func hard(v search.Value) bool {
	return v.HasSystem && v.Code == "" || (v.RefID != "" || v.RefURL != "") && v.Text != ""
}

// all is the set of the resources of a type that meet conditions; not ok when the view
// cannot tell.
func (l *lookup) all(typ int64, where []search.Condition) (index.Set, bool) {
	var met, unmet []index.Set
	for i := range where {
		set, not, ok := l.one(typ, &where[i])
		switch {
		case !ok:
			return index.Set{}, false
		case not:
			unmet = append(unmet, set)
		default:
			met = append(met, set)
		}
	}
	var set index.Set
	switch len(met) {
	case 0:
		set = l.v.Live(uint8(typ))
	case 1:
		set = met[0]
	default:
		set = index.And(met...)
	}
	for _, u := range unmet {
		set = set.AndNot(u)
	}
	return set, true
}

// one is the set of the resources that meet a condition, or, when not is set, of those
// that do not.
func (l *lookup) one(typ int64, c *search.Condition) (set index.Set, not, ok bool) {
	switch {
	case c.Group != nil:
		set, ok = l.group(typ, c.Group)
		return set, c.Group.Join == search.NoneOf, ok
	case c.Has != nil:
		set, ok = l.has(typ, c.Has)
		return set, false, ok
	case len(c.Chain) > 0:
		set, ok = l.chain(typ, c)
		return set, false, ok
	case c.Modifier == search.Missing:
		return l.withValue(typ, c.Param.Name), c.Missing, true
	}
	not = c.Modifier == search.Not
	if c.Param.Name == "_id" {
		return l.ids(typ, c.Values), not, true
	}
	p := l.names.param(typ, c.Rows())
	if p.id == 0 {
		return index.Set{}, not, true
	}
	sets := make([]index.Set, len(c.Values))
	for i := range c.Values {
		if sets[i], ok = l.value(p.id, c, &c.Values[i]); !ok {
			return index.Set{}, false, false
		}
	}
	if len(sets) == 1 {
		return sets[0], not, true
	}
	return index.Or(sets...), not, true
}

// value is the set of the resources with a value for a parameter.
func (l *lookup) value(param int64, c *search.Condition, v *search.Value) (index.Set, bool) {
	switch rowsKind(c) {
	case search.Token:
		system, ok := l.symbol(v)
		if !ok {
			return index.Set{}, false
		}
		return l.v.Token(param, v.Code, system, !v.HasSystem), true
	case search.String:
		return l.text(param, c.Modifier, v.Text)
	case search.Reference:
		if v.RefID == "" {
			return l.v.Reference(param, v.RefURL, 0, false), true
		}
		return l.v.Reference(param, v.RefID, l.names.typeOf(v.RefType), v.RefType == ""), true
	case search.URI:
		return l.v.URI(param, v.Text), true
	case search.Position:
		hits := l.v.Near(param, v.Lat, v.Lon, radius(v))
		rids := make([]uint32, len(hits))
		for i := range hits {
			rids[i] = hits[i].RID
		}
		return l.v.Of(rids), true
	}
	return index.Set{}, false
}

// text is the set of the resources with a text for a parameter.
func (l *lookup) text(param int64, m search.Modifier, text string) (index.Set, bool) {
	switch {
	case text == "":
		return index.Set{}, false
	case m == search.Exact:
		return l.v.Exact(param, text, indexedText(text))
	case m == search.Contains:
		return l.v.Contains(param, text)
	}
	return l.v.Prefix(param, text)
}

// symbol is the number of the system of a value; not ok when it is to be read first.
func (l *lookup) symbol(v *search.Value) (int64, bool) {
	if !v.HasSystem || v.System == "" {
		return 0, true
	}
	id, ok := l.s.symbols.number(v.System)
	if !ok {
		l.system = v.System
	}
	return id, ok
}

// ids is the set of the resources with certain ids.
func (l *lookup) ids(typ int64, vs []search.Value) index.Set {
	rids := make([]uint32, 0, len(vs))
	for i := range vs {
		if rid, ok := l.v.Find(uint8(typ), vs[i].Code); ok {
			rids = append(rids, rid)
		}
	}
	return l.v.Of(rids)
}

// withValue is the set of the resources that have a value for a parameter, also one that
// is only kept for a modifier.
func (l *lookup) withValue(typ int64, name string) index.Set {
	var sets []index.Set
	for k, p := range l.names.params {
		if k.typ == typ && baseName(k.name) == name {
			sets = append(sets, l.v.Has(p.id))
		}
	}
	return index.Or(sets...)
}

// group is the set of the resources that meet joined conditions; for NoneOf, any of them.
func (l *lookup) group(typ int64, g *search.Group) (index.Set, bool) {
	if g.Join == search.AllOf {
		return l.all(typ, g.Of)
	}
	sets := make([]index.Set, len(g.Of))
	for i := range g.Of {
		var ok bool
		if sets[i], ok = l.all(typ, g.Of[i:i+1]); !ok {
			return index.Set{}, false
		}
	}
	return index.Or(sets...), true
}
