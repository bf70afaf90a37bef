package importers

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"masjala/importers/cell"
	"masjala/importers/sheet"
)

// first walks over the file itself and fills the spool.
func (s *Source) first(ctx context.Context, fn func(*Row) error) error {
	sp, err := newSpool(s.scratch)
	if err != nil {
		return err
	}
	rows, err := s.Book.Rows(s.Sheet)
	if err != nil {
		return errors.Join(err, sp.Close())
	}
	defer rows.Close()
	if err := s.read(ctx, rows, sp, fn); err != nil {
		return errors.Join(err, sp.Close())
	}
	s.Blank = rows.Blank
	s.spool = sp
	return sp.flush()
}

func (s *Source) read(ctx context.Context, rows *sheet.Rows, sp *spool, fn func(*Row) error) error {
	r := &Row{src: s, cells: make([]Cell, len(s.Columns))}
	for {
		in, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if in.Number <= s.Head.Row || RepeatsHead(s.Head.Names, in.Cells) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.passes(&in) {
			continue
		}
		s.carry(&in)
		s.Rows++
		r.Number = in.Number
		sp.row(in.Number)
		for i, at := range s.at {
			shown, stored := cellAt(in.Cells, at), cellAt(in.Raw, at)
			if stored == shown {
				stored = ""
			}
			sp.text(shown)
			sp.text(stored)
			r.cells[i] = s.cell(i, shown, stored)
			s.count(i, &r.cells[i])
		}
		if s.leftOut(r) {
			s.Skipped++
			continue
		}
		if err := fn(r); err != nil {
			return err
		}
	}
}

// again walks over the spool.
func (s *Source) again(ctx context.Context, fn func(*Row) error) error {
	if err := s.spool.rewind(); err != nil {
		return err
	}
	r := &Row{src: s, cells: make([]Cell, len(s.Columns))}
	for range s.Rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		number, err := s.spool.readRow()
		if err != nil {
			return err
		}
		r.Number = number
		for i := range s.Columns {
			shown, err := s.spool.readText()
			if err != nil {
				return err
			}
			stored, err := s.spool.readText()
			if err != nil {
				return err
			}
			r.cells[i] = s.cell(i, shown, stored)
		}
		if s.leftOut(r) {
			continue
		}
		if err := fn(r); err != nil {
			return err
		}
	}
	return nil
}

// cell cleans one value and applies null words and the mapping's values.
func (s *Source) cell(i int, shown, stored string) Cell {
	c := Cell{Column: &s.Columns[i], Shown: shown, Stored: stored, Text: whole(shown, stored)}
	c.Repaired = hasEntities(c.Text)
	c.Text = Clean(c.Text)
	if len(c.Column.Also) > 0 {
		c.Text = c.Column.part(c.Text, s.nth[i], 1+len(c.Column.Also))
	}
	if repaired, ok := cell.Repair(c.Text); ok {
		c.Text, c.Repaired = repaired, true
	}
	if !s.plain[c.Column.Target] {
		c.Text = cell.Western(c.Text)
	}
	if s.float[i] {
		if c.Text = withoutFraction(c.Text); strings.EqualFold(c.Text, "nan") {
			c.Text = ""
			return c
		}
	}
	if len(c.Text) <= 32 && s.null[strings.ToLower(c.Text)] && (!s.plain[c.Column.Target] || c.Text == errorCell) {
		c.Text = ""
		return c
	}
	if z := s.numbers[i]; z != nil {
		if full, ok := z.of(c.Text); ok {
			c.Text, c.Restored = full, true
		}
	}
	if len(c.Column.Values) > 0 {
		if v, ok := c.Column.Values[c.Text]; ok {
			c.Text = v
		}
	}
	return c
}

// errorCell is what a spreadsheet program shows where a formula found nothing.
const errorCell = "#N/A"

// whole is the text of a cell with all its digits: a number that is shown rounded or with an
// exponent is taken as it is stored. Zeros in front that only the format shows are kept.
func whole(shown, stored string) string {
	if stored == "" {
		return shown
	}
	a, err := strconv.ParseFloat(shown, 64)
	if err != nil || strings.HasPrefix(strings.TrimPrefix(shown, "-"), "0") && !strings.HasPrefix(strings.TrimPrefix(shown, "-"), "0.") && len(shown) > 1 {
		return shown
	}
	b, err := strconv.ParseFloat(stored, 64)
	if err != nil {
		return shown
	}
	if short, err := strconv.ParseFloat(strconv.FormatFloat(b, 'g', 15, 64), 64); err == nil {
		b = short // as spreadsheet programs do: more digits are noise
	}
	if a == b && !strings.ContainsAny(shown, "eE") {
		return shown
	}
	return strconv.FormatFloat(b, 'f', -1, 64)
}

// leftOut tells whether a column of the row has a value whose rows the mapping leaves out.
func (s *Source) leftOut(r *Row) bool {
	for i := range r.cells {
		c := &r.cells[i]
		if len(c.Column.Skip) > 0 && c.Text != "" && slices.ContainsFunc(c.Column.Skip, func(v string) bool { return Key(v) == Key(c.Text) }) {
			return true
		}
	}
	return false
}

func (s *Source) count(i int, c *Cell) {
	switch {
	case c.Text != "":
		s.Use[i].Filled++
	case strings.TrimSpace(c.Shown) != "":
		s.Use[i].Null++
	}
	switch {
	case isTidy(c.Shown):
	case strings.ContainsAny(c.Shown, "\u00a0\u202f"):
		s.Use[i].NoBreak++
	case oddSpaces(c.Shown):
		s.Use[i].Spaces++
	}
}

// RepeatsHead tells whether a row repeats the headings, as on every printed page, or holds
// the hashtags some tools put below them; such rows are passed over.
func RepeatsHead(head, cells []string) bool {
	same, tags, filled := 0, 0, 0
	for i, c := range cells {
		if c == "" {
			continue
		}
		filled++
		if i < len(head) && Clean(c) == head[i] {
			same++
		}
		if strings.HasPrefix(c, "#") {
			tags++
		}
	}
	return filled > 1 && (same == filled || tags == filled)
}

func cellAt(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// spool keeps rows in a temporary file.
type spool struct {
	file *os.File
	out  *bufio.Writer
	in   *bufio.Reader
	buf  []byte
}

// newSpool makes a spool in a folder, "" for that of the system.
func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "import-*.rows")
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", err)
	}
	return &spool{file: f, out: bufio.NewWriterSize(f, 64<<10)}, nil
}

func (s *spool) row(n int) { s.number(uint64(n)) }

func (s *spool) text(t string) {
	s.number(uint64(len(t)))
	s.out.WriteString(t) // an error stays in the writer until flush
}

func (s *spool) number(n uint64) {
	s.buf = binary.AppendUvarint(s.buf[:0], n)
	s.out.Write(s.buf)
}

func (s *spool) flush() error {
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("write temporary file: %w", err)
	}
	return nil
}

func (s *spool) rewind() error {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read temporary file: %w", err)
	}
	s.in = bufio.NewReaderSize(s.file, 64<<10)
	return nil
}

func (s *spool) readRow() (int, error) {
	n, err := binary.ReadUvarint(s.in)
	if err != nil {
		return 0, fmt.Errorf("read temporary file: %w", err)
	}
	return int(n), nil
}

func (s *spool) readText() (string, error) {
	n, err := binary.ReadUvarint(s.in)
	if err != nil {
		return "", fmt.Errorf("read temporary file: %w", err)
	}
	s.buf = slices.Grow(s.buf[:0], int(n))[:n]
	if _, err := io.ReadFull(s.in, s.buf); err != nil {
		return "", fmt.Errorf("read temporary file: %w", err)
	}
	return string(s.buf), nil
}

// Close removes the file.
func (s *spool) Close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
