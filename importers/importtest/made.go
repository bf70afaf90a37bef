package importtest

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"masjala/importers"
	"masjala/internal/export/table"
	"masjala/store"
)

// Exported writes all that a kind of list has to a file of a name, in the format that its ending
// says, and returns its path.
func Exported[R any](t testing.TB, s store.Store, name string, export func(context.Context, store.Store, importers.ExportRequest) (R, error)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	format, err := table.FormatOf(name)
	if err == nil {
		_, err = export(t.Context(), s, importers.ExportRequest{To: f, Format: format})
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Opened opens a workbook that is written to memory; it is closed with the test.
func Opened(t testing.TB, write func(io.Writer) error) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
