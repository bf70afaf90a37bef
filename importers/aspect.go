package importers

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The targets that say which stored resource a row is about, and how it was when it was written
// into the row.
const (
	KeyTarget     = "masjalaId"
	VersionTarget = "masjalaVersion"
)

// VersionHeading is the heading of the column that only lists have which were written by an export.
const VersionHeading = "Masjala version"

// KeyTargets are the targets of the columns that every export has.
func KeyTargets() []Target {
	return []Target{
		{Name: KeyTarget, Title: "id in this registry: the row is that resource", Literal: true, Synonyms: []string{HeadKey(IDHeading)}, Sure: is(IDHeading)},
		{Name: VersionTarget, Title: "version that an export wrote into the row", Literal: true, Synonyms: []string{HeadKey(VersionHeading)}, Sure: is(VersionHeading)},
	}
}

func is(heading string) func(string) bool {
	return func(text string) bool { return strings.TrimSpace(text) == heading }
}

// HeadingOf names a column with the system of its identifiers or codes: "Facility code [urn:mfl]".
// Propose reads it again.
func HeadingOf(title, system string) string { return title + " [" + system + "]" }

// systemIn parts a heading that names a system.
func systemIn(heading string) (title, system string, ok bool) {
	title, rest, ok := strings.Cut(heading, " [")
	if !ok || !strings.HasSuffix(rest, "]") {
		return heading, "", false
	}
	if system = rest[:len(rest)-1]; system != "" && (!strings.Contains(system, ":") || strings.ContainsAny(system, " \t")) {
		return heading, "", false
	}
	return title, system, true
}

// VersionText writes versions of resources into a cell: "v3" or "v3.2".
func VersionText(versions ...int64) string {
	text := make([]string, len(versions))
	for i, v := range versions {
		text[i] = strconv.FormatInt(v, 10)
	}
	return "v" + strings.Join(text, ".")
}

// Versions reads what VersionText wrote; nil for anything else.
func Versions(text string) []int64 {
	rest, ok := strings.CutPrefix(text, "v")
	if !ok {
		return nil
	}
	var out []int64
	for part := range strings.SplitSeq(rest, ".") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil || n < 0 {
			return nil
		}
		out = append(out, n)
	}
	return out
}

// Exported tells whether a row was written by an export.
func (r *Row) Exported() bool {
	return r.Get(KeyTarget).Text != "" && Versions(r.Get(VersionTarget).Text) != nil
}

// Aspect is one part of what rows say of a D: how its columns show it, and how it is taken from a
// row. An export shows every aspect; an import takes those that a row says otherwise.
type Aspect[D any] struct {
	Targets []string
	// Together tells that the columns of all targets show one list.
	Together bool
	// Show is the text of a column; nth counts the columns of one target, system and level from 0, or of all targets.
	Show func(d *D, c *Column, nth int) string
	// Take replaces the part in d by what was read from a row.
	Take func(d, read *D, row *Row)
	// Same tells whether two texts that differ say the same; nil: they never do.
	Same func(a, b Cell) bool
}

// Of tells whether a column shows the aspect.
func (a *Aspect[D]) Of(c *Column) bool {
	return slices.Contains(a.Targets, c.Target)
}

// News lists the aspects that a row of an export says otherwise than d, and blanks in a copy of the
// row the cells that say the same. A blank cell takes away what was in it; one in which a formula
// failed says nothing.
func News[D any](row *Row, d *D, aspects []*Aspect[D]) (changed []*Aspect[D], news *Row) {
	news = &Row{Number: row.Number, src: row.src, cells: make([]Cell, len(row.cells)), whole: row}
	for i := range row.cells {
		news.cells[i] = Cell{Column: row.cells[i].Column}
	}
	for _, a := range aspects {
		if !a.differs(row, d) {
			continue
		}
		changed = append(changed, a)
		for i := range row.cells {
			switch c := &row.cells[i]; {
			case !a.Of(c.Column):
			case c.failed():
				news.cells[i] = a.shown(row, i, d)
			default:
				news.cells[i] = *c
			}
		}
	}
	return changed, news
}

// failures are what spreadsheet programs show where a formula failed.
var failures = []string{errorCell, "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}

// failed tells whether a formula of the cell failed.
func (c *Cell) failed() bool { return slices.Contains(failures, Clean(c.Shown)) }

// shown is a cell as it shows d.
func (a *Aspect[D]) shown(row *Row, i int, d *D) Cell {
	return row.src.cell(i, a.Show(d, row.cells[i].Column, a.nth(i, func(j int) *Column { return row.cells[j].Column })), "")
}

// differs tells whether some column of the aspect says something else than d.
func (a *Aspect[D]) differs(row *Row, d *D) bool {
	for i := range row.cells {
		c := &row.cells[i]
		if !a.Of(c.Column) || c.failed() {
			continue
		}
		if shown := a.shown(row, i, d); shown.Text != c.Text && (a.Same == nil || !a.Same(shown, *c)) {
			return true
		}
	}
	return false
}

// nth counts the columns before one that show the same list.
func (a *Aspect[D]) nth(i int, column func(int) *Column) int {
	n, c := 0, column(i)
	for j := range i {
		if o := column(j); (o.Target == c.Target || a.Together && a.Of(o)) && c.beside(o) {
			n++
		}
	}
	return n
}

// Systems are the systems of the columns that some targets have in the row.
func (r *Row) Systems(targets ...string) map[string]bool {
	out := map[string]bool{}
	for i := range r.cells {
		if c := r.cells[i].Column; slices.Contains(targets, c.Target) {
			out[c.System] = true
		}
	}
	return out
}

// Only is a text in the first column that could show it, and nothing in the others.
func Only(s string, nth int) string {
	if nth > 0 {
		return ""
	}
	return s
}

// SameDay tells whether two cells say the same day. A year of two digits is none that an export wrote.
func SameDay(a, b Cell) bool {
	x, ok := Date(a, DayFirst, time.Time{})
	y, ok2 := Date(b, DayFirst, time.Time{})
	return ok && ok2 && x == y
}

// Column returns the column of the row with a heading, nil when there is none.
func (r *Row) Column(heading string) *Column {
	for i := range r.cells {
		if c := r.cells[i].Column; c.Heading == heading {
			return c
		}
	}
	return nil
}
