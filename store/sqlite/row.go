package sqlite

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"masjala/fhir/room"
	"masjala/fhir/search"
)

// row is one index row. Which fields count depends on kind:
//
//	Token      text code, a system
//	String     text folded, more as written
//	Reference  text id or address, a target type, more |version
//	Date       a first and b last millisecond
//	URI        text
//	Number     x and y the range, a system, text unit (Quantity too)
//	Position   a cell, x latitude, y longitude
type row struct {
	kind       search.Kind
	param      int64
	edge       int64
	text, more string
	a, b       int64
	x, y       float64
}

// The bits of row.edge: the smallest and the largest value a resource has for a parameter.
const (
	smallest = 1
	largest  = 2
)

// compare orders rows as their table orders them (but for the resource).
func (r *row) compare(o *row) int {
	return cmp.Or(
		cmp.Compare(r.kind, o.kind), cmp.Compare(r.param, o.param), cmp.Compare(r.text, o.text),
		cmp.Compare(r.a, o.a), cmp.Compare(r.x, o.x), cmp.Compare(r.more, o.more),
		cmp.Compare(r.b, o.b), cmp.Compare(r.y, o.y))
}

// value orders rows of one parameter by what _sort sorts by.
func (r *row) value(o *row) int {
	switch r.kind {
	case search.Date:
		return cmp.Compare(r.a, o.a)
	case search.Number, search.Quantity:
		return cmp.Compare(r.x, o.x)
	}
	return cmp.Compare(r.text, o.text)
}

// settle sorts rows, drops repeats and marks the edges.
func settle(rs []row) []row {
	slices.SortFunc(rs, func(a, b row) int { return a.compare(&b) })
	rs = slices.CompactFunc(rs, func(a, b row) bool { return a.compare(&b) == 0 })
	for i := 0; i < len(rs); {
		j, low, high := i+1, i, i
		for ; j < len(rs) && rs[j].kind == rs[i].kind && rs[j].param == rs[i].param; j++ {
			if rs[j].value(&rs[low]) < 0 {
				low = j
			}
			if rs[j].value(&rs[high]) > 0 {
				high = j
			}
		}
		rs[low].edge |= smallest
		rs[high].edge |= largest
		i = j
	}
	return rs
}

// rowRoom is more than a packed row takes beside its texts.
const rowRoom = 64

// pack appends rows to dst, to be read by unpack.
func pack(dst []byte, rs []row) []byte {
	for i := range rs {
		r := &rs[i]
		dst = room.For(dst, rowRoom+len(r.text)+len(r.more))
		dst = append(dst, byte(r.kind)<<2|byte(r.edge))
		dst = binary.AppendUvarint(dst, uint64(r.param))
		switch r.kind {
		case search.Token:
			dst = appendText(dst, r.text)
			dst = binary.AppendVarint(dst, r.a)
		case search.String:
			dst = appendText(dst, r.text)
			dst = appendText(dst, r.more)
		case search.Reference:
			dst = appendText(dst, r.text)
			dst = binary.AppendVarint(dst, r.a)
			dst = appendText(dst, r.more)
		case search.Date:
			dst = binary.AppendVarint(dst, r.a)
			dst = binary.AppendVarint(dst, r.b)
		case search.URI:
			dst = appendText(dst, r.text)
		case search.Number, search.Quantity:
			dst = appendFloat(appendFloat(dst, r.x), r.y)
			dst = binary.AppendVarint(dst, r.a)
			dst = appendText(dst, r.text)
		case search.Position:
			dst = binary.AppendVarint(dst, r.a)
			dst = appendFloat(appendFloat(dst, r.x), r.y)
		}
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendFloat(dst []byte, f float64) []byte {
	return binary.BigEndian.AppendUint64(dst, math.Float64bits(f))
}

// unpack reads what pack wrote. The texts of the rows are parts of one.
func unpack(p []byte) ([]row, error) {
	u := unpacker{p: string(p)}
	var rs []row
	for r := range u.rows {
		rs = append(rs, *r)
	}
	if u.bad {
		return nil, errPacked
	}
	return rs, nil
}

var errPacked = errors.New("the packed index rows are damaged")

// rows yields the rows that are left, each time in the same place; bad tells whether all came.
func (u *unpacker) rows(yield func(r *row) bool) {
	var r row
	for len(u.p) > 0 && !u.bad {
		head := u.byte()
		r = row{kind: search.Kind(head >> 2), edge: int64(head & 3), param: int64(u.uvarint())}
		switch r.kind {
		case search.Token:
			r.text, r.a = u.text(), u.varint()
		case search.String:
			r.text, r.more = u.text(), u.text()
		case search.Reference:
			r.text, r.a, r.more = u.text(), u.varint(), u.text()
		case search.Date:
			r.a, r.b = u.varint(), u.varint()
		case search.URI:
			r.text = u.text()
		case search.Number, search.Quantity:
			r.x, r.y, r.a, r.text = u.float(), u.float(), u.varint(), u.text()
		case search.Position:
			r.a, r.x, r.y = u.varint(), u.float(), u.float()
		default:
			u.bad = true
		}
		if u.bad || !yield(&r) {
			return
		}
	}
}

// unpacker takes values off the front of p; bad is set when there were not enough bytes.
type unpacker struct {
	p   string
	bad bool
}

func (u *unpacker) take(n int) string {
	if n < 0 || n > len(u.p) {
		u.bad = true
		u.p = ""
		return ""
	}
	s := u.p[:n]
	u.p = u.p[n:]
	return s
}

func (u *unpacker) byte() byte {
	if s := u.take(1); len(s) == 1 {
		return s[0]
	}
	return 0
}

func (u *unpacker) uvarint() uint64 {
	var v uint64
	for i := 0; i < len(u.p) && i < binary.MaxVarintLen64; i++ {
		v |= uint64(u.p[i]&0x7f) << (7 * i)
		if u.p[i] < 0x80 {
			u.p = u.p[i+1:]
			return v
		}
	}
	u.take(-1)
	return 0
}

func (u *unpacker) varint() int64 {
	v := u.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (u *unpacker) text() string {
	n := u.uvarint()
	if n > uint64(len(u.p)) {
		u.bad = true
		return ""
	}
	return u.take(int(n))
}

func (u *unpacker) float() float64 {
	s := u.take(8)
	if len(s) < 8 {
		return 0
	}
	var v uint64
	for i := range 8 {
		v = v<<8 | uint64(s[i])
	}
	return math.Float64frombits(v)
}

// difference tells which rows of two settled lists are only in the old and only in the new one.
func difference(old, new []row) (gone, come []row) {
	for len(old) > 0 || len(new) > 0 {
		order := 0
		switch {
		case len(old) == 0:
			order = 1
		case len(new) == 0:
			order = -1
		default:
			order = cmp.Or(old[0].compare(&new[0]), cmp.Compare(old[0].edge, new[0].edge))
			if order != 0 && old[0].compare(&new[0]) == 0 { // same key, other edge: replace
				gone, come = append(gone, old[0]), append(come, new[0])
				old, new = old[1:], new[1:]
				continue
			}
		}
		switch {
		case order < 0:
			gone, old = append(gone, old[0]), old[1:]
		case order > 0:
			come, new = append(come, new[0]), new[1:]
		default:
			old, new = old[1:], new[1:]
		}
	}
	return gone, come
}
