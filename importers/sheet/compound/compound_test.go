package compound_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"masjala/importers/sheet/compound"
)

const none, end = 0xffffffff, 0xfffffffe

// file makes a compound file of large sectors (4096 bytes) with one stream of two sectors: the
// table in sector 0, the directory in 1, the stream in 2 and 3. change may damage it.
func file(change func(table []uint32, head, directory []byte)) []byte {
	head, table, directory := make([]byte, 4096), make([]uint32, 1024), make([]byte, 4096)
	copy(head, compound.Magic)
	le := binary.LittleEndian
	le.PutUint16(head[30:], 12)
	le.PutUint16(head[32:], 6)
	le.PutUint32(head[48:], 1)    // directory
	le.PutUint32(head[56:], 4096) // smaller streams lie in small sectors
	le.PutUint32(head[60:], end)
	le.PutUint32(head[68:], end)
	for i := 76; i < 512; i += 4 {
		le.PutUint32(head[i:], none)
	}
	le.PutUint32(head[76:], 0)
	for i := range table {
		table[i] = none
	}
	table[0], table[1], table[2], table[3] = 0xfffffffd, end, 3, end
	put := func(at int, name string, kind byte, start uint32, size int) {
		for i, c := range name {
			le.PutUint16(directory[at+2*i:], uint16(c))
		}
		le.PutUint16(directory[at+64:], uint16(2*len(name)+2))
		directory[at+66] = kind
		le.PutUint32(directory[at+116:], start)
		le.PutUint32(directory[at+120:], uint32(size))
	}
	put(0, "Root Entry", 5, end, 0)
	put(128, "Workbook", 2, 2, 6000)
	if change != nil {
		change(table, head, directory)
	}
	var out bytes.Buffer
	out.Write(head)
	for _, n := range table {
		out.Write(le.AppendUint32(nil, n))
	}
	out.Write(directory)
	out.WriteString(strings.Repeat("a", 4096) + strings.Repeat("b", 4096))
	return out.Bytes()
}

func content(data []byte, name string) (string, error) {
	f, err := compound.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", err
	}
	s, err := f.Stream(name)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(s)
	return string(text), err
}

func TestStream(t *testing.T) {
	got, err := content(file(nil), "WORKBOOK")
	if want := strings.Repeat("a", 4096) + strings.Repeat("b", 1904); got != want || err != nil {
		t.Errorf("%d bytes, %v; want %d", len(got), err, len(want))
	}
}

func TestDamage(t *testing.T) {
	good := file(nil)
	tests := map[string][]byte{
		"empty":                    nil,
		"other magic":              append([]byte("x"), good[1:]...),
		"half of it":               good[:9000],
		"cut inside the stream":    good[:len(good)-3000],
		"a stream that is shorter": file(func(table []uint32, _, _ []byte) { table[2] = end }),
		"a sector beyond the end":  file(func(table []uint32, _, _ []byte) { table[2] = 900 }),
		"directory in a circle":    file(func(table []uint32, _, _ []byte) { table[1] = 1 }),
		"lists in a circle": file(func(table []uint32, head, _ []byte) {
			head[68], head[69], head[70], head[71], table[1023] = 0, 0, 0, 0, 0
		}),
		"sectors of no size":       file(func(_ []uint32, head, _ []byte) { head[30] = 60 }),
		"no root":                  file(func(_ []uint32, _, directory []byte) { directory[66] = 2 }),
		"a size beyond the file":   file(func(_ []uint32, _, directory []byte) { directory[128+123] = 0x70 }),
		"a size of many terabytes": file(func(_ []uint32, _, directory []byte) { directory[128+127] = 0x80 }),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := content(data, "Workbook"); !errors.Is(err, compound.ErrDamaged) {
				t.Errorf("%d bytes, %v; want ErrDamaged", len(got), err)
			}
		})
	}
	if _, err := content(good, "Book"); !errors.Is(err, compound.ErrDamaged) {
		t.Errorf("a stream that is not there: %v", err)
	}
}
