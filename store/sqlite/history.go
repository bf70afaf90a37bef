package sqlite

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"masjala/store"
	"masjala/store/cache"
)

// History answers versions, newest first. The history of a resource that never was is NotFound.
func (s *Store) History(ctx context.Context, q store.HistoryQuery) (*store.Page, error) {
	h := &history{s: s, q: q, seq: s.seq.Load(), total: -1, before: math.MaxInt64, newest: math.MaxInt64}
	h.mark, h.names = s.cache.Mark(h.seq), s.names.Load()
	if q.Cursor != "" {
		c, err := parseCursor(q.Cursor, ofHistory)
		if err != nil {
			return nil, err
		}
		h.seq, h.total, h.before = min(h.seq, c.seq), c.total, c.rid
	}
	page := &store.Page{}
	err := s.snapshot(ctx, func(c *conn) error {
		h.c, h.ctx = c, ctx
		if err := h.filter(); err != nil {
			return err
		}
		return h.page(page)
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// history is one call of History.
type history struct {
	ctx    context.Context
	s      *Store
	c      *conn
	q      store.HistoryQuery
	names  *names
	seq    int64 // nothing newer is shown
	mark   cache.Mark
	before int64 // sequence number of the last row of the page before
	oldest int64 // only what is newer than that
	newest int64 // nothing newer than that was current at the time asked for
	total  int64
	where  []string
	args   []any
}

func (h *history) and(cond string, args ...any) {
	h.where = append(h.where, cond)
	h.args = append(h.args, args...)
}

// filter makes the condition that the versions of all pages meet.
func (h *history) filter() error {
	if err := h.scope(); err != nil {
		return err
	}
	if !h.q.Since.IsZero() {
		first, err := h.lastBefore(ceil(h.q.Since))
		if err != nil {
			return err
		}
		h.oldest = first
		h.and("v.seq > ?", first)
	}
	if !h.q.At.To.IsZero() {
		last, err := h.lastBefore(h.q.At.To.UnixMilli() + 1)
		if err != nil {
			return err
		}
		h.newest = last
	}
	if !h.q.At.From.IsZero() {
		first, err := h.lastBefore(h.q.At.From.UnixMilli() + 1)
		if err != nil {
			return err
		}
		h.and("not exists (select 1 from version n where n.rid = v.rid and n.number = v.number + 1 and n.seq <= ?)", first)
	}
	return nil
}

// scope restricts to an instance or to types.
func (h *history) scope() error {
	if h.q.Seq > 0 {
		h.and("v.seq = ?", h.q.Seq)
	}
	switch {
	case h.q.ID != "":
		typ := h.names.typeOf(h.q.Type)
		rid, err := h.c.number(h.ctx, "select rid from resource where type = ? and id = ?", typ, h.q.ID)
		if err != nil {
			return err
		}
		if rid == 0 {
			return notFound(h.q.Type, h.q.ID)
		}
		h.and("v.rid = ?", rid)
		if h.q.Version > 0 {
			h.and("v.number = ?", h.q.Version)
		}
	case h.q.Type != "":
		h.and("v.type = ?", h.names.typeOf(h.q.Type))
	case len(h.q.Types) > 0:
		var args []any
		for _, t := range h.q.Types {
			args = append(args, h.names.typeOf(t))
		}
		h.and("v.type in (?"+strings.Repeat(",?", len(args)-1)+")", args...)
	}
	return nil
}

// ceil is a time in milliseconds, rounded up.
func ceil(t time.Time) int64 {
	ms := t.UnixMilli()
	if t.After(instant(ms)) {
		ms++
	}
	return ms
}

// lastBefore returns the sequence number of the last version committed before a time.
func (h *history) lastBefore(ms int64) (int64, error) {
	return h.c.number(h.ctx, "select seq from moment where updated < ? order by updated desc limit 1", ms)
}

// quick is up to how many rows a statement is not worth interrupting.
const quick = 500

// page reads the rows of the page, and the total if it is the first.
func (h *history) page(p *store.Page) error {
	// One upper bound only: with two SQLite would walk from the larger one.
	where, at := strings.Join(append(h.where, "v.seq <= ?"), " and "), len(h.args)
	args := append(h.args, min(h.seq, h.newest))
	if h.total < 0 {
		if err := h.count(where, args); err != nil {
			return err
		}
	}
	updated, err := h.c.number(h.ctx, "select updated from version where seq <= ? order by seq desc limit 1", h.seq)
	if err != nil {
		return err
	}
	p.Total = int(h.total)
	if updated > 0 {
		p.Updated = instant(updated)
	}
	if h.q.Count <= 0 {
		return nil
	}
	args[at] = min(h.seq, h.newest, h.before-1)
	list := make([]told, 0, min(h.q.Count, 1000)+1)
	ctx := h.ctx
	if h.q.Count <= quick && h.q.At.From.IsZero() { // a statement that may be interrupted costs more for each row
		ctx = context.Background()
	}
	err = h.c.each(ctx, func(x *rows) error {
		list = append(list, told{x.int(0), x.int(1), x.int(2)})
		return nil
	}, "select v.seq, v.verb, v.cause from version v where "+where+" order by v.seq desc limit ?", append(args, h.q.Count+1)...)
	if err != nil {
		return err
	}
	if len(list) > h.q.Count {
		list = list[:h.q.Count]
		next := cursor{kind: ofHistory, seq: h.seq, total: h.total, rid: list[h.q.Count-1].seq}
		p.Next = next.String()
	}
	p.Versions, err = h.contents(list)
	return err
}

// told is a version of a page without its content.
type told struct{ seq, verb, cause int64 }

// contents returns the versions of a page, newest first, their content from memory where it is there.
func (h *history) contents(list []told) ([]store.Version, error) {
	if len(list) == 0 {
		return nil, nil
	}
	vs := make([]store.Version, len(list))
	missing := make([]int64, 0, len(list))
	for i, v := range list {
		by, err := h.s.causes.of(h.ctx, h.c, v.cause)
		if err != nil {
			return nil, err
		}
		vs[i] = store.Version{Seq: v.seq, Verb: verbNames[v.verb], Anew: v.verb == anew, Cause: by}
		if !h.q.Bare {
			vs[i].Resource = h.s.cache.Content(v.seq)
		}
		if vs[i].Resource == nil {
			missing = append(missing, v.seq)
		}
	}
	from := plainVersions
	if h.q.Bare {
		from = bareVersions
	}
	return vs, from.versions(h.ctx, h.c, h.names, missing, false, func(f *found) {
		i, _ := slices.BinarySearchFunc(list, f.Seq, func(v told, seq int64) int { return cmp.Compare(seq, v.seq) })
		vs[i].Resource = f.Resource
		switch {
		case f.Resource.Deleted:
		case f.erased:
			f.Resource.Body, vs[i].Erased = []byte("{}"), true
		case f.current && len(list) <= keptPage:
			h.s.cache.Fill(h.mark, f.Kept)
		}
	})
}

// keptPage is how long a page may be whose current versions are kept in memory: long ones
// are of those who walk through everything.
const keptPage = 100

// count finds the total; where and args are what the versions of all pages meet.
func (h *history) count(where string, args []any) error {
	newest := min(h.seq, h.newest)
	types := h.q.Types
	switch {
	case h.q.ID != "" || h.q.Seq > 0 || !h.q.At.From.IsZero():
		var err error
		h.total, err = h.c.number(h.ctx, "select count(*) from version v where "+where, args...)
		return err
	case h.q.Type != "":
		types = []string{h.q.Type}
	case len(types) == 0: // no number is left out
		h.total = max(0, newest-h.oldest)
		return nil
	}
	h.total = 0
	seen := map[int64]bool{}
	for _, name := range types {
		typ := h.names.typeOf(name)
		if seen[typ] {
			continue
		}
		seen[typ] = true
		last, err := h.s.ranks.rank(h.ctx, h.c, h.names, typ, newest)
		if err != nil {
			return err
		}
		first, err := h.s.ranks.rank(h.ctx, h.c, h.names, typ, h.oldest)
		if err != nil {
			return err
		}
		h.total += max(0, last-first)
	}
	return nil
}

// Erase removes the content of every version of a resource. A resource that is not deleted
// is deleted first, so that whoever follows the feed learns that it is gone.
func (s *Store) Erase(ctx context.Context, by store.Cause, typ, id string) error {
	return s.write(ctx, by, func(t *tx) error { return t.erase(typ, id) })
}

func (t *tx) erase(typ, id string) error {
	cur, err := t.current(typ, id)
	if err != nil {
		return err
	}
	if cur == nil {
		return notFound(typ, id)
	}
	if !cur.deleted {
		if _, err := t.Delete(typ, id); err != nil {
			return err
		}
	}
	if err := t.flush(); err != nil {
		return err
	}
	if err := t.outdated(); err != nil { // the base has texts
		return err
	}
	t.w.s.cache.Forget(typ)
	return t.scrub(cur.rid)
}

// scrub removes the content of all versions of a resource, from the free space of the
// file too.
func (t *tx) scrub(rid int64) error {
	if _, err := t.w.c.number(context.Background(), "pragma secure_delete = on"); err != nil {
		return err
	}
	err := errors.Join(t.w.c.exec("update version set meta = null, body = null where rid = ?", rid), t.w.forget(rid))
	_, err2 := t.w.c.number(context.Background(), secureDelete)
	return errors.Join(err, err2)
}

// secureDelete overwrites what is deleted where that costs no more writing.
const secureDelete = "pragma secure_delete = fast"
