package template

import (
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// rows is how many rows below the headings have drop-down lists.
const rows = 20_000

// Column is one column of a template.
type Column struct {
	Heading  string
	Sort     Sort
	Required bool
	List     []string // of a choice: what can be chosen
}

// Book is an empty workbook.
type Book struct {
	Lang    string // one of [Languages]
	Sheet   string // name of the sheet that is filled in
	Columns []Column
}

// maker makes one workbook. After an error it does nothing.
type maker struct {
	*Book
	file                     *excelize.File
	text, head, needed, wrap int // styles
	err                      error
}

// Write writes the workbook: the sheet to fill in, a sheet that explains the columns, and a hidden
// one with the lists that cells choose from.
func (b *Book) Write(w io.Writer) error {
	m := &maker{Book: b, file: excelize.NewFile()}
	m.styles()
	m.do(m.file.SetSheetName("Sheet1", b.Sheet))
	m.form()
	m.notes()
	m.lists()
	if m.err == nil {
		_, m.err = m.file.WriteTo(w)
	}
	if err := errors.Join(m.err, m.file.Close()); err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	return nil
}

func (m *maker) do(err error) {
	if m.err == nil {
		m.err = err
	}
}

// styles makes the styles; texts keep zeros in front.
func (m *maker) styles() {
	style := func(s excelize.Style) int {
		id, err := m.file.NewStyle(&s)
		m.do(err)
		return id
	}
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	m.text = style(excelize.Style{NumFmt: 49})
	m.head = style(excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Fill: fill("E2EFDA")})
	m.needed = style(excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Fill: fill("FFC000")})
	m.wrap = style(excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
}

// form makes the sheet that is filled in: headings, those of required columns in another colour.
func (m *maker) form() {
	for i, c := range m.Columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		m.do(err)
		m.do(m.file.SetColWidth(m.Sheet, name, name, 20))
		if c.Sort != Degrees {
			m.do(m.file.SetColStyle(m.Sheet, name, m.text))
		}
		m.do(m.file.SetCellStr(m.Sheet, name+"1", c.Heading))
		style := m.head
		if c.Required {
			style = m.needed
		}
		m.do(m.file.SetCellStyle(m.Sheet, name+"1", name+"1", style))
	}
	m.do(m.file.SetPanes(m.Sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	m.direct(m.Sheet)
}

// direct turns a sheet for languages that are written from right to left.
func (m *maker) direct(sheet string) {
	if m.Lang == "ar" {
		yes := true
		m.do(m.file.SetSheetView(sheet, 0, &excelize.ViewOptions{RightToLeft: &yes}))
	}
}

// notes makes the sheet that explains the columns.
func (m *maker) notes() {
	sheet := notesWord.In(m.Lang)
	_, err := m.file.NewSheet(sheet)
	m.do(err)
	put := func(row int, cells ...string) {
		for i, text := range cells {
			at, err := excelize.CoordinatesToCellName(i+1, row)
			m.do(err)
			m.do(m.file.SetCellStr(sheet, at, text))
		}
	}
	put(1, columnWord.In(m.Lang), requiredWord.In(m.Lang), writeWord.In(m.Lang))
	for i, c := range m.Columns {
		required, sort := "", c.Sort
		if c.Required {
			required = yesWord.In(m.Lang)
		}
		if sort == Choice && len(c.List) == 0 {
			sort = Text
		}
		put(i+2, c.Heading, required, explained[sort].In(m.Lang))
	}
	m.do(m.file.SetCellStyle(sheet, "A1", "C1", m.head))
	m.do(m.file.SetColWidth(sheet, "A", "B", 28))
	m.do(m.file.SetColWidth(sheet, "C", "C", 80))
	m.do(m.file.SetCellStyle(sheet, "A2", fmt.Sprintf("C%d", len(m.Columns)+1), m.wrap))
	m.direct(sheet)
}

// lists makes the hidden sheet of the lists and the drop-downs that choose from them.
func (m *maker) lists() {
	sheet := listsWord.In(m.Lang)
	_, err := m.file.NewSheet(sheet)
	m.do(err)
	at := 0
	for i, c := range m.Columns {
		if len(c.List) == 0 {
			continue
		}
		at++
		from, err := excelize.ColumnNumberToName(at)
		m.do(err)
		to, err := excelize.ColumnNumberToName(i + 1)
		m.do(err)
		m.do(m.file.SetCellStr(sheet, from+"1", c.Heading))
		for n, text := range c.List {
			m.do(m.file.SetCellStr(sheet, fmt.Sprintf("%s%d", from, n+2), text))
		}
		choice := excelize.NewDataValidation(true)
		choice.SetSqref(fmt.Sprintf("%s2:%[1]s%d", to, rows+1))
		choice.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$2:$%[2]s$%d", sheet, from, len(c.List)+1))
		choice.SetError(excelize.DataValidationErrorStyleWarning, c.Heading, wrongWord.In(m.Lang))
		m.do(m.file.AddDataValidation(m.Sheet, choice))
	}
	m.do(m.file.SetSheetVisible(sheet, false))
}
