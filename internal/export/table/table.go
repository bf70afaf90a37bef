package table

import (
	"errors"
	"io"
	"path/filepath"
	"strings"

	"masjala/fhir"
)

// Format is a form of file.
type Format string

// The formats, named by the extension of their files.
const (
	Workbook  Format = "xlsx"
	Delimited Format = "csv"
	GeoJSON   Format = "geojson"
)

// FormatOf tells the format of a file by its name. It fails with Invalid for any other.
func FormatOf(path string) (Format, error) {
	switch f := Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))); f {
	case Workbook, Delimited, GeoJSON:
		return f, nil
	}
	return "", fhir.Errorf(fhir.Invalid, "%s: a table is written as .xlsx, .csv or .geojson", path)
}

// Cell is one value of a row.
type Cell struct {
	Text   string
	Number bool // it is a decimal number, to be calculated with; all else is text
}

// Text makes a cell of text: numbers with zeros in front stay as they are.
func Text(s string) Cell { return Cell{Text: s} }

// Texts makes cells of text.
func Texts(list ...string) []Cell {
	cells := make([]Cell, len(list))
	for i, s := range list {
		cells[i].Text = s
	}
	return cells
}

// Number makes a cell of a decimal number such as -6.7924; "" is an empty cell.
func Number(s string) Cell { return Cell{Text: s, Number: s != ""} }

// Head is what stands above a table.
type Head struct {
	Sheet  string    // its name in a workbook; longer ones are cut
	Names  []string  // headings
	Widths []float64 // of the columns of a workbook, in characters; missing: 18

	// Latitude and Longitude are the positions, from 0, of the two columns of numbers that GeoJSON
	// writes as a point instead of as properties; both 0: there are none.
	Latitude, Longitude int
}

// Writer writes one table. Its methods are called by one goroutine. After an error it is only closed.
type Writer struct {
	out sink
	row int // rows, with that of the headings
}

// sink is one form of file.
type sink interface {
	begin(h Head) error
	write(row int, cells []Cell) error
	close() error
	drop() error // give back what is held, without completing the file
}

// New begins a table in a format. What it is written to stays open.
func New(to io.Writer, f Format, h Head) (*Writer, error) {
	w := &Writer{}
	switch f {
	case Workbook:
		w.out = newBook(to)
	case GeoJSON:
		w.out = newCollection(to)
	default:
		w.out = newText(to, Escape)
	}
	return w.begin(h)
}

// NewPlain begins delimited text for programs: without a byte order mark, each value as it is.
func NewPlain(to io.Writer, h Head) (*Writer, error) {
	return (&Writer{out: newText(to, nil)}).begin(h)
}

// Write writes a whole table, of which rows gives one row after the other. It fails with the error
// of rows, and then nothing is left of the table but what was written already.
func Write(to io.Writer, f Format, h Head, rows func(row func([]Cell) error) error) error {
	w, err := New(to, f, h)
	if err != nil {
		return err
	}
	if err := rows(w.Row); err != nil {
		return errors.Join(err, w.out.drop())
	}
	return w.Close()
}

func (w *Writer) begin(h Head) (*Writer, error) {
	w.row = 1
	if err := w.out.begin(h); err != nil {
		return nil, errors.Join(err, w.out.drop())
	}
	return w, nil
}

// Row writes a row. It fails with TooLarge when a workbook cannot hold it or one of its texts:
// nothing is ever cut off.
func (w *Writer) Row(cells []Cell) error {
	w.row++
	return w.out.write(w.row, cells)
}

// Close completes the file.
func (w *Writer) Close() error { return w.out.close() }

// clean drops what no table can hold: control characters but tab and line ends. Bytes that are no UTF-8 become
// U+FFFD.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}
