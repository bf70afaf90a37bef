package importers

import (
	"fmt"
	"slices"
)

// ReportRepairs reports the cells of a row whose text had to be put right, but for those of
// targets about which more is said elsewhere.
func ReportRepairs(row *Row, issues *Issues, but ...string) {
	for i := range row.cells {
		if c := &row.cells[i]; c.Repaired && c.Text != "" && !slices.Contains(but, c.Column.Target) {
			issues.Add(Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: Info, Rule: "text-repaired",
				Reason: "letters were decoded wrongly, or written as HTML does", Fix: "Imported as " + c.Text + "."})
		}
	}
}

// remark reports what is to be told of the list as a whole, once all rows were read.
func (s *Source) remark(issues *Issues) {
	s.reportSheets(issues)
	s.reportChains(issues)
	s.reportAside(issues)
	s.reportFloats(issues)
	s.reportSpaces(issues)
}

// reportSpaces reports, once for each column, the cells with spaces that cannot be seen. They make
// look-ups in spreadsheet programs fail. What this program exported says what is stored.
func (s *Source) reportSpaces(issues *Issues) {
	if s.Has(KeyTarget) {
		return
	}
	for _, u := range s.Use {
		if u.NoBreak+u.Spaces > 0 {
			issues.Add(Issue{Column: u.Heading, Severity: Info, Rule: "spaces-odd",
				Reason: fmt.Sprintf("cells of the column have spaces that cannot be seen: no-break ones in %d, double or outer ones in %d", u.NoBreak, u.Spaces),
				Fix:    "Imported with single spaces; look-ups for these cells may fail in a spreadsheet."})
		}
	}
}
