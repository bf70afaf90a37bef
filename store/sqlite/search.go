package sqlite

import (
	"context"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/cache"
)

// Search answers a query from one snapshot, included resources too.
//
// Without a sort, resources come in the order of their creation, newest first: an order
// that later writes do not change, so that a walk meets each resource once.
func (s *Store) Search(ctx context.Context, q *search.Query) (*store.Page, error) {
	l, err := s.lookup(q)
	if err != nil {
		return nil, err
	}
	if l != nil {
		if p, err := l.search(ctx); p != nil || err != nil {
			s.answered.Add(1)
			return p, err
		}
	}
	s.left.Add(1)
	return s.searchFile(ctx, q)
}

// searchFile answers a query from the file.
func (s *Store) searchFile(ctx context.Context, q *search.Query) (*store.Page, error) {
	seq := s.seq.Load()
	x := &searcher{q: q, s: s, seq: seq, mark: s.cache.Mark(seq), epoch: s.totals.epoch(), page: &store.Page{}}
	n := s.names.Load()
	err := s.snapshot(ctx, func(c *conn) error {
		x.planner = planner{ctx: ctx, c: c, names: n}
		return x.run()
	})
	if err != nil {
		return nil, err
	}
	return x.page, nil
}

// Find returns the current resources a query meets, in no particular order.
func (t *tx) Find(q *search.Query, limit int) ([]*fhir.Resource, error) {
	if t.over {
		return nil, errOver
	}
	if err := t.flush(); err != nil {
		return nil, err
	}
	x := &searcher{q: q, page: &store.Page{}, planner: planner{ctx: context.Background(), c: t.w.c, names: t.w.dict.now}}
	if err := x.prepare(); err != nil {
		return nil, err
	}
	ms, err := x.matches(x.resources().plus(" limit ?", limit), "m.rid")
	if err != nil {
		return nil, err
	}
	return x.load(ms)
}

// searcher is one call of Search.
type searcher struct {
	planner
	s      *Store // nil inside of a transaction
	q      *search.Query
	seq    int64      // published before the snapshot was taken
	mark   cache.Mark // of the cache, then
	newest int64      // sequence number of the newest version in the snapshot
	epoch  int64      // of the totals, before the snapshot was taken
	page   *store.Page

	sc    scope
	where []search.Condition // of the query, what is joined by and side by side
	cls   []*clause          // one for each of where
	first *clause            // finds resources
	rest  []*clause          // test them
	from  *cursor            // of the page before; nil for the first page
	total int64              // -1: not counted
}

// match is a resource that meets the query, and the values it is sorted by.
type match struct {
	rid, version, seq int64
	typ, id           string
	keys              []cursorKey
}

// prepare plans the conditions.
func (x *searcher) prepare() error {
	x.sc = x.scopeOf(x.q)
	var err error
	x.where = flat(x.q.Where)
	if x.cls, err = x.clauses(x.sc, x.where); err != nil {
		return err
	}
	x.first, x.rest, err = x.lead(x.sc, x.cls)
	if err == nil && x.q.Type == "" && len(x.q.Where) > 0 && !x.sc.all {
		x.rest = append(x.rest, x.ofScope())
	}
	return err
}

// ofScope tests that a resource is of the scope's types: a type that has no rows for a
// parameter must not let in others.
func (x *searcher) ofScope() *clause {
	cl := x.everything(x.sc)
	cl.point = true
	return cl
}

// run answers the query.
func (x *searcher) run() error {
	if err := x.prepare(); err != nil {
		return err
	}
	if err := x.moment(); err != nil {
		return err
	}
	if x.q.Count <= 0 {
		return x.count()
	}
	var ms []match
	var err error
	near := x.near()
	switch {
	case len(x.q.Sort) > 0:
		ms, err = x.sorted()
	case near != nil:
		ms, err = x.byDistance(near)
	default:
		ms, err = x.unsorted()
	}
	if err != nil {
		return err
	}
	if x.page.Matches, err = x.load(ms); err != nil {
		return err
	}
	if near != nil {
		if err := x.distances(ms); err != nil {
			return err
		}
	}
	return x.include(ms)
}

// moment notes the newest version in the snapshot and its time.
func (x *searcher) moment() error {
	_, err := x.c.one(x.ctx, func(r *rows) {
		x.page.Updated, x.newest = instant(r.int(0)), r.int(1)
	}, "select updated, seq from moment order by updated desc limit 1")
	x.s.await(x.newest)
	return err
}

// cursor reads the cursor of the query, if any; the total of the first page is kept.
func (x *searcher) cursor(kind byte) error {
	x.total = -1
	if x.q.Cursor == "" {
		return nil
	}
	c, err := cursorOf(x.q, kind)
	if err != nil {
		return err
	}
	x.from, x.total, x.page.Total = c, c.total, int(c.total)
	return nil
}

// cursorOf reads the cursor of a query.
func cursorOf(q *search.Query, kind byte) (*cursor, error) {
	c, err := parseCursor(q.Cursor, kind)
	if err != nil {
		return nil, err
	}
	if len(c.keys) != len(q.Sort) {
		return nil, fhir.Errorf(fhir.Invalid, "the paging link belongs to another request; start again from the first page")
	}
	return c, nil
}

// next makes the cursor that follows a match.
func (x *searcher) next(kind byte, m *match) string {
	c := cursor{kind: kind, seq: x.seq, total: x.total, rid: m.rid, keys: m.keys}
	if x.from != nil {
		c.seq = x.from.seq
	}
	return c.String()
}

// count finds the total, unless a page before did or nobody wants it.
func (x *searcher) count() error {
	switch {
	case x.from != nil:
		return nil
	case x.q.Total == search.TotalNone && x.q.Count > 0:
		x.total, x.page.Total = -1, -1
		return nil
	}
	var err error
	if len(x.cls) == 0 {
		x.total, err = x.live()
	} else {
		x.total, err = x.countAll()
	}
	x.page.Total = int(x.total)
	return err
}

// countAll counts the resources that meet the query, if that was not done in this very state.
func (x *searcher) countAll() (int64, error) {
	f := x.resources()
	key := totalKey(f)
	if n, ok := x.s.totals.get(x.newest, key); ok {
		return n, nil
	}
	n, err := x.c.number(x.ctx, "select count(*) from ("+f.text+")", f.args...)
	if err == nil {
		x.s.totals.put(x.epoch, x.newest, key, n)
	}
	return n, err
}

// live is the number of current resources in the scope.
func (x *searcher) live() (int64, error) {
	if len(x.sc.types) == 0 {
		return 0, nil
	}
	f := in("id", numbers(x.sc.types))
	return x.c.number(x.ctx, "select sum(live) from type where "+f.text, f.args...)
}

// resources is the select of the resources that meet the query, each once.
func (x *searcher) resources() fragment {
	return x.filtered(x.first.selected(), nil)
}

// filtered is a select from the first clause, tested by the rest and by more.
func (x *searcher) filtered(columns string, more []fragment) fragment {
	f := fragment{columns + " from " + x.first.from.text, x.first.from.args}
	var conds []fragment
	if x.first.where.text != "" {
		conds = append(conds, x.first.where)
	}
	for _, cl := range x.rest {
		conds = append(conds, cl.tests(x.first.rid))
	}
	return f.where(append(conds, more...))
}

// where appends conditions that must all be met.
func (f fragment) where(conds []fragment) fragment {
	sep := " where "
	for _, c := range conds {
		f = f.join(sep, c)
		sep = " and "
	}
	return f
}

const matchColumns = "select r.rid, r.type, r.id, r.version, r.seq from ("

// matches reads the resources that a select of rids gives.
func (x *searcher) matches(rids fragment, order string) ([]match, error) {
	f := fragment{matchColumns + rids.text + ") m cross join resource r on r.rid = m.rid order by " + order, rids.args}
	var ms []match
	err := x.c.each(x.ctx, func(r *rows) error {
		m, err := x.scan(r)
		ms = append(ms, m)
		return err
	}, f.text, f.args...)
	return ms, err
}

// scan reads the columns of matchColumns.
func (x *searcher) scan(r *rows) (match, error) {
	m := match{rid: r.int(0), typ: x.names.typeName[r.int(1)], id: r.text(2), version: r.int(3), seq: r.int(4)}
	if m.typ != "" {
		return m, nil
	}
	n, err := loadNames(x.ctx, x.c) // a type that was committed but not yet published
	if err == nil {
		x.names = n
		m.typ = n.typeName[r.int(1)]
	}
	return m, err
}

// unsorted reads a page in the order of creation, newest first.
func (x *searcher) unsorted() ([]match, error) {
	if err := x.cursor(ofUnsorted); err != nil {
		return nil, err
	}
	if x.from == nil && x.q.Total != search.TotalNone && !x.first.ordered {
		return x.counted()
	}
	if err := x.count(); err != nil {
		return nil, err
	}
	var more []fragment
	if x.from != nil {
		more = []fragment{{x.first.rid + " < ?", []any{x.from.rid}}}
	}
	rids := x.filtered(x.first.selected(), more).plus(" order by 1 desc limit ?", x.q.Count+1)
	ms, err := x.matches(rids, "m.rid desc")
	return x.cut(ofUnsorted, ms), err
}

// counted reads a first page and the total in one statement, for what has to be found
// completely before the first resource is known.
func (x *searcher) counted() ([]match, error) {
	all := x.resources()
	f := fragment{"with found as materialized (" + all.text + ") " +
		"select r.rid, r.type, r.id, r.version, r.seq, (select count(*) from found) from " +
		"(select rid from found order by rid desc limit ?) m cross join resource r on r.rid = m.rid order by m.rid desc", all.args}
	f = f.plus("", x.q.Count+1)
	x.total = 0
	var ms []match
	err := x.c.each(x.ctx, func(r *rows) error {
		m, err := x.scan(r)
		ms, x.total = append(ms, m), r.int(5)
		return err
	}, f.text, f.args...)
	x.page.Total = int(x.total)
	return x.cut(ofUnsorted, ms), err
}

// cut drops the one match that was read to see whether there is a next page, and links it.
func (x *searcher) cut(kind byte, ms []match) []match {
	if len(ms) <= x.q.Count {
		return ms
	}
	ms = ms[:x.q.Count]
	x.page.Next = x.next(kind, &ms[len(ms)-1])
	return ms
}

// load returns the resources of matches, from memory where these very versions are there.
func (x *searcher) load(ms []match) ([]*fhir.Resource, error) {
	if len(ms) == 0 {
		return nil, nil
	}
	list := make([]*fhir.Resource, len(ms))
	var missing []int64
	place := map[int64]int{}
	brief, err := x.briefly(ms)
	if err != nil {
		return nil, err
	}
	for i := range ms {
		if list[i] = brief[ms[i].seq]; list[i] != nil {
			continue
		}
		if x.s != nil {
			if list[i] = x.s.cache.Content(ms[i].seq); list[i] != nil {
				continue
			}
		}
		place[ms[i].seq] = i
		missing = append(missing, ms[i].seq)
	}
	err = readVersions(x.ctx, x.c, x.names, missing, false, func(f *found) {
		list[place[f.Seq]] = f.Resource
		if x.s != nil && f.current {
			x.s.cache.Fill(x.mark, f.Kept)
		}
	})
	if err != nil {
		return nil, err
	}
	if i := slices.Index(list, nil); i >= 0 {
		return nil, fhir.Errorf(fhir.Internal, "version %d of %s/%s is not in the file", ms[i].version, ms[i].typ, ms[i].id)
	}
	return list, nil
}

// near returns the first condition on distance that every match must meet.
func (x *searcher) near() *search.Condition {
	if i := slices.IndexFunc(x.where, isNear); i >= 0 {
		return &x.where[i]
	}
	return nil
}

// replacer fills in the aliases of a table and of constants.
func replacer(table, constants string) *strings.Replacer {
	return strings.NewReplacer("%t", table, "%v", constants)
}
