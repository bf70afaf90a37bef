package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"masjala/store/index/rids"
)

// A record of the table is a digest and a value: either one resource and what tells its
// entry from others of the key (the system of a token, the target type of a reference), or
// where in the postings the entries of the key lie.
const (
	recordSize = 24
	elsewhere  = uint64(1) << 63 // the lower bits are an offset in the postings
	maxSub     = 1<<31 - 1       // more does not fit beside a rid
	perBucket  = 8               // how many records a bucket has on average, at most
)

// shiftFor returns by how much the first half of a digest is shifted to number its bucket.
func shiftFor(buckets int) uint { return uint(64 - bits.Len(uint(buckets-1))) }

// bucketsFor returns how many buckets a table of n records has.
func bucketsFor(n int) int {
	b := 1
	for b*perBucket < n {
		b *= 2
	}
	return b
}

// find returns the value of a key.
func (x *file) find(k *digest) (uint64, bool) {
	bucket := int(binary.BigEndian.Uint64(k[:8]) >> x.shift)
	from := int(binary.LittleEndian.Uint32(x.buckets[4*bucket:]))
	to := int(binary.LittleEndian.Uint32(x.buckets[4*bucket+4:]))
	for i := from; i < to; i++ {
		r := x.table[recordSize*i : recordSize*(i+1)]
		if bytes.Equal(r[:16], k[:]) {
			return binary.LittleEndian.Uint64(r[16:]), true
		}
	}
	return 0, false
}

// posting is an entry of a key: rids with one system or target type.
type posting struct {
	sub  int64
	n    int
	size int    // of a bitmap
	b    []byte // n rids of 32 bits each, or a bitmap
}

// sub is an entry of a key while it is built.
type sub struct {
	sub  int64
	rids rids.Encoder
}

// appendPostings writes the entries of a key as the postings keep them at an offset: how
// many; of each what tells it apart, how many rids, and the length of a bitmap; then the
// rids of each, bitmaps at a multiple of eight.
func appendPostings(dst []byte, at uint64, subs []*sub) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(subs)))
	bitmaps := make([][]byte, len(subs))
	for i, s := range subs {
		n := s.rids.Len()
		dst = binary.AppendVarint(dst, s.sub)
		dst = binary.AppendUvarint(dst, uint64(n))
		if n > rids.Few {
			bitmaps[i] = s.rids.Append(nil)
			dst = binary.AppendUvarint(dst, uint64(len(bitmaps[i])))
		}
	}
	for i, s := range subs {
		if bitmaps[i] == nil {
			for _, r := range s.rids.List() {
				dst = binary.LittleEndian.AppendUint32(dst, r)
			}
			continue
		}
		for (at+uint64(len(dst)))&7 != 0 {
			dst = append(dst, 0)
		}
		dst = append(dst, bitmaps[i]...)
	}
	return dst
}

// readPostings appends the entries of a key that lie at an offset.
func (x *file) readPostings(at uint64, dst []posting) []posting {
	from := len(dst)
	next := func() (v uint64) {
		v, n := binary.Uvarint(x.postings[at:])
		at += uint64(n)
		return v
	}
	for range next() {
		var p posting
		s := next()
		p.sub = int64(s>>1) ^ -int64(s&1)
		if p.n = int(next()); p.n > rids.Few {
			p.size = int(next())
		}
		dst = append(dst, p)
	}
	for i := from; i < len(dst); i++ {
		p := &dst[i]
		size := uint64(4 * p.n)
		if p.size > 0 {
			at += -at & 7
			size = uint64(p.size)
		}
		p.b = x.postings[at : at+size : at+size]
		at += size
	}
	return dst
}

// record is a record of the table while it is built.
type record struct {
	first, second uint64 // halves of the digest
	value         uint64
}

func (r *record) get(b []byte) {
	*r = record{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[16:])}
}

func (r *record) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, r.first)
	dst = binary.BigEndian.AppendUint64(dst, r.second)
	return binary.LittleEndian.AppendUint64(dst, r.value)
}

func (r *record) sameKey(o *record) bool { return r.first == o.first && r.second == o.second }

func sortRecords(rs []record) {
	slices.SortFunc(rs, func(a, b record) int {
		switch {
		case a.first < b.first:
			return -1
		case a.first > b.first:
			return 1
		case a.second != b.second:
			return cmp.Compare(a.second, b.second)
		}
		return cmp.Compare(a.value, b.value)
	})
}
