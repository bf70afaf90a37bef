package mcsd

import (
	"context"
	"net/url"
	"strconv"

	"masjala/store"
)

// pullSearch is pull for a server without history: it searches for what was changed since
// the mark, then lists all ids to find what is gone. The report says so.
func (s *session) pullSearch(ctx context.Context, typ string, cur *cursor) error {
	q := url.Values{"_count": {strconv.Itoa(s.src.PageSize)}}
	whole := cur.Mark == ""
	if !whole {
		q.Set("_lastUpdated", "ge"+s.since(cur.Mark))
	}
	if err := s.begin(ctx, typ, cur, s.src.URL+"/"+typ+"?"+q.Encode(), true); err != nil {
		return err
	}
	err := s.walkSearch(ctx, typ, cur)
	if cur.Walk.Pages == 0 && lacksHistory(statusOf(err)) {
		s.report.note("%s: the upstream does not serve this type", typ)
		return s.restart(ctx, typ, cur)
	}
	return err
}

// walkSearch goes through the pages that are left of a search, first those of changes, then
// those of ids, and stages a deletion of what was not listed.
func (s *session) walkSearch(ctx context.Context, typ string, cur *cursor) error {
	s.report.typ(typ).Degraded = true
	if err := s.walk(ctx, typ, cur); err != nil {
		return err
	}
	if !cur.Walk.Listing {
		cur.Walk.Listing = true
		q := url.Values{"_count": {"1000"}, "_elements": {"id"}}
		cur.Walk.Next = s.src.URL + "/" + typ + "?" + q.Encode()
	}
	if err := s.walk(ctx, typ, cur); err != nil {
		return err
	}
	if cur.Walk.Swept {
		return nil
	}
	if err := s.sweep(ctx, typ, cur); err != nil {
		return err
	}
	cur.Walk.Swept = true
	return s.write(ctx, func(tx store.Tx) error { return save(tx, s.key(keyCursor, typ), cur) })
}

// sweep stages a deletion of each resource that was stored here and is not listed upstream.
// A list without any id is taken for a mistake: nothing is deleted for it.
func (s *session) sweep(ctx context.Context, typ string, cur *cursor) error {
	if cur.Walk.Listed == 0 {
		s.report.note("%s: the upstream lists nothing at all, so nothing was deleted", typ)
		return nil
	}
	prefix := s.key(keyState, typ) + "/"
	for after := ""; ; {
		rows, err := s.c.o.Store.Values(ctx, space, prefix, after, chunk)
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].Key
		var gone []*item
		for _, row := range rows {
			var st state
			if err := unmarshal(row, &st); err != nil {
				return err
			}
			if st.Walk != cur.Walk.Number && st.arrived() && !st.Deleted {
				gone = append(gone, &item{ident: ident{typ, row.Key[len(prefix):]}, Delete: true})
			}
		}
		if err := s.stageGone(ctx, typ, cur, gone); err != nil {
			return err
		}
	}
}

// stageGone stages deletions, after the changes.
func (s *session) stageGone(ctx context.Context, typ string, cur *cursor, gone []*item) error {
	if len(gone) == 0 {
		return nil
	}
	start := cur.Walk.Order
	return s.write(ctx, func(tx store.Tx) error {
		cur.Walk.Order = start
		for _, it := range gone {
			data, err := it.encode()
			if err != nil {
				return err
			}
			cur.Walk.Order++
			if err := tx.SetValue(space, s.key(keyStage, typ, order(cur.Walk.Order, false)), data); err != nil {
				return err
			}
		}
		return save(tx, s.key(keyCursor, typ), cur)
	})
}
