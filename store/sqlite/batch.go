package sqlite

import (
	"runtime/debug"
	"slices"
	"strings"

	"masjala/fhir/search"
	"masjala/store/globe"
)

// table says how rows of a kind are stored.
type table struct {
	insert  string // up to "values"
	columns int
	remove  string
}

var tables = map[search.Kind]table{
	search.Token: {"insert into token (param, code, rid, system, edge) values ", 5,
		"delete from token where param = ? and code = ? and rid = ? and system = ?"},
	search.String: {"insert into string (param, text, rid, exact, edge) values ", 5,
		"delete from string where param = ? and text = ? and rid = ? and exact = ?"},
	search.Reference: {"insert into reference (param, id, rid, type, version, edge) values ", 6,
		"delete from reference where param = ? and id = ? and rid = ? and type = ? and version = ?"},
	search.Date: {"insert into date (param, low, rid, high, edge) values ", 5,
		"delete from date where param = ? and low = ? and rid = ? and high = ?"},
	search.URI: {"insert into uri (param, text, rid, edge) values ", 4,
		"delete from uri where param = ? and text = ? and rid = ?"},
	search.Number: {"insert into number (param, low, rid, high, system, code, edge) values ", 7,
		"delete from number where param = ? and low = ? and rid = ? and high = ? and system = ? and code = ?"},
	search.Quantity: {"insert into number (param, low, rid, high, system, code, edge) values ", 7,
		"delete from number where param = ? and low = ? and rid = ? and high = ? and system = ? and code = ?"},
	search.Position: {"insert into position (param, cell, rid, lat, lon, x, y, z) values ", 8,
		"delete from position where param = ? and cell = ? and rid = ? and lat = ? and lon = ?"},
}

// key returns the values of a row's primary key, in the order of its table.
func (r *row) key(dst []any, rid int64) []any {
	switch r.kind {
	case search.Token:
		return append(dst, r.param, r.text, rid, r.a)
	case search.String:
		return append(dst, r.param, r.text, rid, r.more)
	case search.Reference:
		return append(dst, r.param, r.text, rid, r.a, r.more)
	case search.Date:
		return append(dst, r.param, r.a, rid, r.b)
	case search.URI:
		return append(dst, r.param, r.text, rid)
	case search.Position:
		return append(dst, r.param, r.a, rid, r.x, r.y)
	}
	return append(dst, r.param, r.x, rid, r.y, r.a, r.text)
}

// values returns all values of a row, in the order of its table.
func (r *row) values(dst []any, rid int64) []any {
	dst = r.key(dst, rid)
	if r.kind == search.Position {
		u := globe.At(r.x, r.y)
		return append(dst, u.X, u.Y, u.Z)
	}
	return append(dst, r.edge)
}

// batch collects what the jobs of a commit store, so that many rows go in one statement
// and in the order of their table.
type batch struct {
	c         *conn
	flushes   int // so far; tells what was collected before and after one
	resources []any
	versions  []any
	indexed   []any
	bytes     int
	rows      []ridRow
	args      []any
	texts     map[statement]string
}

type ridRow struct {
	row
	rid int64
}

type statement struct {
	insert string
	rows   int
}

const (
	insertResource = "insert into resource (rid, type, id, version, seq, deleted, has0, has1) values "
	insertVersion  = "insert into version (seq, rid, number, type, updated, verb, cause, meta, body) values "
	insertIndexed  = "insert into indexed (rid, rows) values "

	maxBatchRows  = 8192    // index rows kept before they are written
	maxBatchBytes = 4 << 20 // bodies kept before they are written

	// vastBatch is how many bytes of bodies make it worth a collection of garbage to give back
	// what preparing them left: writing one takes twice its size beside the heap.
	vastBatch = 64 << 20
)

// fill is how much a batch holds.
type fill struct{ flushes, resources, versions, indexed, rows, bytes int }

func (b *batch) fill() fill {
	return fill{b.flushes, len(b.resources), len(b.versions), len(b.indexed), len(b.rows), b.bytes}
}

// cut forgets what was collected since f was taken.
func (b *batch) cut(f fill) {
	if f.flushes != b.flushes {
		b.reset()
		return
	}
	clear(b.resources[f.resources:])
	clear(b.versions[f.versions:])
	clear(b.indexed[f.indexed:])
	clear(b.rows[f.rows:])
	b.resources, b.versions = b.resources[:f.resources], b.versions[:f.versions]
	b.indexed, b.rows, b.bytes = b.indexed[:f.indexed], b.rows[:f.rows], f.bytes
}

// full tells whether the batch should be written now.
func (b *batch) full() bool { return len(b.rows) >= maxBatchRows || b.bytes >= maxBatchBytes }

// reset forgets what was collected. What a resource with very many rows took is given back.
func (b *batch) reset() {
	if cap(b.rows) > 4*maxBatchRows {
		b.rows, b.args = nil, nil
	}
	clear(b.resources)
	clear(b.versions)
	clear(b.indexed)
	clear(b.rows)
	b.resources, b.versions, b.indexed, b.rows, b.bytes = b.resources[:0], b.versions[:0], b.indexed[:0], b.rows[:0], 0
}

// flush writes what was collected.
func (b *batch) flush() error {
	b.flushes++
	if b.bytes > vastBatch {
		debug.FreeOSMemory()
	}
	if err := b.insert(insertResource, 8, b.resources); err != nil {
		return err
	}
	if err := b.insert(insertVersion, 9, b.versions); err != nil {
		return err
	}
	if err := b.insert(insertIndexed, 2, b.indexed); err != nil {
		return err
	}
	if err := b.flushRows(); err != nil {
		return err
	}
	b.reset()
	return nil
}

func (b *batch) flushRows() error {
	rs := b.rows
	slices.SortFunc(rs, func(x, y ridRow) int {
		if c := x.compare(&y.row); c != 0 {
			return c
		}
		return int(x.rid - y.rid)
	})
	for i := 0; i < len(rs); {
		t := tables[rs[i].kind]
		args := b.args[:0]
		j := i
		for ; j < len(rs) && rs[j].kind == rs[i].kind; j++ {
			args = rs[j].values(args, rs[j].rid)
		}
		err := b.insert(t.insert, t.columns, args)
		clear(args)
		b.args = args[:0]
		if err != nil {
			return err
		}
		i = j
	}
	return nil
}

// insert writes rows of n columns, in statements of 64 rows while there are as many, then
// of fewer, so that few different statements are prepared.
func (b *batch) insert(text string, n int, args []any) error {
	for size := 64; len(args) > 0; {
		if len(args) < size*n {
			size /= 4
			continue
		}
		if err := b.c.exec(b.statement(text, n, size), args[:size*n]...); err != nil {
			return err
		}
		args = args[size*n:]
	}
	return nil
}

// statement returns the text of an insert of a number of rows.
func (b *batch) statement(text string, columns, rows int) string {
	k := statement{text, rows}
	if s, ok := b.texts[k]; ok {
		return s
	}
	one := "(?" + strings.Repeat(",?", columns-1) + ")"
	s := text + one + strings.Repeat(","+one, rows-1)
	b.texts[k] = s
	return s
}
