package sqlite

import (
	"context"
	"sync"
	"time"

	"masjala/fhir"
	"masjala/store"
	"masjala/store/cache"
	"masjala/store/index"
)

// AppendCurrent appends the JSON of the current version if it is in memory, and returns its
// number and time; else it returns dst as it was and the answer must be had by Read.
func (s *Store) AppendCurrent(dst []byte, typ, id string) (out []byte, version int64, updated time.Time, ok bool) {
	return s.cache.AppendJSON(dst, typ, id)
}

const readCurrent = `select v.number, v.updated, v.meta, v.body, r.deleted, v.seq
from resource r cross join version v on v.seq = r.seq
where r.type = ? and r.id = ?`

// Read returns the current version, from memory if it is there.
func (s *Store) Read(ctx context.Context, typ, id string) (*fhir.Resource, error) {
	if r := s.cache.Get(typ, id); r != nil {
		return r, nil
	}
	t := s.names.Load().typeOf(typ)
	if t == 0 {
		return nil, notFound(typ, id)
	}
	c, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(c)
	if r, err := s.readIndexed(c, t, typ, id); r != nil || err != nil {
		return r, readable(err)
	}
	mark := s.cache.Mark(s.seq.Load())
	r := &fhir.Resource{Type: typ, ID: id}
	seq := int64(0)
	found, err := c.oneWhole(ctx, &r.Body, func(x *rows) {
		r.Version, r.Updated, r.Meta, r.Body, r.Deleted = x.int(0), instant(x.int(1)), x.blob(2), x.blob(3), x.int(4) != 0
		seq = x.int(5)
	}, readCurrent, t, id)
	s.await(seq)
	switch {
	case err != nil:
		return nil, readable(err)
	case !found:
		return nil, notFound(typ, id)
	case r.Deleted || r.Body == nil: // erased meanwhile
		return nil, gone(typ, id)
	}
	s.cache.Fill(mark, cache.Kept{Seq: seq, Resource: r})
	return r, nil
}

// readIndexed reads a current version by the sequence number that the index knows, which
// spares two look-ups in the file. It returns nil when the index does not know the resource.
func (s *Store) readIndexed(c *conn, number int64, typ, id string) (*fhir.Resource, error) {
	var seq int64
	var mark cache.Mark
	if s.indexer == nil || !s.indexer.x.View(func(v *index.View) {
		if rid, ok := v.Find(uint8(number), id); ok {
			_, seq = v.Doc(rid)
			mark = s.cache.Mark(v.Seq())
		}
	}) || seq == 0 {
		return nil, nil
	}
	r := &fhir.Resource{Type: typ, ID: id}
	found, err := c.oneWhole(context.Background(), &r.Body, func(x *rows) {
		r.Version, r.Updated, r.Meta, r.Body = x.int(0), instant(x.int(1)), x.blob(2), x.blob(3)
	}, "select number, updated, meta, body from version where seq = ?", seq)
	if err != nil || !found || r.Body == nil { // erased meanwhile
		return nil, err
	}
	s.cache.Fill(mark, cache.Kept{Seq: seq, Resource: r})
	return r, nil
}

const readVersion = `select v.updated, v.verb, v.meta, v.body, v.seq
from resource r cross join version v on v.rid = r.rid and v.number = ?
where r.type = ? and r.id = ?`

// ReadVersion returns one version.
func (s *Store) ReadVersion(ctx context.Context, typ, id string, version int64) (*fhir.Resource, error) {
	absent := fhir.Errorf(fhir.NotFound, "there is no version %d of %s/%s", version, typ, id)
	t := s.names.Load().typeOf(typ)
	if t == 0 {
		return nil, absent
	}
	c, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(c)
	r := &fhir.Resource{Type: typ, ID: id, Version: version}
	seq := int64(0)
	found, err := c.oneWhole(ctx, &r.Body, func(x *rows) {
		r.Updated, r.Deleted, r.Meta, r.Body = instant(x.int(0)), x.int(1) == verbs["DELETE"], x.blob(2), x.blob(3)
		seq = x.int(4)
	}, readVersion, version, t, id)
	s.await(seq)
	switch {
	case err != nil:
		return nil, readable(err)
	case !found:
		return nil, absent
	case r.Deleted:
		return nil, fhir.Errorf(fhir.Gone, "version %d of %s/%s is its deletion", version, typ, id)
	case r.Body == nil:
		return nil, fhir.Errorf(fhir.Gone, "the content of version %d of %s/%s was erased", version, typ, id)
	}
	return r, nil
}

// Count tells how many current resources of a type there are.
func (s *Store) Count(ctx context.Context, typ string) (int, error) {
	c, err := s.reader(ctx)
	if err != nil {
		return 0, err
	}
	defer s.release(c)
	n, err := c.number(ctx, "select live from type where name = ?", typ)
	return int(n), readable(err)
}

// versionColumns are what scanVersion reads.
const versionColumns = "v.seq, v.number, v.updated, v.verb, v.meta, v.body, r.id, v.type, v.cause"

// scanVersion reads a row of versionColumns. An erased version has the body {}.
func (s *Store) scanVersion(ctx context.Context, c *conn, n *names, x *rows) (store.Version, error) {
	verb := verbNames[x.int(3)]
	r := &fhir.Resource{
		Type: n.typeName[x.int(7)], ID: x.text(6), Version: x.int(1), Updated: instant(x.int(2)),
		Deleted: verb == "DELETE", Meta: x.blob(4),
	}
	var err error
	if r.Body, err = c.whole(ctx, x.blob(5)); err != nil {
		return store.Version{}, err
	}
	if r.Body == nil && !r.Deleted {
		r.Body = []byte("{}")
	}
	by, err := s.causes.of(ctx, c, x.int(8))
	return store.Version{Resource: r, Seq: x.int(0), Verb: verb, Anew: x.int(3) == anew, Cause: by}, err
}

// causes keeps causes by their numbers, which never change.
type causes struct {
	mu   sync.RWMutex
	kept map[int64]store.Cause
}

// of returns a cause, from the file if it is not kept.
func (y *causes) of(ctx context.Context, c *conn, id int64) (store.Cause, error) {
	y.mu.RLock()
	by, ok := y.kept[id]
	y.mu.RUnlock()
	if ok {
		return by, nil
	}
	_, err := c.one(ctx, func(r *rows) { by = store.Cause{Actor: r.text(0), Reason: r.text(1)} },
		"select actor, reason from cause where id = ?", id)
	if err != nil {
		return by, err
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.kept == nil || len(y.kept) >= maxCauses {
		y.kept = map[int64]store.Cause{}
	}
	y.kept[id] = by
	return by, nil
}

const changes = `select ` + versionColumns + `
from version v cross join resource r on r.rid = v.rid
where v.seq > ? and v.seq <= ? order by v.seq limit ?`

// Changes returns versions with a Seq greater than after, oldest first.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]store.Version, error) {
	c, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(c)
	var vs []store.Version
	seq, n := s.seq.Load(), s.names.Load()
	err = c.each(ctx, func(x *rows) error {
		v, err := s.scanVersion(ctx, c, n, x)
		vs = append(vs, v)
		return err
	}, changes, after, seq, limit)
	return vs, readable(err)
}
