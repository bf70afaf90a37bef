package xls_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf16"
)

// These write just enough of the format to test how it is read.

func u16(v ...int) []byte {
	var b []byte
	for _, n := range v {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	return b
}

func u32(v ...uint32) []byte {
	var b []byte
	for _, n := range v {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}

func f64(v float64) []byte { return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)) }

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// rec is one record.
func rec(id int, parts ...[]byte) []byte {
	data := join(parts...)
	return join(u16(id, len(data)), data)
}

// narrow and wide are characters of a Unicode string without its length and flags.
func narrow(s string) []byte { return []byte(s) }

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// text is a Unicode string with a length of two bytes.
func text(s string) []byte {
	return join(u16(len(utf16.Encode([]rune(s)))), []byte{1}, wide(s))
}

// chars is how a list of strings goes on in the next record.
func chars(isWide byte, b []byte) []byte { return rec(0x3c, []byte{isWide}, b) }

// book puts a workbook stream together: the records of all sheets, then each sheet.
func book(version int, globals []byte, names []string, sheets ...[]byte) []byte {
	start := rec(0x809, u16(version, 5, 0, 0))
	end := rec(0x0a)
	size := len(start) + len(globals) + len(end)
	var list [][]byte
	for _, n := range names {
		name := join([]byte{byte(len(n)), 0}, narrow(n))
		if version == 0x500 {
			name = join([]byte{byte(len(n))}, narrow(n))
		}
		list = append(list, name)
		size += 4 + 6 + len(name)
	}
	out := join(start, globals)
	for i, n := range names {
		hidden := byte(0)
		if n == "Hidden" {
			hidden = 1
		}
		out = append(out, rec(0x85, u32(uint32(size)), []byte{hidden, 0}, list[i])...)
		size += len(start) + len(sheets[i]) + len(end)
	}
	out = append(out, end...)
	for _, s := range sheets {
		out = append(out, join(start, s, end)...)
	}
	return out
}

// container wraps a stream into a compound file, in large sectors or in small ones.
func container(name string, stream []byte, small bool) []byte {
	const sector = 512
	fill := func(b []byte, to int) []byte { return append(b, make([]byte, (to-len(b)%to)%to)...) }
	size := len(stream)
	if !small && size < 4096 {
		stream = append(stream, make([]byte, 4096-size)...)
		size = 4096
	}
	body := fill(stream, sector)
	n := len(body) / sector
	table := []uint32{0xfffffffd, 0xfffffffe, 0xfffffffe} // this table, the directory, the small table
	for i := range n {
		next := uint32(4 + i)
		if i == n-1 {
			next = 0xfffffffe
		}
		table = append(table, next)
	}
	if len(table) > 128 {
		panic("too much for one sector of the table")
	}
	for len(table) < 128 {
		table = append(table, 0xffffffff)
	}
	smalls := make([]uint32, 128)
	for i := range smalls {
		smalls[i] = uint32(i + 1)
		if i == (size-1)/64 {
			smalls[i] = 0xfffffffe
		}
	}
	entry := func(name string, kind byte, start uint32, size int) []byte {
		e := make([]byte, 128)
		copy(e, wide(name))
		binary.LittleEndian.PutUint16(e[64:], uint16(2*len(name)+2))
		e[66] = kind
		binary.LittleEndian.PutUint32(e[116:], start)
		binary.LittleEndian.PutUint32(e[120:], uint32(size))
		return e
	}
	root, start := entry("Root Entry", 5, 0xfffffffe, 0), uint32(3)
	if small {
		root, start = entry("Root Entry", 5, 3, len(body)), 0
	}
	head := join([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 16), u16(0x3e, 3, 0xfffe, 9, 6), make([]byte, 10),
		u32(1, 1, 0, 4096, 2, 1, 0xfffffffe, 0, 0))
	for len(head) < sector {
		head = append(head, 0xff)
	}
	return join(head, u32(table...), fill(join(root, entry(name, 2, start, size)), sector), u32(smalls...), body)
}
