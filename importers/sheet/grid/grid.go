package grid

import (
	"errors"
	"io"
	"slices"
	"strings"
)

// Info describes one sheet of a book.
type Info struct {
	Name   string `json:"name"`
	Hidden bool   `json:"hidden,omitempty"`
}

// Row is one row of a sheet.
type Row struct {
	Number int      // as a spreadsheet program shows it, from 1
	Cells  []string // as displayed; the slice is reused by the next call
	Raw    []string // as stored, where the sheet shows dates or numbers in another form; else nil. Days count from 1899-12-30.
	Title  *Merge   // the cells, merged over three columns or more, that have its only text; else nil
}

// Fill puts a value into a cell of the row, if that is blank; raw is the value as stored.
func (r *Row) Fill(column int, shown, raw string) {
	for len(r.Cells) <= column {
		r.Cells = append(r.Cells, "")
	}
	if strings.TrimSpace(r.Cells[column]) != "" {
		return
	}
	r.Cells[column] = shown
	if r.Raw == nil && raw == shown {
		return
	}
	if r.Raw == nil {
		r.Raw = append(r.Raw, r.Cells...)
	}
	for len(r.Raw) <= column {
		r.Raw = append(r.Raw, "")
	}
	r.Raw[column] = raw
}

// Merge is a rectangle of cells that are shown as one. Rows count from 1, columns from 0.
type Merge struct{ Top, Left, Bottom, Right int }

// Source yields the rows of one sheet.
type Source interface {
	// Next returns the next row, io.EOF after the last one, and Invalid when the sheet is damaged.
	Next() (Row, error)
	// Merges lists merged cells, as far as the format knows them.
	Merges() []Merge
	Close() error
}

// Book is an opened file with its sheets in the order of the file.
type Book interface {
	Sheets() []Info
	// Rows starts to read the sheet at a position of Sheets.
	Rows(sheet int) (Source, error)
}

// Take reads up to most rows with next and returns copies of them; fewer when the sheet ends
// before. It fails when next does, with the rows read until then.
func Take(next func() (Row, error), most int) ([]Row, error) {
	var out []Row
	for len(out) < most {
		r, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, err
		}
		r.Cells, r.Raw = slices.Clone(r.Cells), slices.Clone(r.Raw)
		out = append(out, r)
	}
	return out, nil
}

// Stream is a Source made of its parts: what reads the rows, the merged cells that are known
// before, and the file to close in the end.
type Stream struct {
	Read   func() (Row, error)
	Merged []Merge
	In     io.Closer
}

// Next implements Source.
func (s *Stream) Next() (Row, error) { return s.Read() }

// Merges implements Source.
func (s *Stream) Merges() []Merge { return s.Merged }

// Close implements Source.
func (s *Stream) Close() error { return s.In.Close() }

// Plain has no merged cells and nothing to close; sources of formats without them embed it.
type Plain struct{}

// Merges returns nothing.
func (Plain) Merges() []Merge { return nil }

// Close does nothing.
func (Plain) Close() error { return nil }

// MaxColumns bounds the width of a row, as spreadsheet programs do; MaxRows its number.
const (
	MaxColumns = 16384
	MaxRows    = 1 << 20
)

// Builder puts the cells of one row together, in any order of columns.
type Builder struct {
	cells, raw []string
	stored     bool // some raw differs from its cell
}

// Put sets a cell; columns from MaxColumns on are left out.
func (b *Builder) Put(column int, shown, raw string) {
	if column < 0 || column >= MaxColumns {
		return
	}
	for len(b.cells) <= column {
		b.cells, b.raw = append(b.cells, ""), append(b.raw, "")
	}
	b.cells[column], b.raw[column] = shown, raw
	b.stored = b.stored || shown != raw
}

// Row returns what was put together and begins anew; the row is valid until the next Put.
func (b *Builder) Row(number int) Row {
	r := Row{Number: number, Cells: b.cells}
	if b.stored {
		r.Raw = b.raw
	}
	b.cells, b.raw, b.stored = b.cells[:0], b.raw[:0], false
	return r
}
