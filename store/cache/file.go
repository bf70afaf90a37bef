package cache

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/s2"
)

// layout is the version of files, and of entries in them.
const layout = 1

// A file is a row of blocks, each with its length and CRC-32C before it; one of length 0 ends it. The
// first has the types with their dictionaries, the others have entries as a ring has them.
const (
	blockHead = 8
	blockFull = 1 << 20
	blockMost = 64 << 20 // no block is as large: an entry is at most a quarter of a ring
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errDamaged = errors.New("what the cache held is damaged in the file")

// Save writes all that is kept, for Load, but for what Forget left out. Commits must not be going on; readers may be. It fails when w does.
func (c *Cache) Save(w io.Writer) error {
	b := bufio.NewWriterSize(w, 64<<10)
	types, dicts := c.kinds.append(nil)
	if err := writeBlock(b, types); err != nil {
		return err
	}
	room := make([]byte, 0, blockFull+blockFull/8)
	for i := range c.shelves {
		var err error
		if room, err = c.shelves[i].dump(room[:0], &dicts, func(block []byte) error { return writeBlock(b, block) }); err != nil {
			return err
		}
	}
	return errors.Join(writeBlock(b, nil), b.Flush())
}

func writeBlock(w *bufio.Writer, block []byte) error {
	var head [blockHead]byte
	binary.LittleEndian.PutUint32(head[:], uint32(len(block)))
	binary.LittleEndian.PutUint32(head[4:], crc32.Checksum(block, castagnoli))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	_, err := w.Write(block)
	return err
}

// readBlock reads a block, into room if it is large enough.
func readBlock(r io.Reader, room []byte) ([]byte, error) {
	var head [blockHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := int(binary.LittleEndian.Uint32(head[:]))
	if n > blockMost {
		return nil, errDamaged
	}
	if n > cap(room) {
		room = make([]byte, n)
	}
	if _, err := io.ReadFull(r, room[:n]); err != nil {
		return nil, err
	}
	if crc32.Checksum(room[:n], castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
		return nil, errDamaged
	}
	return room[:n], nil
}

// Watch begins to note what changes, so that Load leaves it out. Call it before it is made sure that what
// is to be loaded is of the present state.
func (c *Cache) Watch() {
	for i := range c.names {
		c.names[i].watch(map[uint64]struct{}{})
	}
}

// Unwatch ends that, when nothing is loaded after all.
func (c *Cache) Unwatch() {
	for i := range c.names {
		c.names[i].watch(nil)
	}
}

// Load keeps what Save wrote, but for what changed since Watch and what there is no room
// for, until more says no; it is asked from time to time. Readers and commits may go on meanwhile. It fails when r does, or has
// something else; what was right until then is kept.
func (c *Cache) Load(r io.Reader, more func() bool) error {
	defer c.Unwatch()
	room, err := readBlock(r, nil)
	if err != nil {
		return fmt.Errorf("read the types: %w", err)
	}
	types, err := c.kinds.read(room)
	if err != nil {
		return err
	}
	p := take()
	defer p.give()
	room = nil
	for more() {
		if room, err = readBlock(r, room[:cap(room)]); err != nil {
			return fmt.Errorf("read resources: %w", err)
		}
		if len(room) == 0 {
			return nil
		}
		for b := room; len(b) > 0; {
			n := entrySize(b)
			if n == 0 {
				return errDamaged
			}
			c.load(b[:n], types, p)
			c.enter()
			b = b[n:]
		}
	}
	return nil
}

// entrySize is the size of the entry that b begins with; 0 when it begins with none.
func entrySize(b []byte) int {
	if len(b) < ringHead+2 {
		return 0
	}
	n := int(binary.LittleEndian.Uint32(b) >> 3)
	if n < ringHead+2 || n > len(b) {
		return 0
	}
	return n
}

// load keeps an entry, unless its resource changed or is kept already.
func (c *Cache) load(entry []byte, types []*kind, p *packer) {
	r := ring{b: entry}
	p.entry = append(p.entry[:0], r.content(0)...)
	if int(p.entry[0]) >= len(types) || types[p.entry[0]] == nil {
		return
	}
	p.entry[0] = types[p.entry[0]].number
	h, ok := readHead(p.entry)
	if !ok {
		return
	}
	hash, seq := c.hashOf(h.kind, h.name()), r.seq(0)
	n := c.name(hash)
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, changed := n.changed[hash]; changed || n.find(hash) != 0 {
		return
	}
	if n.set(hash, seq) && !c.shelf(seq).add(seq, p.entry, r.uses(0)) {
		n.remove(hash)
	}
}

// dump hands out what is kept, the oldest first, in blocks made in room: what was compressed only when it was with one of some
// dictionaries, told by the numbers of the types. Others wait meanwhile.
func (s *shelf) dump(room []byte, dicts *[256]bool, block func([]byte) error) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for done := 0; done < s.ring.fill; {
		at := (s.ring.tail + done) % len(s.ring.b)
		if !s.ring.dead(at) {
			if c := s.ring.content(at); c[1]&isCompressed == 0 || dicts[c[0]] {
				room = append(room, s.ring.b[at:at+int(s.ring.word(at)>>3)]...)
			}
		}
		done += s.ring.room(at)
		if len(room) >= blockFull || done >= s.ring.fill && len(room) > 0 {
			if err := block(room); err != nil {
				return room, err
			}
			room = room[:0]
		}
	}
	return room, nil
}

// append appends the types with their dictionaries, by number, and tells of which types it did: a reader may make another
// dictionary meanwhile, and one may have what was erased.
func (t *kinds) append(dst []byte) (types []byte, dicts [256]bool) {
	dst = append(dst, layout)
	now := t.now.Load()
	if now == nil {
		return append(dst, 0), dicts
	}
	dst = binary.AppendUvarint(dst, uint64(len(now.list)))
	for _, k := range now.list {
		dst = append(binary.AppendUvarint(dst, uint64(len(k.name))), k.name...)
		var dict []byte
		if d := k.dict.Load(); d != nil && !k.erased.Load() {
			dict, dicts[k.number] = d.Bytes(), true
		}
		dst = append(binary.AppendUvarint(dst, uint64(len(dict))), dict...)
	}
	return dst, dicts
}

// read returns the types that append wrote, by the numbers they had; nil for one that has another dictionary now.
func (t *kinds) read(b []byte) ([]*kind, error) {
	piece := func() []byte {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			b = nil
			return nil
		}
		p := b[size : size+int(n)]
		b = b[size+int(n):]
		return p
	}
	if len(b) == 0 || b[0] != layout {
		return nil, errors.New("what the cache held was written by another program")
	}
	b = b[1:]
	count, size := binary.Uvarint(b)
	if size <= 0 || count > 256 {
		return nil, errDamaged
	}
	b = b[size:]
	list := make([]*kind, count)
	for i := range list {
		name, dict := piece(), piece()
		if len(name) == 0 || b == nil {
			return nil, errDamaged
		}
		k := t.named(string(name))
		if k == nil {
			continue
		}
		if len(dict) > 0 {
			d := s2.NewDict(dict)
			if d == nil {
				return nil, errDamaged
			}
			if !k.adopt(d) {
				continue
			}
		}
		list[i] = k
	}
	return list, nil
}
