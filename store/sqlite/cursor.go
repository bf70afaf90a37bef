package sqlite

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"math"

	"masjala/fhir"
)

// cursor is where a walk stands: the snapshot of its first page, the total found then,
// and the key of the last row shown. It holds no offset, so it stays valid during writes,
// and nothing of the process, so it stays valid across restarts.
type cursor struct {
	kind  byte
	seq   int64 // the newest version of the first page's snapshot
	total int64 // -1 when not counted
	rid   int64 // last row: resource, or sequence number of a history
	part  int64 // sorted searches: 1 while in the resources without a value
	keys  []cursorKey
}

// cursorKey is the last row's value of one sort key. The kind of value is that of the parameter.
type cursorKey struct {
	missing bool
	text    string
	number  int64
	float   float64
}

// The kinds of cursors.
const (
	ofHistory  = 'h'
	ofUnsorted = 'u'
	ofSorted   = 's'
	ofDistance = 'd'
)

// String returns the cursor for a link.
func (c *cursor) String() string {
	b := []byte{c.kind}
	for _, v := range []int64{c.seq, c.total, c.rid, c.part, int64(len(c.keys))} {
		b = binary.AppendVarint(b, v)
	}
	for _, k := range c.keys {
		missing := int64(0)
		if k.missing {
			missing = 1
		}
		b = binary.AppendVarint(b, missing)
		b = appendText(b, k.text)
		b = binary.AppendVarint(b, k.number)
		b = binary.AppendUvarint(b, math.Float64bits(k.float))
	}
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

// parseCursor reads a cursor of a kind.
func parseCursor(text string, kind byte) (*cursor, error) {
	bad := fhir.Errorf(fhir.Invalid, "the paging link is damaged or belongs to another request; start again from the first page")
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 5 {
		return nil, bad
	}
	body := b[:len(b)-4]
	if crc32.ChecksumIEEE(body) != binary.BigEndian.Uint32(b[len(b)-4:]) || body[0] != kind {
		return nil, bad
	}
	u := unpacker{p: string(body[1:])}
	c := &cursor{kind: kind, seq: u.varint(), total: u.varint(), rid: u.varint(), part: u.varint()}
	n := u.varint()
	for ; n > 0 && !u.bad; n-- {
		k := cursorKey{missing: u.varint() == 1, text: u.text(), number: u.varint()}
		k.float = math.Float64frombits(u.uvarint())
		c.keys = append(c.keys, k)
	}
	if u.bad || len(u.p) > 0 {
		return nil, bad
	}
	return c, nil
}
