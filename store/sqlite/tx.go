package sqlite

import (
	"bytes"
	"context"
	"errors"
	"time"

	"masjala/fhir"
	"masjala/store"
)

// tx is the transaction of one run of one job.
type tx struct {
	w        *writer
	by       store.Cause
	cause    int64
	pending  map[resourceKey]*current
	live     map[int64]int64 // by type: change of the number of current resources
	versions []store.Version
	changes  []change
	start    fill // what the batch held before the job
	mixed    bool // rows of other jobs were written during this one
	over     bool
}

var _ store.Tx = (*tx)(nil)

var errOver = errors.New("the transaction is over: a function given to Write kept its tx")

type resourceKey struct {
	typ int64
	id  string
}

// current is the state of a resource inside of a transaction.
type current struct {
	rid, version, seq int64
	deleted           bool
	resource          *fhir.Resource // of this transaction; nil when it was read from the file
	flushes           int            // of the batch when rows of it were last added to it
	reindexed         bool           // only index rows were added to it
	has               [2]int64
}

// queued tells that rows of the resource are in the batch, not yet in the file.
func (c *current) queued(b *batch) bool {
	return (c.resource != nil || c.reindexed) && c.flushes == b.flushes
}

var verbs = map[string]int64{"POST": 1, "PUT": 2, "DELETE": 3}

// anew is the number of a PUT that made a deleted resource anew.
const anew = 4

// verbNames are the verbs by number.
var verbNames = [...]string{"", "POST", "PUT", "DELETE", anew: "PUT"}

// Now is the commit's time.
func (t *tx) Now() time.Time { return t.w.now }

// Read is Store.Read, with the writes of this transaction.
func (t *tx) Read(typ, id string) (*fhir.Resource, error) {
	if t.over {
		return nil, errOver
	}
	cur, err := t.current(typ, id)
	switch {
	case err != nil:
		return nil, err
	case cur == nil:
		return nil, notFound(typ, id)
	case cur.deleted:
		return nil, gone(typ, id)
	case cur.resource != nil:
		return cur.resource, nil
	}
	r := &fhir.Resource{Type: typ, ID: id, Version: cur.version}
	found, err := t.w.c.oneWhole(context.Background(), &r.Body, func(x *rows) {
		r.Updated, r.Meta, r.Body = instant(x.int(0)), x.blob(1), x.blob(2)
	}, "select updated, meta, body from version where seq = ?", cur.seq)
	if err == nil && (!found || r.Body == nil) {
		err = fhir.Errorf(fhir.Internal, "version %d of %s/%s is not in the file", cur.version, typ, id)
	}
	return r, err
}

// current returns the state of a resource, nil if there never was one.
func (t *tx) current(typ, id string) (*current, error) {
	k := resourceKey{t.w.dict.now.typeOf(typ), id}
	if k.typ == 0 {
		return nil, nil
	}
	if cur := t.pending[k]; cur != nil {
		return cur, nil
	}
	if cur := t.w.pending[k]; cur != nil {
		return cur, nil
	}
	cur := &current{}
	found, err := t.w.c.one(context.Background(), func(r *rows) {
		cur.rid, cur.version, cur.seq, cur.deleted = r.int(0), r.int(1), r.int(2), r.int(3) != 0
		cur.has = [2]int64{r.int(4), r.int(5)}
	}, "select rid, version, seq, deleted, has0, has1 from resource where type = ? and id = ?", k.typ, id)
	if err != nil || !found {
		return nil, err
	}
	return cur, nil
}

// Put stores a new version.
func (t *tx) Put(d *store.Draft, verb string) (*fhir.Resource, error) {
	switch {
	case t.over:
		return nil, errOver
	case d == nil || d.Resource == nil:
		return nil, errors.New("put: no resource")
	case d.Resource.Type == "":
		return nil, errors.New("put: the resource has no type")
	case !validID(d.Resource.ID):
		return nil, fhir.Errorf(fhir.Invalid, "%q is not a logical id; use letters, digits, - and ., 64 at most", d.Resource.ID)
	case verb != "POST" && verb != "PUT":
		return nil, errors.New("put: the verb must be POST or PUT, not " + verb)
	}
	typ, err := t.w.dict.typeID(d.Resource.Type)
	if err != nil {
		return nil, err
	}
	rs, has, err := t.w.dict.indexRows(typ, d.Entries)
	if err != nil {
		return nil, err
	}
	return t.store(typ, d.Resource, verb, rs, has)
}

// Delete stores a deletion.
func (t *tx) Delete(typ, id string) (*fhir.Resource, error) {
	if t.over {
		return nil, errOver
	}
	cur, err := t.current(typ, id)
	switch {
	case err != nil:
		return nil, err
	case cur == nil:
		return nil, notFound(typ, id)
	case cur.deleted:
		return nil, gone(typ, id)
	}
	return t.store(t.w.dict.now.typeOf(typ), &fhir.Resource{Type: typ, ID: id, Deleted: true}, "DELETE", nil, [2]int64{})
}

// store adds a version to a resource: its row, the version, the index rows that changed.
func (t *tx) store(typ int64, r *fhir.Resource, verb string, rs []row, has [2]int64) (*fhir.Resource, error) {
	cur, err := t.current(r.Type, r.ID)
	if err != nil {
		return nil, err
	}
	if t.cause == 0 {
		if t.cause, err = t.w.causeID(t.by); err != nil {
			return nil, err
		}
	}
	w := t.w
	w.at.seq++
	next := &current{seq: w.at.seq, version: 1, deleted: r.Deleted, has: has}
	stored := &fhir.Resource{Type: r.Type, ID: r.ID, Updated: w.now, Deleted: r.Deleted, Meta: r.Meta, Body: r.Body}
	if !r.Deleted && len(r.Body) == 0 {
		stored.Body = []byte("{}")
	}
	packed := pack(make([]byte, 0, 32*len(rs)+rowRoom), rs) // never nil, which would be null
	if cur == nil {
		w.at.rid++
		next.rid = w.at.rid
		w.batch.create(typ, r.ID, next, rs, packed)
	} else {
		next.rid, next.version = cur.rid, cur.version+1
		if err := t.replace(cur, next, rs, packed); err != nil {
			return nil, err
		}
	}
	t.count(typ, cur, next)
	stored.Version, next.resource, next.flushes = next.version, stored, w.batch.flushes
	number := verbs[verb]
	if verb == "PUT" && cur != nil && cur.deleted {
		number = anew
	}
	body, err := w.apart(next, stored)
	if err != nil {
		return nil, err
	}
	w.batch.version(typ, next, body, w.at.updated, number, t.cause)
	t.pending[resourceKey{typ, r.ID}] = next
	t.versions = append(t.versions, store.Version{Resource: stored, Seq: next.seq, Verb: verb, Anew: number == anew, Cause: t.by})
	t.changes = append(t.changes, change{
		typ: typ, rid: next.rid, seq: next.seq, id: r.ID, deleted: r.Deleted,
		resource: stored, rows: packed, links: packLinks(rs),
	})
	if w.batch.full() {
		return stored, t.flush()
	}
	return stored, nil
}

// replace brings the row of a resource and its index rows from cur to next; fresh is rs packed.
func (t *tx) replace(cur, next *current, rs []row, fresh []byte) error {
	if cur.queued(&t.w.batch) {
		if err := t.flush(); err != nil {
			return err
		}
	}
	c := t.w.c
	err := c.exec("update resource set version = ?, seq = ?, deleted = ?, has0 = ?, has1 = ? where rid = ?",
		next.version, next.seq, next.deleted, next.has[0], next.has[1], next.rid)
	if err != nil {
		return err
	}
	old, packed, err := indexedRows(context.Background(), c, next.rid)
	if err != nil {
		return err
	}
	if bytes.Equal(packed, fresh) {
		return nil
	}
	gone, come := difference(old, rs)
	for i := range gone {
		if err := c.exec(tables[gone[i].kind].remove, gone[i].key(nil, next.rid)...); err != nil {
			return err
		}
	}
	for i := range come {
		t.w.batch.rows = append(t.w.batch.rows, ridRow{come[i], next.rid})
	}
	return c.exec("update indexed set rows = ? where rid = ?", fresh, next.rid)
}

// indexedRows returns the index rows of a resource, as rows and packed.
func indexedRows(ctx context.Context, c *conn, rid int64) ([]row, []byte, error) {
	var packed []byte
	if _, err := c.one(ctx, func(r *rows) { packed = r.blob(0) }, "select rows from indexed where rid = ?", rid); err != nil {
		return nil, nil, err
	}
	rs, err := unpack(packed)
	return rs, packed, err
}

// count keeps the number of current resources of a type.
func (t *tx) count(typ int64, cur, next *current) {
	was := cur != nil && !cur.deleted
	if was == !next.deleted {
		return
	}
	if t.live == nil {
		t.live = map[int64]int64{}
	}
	if next.deleted {
		t.live[typ]--
	} else {
		t.live[typ]++
	}
}

// create queues the rows of a new resource; packed is rs packed.
func (b *batch) create(typ int64, id string, n *current, rs []row, packed []byte) {
	b.resources = append(b.resources, n.rid, typ, id, n.version, n.seq, n.deleted, n.has[0], n.has[1])
	b.indexed = append(b.indexed, n.rid, packed)
	for i := range rs {
		b.rows = append(b.rows, ridRow{rs[i], n.rid})
	}
}

// version queues the row of a version with the body that is stored.
func (b *batch) version(typ int64, n *current, short []byte, updated, verb, cause int64) {
	var meta, body any
	if !n.deleted {
		body = short
		if len(n.resource.Meta) > 0 {
			meta = n.resource.Meta
		}
	}
	b.versions = append(b.versions, n.seq, n.rid, n.version, typ, updated, verb, cause, meta, body)
	b.bytes += len(short)
}

// flush writes what is queued, so that statements see it.
func (t *tx) flush() error {
	b := &t.w.batch
	if t.start.flushes == b.flushes && (t.start.versions > 0 || t.start.rows > 0) {
		t.mixed = true // a rollback of this job would now undo others too
	}
	return b.flush()
}

// keep hands what the job did to the commit.
func (t *tx) keep() {
	w := t.w
	for k, cur := range t.pending {
		w.pending[k] = cur
	}
	for typ, n := range t.live {
		w.live[typ] += n
	}
	w.versions = append(w.versions, t.versions...)
	w.changes = append(w.changes, t.changes...)
}

// flush writes all that the jobs of the commit left.
func (w *writer) flush() error {
	if err := w.batch.flush(); err != nil {
		return err
	}
	for typ, n := range w.live {
		if n == 0 {
			continue
		}
		if err := w.c.exec("update type set live = live + ? where id = ?", n, typ); err != nil {
			return err
		}
	}
	return nil
}

// maxCauses bounds the memory for causes.
const maxCauses = 1000

// causeID returns the number of a cause, giving it one if need be.
func (w *writer) causeID(by store.Cause) (int64, error) {
	if id, ok := w.causes[by]; ok {
		return id, nil
	}
	ctx := context.Background()
	id, err := w.c.number(ctx, "select id from cause where actor = ? and reason = ?", by.Actor, by.Reason)
	if err == nil && id == 0 {
		id, err = w.c.number(ctx, "insert into cause (actor, reason) values (?, ?) returning id", by.Actor, by.Reason)
	}
	if err != nil {
		return 0, err
	}
	if len(w.causes) >= maxCauses {
		clear(w.causes)
	}
	w.causes[by] = id
	return id, nil
}

// validID tells whether id is a FHIR id (https://hl7.org/fhir/R4/datatypes.html#id).
func validID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.':
		default:
			return false
		}
	}
	return true
}

func notFound(typ, id string) error { return fhir.Errorf(fhir.NotFound, "there is no %s/%s", typ, id) }

func gone(typ, id string) error { return fhir.Errorf(fhir.Gone, "%s/%s was deleted", typ, id) }
