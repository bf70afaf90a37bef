package importers

import (
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"masjala/internal/export/table"
)

// Findings writes issues to a list of their own as they come, in constant memory. Its Add
// is the Issues function of a [Request].
type Findings struct {
	out  *table.Writer
	left int // rows that there is room for
}

// findingHead is what stands above a list of issues.
var findingHead = table.Head{Sheet: "Issues", Names: []string{"Sheet", "Row", "Column", "Value", "Severity", "Reason", "Proposed fix", "Rule"},
	Widths: []float64{16, 8, 20, 30, 10, 60, 70, 20}}

// NewFindings begins a list: a workbook, or CSV in UTF-8 with a byte order mark, which
// spreadsheet programs need. A workbook is written when it is closed.
func NewFindings(to io.Writer, workbook bool) (*Findings, error) {
	format := table.Delimited
	if workbook {
		format = table.Workbook
	}
	out, err := table.New(to, format, findingHead)
	return &Findings{out: out, left: excelize.TotalRows - 1}, err
}

// Add writes one issue.
func (f *Findings) Add(i *Issue) error {
	if f.left--; f.left < 0 {
		return nil // a sheet holds no more; the report counts them all
	}
	row := ""
	if i.Row > 0 {
		row = strconv.Itoa(i.Row)
	}
	return f.out.Row([]table.Cell{table.Text(i.Sheet), table.Number(row), table.Text(i.Column), table.Text(i.Value), table.Text(string(i.Severity)),
		table.Text(i.Reason), table.Text(i.Fix), table.Text(i.Rule)})
}

// Close completes the list; what it is written to stays open.
func (f *Findings) Close() error { return f.out.Close() }
