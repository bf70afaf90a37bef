package index

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"masjala/store/index/rids"
	"masjala/store/index/spool"
)

const (
	partitionBits = 6
	partitionMax  = 64 << 10 // bytes kept before a partition has a file
)

// partition keeps the records whose digests have the same first bits, until they are sorted.
type partition struct {
	buf   []byte
	spool *spool.Spool
	n     int
}

func (p *partition) add(dir string, r *record) error {
	if len(p.buf)+recordSize > partitionMax {
		if err := p.spill(dir); err != nil {
			return err
		}
	}
	p.buf = r.append(p.buf)
	p.n++
	return nil
}

func (p *partition) spill(dir string) (err error) {
	if p.spool == nil {
		if p.spool, err = spool.New(dir); err != nil {
			return err
		}
	}
	_, err = p.spool.Write(p.buf)
	p.buf = p.buf[:0]
	return err
}

// records returns the records in order, in the room of dst.
func (p *partition) records(dst []record) ([]record, error) {
	dst = slices.Grow(dst[:0], p.n)
	take := func(b []byte) {
		for ; len(b) > 0; b = b[recordSize:] {
			var r record
			r.get(b)
			dst = append(dst, r)
		}
	}
	if p.spool != nil {
		r, err := p.spool.Rewind()
		if err != nil {
			return nil, err
		}
		room := make([]byte, recordSize*4096)
		for err == nil {
			var n int
			n, err = io.ReadFull(r, room)
			take(room[:n-n%recordSize])
		}
		if err != io.EOF && err != io.ErrUnexpectedEOF {
			return nil, err
		}
	}
	take(p.buf)
	sortRecords(dst)
	return dst, nil
}

// errOrder tells that the rows of one key did not come together.
var errOrder = errors.New("the rows of an index did not come in their order")

// tables writes the sorted records and the numbers of the first record of each bucket.
func (b *Builder) tables() (table, buckets *spool.Spool, err error) {
	if table, err = b.newSpool(); err != nil {
		return nil, nil, err
	}
	if buckets, err = b.newSpool(); err != nil {
		return nil, nil, err
	}
	total := 0
	for i := range b.partitions {
		total += b.partitions[i].n
	}
	t := tableWriter{b: b, table: table, buckets: buckets, count: bucketsFor(total)}
	t.shift = shiftFor(t.count)
	var room []record
	for i := range b.partitions {
		p := &b.partitions[i]
		if room, err = p.records(room); err != nil {
			return nil, nil, err
		}
		if err := t.write(room); err != nil {
			return nil, nil, err
		}
		p.spool.Close()
		*p = partition{}
	}
	return table, buckets, t.fill(t.count)
}

// tableWriter writes sorted records.
type tableWriter struct {
	b              *Builder
	table, buckets *spool.Spool
	count          int
	shift          uint
	started        int // buckets whose first record is known
	n              uint32
	buf            []byte
	subs           []*sub
}

// fill says that the buckets up to one begin with the next record.
func (t *tableWriter) fill(bucket int) error {
	for ; t.started <= bucket; t.started++ {
		if _, err := t.buckets.Write(binary.LittleEndian.AppendUint32(t.buf[:0], t.n)); err != nil {
			return err
		}
	}
	return nil
}

// write appends records, those of one key as one.
func (t *tableWriter) write(rs []record) error {
	for i := 0; i < len(rs); {
		j := i + 1
		for j < len(rs) && rs[j].sameKey(&rs[i]) {
			j++
		}
		r := rs[i]
		if j > i+1 {
			at, err := t.join(rs[i:j])
			if err != nil {
				return err
			}
			r.value = at
		}
		if err := t.fill(int(r.first >> t.shift)); err != nil {
			return err
		}
		t.buf = r.append(t.buf[:0])
		if _, err := t.table.Write(t.buf); err != nil {
			return err
		}
		t.n++
		i = j
	}
	return nil
}

// join makes one posting of the records of a key, each of one resource.
func (t *tableWriter) join(rs []record) (uint64, error) {
	t.subs = t.subs[:0]
	for i := range rs {
		if rs[i].value&elsewhere != 0 {
			return 0, errOrder
		}
		s := int64(rs[i].value >> 32)
		if n := len(t.subs); n == 0 || t.subs[n-1].sub != s {
			t.subs = append(t.subs, &sub{sub: s, rids: rids.Encoder{}})
		}
		t.subs[len(t.subs)-1].rids.Add(uint32(rs[i].value))
	}
	return t.b.postings(t.subs)
}
