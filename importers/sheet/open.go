package sheet

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
	"masjala/importers/sheet/xls"
)

// Limits bound what one file may cost.
type Limits struct {
	File     int64 // bytes of the file itself
	Unpacked int64 // bytes after decompression: of all parts of a workbook, of a .gz
	Cell     int   // bytes of one cell
}

// DefaultLimits suit national lists: a file up to 256 MB that unpacks to at most 4 GB.
var DefaultLimits = Limits{File: 256 << 20, Unpacked: 4 << 30, Cell: 1 << 20}

// Format is how a file is written.
type Format string

// The formats that are read.
const (
	Workbook     Format = "xlsx" // Office Open XML, with or without macros
	OldWorkbook  Format = "xls"  // Excel 5.0 to 2003
	OpenDocument Format = "ods"  // OpenDocument spreadsheet, also as one XML file
	WebPage      Format = "html" // the tables of a web page, plain or gzipped
	GeoJSON      Format = "geojson"
	DHIS2        Format = "dhis2" // metadata: organisation units, groups, option sets
	Delimited    Format = "csv"   // text with a delimiter, plain or gzipped
)

// Info describes one sheet of a book.
type Info = grid.Info

// Row is one row of a sheet. Those that [Rows] gives have at least one cell that is not blank.
type Row = grid.Row

// Book is an opened file. It is not safe for concurrent use, but for several Rows at once.
type Book struct {
	Name      string // file name without folders
	Format    Format
	Hash      string // SHA-256 of the file's bytes, in hex
	Size      int64
	Sheets    []Info // in the order of the file; delimited text has one, named as the file
	Encoding  string // texts: "utf-8", "utf-16le", "windows-1252", "windows-1251", …
	Delimiter rune   // delimited text

	cell  int // most bytes of one cell
	open  func(sheet string) (grid.Source, error)
	close func() error
}

// Rows walks over the rows of a sheet.
type Rows struct {
	src   grid.Source
	limit int
	fill  filler
	wide  map[[2]int]*grid.Merge // by row and column: the cells merged over several columns that begin there

	Blank int // rows without any text that were passed over so far, but for those after the last row

	pending int // blank rows since the last row
}

// openOldWorkbook opens a workbook of Excel 5.0 to 2003; the file stays open until Close.
func (b *Book) openOldWorkbook(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return b.refuse(err)
	}
	book, err := xls.Open(f, b.Size)
	if err != nil {
		return errors.Join(b.refuse(err), f.Close())
	}
	b.Format, b.close = OldWorkbook, f.Close
	b.adopt(book)
	return nil
}

// adopt takes the sheets of a book, each under a name of its own.
func (b *Book) adopt(book grid.Book) {
	at := map[string]int{}
	for i, s := range book.Sheets() {
		name := s.Name
		for n := 2; ; n++ {
			if _, taken := at[s.Name]; !taken && s.Name != "" {
				break
			}
			s.Name = fmt.Sprintf("%s (%d)", name, n)
		}
		at[s.Name] = i
		b.Sheets = append(b.Sheets, s)
	}
	b.open = func(name string) (grid.Source, error) { return book.Rows(at[name]) }
}

// Open recognises a file by its content. It fails with Invalid when the file is no table
// that this program reads, with TooLarge when it exceeds the limits. The caller closes the Book.
func Open(path string, limits Limits) (*Book, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fhir.Errorf(fhir.Invalid, "%s cannot be read; check the name and the permissions", filepath.Base(path)).Because(err)
	}
	defer f.Close()
	b := &Book{Name: filepath.Base(path), cell: limits.Cell, close: func() error { return nil }}
	if b.Size, b.Hash, err = digest(f, limits.File); err != nil {
		return nil, b.refuse(err)
	}
	head, err := firstBytes(f)
	if err != nil {
		return nil, err
	}
	switch kind := sniff(head); kind {
	case contentZip:
		return b, b.openWorkbook(path, limits)
	case contentText, contentHTML, contentJSON, contentXML, contentGzip:
		return b, b.openText(path, kind == contentGzip, limits)
	case contentCompound:
		return b, b.openOldWorkbook(path)
	default:
		return nil, b.refuse(kind.err())
	}
}

// Rows starts reading a sheet from its first row; "" is the first sheet that is not hidden.
// It fails with NotFound if there is no such sheet.
func (b *Book) Rows(name string) (*Rows, error) {
	if name == "" {
		name = b.first()
	}
	for _, s := range b.Sheets {
		if s.Name == name {
			src, err := b.open(name)
			if err != nil {
				return nil, b.refuse(err)
			}
			return &Rows{src: src, limit: b.cell, fill: newFiller(src.Merges()), wide: wideOf(src.Merges())}, nil
		}
	}
	return nil, fhir.Errorf(fhir.NotFound, "%s has no sheet called %q; it has %s", b.Name, name, b.names())
}

// Close releases the file and its temporary copies.
func (b *Book) Close() error { return b.close() }

// Next returns the next row that is not blank, io.EOF after the last one, and Invalid
// when the file breaks off or is damaged.
func (r *Rows) Next() (Row, error) {
	for {
		row, err := r.src.Next()
		if err != nil {
			return Row{}, err
		}
		texts, last := 0, 0
		for i, c := range row.Cells {
			if len(c) > r.limit {
				return Row{}, fhir.Errorf(fhir.Invalid, "row %d has a cell of more than %d bytes; a quotation mark may be missing", row.Number, r.limit)
			}
			if !isBlank(c) {
				texts, last = texts+1, i
			}
		}
		if texts > 0 {
			if texts == 1 {
				row.Title = r.wide[[2]int{row.Number, last}]
			}
			r.Blank += r.pending
			r.pending = 0
			r.fill.apply(&row)
			return row, nil
		}
		r.pending++
	}
}

// KeepMerged leaves merged cells as they are stored, with the value in the first cell only. It is
// to be called before Next.
func (r *Rows) KeepMerged() { r.fill = filler{} }

// Close ends the walk.
func (r *Rows) Close() error { return r.src.Close() }

func (b *Book) first() string {
	for _, s := range b.Sheets {
		if !s.Hidden {
			return s.Name
		}
	}
	return b.Sheets[0].Name
}

func (b *Book) names() string {
	const most = 10
	text := ""
	for i, s := range b.Sheets {
		if i == most {
			return fmt.Sprintf("%s and %d more", text, len(b.Sheets)-most)
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%q", s.Name)
	}
	return text
}

// digest hashes the file, which must not be longer than limit.
func digest(f *os.File, limit int64) (int64, string, error) {
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, limit+1))
	if err != nil {
		return 0, "", err
	}
	if n > limit {
		return 0, "", fhir.Errorf(fhir.TooLarge, "it is larger than the %d MB allowed; split it", limit>>20)
	}
	if n == 0 {
		return 0, "", fhir.Errorf(fhir.Invalid, "it is empty")
	}
	return n, hex.EncodeToString(h.Sum(nil)), nil
}

func firstBytes(f *os.File) ([]byte, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	head, err := bufio.NewReaderSize(f, 4096).Peek(4096)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return head, nil
}
