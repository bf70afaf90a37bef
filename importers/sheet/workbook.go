package sheet

import (
	"archive/zip"
	"errors"
	"io"
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
	if err := checkParts(path, limits.Unpacked); errors.Is(err, errOpenDocument) {
		return b.openDocument(path)
	} else if err != nil {
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
	b.open = func(name string) (grid.Source, error) { return newWorkbookRows(f, name) }
	return nil
}

// checkParts refuses archives that are no workbook, unpack to too much, or hold a sheet
// that is cut off; excelize would read the latter as a shorter sheet.
func checkParts(path string, limit int64) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer z.Close()
	var total uint64
	workbook, document := false, false
	for _, p := range z.File {
		total += p.UncompressedSize64
		switch {
		case p.Name == "mimetype":
			workbook, document = true, true
		case p.Name == "xl/workbook.bin":
			return fhir.Errorf(fhir.Invalid, "it is a binary workbook (.xlsb); save it as .xlsx")
		case strings.HasPrefix(p.Name, "xl/"):
			workbook = true
		}
	}
	if total > uint64(limit) {
		return fhir.Errorf(fhir.TooLarge, "it unpacks to more than the %d MB allowed", limit>>20)
	}
	if !workbook {
		return fhir.Errorf(fhir.Invalid, "it is an archive (zip) but not a workbook; unpack it and import the table in it")
	}
	if document {
		return errOpenDocument
	}
	for _, p := range z.File {
		if strings.HasPrefix(p.Name, "xl/worksheets/") && strings.HasSuffix(p.Name, ".xml") {
			if err := checkEnd(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkEnd reads a sheet to its end, which verifies its checksum, and looks for its last tag.
func checkEnd(p *zip.File) error {
	r, err := p.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	buf := make([]byte, 32<<10)
	var tail string
	for {
		n, err := r.Read(buf)
		if n > 0 {
			tail = lastOf(tail+string(buf[max(0, n-256):n]), 256)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if t := strings.TrimSpace(tail); !strings.HasSuffix(t, "worksheet>") && !strings.HasSuffix(t, "worksheet >") {
		return fhir.Errorf(fhir.Invalid, "its part %s breaks off; ask the sender for the file again", p.Name)
	}
	return nil
}

func lastOf(s string, n int) string { return s[max(0, len(s)-n):] }

// workbookRows reads a sheet as displayed and, once the first rows show that it matters,
// as stored at the same time.
type workbookRows struct {
	grid.Plain
	shown  *excelize.Rows
	stored *excelize.Rows // nil when cells are shown as they are stored
	row    int
}

// probe is how many rows are compared to learn whether a sheet shows what it stores.
const probe = 200

func newWorkbookRows(f *excelize.File, name string) (grid.Source, error) {
	differ, err := showsOtherwise(f, name)
	if err != nil {
		return nil, err
	}
	w := &workbookRows{}
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
	}
	return row, nil
}

// Close implements grid.Source.
func (w *workbookRows) Close() error {
	err := w.shown.Close()
	if w.stored != nil {
		err = errors.Join(err, w.stored.Close())
	}
	return err
}
