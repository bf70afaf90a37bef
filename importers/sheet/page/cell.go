package page

import (
	"strconv"
	"strings"

	"masjala/importers/sheet/grid"
)

// Most rows and columns that a cell may span, as the HTML standard has it.
const (
	maxColumns = 1000
	maxDescent = 65534
)

// attributes reads what a cell's tag says of its size and stored number.
func (s *scanner) attributes(more bool) cell {
	c := cell{columns: 1, descent: 1}
	for more {
		var key, value []byte
		key, value, more = s.z.TagAttr()
		switch string(key) {
		case "colspan":
			c.columns = span(string(value), maxColumns)
		case "rowspan":
			c.descent = span(string(value), maxDescent)
		case "x:num", "sdval":
			if _, err := strconv.ParseFloat(string(value), 64); err == nil {
				c.raw = string(value)
			}
		}
	}
	return c
}

func span(s string, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 {
		return 1
	}
	if n == 0 { // to the end of the table
		return most
	}
	return min(n, most)
}

// add appends text; white space of any length is one space, as a browser shows it.
func (c *cell) add(s string) {
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f' {
			if n := c.text.Len(); n > 0 && !strings.HasSuffix(c.text.String()[n-1:], " ") && c.text.String()[n-1] != '\n' {
				c.text.WriteByte(' ')
			}
			continue
		}
		c.text.WriteByte(b)
	}
}

func (t *state) beginRow() {
	t.inRow, t.column = true, 0
	t.table.rows++
}

// beginCell starts a cell at the next column that no cell above reaches into.
func (t *state) beginCell(c cell) {
	if !t.inRow {
		t.beginRow()
	}
	t.endCell()
	for t.column < len(t.spans) && t.spans[t.column] > 0 {
		t.column++
	}
	t.cell.columns, t.cell.descent, t.cell.raw = c.columns, c.descent, c.raw
	t.cell.text.Reset()
	t.inCell = true
}

func (t *state) endCell() {
	if !t.inCell {
		return
	}
	t.inCell = false
	text := strings.TrimSpace(t.cell.text.String())
	raw := t.cell.raw
	if raw == "" {
		raw = text
	}
	t.line.Put(t.column, text, raw)
	if t.cell.descent > 1 && len(t.table.merges) < maxMerges {
		t.table.merges = append(t.table.merges, grid.Merge{Top: t.table.rows, Left: t.column, Bottom: t.table.rows + t.cell.descent - 1, Right: t.column + t.cell.columns - 1})
	}
	end := min(t.column+t.cell.columns, grid.MaxColumns)
	for len(t.spans) < end {
		t.spans = append(t.spans, 0)
	}
	for ; t.column < end; t.column++ {
		t.spans[t.column] = max(t.spans[t.column], t.cell.descent)
	}
}

// endRow returns the row that was begun, if there is one.
func (t *state) endRow() (grid.Row, bool) {
	if !t.inRow {
		return grid.Row{}, false
	}
	t.endCell()
	t.inRow = false
	for i := range t.spans {
		t.spans[i] = max(0, t.spans[i]-1)
	}
	return t.line.Row(t.table.rows), true
}
