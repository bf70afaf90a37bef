package marked

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"

	"masjala/fhir"
	"masjala/importers/sheet"
	"masjala/internal/export/table"
)

// asWorkbook writes the cells of a book of another format, as text at their old places, into
// a temporary workbook, and returns its path.
func asWorkbook(ctx context.Context, b *sheet.Book, dir string) (path string, err error) {
	out := excelize.NewFile(excelize.Options{TmpDir: dir})
	defer func() { err = errors.Join(err, out.Close()) }()
	legal := legalNames(b.Sheets)
	for i, s := range b.Sheets {
		name := legal[s.Name]
		if i == 0 {
			err = out.SetSheetName("Sheet1", name)
		} else {
			_, err = out.NewSheet(name)
		}
		if err != nil {
			return "", fmt.Errorf("write sheet %q: %w", s.Name, err)
		}
		if err := copySheet(ctx, out, b, s.Name, name); err != nil {
			return "", err
		}
		if s.Hidden {
			if err := out.SetSheetVisible(name, false); err != nil {
				return "", fmt.Errorf("write sheet %q: %w", s.Name, err)
			}
		}
	}
	f, err := os.CreateTemp(dir, "import-*.xlsx")
	if err != nil {
		return "", fmt.Errorf("make temporary file: %w", err)
	}
	if _, err = out.WriteTo(f); err == nil {
		return f.Name(), f.Close()
	}
	return "", errors.Join(fmt.Errorf("write temporary workbook: %w", err), f.Close(), os.Remove(f.Name()))
}

// legalNames gives each sheet a name of its own that a workbook may have.
func legalNames(sheets []sheet.Info) map[string]string {
	legal, taken := map[string]string{}, map[string]bool{}
	for _, s := range sheets {
		name := table.SheetName(s.Name)
		for n := 2; taken[strings.ToLower(name)]; n++ {
			suffix := fmt.Sprintf(" (%d)", n)
			name = table.SheetName(s.Name)
			name = string([]rune(name)[:min(31-len(suffix), len([]rune(name)))]) + suffix
		}
		legal[s.Name], taken[strings.ToLower(name)] = name, true
	}
	return legal
}

// copySheet copies the cells of a sheet into one of a workbook.
func copySheet(ctx context.Context, out *excelize.File, b *sheet.Book, name, to string) error {
	rows, err := b.Rows(name)
	if err != nil {
		return err
	}
	defer rows.Close()
	rows.KeepMerged()
	w, err := out.NewStreamWriter(to)
	if err != nil {
		return fmt.Errorf("write sheet %q: %w", name, err)
	}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return w.Flush()
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if row.Number > maxRow || len(row.Cells) > maxColumns {
			return fhir.Errorf(fhir.TooLarge, "%s has more rows or columns than a workbook holds, so it cannot be given back marked; split it", b.Name)
		}
		cells := make([]any, len(row.Cells))
		for i, c := range row.Cells {
			if c != "" {
				cells[i] = short(c)
			}
		}
		if err := w.SetRow(cellName(0, row.Number), cells); err != nil {
			return fmt.Errorf("write sheet %q: %w", name, err)
		}
	}
}
