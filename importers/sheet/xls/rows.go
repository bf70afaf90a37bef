package xls

import (
	"encoding/binary"
	"errors"
	"io"
	"math"

	"masjala/importers/sheet/grid"
)

// maxMerges bounds how many merged ranges are kept.
const maxMerges = 1 << 16

// rows streams the cells of one sheet.
type rows struct {
	book   *Book
	in     *records
	depth  int // of charts inside the sheet
	row    int // row of the cells in line, from 0
	line   grid.Builder
	any    bool // line has cells
	ended  bool
	merges []grid.Merge
	text   *cell // formula whose text comes in a record of its own
}

// cell is where a value goes.
type cell struct{ row, column, style int }

// Rows starts to read a sheet, in the order of its rows. It fails when the sheet's records are cut off.
func (b *Book) Rows(sheet int) (grid.Source, error) {
	start := func() *rows {
		at := b.sheets[sheet].at
		return &rows{book: b, in: newRecords(io.NewSectionReader(b.stream, at, b.stream.Size()-at)), row: -1}
	}
	if at := b.sheets[sheet].at; at < 0 || at >= b.stream.Size() {
		return nil, errCutOff
	}
	merges, ordered, err := start().survey()
	if err != nil {
		return nil, plain(err)
	}
	r := start()
	r.merges = merges
	if !ordered {
		return r.sort()
	}
	return r, nil
}

// Merges lists the merged cells.
func (r *rows) Merges() []grid.Merge { return r.merges }

// Close does nothing: the book keeps the file.
func (r *rows) Close() error { return nil }

// survey reads a sheet for its merged cells, which stand behind what they are about, and to
// see that it has an end and whether its rows come in order.
func (r *rows) survey() (out []grid.Merge, ordered bool, err error) {
	ordered = true
	for last := 0; ; {
		rec, err := r.record()
		if errors.Is(err, io.EOF) {
			return out, ordered, nil
		}
		if err != nil {
			return nil, false, err
		}
		if at, ok := begins(rec); ok {
			ordered = ordered && at >= last
			last = at
		}
		if rec.id != recMergedCells {
			continue
		}
		p := &parts{list: [][]byte{rec.data}}
		for n := p.u16(); n > 0 && p.more() && len(out) < maxMerges; n-- {
			top, bottom, left, right := p.u16(), p.u16(), p.u16(), p.u16()
			out = append(out, grid.Merge{Top: top + 1, Left: left, Bottom: bottom + 1, Right: right})
		}
	}
}

// record returns the next record of the sheet itself; io.EOF after the last one.
func (r *rows) record() (record, error) {
	for {
		rec, err := r.in.next()
		if err != nil {
			return record{}, err
		}
		switch {
		case rec.id == recBOF:
			r.depth++
		case r.depth == 0:
			return record{}, io.ErrUnexpectedEOF
		case rec.id == recEOF:
			if r.depth--; r.depth == 0 {
				return record{}, io.EOF
			}
		case r.depth == 1:
			return rec, nil
		}
	}
}

// Next returns the next row that has cells.
func (r *rows) Next() (grid.Row, error) {
	for !r.ended {
		rec, err := r.record()
		if errors.Is(err, io.EOF) {
			r.ended = true
			break
		}
		if err != nil {
			return grid.Row{}, plain(err)
		}
		if at, ok := begins(rec); ok && r.row != at {
			row, full := r.line.Row(r.row+1), r.any
			r.row, r.any = at, false
			if full {
				r.in.unread(rec)
				return row, nil
			}
		}
		if err := r.take(rec); err != nil {
			return grid.Row{}, plain(err)
		}
	}
	if r.any {
		r.any = false
		return r.line.Row(r.row + 1), nil
	}
	return grid.Row{}, io.EOF
}

// begins tells which row a record has cells of.
func begins(rec record) (row int, ok bool) {
	switch rec.id {
	case recLabelSST, recLabel, recRString, recNumber, recRK, recMulRK, recBoolErr, recFormula, 0x0206, 0x0406:
		if len(rec.data) >= 6 {
			return int(le16(rec.data, 0)), true
		}
	}
	return 0, false
}

// take puts the cells of a record into the line.
func (r *rows) take(rec record) error {
	p := &parts{list: [][]byte{rec.data}}
	if rec.id == recString {
		return r.result(rec)
	}
	if _, ok := begins(rec); !ok {
		return nil
	}
	c := cell{row: p.u16(), column: p.u16()}
	if rec.id == recMulRK {
		for ; len(rec.data) >= 6 && len(p.list[0]) >= 6; c.column++ {
			c.style = p.u16()
			r.number(c, rk(uint32(p.u32())))
		}
		return nil
	}
	c.style = p.u16()
	switch rec.id {
	case recLabelSST:
		if at := p.u32(); at < len(r.book.strings) {
			r.put(c, r.book.strings[at])
		} else {
			p.bad = true
		}
	case recLabel, recRString:
		if n := p.u16(); r.book.version == biff8 {
			r.put(c, p.text(n))
		} else {
			r.put(c, decode(p.take(n), r.book.page))
		}
	case recNumber:
		r.number(c, math.Float64frombits(binary.LittleEndian.Uint64(p.take(8))))
	case recRK:
		r.number(c, rk(uint32(p.u32())))
	case recBoolErr:
		v, isError := p.u8(), p.u8()
		r.flag(c, v, isError == 1)
	default:
		r.formula(c, p.take(8))
	}
	if p.bad {
		return errCutOff
	}
	return nil
}

// formula keeps the result that the program computed last.
func (r *rows) formula(c cell, v []byte) {
	r.text = nil
	if v[6] != 0xff || v[7] != 0xff {
		r.number(c, math.Float64frombits(binary.LittleEndian.Uint64(v)))
		return
	}
	switch v[0] {
	case 0:
		r.text = &c
	case 1, 2:
		r.flag(c, v[2], v[0] == 2)
	}
}

// result takes the text that a formula gave.
func (r *rows) result(rec record) error {
	list, err := r.in.continued(rec.data)
	if err != nil || r.text == nil {
		return err
	}
	p := &parts{list: list}
	if n := p.u16(); r.book.version == biff8 {
		r.put(*r.text, p.text(n))
	} else {
		r.put(*r.text, decode(p.take(n), r.book.page))
	}
	r.text = nil
	if p.bad {
		return errCutOff
	}
	return nil
}

func (r *rows) put(c cell, text string) {
	r.line.Put(c.column, text, text)
	r.any = true
}

// general is the format of cells without one.
var general = grid.ParseFormat("")

func (r *rows) number(c cell, v float64) {
	f := general
	if c.style < len(r.book.formats) {
		f = r.book.formats[c.style]
	}
	shown, raw := grid.Number(v, f, r.book.from04)
	r.line.Put(c.column, shown, raw)
	r.any = true
}

// errorWords are the errors of formulas by their codes.
var errorWords = map[byte]string{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0f: "#VALUE!", 0x17: "#REF!", 0x1d: "#NAME?", 0x24: "#NUM!", 0x2a: "#N/A"}

func (r *rows) flag(c cell, v byte, isError bool) {
	switch {
	case isError && errorWords[v] != "":
		r.put(c, errorWords[v])
	case isError:
		r.put(c, "#ERROR")
	case v != 0:
		r.put(c, "TRUE")
	default:
		r.put(c, "FALSE")
	}
}

// rk unpacks a number of 30 bits: the upper half of a float or a whole number, maybe in hundredths.
func rk(v uint32) float64 {
	var out float64
	if v&2 != 0 {
		out = float64(int32(v) >> 2)
	} else {
		out = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		out /= 100
	}
	return out
}

func le16(b []byte, at int) uint16 { return binary.LittleEndian.Uint16(b[at:]) }
