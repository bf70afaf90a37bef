package page

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
)

// Limits of one page.
const (
	maxTables = 1000
	maxMerges = 1 << 16
	maxToken  = 4 << 20 // bytes of one tag or text
)

// table is what the first walk learns of one.
type table struct {
	info   grid.Info
	rows   int
	merges []grid.Merge
}

// Book is the tables of a page. It is safe for concurrent use if what it opens is.
type Book struct {
	open   func() (io.ReadCloser, error)
	tables []table
	at     []int // number on the page of each of tables
}

// Open walks over a page, which open gives in UTF-8 each time it is called. It fails with
// Invalid when the page has no table with rows, or breaks off inside one.
func Open(open func() (io.ReadCloser, error)) (*Book, error) {
	b := &Book{open: open}
	in, err := open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	s := newScanner(in, -1)
	for err == nil {
		_, err = s.next()
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(s.open) > 0 {
		return nil, fhir.Errorf(fhir.Invalid, "it is a web page (HTML) that breaks off inside a table; ask the sender for it again")
	}
	for i, t := range s.tables {
		if t.rows == 0 {
			continue
		}
		if t.info.Name = strings.Join(strings.Fields(t.info.Name), " "); t.info.Name == "" || len(t.info.Name) > 100 {
			t.info.Name = fmt.Sprintf("Table %d", len(b.tables)+1)
		}
		b.tables, b.at = append(b.tables, *t), append(b.at, i)
	}
	if len(b.tables) == 0 {
		return nil, fhir.Errorf(fhir.Invalid, "it is a web page (HTML) without a table; ask for the table as .xlsx or CSV")
	}
	return b, nil
}

// Sheets lists the tables that have rows.
func (b *Book) Sheets() []grid.Info {
	out := make([]grid.Info, len(b.tables))
	for i, t := range b.tables {
		out[i] = t.info
	}
	return out
}

// Rows starts to read a table.
func (b *Book) Rows(sheet int) (grid.Source, error) {
	in, err := b.open()
	if err != nil {
		return nil, err
	}
	return &grid.Stream{Read: newScanner(in, b.at[sheet]).next, Merged: b.tables[sheet].merges, In: in}, nil
}

// scanner reads the rows of one table, or of all, from the tags of a page.
type scanner struct {
	z      *html.Tokenizer
	wanted int // number of the table; -1 for all
	tables []*table
	open   []*state // tables that the reader is inside of, innermost last
	mute   bool     // the next text is a script or style
}

// state is a table that was begun.
type state struct {
	number  int
	table   *table
	line    grid.Builder
	inRow   bool
	inCell  bool
	caption bool
	column  int
	cell    cell
	spans   []int // rows that each column is still taken by a cell above
}

// cell is one that is being read.
type cell struct {
	text             strings.Builder
	raw              string
	columns, descent int
}

func newScanner(in io.Reader, wanted int) *scanner {
	s := &scanner{z: html.NewTokenizer(in), wanted: wanted}
	s.z.SetMaxBuf(maxToken)
	return s
}

// next returns the next row; of all tables, the order is that of their ends.
func (s *scanner) next() (grid.Row, error) {
	for {
		switch s.z.Next() {
		case html.ErrorToken:
			return grid.Row{}, s.end()
		case html.TextToken:
			s.text(s.z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := s.z.TagName()
			if row, ok, err := s.start(string(name), more); ok || err != nil {
				return row, err
			}
		case html.EndTagToken:
			name, _ := s.z.TagName()
			if row, ok := s.stop(string(name)); ok {
				return row, nil
			}
		}
	}
}

// end tells why the page has no more tags.
func (s *scanner) end() error {
	err := s.z.Err()
	if errors.Is(err, html.ErrBufferExceeded) {
		return fhir.Errorf(fhir.Invalid, "it is a web page (HTML) with a text of more than %d MB; a quotation mark may be missing", maxToken>>20)
	}
	return err
}

// top is the innermost table, nil outside of tables and for tables that are not wanted.
func (s *scanner) top() *state {
	if len(s.open) == 0 {
		return nil
	}
	if t := s.open[len(s.open)-1]; s.wanted < 0 || t.number == s.wanted {
		return t
	}
	return nil
}

func (s *scanner) text(b []byte) {
	t := s.top()
	if t == nil || s.mute {
		return
	}
	switch {
	case t.caption && len(t.table.info.Name) < 200:
		t.table.info.Name += string(b)
	case t.inCell:
		t.cell.add(string(b))
	}
}

// start takes a start tag; ok when it ended a row.
func (s *scanner) start(name string, more bool) (row grid.Row, ok bool, err error) {
	t := s.top()
	s.mute = name == "script" || name == "style"
	switch name {
	case "table":
		return grid.Row{}, false, s.begin()
	case "tr":
		if t != nil {
			row, ok = t.endRow()
			t.beginRow()
		}
	case "td", "th":
		if t != nil {
			t.beginCell(s.attributes(more))
		}
	case "caption":
		if t != nil {
			t.caption = true
		}
	case "br":
		if t != nil && t.inCell {
			t.cell.text.WriteByte('\n')
		}
	}
	return row, ok, nil
}

// begin enters a table.
func (s *scanner) begin() error {
	if len(s.tables) >= maxTables {
		return fhir.Errorf(fhir.Invalid, "it is a web page (HTML) with more than %d tables; save the one that is meant as .xlsx or CSV", maxTables)
	}
	t := &table{}
	s.open = append(s.open, &state{number: len(s.tables), table: t})
	s.tables = append(s.tables, t)
	return nil
}

// stop takes an end tag; ok when it ended a row.
func (s *scanner) stop(name string) (grid.Row, bool) {
	t := s.top()
	s.mute = false
	switch name {
	case "table":
		if len(s.open) > 0 {
			s.open = s.open[:len(s.open)-1]
		}
		if t != nil {
			return t.endRow()
		}
	case "body", "html":
		s.open = nil
		if t != nil {
			return t.endRow()
		}
	case "tr":
		if t != nil {
			return t.endRow()
		}
	case "td", "th":
		if t != nil {
			t.endCell()
		}
	case "caption":
		if t != nil {
			t.caption = false
		}
	case "p", "div", "li":
		if t != nil && t.inCell && t.cell.text.Len() > 0 {
			t.cell.text.WriteByte('\n')
		}
	}
	return grid.Row{}, false
}
