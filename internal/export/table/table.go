package table

import (
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

// Writer writes one table, or several sheets of a workbook one after the other. Its methods are
// called by one goroutine. After an error it is only closed.
type Writer struct {
	out  sink
	row  int // rows of the present sheet, with that of the headings
	head Head
}

// sink is one form of file.
type sink interface {
	begin(h Head) error // a sheet
	write(row int, cells []Cell) error
	close() error
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
	return w, w.begin(h)
}

// NewPlain begins delimited text for programs: without a byte order mark, each value as it is.
func NewPlain(to io.Writer, h Head) (*Writer, error) {
	w := &Writer{out: newText(to, nil)}
	return w, w.begin(h)
}

// Next begins another sheet. It fails with Unsupported when the file is no workbook.
func (w *Writer) Next(h Head) error {
	if _, ok := w.out.(*book); !ok {
		return fhir.Errorf(fhir.Unsupported, "only a workbook has several sheets")
	}
	return w.begin(h)
}

func (w *Writer) begin(h Head) error {
	w.row, w.head = 1, h
	return w.out.begin(h)
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
