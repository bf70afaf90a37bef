package concept

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// Sections of a flat file. The numbers are part of the layout.
const (
	secMeta = iota
	secCode
	secCodeStart
	secTable
	secDisplay
	secDisplayStart
	secDefinition
	secDefinitionStart
	secDesignation
	secDesignationStart
	secDesignationText
	secProperty
	secPropertyStart
	secPropertyText
	secFlags
	secDocument
	secEnd
	secExtra
	secExtraStart
	secParent
	secParentStart
	secChild
	secChildStart
	secPosting
	secPostingList
	secWord
	secWordStart
	secText
	secExtension
	secDesignationExtension
	secExtensionText
	sections // how many there are
)

// layout is the version of flat files. A program with another layout makes them again.
const layout = 4

const (
	magic      = "masjalaC"
	entrySize  = 24                      // offset, length, checksum, zero
	headerSize = 24 + sections*entrySize // magic, layout, sections, header checksum, zero; the table
	maxSection = uint64(1)<<32 - 1       // offsets in a section are 32 bits
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// target is what a flat file is written to: a file, or memory.
type target interface {
	io.Writer
	io.WriterAt
	Sync() error
}

// writer writes a flat file: room for the header, the sections in any order, the header.
type writer struct {
	file target
	buf  *bufio.Writer
	at   uint64
	head [headerSize]byte
	err  error
}

func newWriter(f target) *writer {
	w := &writer{file: f, buf: bufio.NewWriterSize(f, 1<<18)}
	w.raw(w.head[:])
	return w
}

func (w *writer) raw(b []byte) {
	if w.err == nil {
		_, w.err = w.buf.Write(b)
		w.at += uint64(len(b))
	}
}

// section writes the bytes of one section, at a multiple of eight.
func (w *writer) section(id int, b []byte) {
	if uint64(len(b)) > maxSection {
		w.err = fmt.Errorf("section %d of a concept set has %d bytes, more than fit", id, len(b))
		return
	}
	e := w.head[24+id*entrySize:]
	binary.LittleEndian.PutUint64(e, w.at)
	binary.LittleEndian.PutUint64(e[8:], uint64(len(b)))
	binary.LittleEndian.PutUint32(e[16:], checksum(b))
	w.raw(b)
	var pad [8]byte
	w.raw(pad[:-w.at&7])
}

// numbers writes a section of 32-bit numbers.
func (w *writer) numbers(id int, list []uint32) {
	b := make([]byte, 0, 4*len(list))
	for _, n := range list {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	w.section(id, b)
}

func (w *writer) lists(id, start int, c *csr) {
	w.numbers(id, c.list)
	w.numbers(start, c.start)
}

// finish writes the header and makes the file durable.
func (w *writer) finish() error {
	h := w.head[:]
	copy(h, magic)
	binary.LittleEndian.PutUint32(h[8:], layout)
	binary.LittleEndian.PutUint32(h[12:], sections)
	binary.LittleEndian.PutUint32(h[16:], headerSum(h))
	if w.err == nil {
		w.err = w.buf.Flush()
	}
	if w.err == nil {
		_, w.err = w.file.WriteAt(h, 0)
	}
	if w.err == nil {
		w.err = w.file.Sync()
	}
	return w.err
}

// headerSum is the checksum of a header but for the place of the checksum itself.
func headerSum(h []byte) uint32 {
	return crc32.Update(crc32.Checksum(h[:16], castagnoli), castagnoli, h[20:headerSize])
}

// split checks a whole flat file and returns its sections. Any flipped, missing or added
// byte makes it fail.
func split(data []byte) (out [sections][]byte, err error) {
	if len(data) < headerSize || string(data[:8]) != magic {
		return out, fmt.Errorf("not a concept set: %w", io.ErrUnexpectedEOF)
	}
	h := data[:headerSize]
	if v := binary.LittleEndian.Uint32(h[8:]); v != layout {
		return out, fmt.Errorf("layout %d, want %d", v, layout)
	}
	if binary.LittleEndian.Uint32(h[16:]) != headerSum(h) {
		return out, fmt.Errorf("the header is damaged")
	}
	end := uint64(headerSize)
	for i := range out {
		e := h[24+i*entrySize:]
		off, n := binary.LittleEndian.Uint64(e), binary.LittleEndian.Uint64(e[8:])
		if off > uint64(len(data)) || n > uint64(len(data))-off {
			return out, fmt.Errorf("section %d: %w", i, io.ErrUnexpectedEOF)
		}
		out[i] = data[off : off+n : off+n]
		if checksum(out[i]) != binary.LittleEndian.Uint32(e[16:]) {
			return out, fmt.Errorf("section %d is damaged", i)
		}
		end = max(end, (off+n+7)&^7)
	}
	if uint64(len(data)) != end {
		return out, fmt.Errorf("%d bytes, want %d", len(data), end)
	}
	for i := range padding(h, data) {
		return out, fmt.Errorf("byte %d between sections is damaged", i)
	}
	return out, nil
}

// padding yields the places between sections that are not zero.
func padding(h, data []byte) func(func(uint64) bool) {
	return func(yield func(uint64) bool) {
		for i := range sections {
			e := h[24+i*entrySize:]
			at := binary.LittleEndian.Uint64(e) + binary.LittleEndian.Uint64(e[8:])
			for ; at&7 != 0; at++ {
				if data[at] != 0 && !yield(at) {
					return
				}
			}
		}
	}
}
