package sqlite

import (
	"context"
	"math"
	"slices"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/cache"
	"masjala/store/index"
)

// lookup is one call of Search that the index answers, without a transaction of the file.
//
// A view of the index gives the resources of the page, by the sequence numbers of their
// versions; their content is taken from memory, and from the file what is not there. What
// a view turns out to need from the file (ids of resources, references) is read after it,
// and another view begins anew: a page is always of one view.
type lookup struct {
	s    *Store
	q    *search.Query
	near *search.Condition  // by whose distance the page is ordered
	rest []search.Condition // the others of the query, side by side
	from *cursor            // of the page before; nil for the first page

	// What was read for this lookup, and the state of the cache at which it was.
	have map[int64]cache.Kept
	bare map[int64]bare // by the number of the version
	mark cache.Mark

	// Of the last view.
	v       *index.View
	names   *names
	typ     int64
	outside bool    // the index cannot answer
	missing []int64 // versions whose content, or references, the view needs
	system  string  // whose number the view needs
	page    page
}

// bare is a resource that is in memory, but for what it refers to.
type bare struct {
	rid  uint32
	kept cache.Kept
}

// page is what a view found.
type page struct {
	seq, updated int64
	total        int64
	matches      []hit
	distances    []float64
	next         string
	included     []hit
	truncated    bool
}

// hit is a resource of a page.
type hit struct {
	rid uint32
	typ int64
	seq int64
}

// maxViews is how many views a lookup takes before it leaves the query to SQL.
const maxViews = 8

// lookup returns the lookup of a query; nil when the index is off or does not answer such queries.
func (s *Store) lookup(q *search.Query) (*lookup, error) {
	if s.indexer == nil || s.indexer.x.Off() || q.Type == "" || len(q.Sort) > 0 {
		return nil, nil
	}
	l := &lookup{s: s, q: q, rest: flat(q.Where)}
	for i := range l.rest {
		if !answerable(&l.rest[i]) {
			return nil, nil
		}
	}
	if i := slices.IndexFunc(l.rest, isNear); i >= 0 {
		if l.near = &l.rest[i]; len(l.near.Values) > 1 {
			return nil, nil
		}
		l.rest = slices.Concat(l.rest[:i], l.rest[i+1:])
	}
	if q.Cursor == "" || q.Count <= 0 {
		return l, nil
	}
	kind := byte(ofUnsorted)
	if l.near != nil {
		kind = ofDistance
	}
	var err error
	l.from, err = cursorOf(q, kind)
	return l, err
}

// search answers the query; nil when the index cannot.
func (l *lookup) search(ctx context.Context) (*store.Page, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !l.s.calls.enter() {
		return nil, store.ErrClosed
	}
	defer l.s.calls.leave()
	for range maxViews {
		if !l.s.indexer.x.View(l.look) || l.outside {
			return nil, nil
		}
		var ok bool
		var err error
		switch {
		case l.system != "":
			ok, err = l.s.learn(ctx, l.system)
		case len(l.missing) > 0:
			ok, err = l.read(ctx, true)
		default:
			return l.answer(ctx)
		}
		if err != nil || !ok {
			return nil, err
		}
	}
	return nil, nil
}

// look finds the page in a view.
func (l *lookup) look(v *index.View) {
	l.v, l.names = v, l.s.names.Load()
	l.outside, l.missing, l.system = false, l.missing[:0], ""
	l.page = page{seq: v.Seq(), updated: l.s.moments.Load().updated(v.Seq())}
	mark := l.s.cache.Mark(v.Seq())
	if !mark.Follows(l.mark) {
		clear(l.have)
		clear(l.bare)
	}
	l.mark = mark
	l.typ = l.names.typeOf(l.q.Type)
	if l.fill() {
		l.include()
	} else if len(l.missing) == 0 && l.system == "" {
		l.outside = true
	}
}

// fill finds the matches of the page and the total; false when the view cannot tell.
func (l *lookup) fill() bool {
	if l.near != nil {
		return l.byDistance()
	}
	set, ok := l.all(l.typ, l.rest)
	if !ok {
		return false
	}
	l.count(set.Count)
	if l.q.Count <= 0 {
		return true
	}
	before := uint32(0)
	if l.from != nil {
		if l.from.rid <= 0 || l.from.rid > math.MaxInt32 {
			return false
		}
		before = uint32(l.from.rid)
	}
	rids := set.Before(before, l.q.Count+1, make([]uint32, 0, min(l.q.Count, 1000)+1))
	if len(rids) > l.q.Count {
		rids = rids[:l.q.Count]
		l.link(cursor{kind: ofUnsorted, rid: int64(rids[l.q.Count-1])})
	}
	l.take(rids)
	return true
}

// count sets the total: the one of the first page, if it is wanted.
func (l *lookup) count(matches func() int) {
	switch {
	case l.from != nil:
		l.page.total = l.from.total
	case l.q.Total == search.TotalNone && l.q.Count > 0:
		l.page.total = -1
	default:
		l.page.total = int64(matches())
	}
}

// link makes the cursor of the next page.
func (l *lookup) link(c cursor) {
	c.seq, c.total = l.page.seq, l.page.total
	if l.from != nil {
		c.seq = l.from.seq
	}
	l.page.next = c.String()
}

// take makes resources the matches of the page.
func (l *lookup) take(rids []uint32) {
	l.page.matches = make([]hit, len(rids))
	for i, rid := range rids {
		l.page.matches[i] = l.hit(rid)
	}
}

func (l *lookup) hit(rid uint32) hit {
	typ, seq := l.v.Doc(rid)
	return hit{rid: rid, typ: int64(typ), seq: seq}
}

// kept returns the content of a resource with its references, if they are in memory; else
// notes that they are to be read.
func (l *lookup) kept(h hit) (cache.Kept, bool) {
	if k, ok := l.have[h.seq]; ok {
		return k, true
	}
	if k, ok := l.s.cache.Version(h.seq); ok && k.Linked {
		l.keep(k) // the page may show it, too
		return k, true
	} else if ok {
		if l.bare == nil {
			l.bare = make(map[int64]bare, len(l.page.matches))
		}
		l.bare[h.seq] = bare{h.rid, k}
	}
	l.missing = append(l.missing, h.seq)
	return cache.Kept{}, false
}

func (l *lookup) keep(k cache.Kept) {
	if l.have == nil {
		l.have = make(map[int64]cache.Kept, len(l.page.matches))
	}
	l.have[k.Seq] = k
}

// id returns the id of a resource, if it is in memory; else notes that it is to be read.
func (l *lookup) id(h hit) (string, bool) {
	if k, ok := l.have[h.seq]; ok {
		return k.Resource.ID, true
	}
	if id, ok := l.s.cache.ID(h.seq); ok {
		return id, true
	}
	l.missing = append(l.missing, h.seq)
	return "", false
}

// answer makes the answer from the page that was found.
func (l *lookup) answer(ctx context.Context) (*store.Page, error) {
	p := &store.Page{Total: int(l.page.total), Next: l.page.next, Distances: l.page.distances, Truncated: l.page.truncated}
	if l.page.updated > 0 {
		p.Updated = instant(l.page.updated)
	}
	list := make([]*fhir.Resource, len(l.page.matches)+len(l.page.included))
	if ok, err := l.contents(ctx, list); !ok || err != nil {
		return nil, err
	}
	if n := len(l.page.matches); n > 0 {
		p.Matches = list[:n:n]
		if len(list) > n {
			p.Included = list[n:]
		}
	}
	return p, nil
}

// contents fills in the resources of the page: matches, then included ones.
func (l *lookup) contents(ctx context.Context, list []*fhir.Resource) (bool, error) {
	l.missing = l.missing[:0]
	each := func(fn func(i int, h hit)) {
		for i, h := range l.page.matches {
			fn(i, h)
		}
		for i, h := range l.page.included {
			fn(len(l.page.matches)+i, h)
		}
	}
	brief, err := l.briefly(ctx)
	if err != nil {
		return false, err
	}
	each(func(i int, h hit) {
		if list[i] = brief[h.seq]; list[i] != nil {
			return
		}
		if k, ok := l.have[h.seq]; ok {
			list[i] = k.Resource
		} else if list[i] = l.s.cache.Content(h.seq); list[i] == nil {
			l.missing = append(l.missing, h.seq)
		}
	})
	if len(l.missing) == 0 {
		return true, nil
	}
	if ok, err := l.read(ctx, false); !ok || err != nil {
		return false, err
	}
	each(func(i int, h hit) {
		if list[i] == nil {
			list[i] = l.have[h.seq].Resource
		}
	})
	return true, nil
}

// read reads the missing versions from the file. It is not ok when one was erased meanwhile, or when
// references are wanted and one is not current any more.
func (l *lookup) read(ctx context.Context, linked bool) (ok bool, err error) {
	c, err := l.s.reader(ctx)
	if err != nil {
		return false, err
	}
	defer l.s.release(c)
	slices.Sort(l.missing) // two includes may want the same
	l.missing = slices.Compact(l.missing)
	n := 0
	keep := func(f *found) {
		if f.erased {
			return
		}
		n++
		if f.current {
			l.s.cache.Fill(l.mark, f.Kept)
		}
		if f.current || !linked {
			l.keep(f.Kept)
		}
	}
	rest := l.missing
	if linked && len(l.bare) > 0 {
		if rest, err = l.readBare(ctx, c, keep); err != nil {
			return false, readable(err)
		}
	}
	err = readVersions(ctx, c, l.names, rest, linked, keep)
	return err == nil && n == len(l.missing), readable(err)
}

// readBare reads the references of what is in memory without, and returns what else is missing.
func (l *lookup) readBare(ctx context.Context, c *conn, keep func(f *found)) (rest []int64, err error) {
	var rids []int64
	for _, seq := range l.missing {
		if b, ok := l.bare[seq]; ok {
			rids = append(rids, int64(b.rid))
		} else {
			rest = append(rest, seq)
		}
	}
	err = readLinks(ctx, c, rids, func(seq int64, links string) {
		if b, ok := l.bare[seq]; ok { // else it is not current any more
			b.kept.Links, b.kept.Linked = links, true
			keep(&found{Kept: b.kept, current: true})
			delete(l.bare, seq)
		}
	})
	return rest, err
}
