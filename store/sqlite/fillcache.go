package sqlite

import (
	"context"

	"masjala/fhir"
	"masjala/store"
	"masjala/store/cache"
)

// How the cache is filled with what nobody has asked for yet.
const (
	fillChunk   = 500
	fillMost    = 64 << 10 // bytes of a body: larger ones are kept when they are asked for
	fillRefused = 200      // resources in a row that have no room: it is full
)

const (
	currentAfter = "select rid, seq, type, id from resource where rid > ? and deleted = 0 order by rid limit ?"
	smallVersion = "select number, updated, meta, body from version where seq = ? and length(body) <= ?"
)

// FillCache reads current resources into the cache, the oldest first (areas and facilities are made before those who
// work there), as far as there is room that nothing else takes: what is asked for the first time is then in memory, too. It
// works only while few requests come, ends without an error when ctx does, and with store.ErrClosed when the store is
// closed meanwhile.
func (s *Store) FillCache(ctx context.Context) error {
	c, err := connect(s.path, "ro", 2<<10)
	if err != nil {
		return readable(err)
	}
	defer c.close()
	f := filler{s: s, c: c}
	p := newPace(s)
	for {
		more, err := f.chunk(ctx)
		if err != nil && ctx.Err() == nil {
			return readable(err)
		}
		if !more || !p.whenQuiet(ctx) {
			return nil
		}
	}
}

// filler goes through the resources of a store.
type filler struct {
	s       *Store
	c       *conn
	after   int64 // what is left has larger numbers
	list    []lack
	refused int // in a row
}

// lack is a resource that is not in the cache.
type lack struct {
	seq, typ int64
	id       string
}

// chunk adds some resources; false when there are no more, or there is no more room.
func (f *filler) chunk(ctx context.Context) (more bool, err error) {
	if !f.s.calls.enter() {
		return false, store.ErrClosed
	}
	defer f.s.calls.leave()
	mark, n := f.s.cache.Mark(f.s.seq.Load()), f.s.names.Load()
	f.list = f.list[:0]
	read, newest := 0, int64(0)
	err = f.c.each(ctx, func(r *rows) error {
		read++
		newest = max(newest, r.int(1))
		if f.after = r.int(0); !f.s.cache.Holds(r.int(1)) {
			f.list = append(f.list, lack{r.int(1), r.int(2), r.text(3)})
		}
		return nil
	}, currentAfter, f.after, fillChunk)
	f.s.await(newest) // else readers would be shown it too early
	for i := 0; i < len(f.list) && err == nil && f.refused < fillRefused; i++ {
		err = f.add(ctx, mark, n, &f.list[i])
	}
	return read == fillChunk && f.refused < fillRefused, err
}

// add reads a resource and keeps it, if it is small and whole in one place.
func (f *filler) add(ctx context.Context, m cache.Mark, n *names, of *lack) error {
	r := &fhir.Resource{Type: n.typeName[of.typ], ID: of.id}
	if r.Type == "" { // a type that was committed but not yet published
		return nil
	}
	found, err := f.c.one(ctx, func(x *rows) {
		r.Version, r.Updated, r.Meta, r.Body = x.int(0), instant(x.int(1)), x.blob(2), x.blob(3)
	}, smallVersion, of.seq, fillMost)
	if err != nil || !found || len(r.Body) == 0 || r.Body[0] == lacking {
		return err
	}
	f.refused++
	if f.s.cache.Add(m, cache.Kept{Seq: of.seq, Resource: r}) {
		f.refused = 0
	}
	return nil
}
