package importers

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Findings writes issues to a list of their own as they come, in constant memory. Its Add
// is the Issues function of a [Request].
type Findings struct {
	to   io.Writer
	text *csv.Writer

	book *excelize.File
	out  *excelize.StreamWriter
	row  int
}

// findingHeads are the headings of a sheet of issues.
var findingHeads = []string{"Sheet", "Row", "Column", "Value", "Severity", "Reason", "Proposed fix", "Rule"}

// NewFindings begins a list: a workbook, or CSV in UTF-8 with a byte order mark, which
// spreadsheet programs need. A workbook is written when it is closed.
func NewFindings(to io.Writer, workbook bool) (*Findings, error) {
	f := &Findings{to: to}
	if workbook {
		return f, f.startBook()
	}
	if _, err := io.WriteString(to, "\ufeff"); err != nil {
		return nil, fmt.Errorf("write issues: %w", err)
	}
	f.text = csv.NewWriter(to)
	return f, f.text.Write(findingHeads)
}

func (f *Findings) startBook() error {
	f.book = excelize.NewFile()
	err := f.book.SetSheetName("Sheet1", "Issues")
	if err != nil {
		return fmt.Errorf("write issues: %w", err)
	}
	if f.out, err = f.book.NewStreamWriter("Issues"); err != nil {
		return fmt.Errorf("write issues: %w", err)
	}
	for i, width := range []float64{16, 8, 20, 30, 10, 60, 70, 20} {
		if err := f.out.SetColWidth(i+1, i+1, width); err != nil {
			return fmt.Errorf("write issues: %w", err)
		}
	}
	if err := f.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("write issues: %w", err)
	}
	return f.write(findingHeads)
}

// Add writes one issue.
func (f *Findings) Add(i *Issue) error {
	row := ""
	if i.Row > 0 {
		row = strconv.Itoa(i.Row)
	}
	return f.write([]string{i.Sheet, row, i.Column, i.Value, string(i.Severity), i.Reason, i.Fix, i.Rule})
}

func (f *Findings) write(cells []string) error {
	f.row++
	if f.text != nil {
		for i, c := range cells {
			cells[i] = harmless(c)
		}
		return f.text.Write(cells)
	}
	if f.row > excelize.TotalRows {
		return nil // a sheet holds no more; the report counts them all
	}
	row := make([]any, len(cells))
	for i, c := range cells {
		row[i] = c
		if n, err := strconv.Atoi(c); err == nil && i == 1 {
			row[i] = n
		}
	}
	if err := f.out.SetRow("A"+strconv.Itoa(f.row), row); err != nil {
		return fmt.Errorf("write issues: %w", err)
	}
	return nil
}

// harmless keeps a spreadsheet program from running a value of a CSV file as a formula.
func harmless(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}

// Close completes the list; what it is written to stays open.
func (f *Findings) Close() error {
	if f.text != nil {
		f.text.Flush()
		return f.text.Error()
	}
	if err := f.out.Flush(); err != nil {
		return fmt.Errorf("write issues: %w", err)
	}
	_, err := f.book.WriteTo(f.to)
	return errors.Join(err, f.book.Close())
}
