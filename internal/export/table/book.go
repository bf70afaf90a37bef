package table

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"masjala/fhir"
)

// cellLength is how many UTF-16 units a cell of a workbook holds.
const cellLength = excelize.TotalCellChars

// width is that of a column of which nothing else is said, in characters.
const width = 18

// book is a workbook of one sheet.
type book struct {
	to          io.Writer
	file        *excelize.File
	out         *excelize.StreamWriter
	plain, bold int   // styles
	err         error // of the making
}

func newBook(to io.Writer) *book {
	b := &book{to: to, file: excelize.NewFile()}
	// The archive goes straight to where it is wanted instead of into memory.
	b.file.ZipWriter = func(io.Writer) excelize.ZipWriter { return zip.NewWriter(to) }
	text := &excelize.Style{NumFmt: 49}
	b.plain, b.err = b.file.NewStyle(text)
	if b.err == nil {
		b.err = b.quote(b.plain)
	}
	if b.err == nil {
		b.bold, b.err = b.file.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E2EFDA"}}})
	}
	return b
}

// quote marks the cells of a style as texts that are no formulas, also once they are edited.
func (b *book) quote(style int) error {
	xf := b.file.Styles.CellXfs.Xf
	if style >= len(xf) {
		return fmt.Errorf("write table: there is no style %d", style)
	}
	yes := true
	xf[style].QuotePrefix = &yes
	return nil
}

func (b *book) begin(h Head) error {
	if b.err != nil {
		return b.wrap(b.err)
	}
	name := SheetName(h.Sheet)
	if b.err = b.file.SetSheetName("Sheet1", name); b.err == nil {
		b.out, b.err = b.file.NewStreamWriter(name)
	}
	for i := range h.Names {
		wide := float64(width)
		if i < len(h.Widths) {
			wide = h.Widths[i]
		}
		if b.err == nil {
			b.err = b.out.SetColWidth(i+1, i+1, wide)
		}
	}
	if b.err == nil {
		b.err = b.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	}
	if b.err != nil {
		return b.wrap(b.err)
	}
	return b.set(1, Texts(h.Names...), b.bold)
}

func (b *book) write(row int, cells []Cell) error {
	if row > excelize.TotalRows {
		return fhir.Errorf(fhir.TooLarge, "a workbook holds %d rows, and there are more; write the table as .csv, or narrow the search", excelize.TotalRows)
	}
	return b.set(row, cells, b.plain)
}

func (b *book) set(row int, cells []Cell, style int) error {
	values := make([]any, len(cells))
	for i, c := range cells {
		if c.Text == "" {
			continue
		}
		if c.Number {
			if v, err := strconv.ParseFloat(c.Text, 64); err == nil {
				values[i] = v
				continue
			}
		}
		s := clean(c.Text)
		if len(s) > cellLength && len(utf16.Encode([]rune(s))) > cellLength {
			return fhir.Errorf(fhir.TooLarge, "column %d of row %d has more than the %d characters that a cell of a workbook holds; write the table as .csv", i+1, row, cellLength)
		}
		values[i] = excelize.Cell{StyleID: style, Value: s}
	}
	return b.wrap(b.out.SetRow("A"+strconv.Itoa(row), values))
}

func (b *book) wrap(err error) error {
	if err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func (b *book) close() error {
	err := b.err
	if err == nil {
		err = b.out.Flush()
	}
	if err == nil {
		_, err = b.file.WriteTo(b.to)
	}
	return b.wrap(errors.Join(err, b.file.Close()))
}

// drop removes the temporary file of a long sheet.
func (b *book) drop() error { return b.wrap(b.file.Close()) }

// SheetName makes a name that a sheet of a workbook may have: at most 31 UTF-16 units, without the
// signs that formulas need.
func SheetName(name string) string {
	var out []rune
	units := 0
	for _, r := range strings.TrimLeft(clean(name), "'") {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			r = '_'
		}
		if units += utf16.RuneLen(r); units > excelize.MaxSheetNameLength {
			break
		}
		out = append(out, r)
	}
	if short := strings.TrimRight(string(out), "'"); short != "" {
		return short
	}
	return "Sheet1"
}
