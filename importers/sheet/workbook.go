package sheet

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
)

// inMemory is how large a part of a workbook may be before it is unpacked to disk.
const inMemory = 8 << 20

// openWorkbook opens an Office Open XML workbook or an OpenDocument spreadsheet.
func (b *Book) openWorkbook(path string, limits Limits) error {
	b.Format = Workbook
	p, err := readParts(path, limits.Unpacked)
	if errors.Is(err, errOpenDocument) {
		return b.openDocument(path)
	}
	if err != nil {
		return b.refuse(err)
	}
	f, err := excelize.OpenFile(path, excelize.Options{
		UnzipSizeLimit:    limits.Unpacked,
		UnzipXMLSizeLimit: min(inMemory, limits.Unpacked),
		ShortDatePattern:  "yyyy-mm-dd",
		LongDatePattern:   "yyyy-mm-dd",
	})
	if err != nil {
		return b.refuse(err)
	}
	for _, name := range f.GetSheetList() {
		visible, err := f.GetSheetVisible(name)
		b.Sheets = append(b.Sheets, Info{Name: name, Hidden: err == nil && !visible})
	}
	b.close = f.Close
	if len(b.Sheets) == 0 {
		return b.refuse(errors.Join(fhir.Errorf(fhir.Invalid, "it has no sheet"), f.Close()))
	}
	b.open = func(name string) (grid.Source, error) { return newWorkbookRows(f, name, p) }
	return nil
}

// workbookRows reads a sheet as displayed and, once the first rows show that it matters,
// as stored at the same time.
type workbookRows struct {
	merges   []grid.Merge
	from1904 bool
	shown    *excelize.Rows
	stored   *excelize.Rows // nil when cells are shown as they are stored
	row      int
}

// probe is how many rows are compared to learn whether a sheet shows what it stores.
const probe = 200

func newWorkbookRows(f *excelize.File, name string, p *parts) (grid.Source, error) {
	differ, err := showsOtherwise(f, name)
	if err != nil {
		return nil, err
	}
	w := &workbookRows{merges: p.mergesOf(name), from1904: p.from1904}
	if w.shown, err = f.Rows(name); err != nil {
		return nil, err
	}
	if differ {
		if w.stored, err = f.Rows(name); err != nil {
			return nil, errors.Join(err, w.shown.Close())
		}
	}
	return w, nil
}

// showsOtherwise compares both forms of the first rows.
func showsOtherwise(f *excelize.File, name string) (bool, error) {
	shown, err := f.Rows(name)
	if err != nil {
		return false, err
	}
	defer shown.Close()
	stored, err := f.Rows(name)
	if err != nil {
		return false, err
	}
	defer stored.Close()
	for i := 0; i < probe && shown.Next() && stored.Next(); i++ {
		a, err := shown.Columns()
		if err != nil {
			return false, err
		}
		b, err := stored.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return false, err
		}
		for j := range min(len(a), len(b)) {
			if a[j] != b[j] && !sameNumber(a[j], b[j]) {
				return true, nil
			}
		}
	}
	return false, nil
}

// sameNumber tells whether two texts are one number in full and rounded to 15 digits.
func sameNumber(shown, stored string) bool {
	return len(shown) >= 10 && len(stored) > 15 && strings.HasPrefix(stored, shown[:10]) && !strings.ContainsAny(shown, "E/:")
}

// Next implements grid.Source.
func (w *workbookRows) Next() (Row, error) {
	if !w.shown.Next() {
		if err := w.shown.Error(); err != nil {
			return Row{}, err
		}
		return Row{}, io.EOF
	}
	w.row++
	cells, err := w.shown.Columns()
	if err != nil {
		return Row{}, fhir.Errorf(fhir.Invalid, "row %d cannot be read; the file may be damaged", w.row).Because(err)
	}
	row := Row{Number: w.row, Cells: cells}
	if w.stored != nil && w.stored.Next() {
		if row.Raw, err = w.stored.Columns(excelize.Options{RawCellValue: true}); err != nil {
			return Row{}, fhir.Errorf(fhir.Invalid, "row %d cannot be read; the file may be damaged", w.row).Because(err)
		}
		if w.from1904 {
			shiftDays(&row)
		}
	}
	return row, nil
}

// shiftDays counts the days of a row from 1899-12-30: numbers that are not shown as numbers.
func shiftDays(row *Row) {
	for i := range min(len(row.Cells), len(row.Raw)) {
		days, err := strconv.ParseFloat(row.Raw[i], 64)
		if err == nil && row.Raw[i] != row.Cells[i] && !isNumber(row.Cells[i]) && !strings.HasSuffix(row.Cells[i], "%") {
			row.Raw[i] = strconv.FormatFloat(days+grid.Days1904, 'f', -1, 64)
		}
	}
}

// Merges implements grid.Source.
func (w *workbookRows) Merges() []grid.Merge { return w.merges }

// Close implements grid.Source.
func (w *workbookRows) Close() error {
	err := w.shown.Close()
	if w.stored != nil {
		err = errors.Join(err, w.stored.Close())
	}
	return err
}
