package sqlite

import (
	"context"
	"strings"

	"masjala/fhir/search"
)

// Reindex replaces the index rows of some parameters.
func (t *tx) Reindex(typ, id string, params []string, entries []search.Entry) error {
	if t.over {
		return errOver
	}
	cur, err := t.current(typ, id)
	switch {
	case err != nil:
		return err
	case cur == nil:
		return notFound(typ, id)
	case cur.deleted:
		return gone(typ, id)
	}
	if cur.queued(&t.w.batch) {
		if err := t.flush(); err != nil {
			return err
		}
	}
	wanted := map[string]bool{}
	for _, p := range params {
		wanted[p] = true
	}
	var some []search.Entry
	for i := range entries {
		if wanted[baseName(entries[i].Param)] {
			some = append(some, entries[i])
		}
	}
	number := t.w.dict.now.typeOf(typ)
	rs, has, err := t.w.dict.indexRows(number, some)
	if err != nil {
		return err
	}
	t.w.reindexed = true
	if err := t.outdated(); err != nil {
		return err
	}
	return t.exchange(resourceKey{number, id}, cur, wanted, rs, has)
}

// baseName is the name of the parameter that rows belong to, without a modifier.
func baseName(param string) string {
	name, _, _ := strings.Cut(param, ":")
	return name
}

// exchange stores the rows of a resource with those of the wanted parameters replaced.
func (t *tx) exchange(k resourceKey, cur *current, wanted map[string]bool, rs []row, has [2]int64) error {
	c := t.w.c
	old, _, err := indexedRows(context.Background(), c, cur.rid)
	if err != nil {
		return err
	}
	names := t.w.dict.now
	next := *cur
	next.reindexed = true
	for key, p := range names.params { // the bits of the wanted parameters are made anew
		if key.typ == k.typ && wanted[baseName(key.name)] {
			next.has[p.bit/63] &^= 1 << (p.bit % 63)
		}
	}
	next.has[0] |= has[0]
	next.has[1] |= has[1]
	all := rs
	for i := range old {
		if !wanted[baseName(names.byID[old[i].param].name)] {
			all = append(all, old[i])
		}
	}
	all = settle(all)
	packed := pack([]byte{}, all)
	if err := t.rewrite(cur.rid, old, all, packed); err != nil {
		return err
	}
	if next.has != cur.has {
		if err := c.exec("update resource set has0 = ?, has1 = ? where rid = ?", next.has[0], next.has[1], cur.rid); err != nil {
			return err
		}
	}
	next.flushes = t.w.batch.flushes
	t.pending[k] = &next
	t.changes = append(t.changes, change{typ: k.typ, id: k.id, rid: cur.rid, seq: cur.seq, rows: packed})
	return nil
}

// rewrite brings the index rows of a resource from old to rs; packed is rs packed.
func (t *tx) rewrite(rid int64, old, rs []row, packed []byte) error {
	gone, come := difference(old, rs)
	if len(gone)+len(come) == 0 {
		return nil
	}
	for i := range gone {
		if err := t.w.c.exec(tables[gone[i].kind].remove, gone[i].key(nil, rid)...); err != nil {
			return err
		}
	}
	for i := range come {
		t.w.batch.rows = append(t.w.batch.rows, ridRow{come[i], rid})
	}
	if err := t.w.c.exec("update indexed set rows = ? where rid = ?", packed, rid); err != nil {
		return err
	}
	if t.w.batch.full() {
		return t.flush()
	}
	return nil
}
