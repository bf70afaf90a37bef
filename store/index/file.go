package index

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"golang.org/x/sync/errgroup"

	"masjala/store/index/spool"
	"masjala/store/index/text"
)

// The parts of a file. The numbers are part of the layout.
const (
	partSeqs      = iota + 1 // by rid: the sequence number of the current version, 64 bits
	partTypes                // by rid: the type; 0 for what is not current
	partTable                // records of keys, by digest
	partBuckets              // by the first bits of a digest: the first record, 32 bits
	partPostings             // what records refer to
	partText                 // one per String parameter
	partPositions            // one per Position parameter
)

// layout is the version of files. A program with another layout makes them again.
const layout = 1

const (
	magic      = "masjalaI"
	headSize   = 64     // magic, layout, parts, sequence, checksum, zero
	extentSize = 40     // part, depth, number, offset, length, checksum, zero
	maxEntries = 100000 // no store has as many parameters
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// extent says where a part of a file lies.
type extent struct {
	part   uint32
	depth  uint32 // of a text
	number int64  // of the parameter
	offset uint64
	length uint64
	sum    uint32
}

func (e *extent) put(b []byte) {
	binary.LittleEndian.PutUint32(b, e.part)
	binary.LittleEndian.PutUint32(b[4:], e.depth)
	binary.LittleEndian.PutUint64(b[8:], uint64(e.number))
	binary.LittleEndian.PutUint64(b[16:], e.offset)
	binary.LittleEndian.PutUint64(b[24:], e.length)
	binary.LittleEndian.PutUint32(b[32:], e.sum)
}

func (e *extent) get(b []byte) {
	*e = extent{
		part:   binary.LittleEndian.Uint32(b),
		depth:  binary.LittleEndian.Uint32(b[4:]),
		number: int64(binary.LittleEndian.Uint64(b[8:])),
		offset: binary.LittleEndian.Uint64(b[16:]),
		length: binary.LittleEndian.Uint64(b[24:]),
		sum:    binary.LittleEndian.Uint32(b[32:]),
	}
}

// header makes the head of a file: what it is, and the table of its parts, which lies at
// the end and has a checksum in the head.
func header(seq int64, entries []extent, at uint64) (head, table []byte) {
	table = make([]byte, extentSize*len(entries))
	for i := range entries {
		entries[i].put(table[extentSize*i:])
	}
	head = make([]byte, headSize)
	copy(head, magic)
	binary.LittleEndian.PutUint32(head[8:], layout)
	binary.LittleEndian.PutUint32(head[12:], uint32(len(entries)))
	binary.LittleEndian.PutUint64(head[16:], uint64(seq))
	binary.LittleEndian.PutUint64(head[24:], at)
	binary.LittleEndian.PutUint32(head[32:], crc32.Checksum(table, castagnoli))
	binary.LittleEndian.PutUint32(head[headSize-4:], crc32.Checksum(head[:headSize-4], castagnoli))
	return head, table
}

// file is a mapped base. It is safe for concurrent use.
type file struct {
	name    string
	seq     int64
	release func()

	seqs, types, table, buckets, postings []byte

	shift     uint // of the first half of a digest, to its bucket
	texts     map[int64]*text.Reader
	depths    Text
	positions map[int64]points
	several   bool // some resource has more than one place
}

// openFile maps a file and checks all of it.
func openFile(name string) (*file, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < headSize {
		return nil, fmt.Errorf("index file %s: %w", name, io.ErrUnexpectedEOF)
	}
	data, release, err := spool.Map(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("map index file %s: %w", name, err)
	}
	soon(data)
	x := &file{name: name, release: release, texts: map[int64]*text.Reader{}, depths: Text{}, positions: map[int64]points{}}
	if err := x.read(data); err != nil {
		release()
		return nil, fmt.Errorf("index file %s: %w", name, err)
	}
	return x, nil
}

// read checks a whole file and finds its parts.
func (x *file) read(data []byte) error {
	head := data[:headSize]
	if string(head[:8]) != magic {
		return fmt.Errorf("it is not an index")
	}
	if crc32.Checksum(head[:headSize-4], castagnoli) != binary.LittleEndian.Uint32(head[headSize-4:]) {
		return fmt.Errorf("its head is damaged")
	}
	if v := binary.LittleEndian.Uint32(head[8:]); v != layout {
		return fmt.Errorf("it has layout %d, not %d", v, layout)
	}
	n, at := uint64(binary.LittleEndian.Uint32(head[12:])), binary.LittleEndian.Uint64(head[24:])
	x.seq = int64(binary.LittleEndian.Uint64(head[16:]))
	if n > maxEntries || at > uint64(len(data)) || uint64(len(data))-at != n*extentSize {
		return fmt.Errorf("its length is wrong")
	}
	table := data[at:]
	if crc32.Checksum(table, castagnoli) != binary.LittleEndian.Uint32(head[32:]) {
		return fmt.Errorf("its table of parts is damaged")
	}
	entries := make([]extent, n)
	for i := range entries {
		entries[i].get(table[extentSize*i:])
	}
	if err := check(data, entries, at); err != nil {
		return err
	}
	return x.parts(data, entries)
}

// check compares the checksums of all parts, on more than one processor.
func check(data []byte, entries []extent, end uint64) error {
	var g errgroup.Group
	g.SetLimit(2)
	at := uint64(headSize)
	for i := range entries {
		e := &entries[i]
		if e.offset != at || e.offset > end || e.length > end-e.offset {
			return fmt.Errorf("part %d of its table is wrong", i)
		}
		at = e.offset + e.length
		pad := data[at:min(at+(-at&7), end)]
		at += uint64(len(pad))
		g.Go(func() error {
			if crc32.Checksum(data[e.offset:e.offset+e.length], castagnoli) != e.sum {
				return fmt.Errorf("its part %d is damaged", i)
			}
			for _, b := range pad {
				if b != 0 {
					return fmt.Errorf("what follows its part %d is damaged", i)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if at != end {
		return fmt.Errorf("it has more than its parts")
	}
	return nil
}

// parts sets what the parts are read by.
func (x *file) parts(data []byte, entries []extent) (err error) {
	for i := range entries {
		e := &entries[i]
		b := data[e.offset : e.offset+e.length : e.offset+e.length]
		switch e.part {
		case partSeqs:
			x.seqs = b
		case partTypes:
			x.types = b
		case partTable:
			x.table = b
		case partBuckets:
			x.buckets = b
		case partPostings:
			x.postings = b
		case partText:
			if x.texts[e.number], err = text.Open(b); err != nil {
				return err
			}
			x.depths[e.number] = Depth(e.depth)
		case partPositions:
			x.positions[e.number] = points(b)
		default:
			return fmt.Errorf("its part %d is of an unknown sort", i)
		}
	}
	size := len(x.buckets)/4 - 1 // a power of two
	if len(x.seqs) != 8*len(x.types) || len(x.table)%recordSize != 0 || size < 1 || size&(size-1) != 0 {
		return fmt.Errorf("its parts do not fit together")
	}
	x.shift = shiftFor(size)
	x.several = anySeveral(x.positions, len(x.types))
	return nil
}
