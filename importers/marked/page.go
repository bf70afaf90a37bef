package marked

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"masjala/importers"
)

// The sheets that are added.
const (
	summarySheet  = "Masjala summary"
	findingsSheet = "Masjala findings"
)

// page writes a sheet row by row.
type page struct {
	out   *bufio.Writer
	row   int
	links []string
}

// newPage begins a sheet with columns of those widths.
func newPage(w io.Writer, frozen bool, widths ...int) *page {
	p := &page{out: bufio.NewWriterSize(w, 64<<10)}
	fmt.Fprintf(p.out, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\n"+`<worksheet xmlns="%s"><sheetViews><sheetView workbookViewId="0">`, mainSpace)
	if frozen {
		p.out.WriteString(`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>`)
	}
	p.out.WriteString(`</sheetView></sheetViews><cols>`)
	for i, w := range widths {
		fmt.Fprintf(p.out, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, w)
	}
	p.out.WriteString(`</cols><sheetData>`)
	return p
}

// add writes a row; texts are strings or ints. An error stays in the writer until end.
func (p *page) add(cells ...any) {
	p.row++
	fmt.Fprintf(p.out, `<row r="%d">`, p.row)
	for i, c := range cells {
		name := cellName(i, p.row)
		switch v := c.(type) {
		case int:
			fmt.Fprintf(p.out, `<c r="%s"><v>%d</v></c>`, name, v)
		case string:
			if v != "" {
				fmt.Fprintf(p.out, `<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, name, escape(short(v)))
			}
		}
	}
	p.out.WriteString(`</row>`)
}

// end completes the sheet.
func (p *page) end() error {
	p.out.WriteString(`</sheetData>`)
	if len(p.links) > 0 {
		p.out.WriteString(`<hyperlinks>` + strings.Join(p.links, "") + `</hyperlinks>`)
	}
	p.out.WriteString(`</worksheet>`)
	return p.out.Flush()
}

// findings writes every finding in the order of the sheet, the first with a link to its cell.
func (m *Marks) findings(w io.Writer, sheet string, columns map[string]int) error {
	p := newPage(w, true, 8, 24, 30, 12, 60, 60, 22)
	p.add("Row", "Column", "Value", "Severity", "Reason", "What to do", "Rule")
	for i := range m.issues {
		if p.row == maxRow {
			break // a sheet holds no more; the summary counts them all
		}
		issue, err := m.issue(i)
		if err != nil {
			return err
		}
		p.add(rowCell(issue.Row), issue.Column, issue.Value, string(issue.Severity), issue.Reason, issue.Fix, issue.Rule)
		if issue.Row > 0 && len(p.links) < maxNotes {
			p.links = append(p.links, fmt.Sprintf(`<hyperlink ref="A%d" location="%s" display="%d"/>`,
				p.row, escape(quoted(sheet)+"!"+cellName(columns[issue.Column], issue.Row)), issue.Row))
		}
	}
	return p.end()
}

func rowCell(n int) any {
	if n == 0 {
		return ""
	}
	return n
}

// quoted is a sheet's name as formulas write it.
func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

// summary writes what the run did, and the findings grouped by cause.
func summary(w io.Writer, r *importers.Report) error {
	p := newPage(w, false, 26, 12, 12, 12, 60, 60)
	p.add("List", r.File)
	p.add("Sheet", r.Sheet)
	p.add("Import", r.Run)
	p.add("Time", r.Started.Format("2006-01-02 15:04 MST"))
	if r.DryRun {
		p.add("Only looked at", "nothing was changed")
	}
	p.add("Rows", r.Rows)
	p.add()
	p.add("What", importers.Created.String(), importers.Updated.String(), importers.Unchanged.String(),
		importers.Conflict.String()+", "+importers.Repeats.String()+", "+importers.Refused.String(), importers.Held.String())
	for _, c := range r.Counts {
		p.add(c.What, c.Create, c.Update, c.Unchanged, strconv.Itoa(c.Conflict)+", "+strconv.Itoa(c.Repeat)+", "+strconv.Itoa(c.Failed), c.Held)
	}
	p.add()
	p.add("Findings", "Severity", "How many", "First row", "Reason", "What to do")
	for _, g := range r.Issues {
		first := g.First[0]
		p.add(g.Rule, string(g.Severity), g.Count, rowCell(first.Row), first.Reason, first.Fix)
	}
	if len(r.Issues) == 0 {
		p.add("none")
	}
	return p.end()
}
