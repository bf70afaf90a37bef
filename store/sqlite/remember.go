package sqlite

import (
	"context"
	"errors"
	"math"
	"sync"

	"masjala/fhir"
	"masjala/store/cache"
	"masjala/store/index"
)

// change is what a job did to a resource, for what is kept in memory beside the file.
type change struct {
	typ, rid, seq int64
	id            string
	deleted       bool
	resource      *fhir.Resource // the new version; nil when only index rows changed
	rows          []byte         // all index rows, packed
	links         string         // those that are references, as packLinks makes them
}

// remember brings what is kept in memory up to date with a commit, before anybody is told of it.
func (w *writer) remember() {
	kept := make([]cache.Kept, 0, len(w.versions))
	for i := range w.changes {
		if c := &w.changes[i]; c.resource != nil {
			kept = append(kept, cache.Kept{Seq: c.seq, Resource: c.resource, Links: c.links, Linked: true})
		}
	}
	w.s.cache.Apply(w.at.seq, kept)
	for i := range w.changes {
		if c := &w.changes[i]; c.resource == nil {
			w.s.cache.Drop(w.dict.now.typeName[c.typ], c.id) // for its links
		}
	}
	if len(w.versions) > 0 {
		w.s.moments.Store(&moments{seq: w.at.seq, at: w.at.updated, before: w.last.updated})
	}
	if x := w.s.indexer; x != nil && len(w.changes) > 0 {
		if w.outdated {
			x.stale.Store(true)
		}
		x.apply(w.at.seq, w.changes)
	}
}

// doc is a change as the index takes it.
func (c *change) doc() (index.Doc, error) {
	if c.rid > math.MaxInt32 || c.typ > math.MaxUint8 {
		return index.Doc{}, errors.New("the store has too many resources, or types, for the index")
	}
	d := index.Doc{RID: uint32(c.rid), Type: uint8(c.typ), Seq: c.seq, Deleted: c.deleted, ID: c.id}
	if d.Deleted {
		return d, nil
	}
	rs, err := unpack(c.rows)
	d.Rows = make([]index.Row, len(rs))
	for i := range rs {
		r := &rs[i]
		d.Rows[i] = index.Row{Kind: r.kind, Param: r.param, Text: r.text, More: r.more, A: r.a, X: r.x, Y: r.y}
	}
	return d, err
}

// moments are the times of the last two commits.
type moments struct{ seq, at, before int64 }

// updated is the time of the commit that ended with a sequence number, one of the two.
func (m *moments) updated(seq int64) int64 {
	if seq == m.seq {
		return m.at
	}
	return m.before
}

// symbols are systems whose numbers were asked for. A number never changes.
type symbols struct {
	mu   sync.RWMutex
	kept map[string]int64
}

// number returns the number of a system if it is kept.
func (y *symbols) number(text string) (int64, bool) {
	y.mu.RLock()
	defer y.mu.RUnlock()
	id, ok := y.kept[text]
	return id, ok
}

func (y *symbols) keep(text string, id int64) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.kept == nil || len(y.kept) >= maxSymbols {
		y.kept = map[string]int64{}
	}
	y.kept[text] = id
}

// learn reads the number of a system; false when there is none.
func (s *Store) learn(ctx context.Context, system string) (bool, error) {
	c, err := s.reader(ctx)
	if err != nil {
		return false, err
	}
	defer s.release(c)
	id, err := c.number(ctx, "select id from symbol where text = ?", system)
	if err != nil || id == 0 {
		return false, readable(err)
	}
	s.symbols.keep(system, id)
	return true, nil
}
