package ods

import (
	"encoding/xml"
	"errors"
	"io"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
)

// Limits of one document.
const (
	maxPart   = 8 << 20   // bytes of one tag or text
	maxSheets = 4096      //
	maxMerges = 1 << 18   //
	maxCopies = 100 << 20 // cells that repetition may make of one sheet
)

var errCutOff = fhir.Errorf(fhir.Invalid, "it is an OpenDocument spreadsheet that is damaged or incomplete; ask the sender for it again")

// Book is the sheets of a document. It is safe for concurrent use if what it opens is.
type Book struct {
	open   func() (io.ReadCloser, error)
	sheets []grid.Info
	merges [][]grid.Merge
}

// Open walks over the content of a document, which open gives each time it is called. It
// fails with Invalid when that is no spreadsheet or breaks off.
func Open(open func() (io.ReadCloser, error)) (*Book, error) {
	in, err := open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	b := &Book{open: open}
	s := newScanner(in, -1)
	s.begun = func(name string, hidden bool) error {
		if len(b.sheets) >= maxSheets {
			return fhir.Errorf(fhir.Invalid, "it has more than %d sheets", maxSheets)
		}
		b.sheets = append(b.sheets, grid.Info{Name: name, Hidden: hidden})
		b.merges = append(b.merges, nil)
		return nil
	}
	s.merged = func(m grid.Merge) {
		if at := len(b.merges) - 1; len(b.merges[at]) < maxMerges {
			b.merges[at] = append(b.merges[at], m)
		}
	}
	for err == nil {
		_, err = s.next()
	}
	switch {
	case !errors.Is(err, io.EOF):
		return nil, err
	case s.depth != 0:
		return nil, errCutOff
	case len(b.sheets) == 0:
		return nil, fhir.Errorf(fhir.Invalid, "it is an OpenDocument file but no spreadsheet; save the table as .xlsx or CSV")
	}
	return b, nil
}

// Sheets lists the sheets in the order of the document.
func (b *Book) Sheets() []grid.Info { return b.sheets }

// Rows starts to read a sheet.
func (b *Book) Rows(sheet int) (grid.Source, error) {
	in, err := b.open()
	if err != nil {
		return nil, err
	}
	return &grid.Stream{Read: newScanner(in, sheet).next, Merged: b.merges[sheet], In: in}, nil
}

// scanner reads rows from the elements of content.xml.
type scanner struct {
	dec    *xml.Decoder
	guard  *grid.Guard
	wanted int // position of the sheet; -1 for all
	begun  func(name string, hidden bool) error
	merged func(grid.Merge)

	depth  int
	hidden map[string]bool // styles of sheets that are not shown
	style  string          // style being described
	sheet  int             // position of the present sheet
	inside bool            // in a sheet that is wanted
	skip   int             // depth of a note or drawing in a cell
	row    row
	cell   *cell
	copies int // cells made by repetition
}

// row is the one being read, or repeated.
type row struct {
	begun  bool
	number int // of the last row begun, from 1
	repeat int // how often it is there
	column int
	line   grid.Builder
	filled bool
	again  grid.Row
	left   int // copies of again still to give
}

func newScanner(in io.Reader, wanted int) *scanner {
	guard := &grid.Guard{In: in, Limit: maxPart}
	s := &scanner{dec: xml.NewDecoder(guard), guard: guard, wanted: wanted, sheet: -1, hidden: map[string]bool{}}
	s.dec.Strict = true
	return s
}

// next returns the next row that has something in it.
func (s *scanner) next() (grid.Row, error) {
	if s.row.left > 0 {
		s.row.left--
		s.row.again.Number++
		s.copies += len(s.row.again.Cells)
		return s.row.again, s.affordable()
	}
	for {
		s.guard.Reset()
		token, err := s.dec.RawToken()
		if err != nil {
			return grid.Row{}, plain(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			s.depth++
			if err := s.start(t); err != nil {
				return grid.Row{}, err
			}
		case xml.CharData:
			if s.cell != nil && s.skip == 0 {
				s.cell.text(string(t))
			}
		case xml.EndElement:
			s.depth--
			if row, ok, err := s.end(t.Name); ok || err != nil {
				return row, err
			}
		}
	}
}

// affordable fails when repetition has made too many cells.
func (s *scanner) affordable() error {
	if s.copies > maxCopies {
		return fhir.Errorf(fhir.TooLarge, "it repeats cells more than %d million times", maxCopies>>20)
	}
	return nil
}

// plain turns errors of parsing into one that may be shown.
func plain(err error) error {
	if _, ours := errors.AsType[*fhir.Error](err); ours || errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return errCutOff
}
