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
	fillSample  = 32 << 10 // resources of all parts of a larger store that come first
)

const (
	currentAfter = "select rid, seq, type, id from resource where rid > ? and deleted = 0 order by rid limit ?"
	smallVersion = "select v.number, v.updated, v.meta, v.body, i.rows from version v " +
		"cross join resource r on r.rid = v.rid and r.seq = v.seq cross join indexed i on i.rid = v.rid where v.seq = ? and length(v.body) <= ?"
)

// FillCache reads current resources into the cache, some of all parts of the store first, from which the cache learns what
// they have in common, then the oldest (areas and facilities are made before those who work there), as far as there is room that nothing else takes: what is asked for the first time is then in memory, too, with what it refers to. It
// works only while few requests come, ends without an error when ctx does, and with store.ErrClosed when the store is
// closed meanwhile.
func (s *Store) FillCache(ctx context.Context) error {
	c, err := connect(s.path, "ro", 2<<10)
	if err != nil {
		return readable(err)
	}
	defer c.close()
	return s.fillCache(ctx, c, fillSample)
}

func (s *Store) fillCache(ctx context.Context, c *conn, sample int64) error {
	last, err := c.number(context.Background(), "select max(rid) from resource")
	if err != nil {
		return readable(err)
	}
	f := filler{s: s, c: c, sample: sample, last: last}
	if last < sample {
		f.drawn = sample
	}
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
	sample  int64 // how many resources of all parts come first
	drawn   int64 // of these
	last    int64 // number in the store
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
	more, newest, err := f.find(ctx)
	f.s.await(newest) // else readers would be shown it too early
	for i := 0; i < len(f.list) && err == nil && f.refused < fillRefused; i++ {
		err = f.add(ctx, mark, n, &f.list[i])
	}
	return more && f.refused < fillRefused, err
}

// find lists the next resources that are not in the cache. It returns whether there are more behind them, and the newest version that
// it met.
func (f *filler) find(ctx context.Context) (more bool, newest int64, err error) {
	f.list = f.list[:0]
	read := 0
	see := func(r *rows) error {
		read++
		newest = max(newest, r.int(1))
		if f.after = r.int(0); !f.s.cache.Holds(r.int(1)) {
			f.list = append(f.list, lack{r.int(1), r.int(2), r.text(3)})
		}
		return nil
	}
	if f.drawn == f.sample {
		err = f.c.each(ctx, see, currentAfter, f.after, fillChunk)
		return read == fillChunk, newest, err
	}
	for i := 0; i < fillChunk && f.drawn < f.sample && err == nil; i++ {
		err = f.c.each(ctx, see, currentAfter, f.last*scattered(f.drawn)>>16, 1)
		f.drawn++
	}
	if f.drawn == f.sample {
		f.after = 0
	}
	return true, newest, err
}

// scattered is the nth of 65,536 numbers of 16 bits: any some of them that follow each other are spread over all.
func scattered(n int64) int64 { return n * 40503 & 0xffff } // 40503/65536: the golden section

// add reads a resource and keeps it, if it is small and whole in one place.
func (f *filler) add(ctx context.Context, m cache.Mark, n *names, of *lack) error {
	r := &fhir.Resource{Type: n.typeName[of.typ], ID: of.id}
	if r.Type == "" { // a type that was committed but not yet published
		return nil
	}
	links := ""
	found, err := f.c.first(ctx, func(x *rows) error {
		r.Version, r.Updated, r.Meta, r.Body = x.int(0), instant(x.int(1)), x.blob(2), x.blob(3)
		rs, err := unpack(x.blob(4))
		links = packLinks(rs)
		return err
	}, smallVersion, of.seq, fillMost)
	if err != nil || !found || len(r.Body) == 0 || r.Body[0] == lacking {
		return err
	}
	f.refused++
	if f.s.cache.Add(m, cache.Kept{Seq: of.seq, Resource: r, Links: links, Linked: true}) {
		f.refused = 0
	}
	return nil
}
