package table

import (
	"encoding/csv"
	"fmt"
	"io"
)

// text is delimited text as RFC 4180 wants it, in UTF-8.
type text struct {
	to     io.Writer
	csv    *csv.Writer
	escape func(string) string // nil: values as they are
	row    []string
}

func newText(to io.Writer, escape func(string) string) *text {
	t := &text{to: to, csv: csv.NewWriter(to), escape: escape}
	t.csv.UseCRLF = true
	return t
}

// begin writes the headings; spreadsheet programs need a byte order mark before them.
func (t *text) begin(h Head) error {
	if t.escape != nil {
		if _, err := io.WriteString(t.to, "\ufeff"); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	return t.write(1, Texts(h.Names...))
}

func (t *text) write(_ int, cells []Cell) error {
	t.row = t.row[:0]
	for _, c := range cells {
		s := clean(c.Text)
		if t.escape != nil && !c.Number {
			s = t.escape(s)
		}
		t.row = append(t.row, s)
	}
	if err := t.csv.Write(t.row); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func (t *text) close() error {
	t.csv.Flush()
	if err := t.csv.Error(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func (t *text) drop() error { return nil }
