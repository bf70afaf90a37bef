package ods

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"time"

	"masjala/importers/sheet/grid"
)

// cell is one that is being read.
type cell struct {
	kind, value   string
	columns, rows int // that it spans
	repeat        int
	paragraphs    int
	in            bool // inside a paragraph
	shown         strings.Builder
}

// text adds text; line breaks of the file are spaces.
func (c *cell) text(s string) {
	if c.in {
		c.shown.WriteString(s)
	}
}

// start takes a start tag.
func (s *scanner) start(t xml.StartElement) error {
	switch name := t.Name.Space + ":" + t.Name.Local; {
	case s.skip > 0:
		s.skip++
	case name == "style:style":
		s.style = attr(t, "style", "name")
	case name == "style:table-properties":
		s.hidden[s.style] = s.hidden[s.style] || attr(t, "table", "display") == "false"
	case name == "table:table":
		return s.startSheet(t)
	case !s.inside:
	case name == "office:annotation", s.cell != nil && t.Name.Space == "draw", name == "table:shapes":
		s.skip = 1
	case name == "table:table-row":
		s.row.line.Row(0)
		s.row.begun, s.row.repeat, s.row.column, s.row.filled = true, count(attr(t, "table", "number-rows-repeated"), grid.MaxRows), 0, false
		s.row.number++
	case s.row.begun && (name == "table:table-cell" || name == "table:covered-table-cell"):
		s.cell = newCell(t)
	case s.cell != nil && t.Name.Space == "text":
		s.startText(t)
	}
	return nil
}

func (s *scanner) startSheet(t xml.StartElement) error {
	s.sheet++
	s.inside = s.wanted < 0 || s.sheet == s.wanted
	s.row = row{}
	if s.begun == nil {
		return nil
	}
	return s.begun(attr(t, "table", "name"), s.hidden[attr(t, "table", "style-name")] || attr(t, "table", "display") == "false")
}

func newCell(t xml.StartElement) *cell {
	c := &cell{kind: attr(t, "office", "value-type"), repeat: count(attr(t, "table", "number-columns-repeated"), grid.MaxColumns),
		columns: count(attr(t, "table", "number-columns-spanned"), grid.MaxColumns), rows: count(attr(t, "table", "number-rows-spanned"), grid.MaxRows)}
	names := map[string]string{"date": "date-value", "boolean": "boolean-value", "string": "string-value"}
	if name := names[c.kind]; name != "" {
		c.value = attr(t, "office", name)
	} else {
		c.value = attr(t, "office", "value")
	}
	return c
}

// startText takes what stands for text in a cell.
func (s *scanner) startText(t xml.StartElement) {
	switch t.Name.Local {
	case "p":
		if s.cell.paragraphs++; s.cell.paragraphs > 1 {
			s.cell.shown.WriteByte('\n')
		}
		s.cell.in = true
	case "s":
		s.cell.text(strings.Repeat(" ", count(attr(t, "text", "c"), 1024)))
	case "tab":
		s.cell.text("\t")
	case "line-break":
		s.cell.text("\n")
	}
}

// end takes an end tag; ok when it ended a row that has something in it.
func (s *scanner) end(n xml.Name) (grid.Row, bool, error) {
	if s.skip > 0 {
		s.skip--
		return grid.Row{}, false, nil
	}
	switch name := n.Space + ":" + n.Local; {
	case name == "text:p" && s.cell != nil:
		s.cell.in = false
	case (name == "table:table-cell" || name == "table:covered-table-cell") && s.cell != nil:
		err := s.endCell(s.cell)
		s.cell = nil
		return grid.Row{}, false, err
	case name == "table:table-row" && s.row.begun:
		s.row.begun = false
		at := s.row.number
		s.row.number = min(at+s.row.repeat-1, grid.MaxRows)
		if !s.row.filled || at > grid.MaxRows {
			return grid.Row{}, false, nil
		}
		s.row.again, s.row.left = s.row.line.Row(at), s.row.number-at
		return s.row.again, true, nil
	case name == "table:table" && s.inside:
		if s.inside = false; s.wanted >= 0 {
			return grid.Row{}, false, io.EOF
		}
	}
	return grid.Row{}, false, nil
}

// endCell puts a cell into the row, as often as it is there.
func (s *scanner) endCell(c *cell) error {
	if s.merged != nil && (c.rows > 1 || c.columns > 1) {
		s.merged(grid.Merge{Top: s.row.number, Left: s.row.column, Bottom: s.row.number + c.rows - 1, Right: s.row.column + c.columns - 1})
	}
	shown, raw := c.read()
	if shown == "" && raw == "" {
		s.row.column += c.repeat
		return nil
	}
	for range c.repeat {
		s.row.line.Put(s.row.column, shown, raw)
		s.row.column++
	}
	s.row.filled = true
	s.copies += c.repeat
	return s.affordable()
}

// read returns the cell as displayed and as stored.
func (c *cell) read() (shown, raw string) {
	shown = c.shown.String()
	switch c.kind {
	case "float", "percentage", "currency":
		if _, err := strconv.ParseFloat(c.value, 64); err == nil {
			if shown == "" {
				shown = c.value
			}
			return shown, c.value
		}
	case "date":
		for _, form := range []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04:05.999999999"} {
			if at, err := time.Parse(form, c.value); err == nil {
				days := at.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
				return strings.Replace(c.value, "T", " ", 1), strconv.FormatFloat(days, 'f', -1, 64)
			}
		}
	case "boolean":
		shown = strings.ToUpper(c.value)
	case "string":
		if shown == "" {
			shown = c.value
		}
	}
	return shown, shown
}

func attr(t xml.StartElement, space, local string) string {
	for _, a := range t.Attr {
		if a.Name.Local == local && a.Name.Space == space {
			return a.Value
		}
	}
	return ""
}

// count reads a number of repetitions or cells, at least one.
func count(s string, most int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 1
	}
	return min(n, most)
}
