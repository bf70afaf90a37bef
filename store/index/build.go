package index

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"masjala/fhir/search"
	"masjala/store/index/rids"
	"masjala/store/index/spool"
)

// maxRID is the largest rid that fits.
const maxRID = 1<<31 - 1

// Builder makes the file of a base. It keeps little in memory: what it collects lies in
// temporary files. It is for one goroutine.
type Builder struct {
	dir    string
	seq    int64
	depths Text
	spools []*spool.Spool

	seqs       *spool.Spool
	types      []byte
	live       map[uint8]*sub
	posts      *spool.Spool
	partitions [1 << partitionBits]partition
	parts      []part

	key   group
	param parameter
	has   map[int64][]byte // bitmaps of the parameters that are done
	buf   []byte
	done  bool
}

// part is a part of the file that is complete.
type part struct {
	extent
	spool *spool.Spool
}

// NewBuilder starts the file of the state of a store at a sequence number, in a folder that
// it makes if need be. Call Finish or Abort.
func NewBuilder(dir string, seq int64, o Text) (*Builder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("build an index: %w", err)
	}
	b := &Builder{dir: dir, seq: seq, depths: maps.Clone(o), live: map[uint8]*sub{}, has: map[int64][]byte{}}
	var err error
	if b.seqs, err = b.newSpool(); err == nil {
		b.posts, err = b.newSpool()
	}
	if err != nil {
		b.Abort()
		return nil, fmt.Errorf("build an index: %w", err)
	}
	return b, nil
}

// newSpool makes a temporary file that Abort removes.
func (b *Builder) newSpool() (*spool.Spool, error) {
	s, err := spool.New(b.dir)
	if err == nil {
		b.spools = append(b.spools, s)
	}
	return s, err
}

// Abort ends the building and removes what was made. After Finish it does nothing.
func (b *Builder) Abort() {
	for _, s := range b.spools {
		s.Close()
	}
	for i := range b.partitions {
		b.partitions[i].spool.Close()
	}
	if b.param.text != nil {
		b.param.text.Abort()
	}
	b.spools, b.done = nil, true
}

// Doc adds the head of a resource: all but its Rows. They come in ascending order of RID,
// before or between the rows.
func (b *Builder) Doc(d Doc) error {
	switch {
	case d.RID > maxRID:
		return fmt.Errorf("rid %d is too large for an index", d.RID)
	case int(d.RID) < len(b.types):
		return fmt.Errorf("%w: resource %d after %d", errOrder, d.RID, len(b.types)-1)
	case d.Type == 0:
		return fmt.Errorf("resource %d has no type", d.RID)
	}
	if d.Deleted {
		return nil
	}
	for len(b.types) < int(d.RID) {
		b.types = append(b.types, 0)
		if err := b.putSeq(0); err != nil {
			return err
		}
	}
	b.types = append(b.types, d.Type)
	if err := b.putSeq(d.Seq); err != nil {
		return err
	}
	l := b.live[d.Type]
	if l == nil {
		l = &sub{}
		b.live[d.Type] = l
	}
	l.rids.Add(d.RID)
	return b.record(keyOf(keyID, int64(d.Type), d.ID), uint64(d.RID))
}

func (b *Builder) putSeq(seq int64) error {
	_, err := b.seqs.Write(binary.LittleEndian.AppendUint64(b.buf[:0], uint64(seq)))
	return err
}

// record adds a record of the table.
func (b *Builder) record(k digest, value uint64) error {
	return b.partitions[k[0]>>(8-partitionBits)].add(b.dir, &record{binary.BigEndian.Uint64(k[:8]), binary.BigEndian.Uint64(k[8:]), value})
}

// Row adds an index row of a resource. Rows come in the order of the store's tables: by
// Kind, Param, then Text (the cell of a position), then resource. Nothing of r is kept.
func (b *Builder) Row(r *Row, rid uint32) error {
	if rid > maxRID {
		return fmt.Errorf("rid %d is too large for an index", rid)
	}
	if r.Kind != b.param.kind || r.Param != b.param.number {
		if err := b.nextParam(r); err != nil {
			return err
		}
	}
	b.mark(rid)
	switch r.Kind {
	case search.Token, search.Reference:
		return b.keyed(r, rid, r.A)
	case search.URI:
		return b.keyed(r, rid, 0)
	case search.String:
		return b.string(r, rid)
	case search.Position:
		return b.position(r, rid)
	}
	return nil
}

// mark notes that a resource has a value for the parameter.
func (b *Builder) mark(rid uint32) {
	p := &b.param
	if w := int(rid >> 6); w >= len(p.bits) {
		p.bits = append(p.bits, make([]uint64, w+1-len(p.bits)+w/8)...)
	}
	p.bits[rid>>6] |= 1 << (rid & 63)
	p.some = true
}

// Finish completes the file, makes it durable, and returns its path. It fails when rows
// came out of order or could not be written; then nothing is left behind.
func (b *Builder) Finish() (path string, err error) {
	if b.done {
		return "", fmt.Errorf("the index was finished or aborted before")
	}
	defer b.Abort()
	if err := b.rest(); err != nil {
		return "", fmt.Errorf("build an index: %w", err)
	}
	if path, err = b.write(); err != nil {
		return "", fmt.Errorf("write the index: %w", err)
	}
	return path, nil
}

// rest writes what could be known only at the end.
func (b *Builder) rest() error {
	if err := b.endParam(); err != nil {
		return err
	}
	for _, typ := range slices.Sorted(maps.Keys(b.live)) {
		if err := b.entries(keyOf(keyLive, int64(typ), ""), []*sub{b.live[typ]}); err != nil {
			return err
		}
	}
	for _, p := range slices.Sorted(maps.Keys(b.has)) {
		s := &sub{}
		rids.Each(b.has[p], s.rids.Add)
		if err := b.entries(keyOf(keyHas, p, ""), []*sub{s}); err != nil {
			return err
		}
	}
	if err := b.emptyTexts(); err != nil {
		return err
	}
	types, err := b.newSpool()
	if err != nil {
		return err
	}
	if _, err := types.Write(b.types); err != nil {
		return err
	}
	table, buckets, err := b.tables()
	if err != nil {
		return err
	}
	b.parts = append(b.parts, part{extent{part: partSeqs}, b.seqs}, part{extent{part: partTypes}, types},
		part{extent{part: partTable}, table}, part{extent{part: partBuckets}, buckets}, part{extent{part: partPostings}, b.posts})
	return nil
}

// write puts the parts into one file.
func (b *Builder) write() (path string, err error) {
	f, err := os.CreateTemp(b.dir, spool.Temporary+"*")
	if err != nil {
		return "", err
	}
	err = b.writeTo(f)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	path = filepath.Join(b.dir, fileName(b.seq))
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return path, syncDir(b.dir)
}

func (b *Builder) writeTo(f *os.File) error {
	at := uint64(headSize)
	if _, err := f.Write(make([]byte, headSize)); err != nil {
		return err
	}
	entries := make([]extent, len(b.parts))
	for i, p := range b.parts {
		r, err := p.spool.Rewind()
		if err != nil {
			return err
		}
		n, err := io.Copy(f, r)
		if err != nil {
			return err
		}
		if uint64(n) != p.spool.Len() {
			return io.ErrUnexpectedEOF
		}
		entries[i] = p.extent
		entries[i].offset, entries[i].length, entries[i].sum = at, p.spool.Len(), p.spool.Sum()
		pad := make([]byte, -p.spool.Len()&7)
		if _, err := f.Write(pad); err != nil {
			return err
		}
		at += p.spool.Len() + uint64(len(pad))
		p.spool.Close()
	}
	head, table := header(b.seq, entries, at)
	if _, err := f.Write(table); err != nil {
		return err
	}
	_, err := f.WriteAt(head, 0)
	return err
}
