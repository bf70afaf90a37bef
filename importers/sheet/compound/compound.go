package compound

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
)

// ErrDamaged tells that a file is cut off or its parts contradict each other.
var ErrDamaged = errors.New("the compound file is damaged or incomplete")

// Magic is how every compound file begins.
const Magic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

const (
	headerSize = 512
	endOfChain = 0xfffffffe
	maxSector  = 0xfffffffa // larger numbers are marks
	entrySize  = 128
	maxEntries = 1 << 16
)

// entry is one line of the directory.
type entry struct {
	name  string
	kind  byte // 1 folder, 2 stream, 5 root
	start uint32
	size  int64
}

// File is an opened compound file. It is safe for concurrent use.
type File struct {
	r       io.ReaderAt
	size    int64
	shift   uint     // of a sector's size
	small   uint     // of a small sector's size
	cutoff  int64    // streams below it lie in small sectors
	table   []uint32 // next sector of each sector
	smalls  []uint32 // next small sector of each
	entries []entry
}

// Open reads the directory of a compound file of a size. It fails with ErrDamaged.
func Open(r io.ReaderAt, size int64) (*File, error) {
	head := make([]byte, headerSize)
	if _, err := r.ReadAt(head, 0); err != nil || !bytes.HasPrefix(head, []byte(Magic)) {
		return nil, ErrDamaged
	}
	f := &File{r: r, size: size, shift: uint(le16(head, 30)), small: uint(le16(head, 32)), cutoff: int64(le32(head, 56))}
	if (f.shift != 9 && f.shift != 12) || f.small >= f.shift || f.small < 4 {
		return nil, ErrDamaged
	}
	if err := f.readTable(head); err != nil {
		return nil, err
	}
	if err := f.readDirectory(le32(head, 48)); err != nil {
		return nil, err
	}
	sectors, err := f.chain(f.table, le32(head, 60), -1)
	if err != nil {
		return nil, err
	}
	f.smalls, err = f.numbers(sectors)
	return f, err
}

// Has tells whether there is a stream of that name; case does not count.
func (f *File) Has(name string) bool { return f.find(name) != nil }

// Stream opens a stream for reading. It fails with ErrDamaged when it is not there or its
// sectors do not hold together.
func (f *File) Stream(name string) (*io.SectionReader, error) {
	e := f.find(name)
	if e == nil || e.size < 0 || e.size > f.size {
		return nil, ErrDamaged
	}
	if e.size >= f.cutoff {
		return f.stream(e.start, e.size)
	}
	root := f.entries[0]
	if root.size > f.size {
		return nil, ErrDamaged
	}
	all, err := f.stream(root.start, root.size)
	if err != nil {
		return nil, err
	}
	sectors, err := f.chain(f.smalls, e.start, e.size>>f.small+1)
	if err != nil {
		return nil, err
	}
	data := make([]byte, len(sectors)<<f.small)
	for i, s := range sectors {
		if n, err := all.ReadAt(data[i<<f.small:(i+1)<<f.small], int64(s)<<f.small); n == 0 && err != nil {
			return nil, ErrDamaged
		}
	}
	if int64(len(data)) < e.size {
		return nil, ErrDamaged
	}
	return io.NewSectionReader(bytes.NewReader(data), 0, e.size), nil
}

func (f *File) find(name string) *entry {
	for i := range f.entries {
		if f.entries[i].kind == 2 && strings.EqualFold(f.entries[i].name, name) {
			return &f.entries[i]
		}
	}
	return nil
}

// stream opens what lies in full sectors.
func (f *File) stream(start uint32, size int64) (*io.SectionReader, error) {
	sectors, err := f.chain(f.table, start, size>>f.shift+1)
	if err != nil {
		return nil, err
	}
	if int64(len(sectors))<<f.shift < size {
		return nil, ErrDamaged
	}
	return io.NewSectionReader(&chained{f, sectors}, 0, size), nil
}

// chain follows sectors from one to the next, at most limit of them (as many as there are for
// -1). A chain longer than its table runs in a circle.
func (f *File) chain(table []uint32, start uint32, limit int64) ([]uint32, error) {
	var out []uint32
	for s := start; s < maxSector; s = table[s] {
		if int64(s) >= int64(len(table)) || len(out) >= len(table) {
			return nil, ErrDamaged
		}
		if limit >= 0 && int64(len(out)) >= limit {
			break
		}
		out = append(out, s)
	}
	return out, nil
}

// readTable gathers the table of sectors, whose own sectors are listed in the header and
// beyond it in a chain.
func (f *File) readTable(head []byte) error {
	most := f.size>>f.shift + 1
	var list []uint32
	for i := 76; i < headerSize; i += 4 {
		list = append(list, le32(head, i))
	}
	sector := make([]byte, 1<<f.shift)
	for next := le32(head, 68); next < maxSector; {
		if int64(len(list)) > most+int64(len(sector)) {
			return ErrDamaged
		}
		if err := f.sector(next, sector); err != nil {
			return err
		}
		for i := 0; i < len(sector)-4; i += 4 {
			list = append(list, le32(sector, i))
		}
		next = le32(sector, len(sector)-4)
	}
	var used []uint32
	for _, s := range list {
		if s < maxSector {
			used = append(used, s)
		}
	}
	if int64(len(used)) > most {
		return ErrDamaged
	}
	var err error
	f.table, err = f.numbers(used)
	return err
}

// numbers reads sectors as lists of numbers.
func (f *File) numbers(sectors []uint32) ([]uint32, error) {
	buf := make([]byte, 1<<f.shift)
	out := make([]uint32, 0, len(sectors)*len(buf)/4)
	for _, s := range sectors {
		if err := f.sector(s, buf); err != nil {
			return nil, err
		}
		for i := 0; i < len(buf); i += 4 {
			out = append(out, le32(buf, i))
		}
	}
	return out, nil
}

// sector reads one; the last of a file may be cut short.
func (f *File) sector(s uint32, buf []byte) error {
	n, err := f.r.ReadAt(buf, int64(s+1)<<f.shift)
	if n == 0 && err != nil {
		return ErrDamaged
	}
	clear(buf[n:])
	return nil
}

func (f *File) readDirectory(start uint32) error {
	sectors, err := f.chain(f.table, start, maxEntries*entrySize>>f.shift)
	if err != nil {
		return err
	}
	buf := make([]byte, 1<<f.shift)
	for _, s := range sectors {
		if err := f.sector(s, buf); err != nil {
			return err
		}
		for at := 0; at < len(buf); at += entrySize {
			f.entries = append(f.entries, f.entry(buf[at:at+entrySize]))
		}
	}
	if len(f.entries) == 0 || f.entries[0].kind != 5 {
		return ErrDamaged
	}
	return nil
}

func (f *File) entry(b []byte) entry {
	e := entry{kind: b[66], start: le32(b, 116), size: int64(le32(b, 120))}
	if f.shift == 12 {
		e.size |= int64(le32(b, 124)) << 32
	}
	var name []uint16
	for i := 0; i < min(int(le16(b, 64))-2, 62); i += 2 {
		name = append(name, le16(b, i))
	}
	e.name = string(utf16.Decode(name))
	return e
}

// chained reads a chain of sectors as if they lay one after the other.
type chained struct {
	f       *File
	sectors []uint32
}

// ReadAt implements io.ReaderAt.
func (c *chained) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		i := off >> c.f.shift
		if i >= int64(len(c.sectors)) {
			return done, io.EOF
		}
		in := off & (1<<c.f.shift - 1)
		want := min(int64(len(p)-done), 1<<c.f.shift-in)
		n, err := c.f.r.ReadAt(p[done:done+int(want)], int64(c.sectors[i]+1)<<c.f.shift+in)
		done, off = done+n, off+int64(n)
		if int64(n) < want {
			if err == nil || errors.Is(err, io.EOF) {
				err = ErrDamaged // the file ends before its stream does
			}
			return done, err
		}
	}
	return done, nil
}

func le16(b []byte, at int) uint16 { return binary.LittleEndian.Uint16(b[at:]) }

func le32(b []byte, at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
