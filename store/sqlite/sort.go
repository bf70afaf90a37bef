package sqlite

import (
	"cmp"
	"fmt"
	"slices"

	"masjala/fhir/search"
)

// sorted reads a page in the order of _sort. One key over many resources is read off its
// index; else the values of all resources found are compared.
func (x *searcher) sorted() ([]match, error) {
	if err := x.cursor(ofSorted); err != nil {
		return nil, err
	}
	if err := x.count(); err != nil {
		return nil, err
	}
	many, err := x.many()
	if err != nil {
		return nil, err
	}
	var ms []match
	if w := x.walk(); many && w != nil {
		ms, err = x.walked(w)
	} else {
		ms, err = x.compared()
	}
	return x.cut(ofSorted, ms), err
}

// many tells whether the query finds more resources than are quickly compared.
func (x *searcher) many() (bool, error) {
	if x.total >= 0 {
		return x.total > selective, nil
	}
	n, err := x.estimate(x.first)
	return n > selective, err
}

// walk is how one sort key is read off an index.
type walk struct {
	from   fragment
	where  fragment
	rid    string
	value  string // "" when the order is by resource alone
	kind   search.Kind
	always bool // every resource has a value
}

// walk returns how to read the only sort key off its index, nil if that cannot be done.
func (x *searcher) walk() *walk {
	if len(x.q.Sort) != 1 || len(x.sc.types) != 1 {
		return nil
	}
	k := x.q.Sort[0]
	a := x.alias()
	typ := x.sc.types[0]
	w := &walk{rid: a + ".rid", kind: k.Param.Kind}
	current := fragment{a + ".type = ? and " + a + ".deleted = 0", []any{typ}}
	switch k.Param.Name {
	case "_id":
		w.from, w.where, w.value, w.always = fragment{text: "resource " + a}, current, a+".id", true
		return w
	case "_lastUpdated":
		w.from, w.where, w.value, w.always = fragment{text: "resource " + a}, current, a+".seq", true
		return w
	}
	column, ok := map[search.Kind][2]string{
		search.Token: {"token", "code"}, search.String: {"string", "text"}, search.Reference: {"reference", "id"},
		search.Date: {"date", "low"}, search.URI: {"uri", "text"},
		search.Number: {"number", "low"}, search.Quantity: {"number", "low"},
	}[k.Param.Kind]
	p := x.names.param(typ, k.Param.Name)
	if !ok || p.id == 0 {
		return nil
	}
	edge := smallest
	if k.Desc {
		edge = largest
	}
	w.from, w.value = fragment{text: column[0] + " " + a}, a+"."+column[1]
	w.where = fragment{fmt.Sprintf("%s.param = ? and (%s.edge & %d) <> 0", a, a, edge), []any{p.id}}
	return w
}

// walked reads a page off an index: first the resources with a value, then those without.
func (x *searcher) walked(w *walk) ([]match, error) {
	order, after := "", ">"
	if x.q.Sort[0].Desc {
		order, after = " desc", "<"
	}
	var ms []match
	if x.from == nil || !x.from.keys[0].missing {
		conds := []fragment{w.where}
		if x.from != nil {
			conds = append(conds, fragment{"(" + w.value + ", " + w.rid + ") " + after + " (?, ?)", []any{x.from.keys[0].argument(w), x.from.rid}})
		}
		for _, cl := range x.cls {
			conds = append(conds, cl.tests(w.rid))
		}
		f := fragment{"select " + w.rid + " as rid, " + w.value + " as value from " + w.from.text, w.from.args}.where(conds).
			plus(" order by "+w.value+order+", "+w.rid+order+" limit ?", x.q.Count+1)
		var err error
		if ms, err = x.keyed(f, order); err != nil {
			return nil, err
		}
	}
	if len(ms) > x.q.Count || w.always {
		return ms, nil
	}
	rest, err := x.valueless(x.q.Count+1-len(ms), order, after)
	return append(ms, rest...), err
}

// valueless reads resources that have no value for the only sort key.
func (x *searcher) valueless(limit int, order, after string) ([]match, error) {
	cl := x.everything(x.sc)
	has := x.hasValue(cl.rid[:len(cl.rid)-len(".rid")], x.sc, x.q.Sort[0].Param.Name)
	conds := []fragment{cl.where, {"not " + has.text, has.args}}
	if x.from != nil && x.from.keys[0].missing {
		conds = append(conds, fragment{cl.rid + " " + after + " ?", []any{x.from.rid}})
	}
	for _, c := range x.cls {
		conds = append(conds, c.tests(cl.rid))
	}
	f := fragment{"select " + cl.rid + " as rid from " + cl.from.text, nil}.where(conds).plus(" order by 1"+order+" limit ?", limit)
	ms, err := x.matches(f, "m.rid"+order)
	for i := range ms {
		ms[i].keys = []cursorKey{{missing: true}}
	}
	return ms, err
}

// keyed reads rows of rid and value.
func (x *searcher) keyed(f fragment, order string) ([]match, error) {
	var ms []match
	err := x.c.each(x.ctx, func(r *rows) error {
		m, err := x.scan(r)
		k := cursorKey{}
		switch v := r.v[5].(type) {
		case string:
			k.text = v
		case int64:
			k.number = v
		case float64:
			k.float = v
		}
		m.keys = []cursorKey{k}
		ms = append(ms, m)
		return err
	}, "select r.rid, r.type, r.id, r.version, r.seq, m.value from ("+f.text+") m cross join resource r on r.rid = m.rid order by m.value"+order+", m.rid"+order, f.args...)
	return ms, err
}

// argument is the key as a value of its column.
func (k *cursorKey) argument(w *walk) any {
	switch w.kind {
	case search.Date:
		return k.number
	case search.Number, search.Quantity:
		return k.float
	}
	return k.text
}

// compared reads the values of all resources of the query, and keeps those of the page.
func (x *searcher) compared() ([]match, error) {
	ids := x.sortParams()
	all := x.resources()
	limit := x.q.Count + 1
	var ms []match
	var last *match // of the best so far, when they fill the page
	keys := make([]cursorKey, len(x.q.Sort))
	err := x.c.each(x.ctx, func(r *rows) error {
		m := match{rid: r.int(0), keys: keys}
		if err := x.keys(&m, r, ids); err != nil {
			return err
		}
		if last != nil && x.order(&m, last) > 0 || x.from != nil && x.order(&m, &match{rid: x.from.rid, keys: x.from.keys}) <= 0 {
			return nil
		}
		m.keys = slices.Clone(keys)
		if ms = append(ms, m); len(ms) >= 4*limit+selective {
			ms = x.best(ms, limit)
			last = &match{rid: ms[limit-1].rid, keys: ms[limit-1].keys}
		}
		return nil
	}, x.valuesOf(all.text), all.args...)
	if err != nil {
		return nil, err
	}
	return x.identified(x.best(ms, limit))
}

// valuesOf is the select of the values that are compared: rid, id, seq, index rows, time.
// What no key asks for is not looked up.
func (x *searcher) valuesOf(rids string) string {
	id, seq, updated, from := "''", "0", "0", ""
	for _, k := range x.q.Sort {
		switch k.Param.Name {
		case "_id":
			id, from = "r.id", " cross join resource r on r.rid = m.rid"
		case "_lastUpdated":
			seq, from = "r.seq", " cross join resource r on r.rid = m.rid"
		}
	}
	if seq == "r.seq" && len(x.q.Sort) > 1 {
		updated, from = "v.updated", from+" cross join version v on v.seq = r.seq"
	}
	return "select m.rid, " + id + ", " + seq + ", i.rows, " + updated + " from (" + rids +
		") m cross join indexed i on i.rid = m.rid" + from
}

// sortParams returns the numbers of the parameters of each key.
func (x *searcher) sortParams() [][]int64 {
	ids := make([][]int64, len(x.q.Sort))
	for i, k := range x.q.Sort {
		for _, p := range x.params(x.sc, k.Param.Name) {
			ids[i] = append(ids[i], p.id)
		}
	}
	return ids
}

// identified fills in types, ids and versions of the matches of a page.
func (x *searcher) identified(ms []match) ([]match, error) {
	if len(ms) == 0 {
		return nil, nil
	}
	place := map[int64]int{}
	rids := make([]int64, len(ms))
	for i := range ms {
		place[ms[i].rid], rids[i] = i, ms[i].rid
	}
	f := in("rid", numbers(rids))
	found, err := x.matches(fragment{"select rid from resource where " + f.text, f.args}, "m.rid")
	for _, m := range found {
		i := place[m.rid]
		m.keys = ms[i].keys
		ms[i] = m
	}
	return ms, err
}

// best sorts matches and keeps the first ones.
func (x *searcher) best(ms []match, limit int) []match {
	slices.SortFunc(ms, func(a, b match) int { return x.order(&a, &b) })
	return ms[:min(len(ms), limit)]
}

// order compares two matches by all keys, then by the order of creation.
func (x *searcher) order(a, b *match) int {
	for i, k := range x.q.Sort {
		if c := compareKeys(k.Desc, &a.keys[i], &b.keys[i]); c != 0 {
			return c
		}
	}
	c := cmp.Compare(a.rid, b.rid)
	if x.q.Sort[0].Desc {
		return -c
	}
	return c
}

// keys fills in the values a match is sorted by: the smallest when ascending, the largest
// when descending. ids are the parameters of each key, r a row of valuesOf.
func (x *searcher) keys(m *match, r *rows, ids [][]int64) error {
	for i, k := range x.q.Sort {
		m.keys[i] = cursorKey{missing: true}
		switch {
		case k.Param.Name == "_id":
			m.keys[i] = cursorKey{text: r.text(1)}
		case k.Param.Name == "_lastUpdated" && len(x.q.Sort) == 1:
			m.keys[i] = cursorKey{number: r.int(2)}
		case k.Param.Name == "_lastUpdated":
			m.keys[i] = cursorKey{number: r.int(4)}
		}
	}
	u := unpacker{p: string(r.blob(3))}
	for v := range u.rows {
		for i, k := range x.q.Sort {
			edge := int64(smallest)
			if k.Desc {
				edge = largest
			}
			if m.keys[i].missing && v.edge&edge != 0 && slices.Contains(ids[i], v.param) {
				m.keys[i] = v.sortKey()
			}
		}
	}
	if u.bad {
		return errPacked
	}
	return nil
}

// sortKey is the value of a row that _sort compares.
func (r *row) sortKey() cursorKey {
	switch r.kind {
	case search.Date:
		return cursorKey{number: r.a}
	case search.Number, search.Quantity:
		return cursorKey{float: r.x}
	}
	return cursorKey{text: r.text}
}

// compareKeys orders two values of a sort key: those without a value last, both ways.
func compareKeys(desc bool, a, b *cursorKey) int {
	if a.missing || b.missing {
		switch {
		case a.missing && b.missing:
			return 0
		case a.missing:
			return 1
		}
		return -1
	}
	order := cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.number, b.number), cmp.Compare(a.float, b.float))
	if desc {
		return -order
	}
	return order
}
