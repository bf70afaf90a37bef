package importers

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"

	"masjala/fhir/search"
	"masjala/internal/export/table"
)

// ExportRequest asks for a list of what is stored, in the form in which lists are imported.
type ExportRequest struct {
	Query    []search.Pair // search parameters; none: everything
	To       io.Writer
	Format   table.Format
	Progress func(Progress)
}

// Exported tells what a list holds and what it does not.
type Exported struct {
	Rows    int      `json:"rows"`
	Columns []string `json:"columns"`
	Notes   []string `json:"notes"` // what the table cannot hold and therefore leaves as it is here
}

// Columns collects which columns a list needs, and writes its rows.
type Columns[D any] struct {
	Aspects []*Aspect[D]
	list    []Column
	number  []bool // which columns hold numbers
	shows   []func(*D) string
}

// ofNumbers are the targets of numbers, whose headings name their system even if they have none.
var ofNumbers = []string{"id", "identifier", "areaCode", "licenceNumber"}

// Add adds a column that an aspect shows, with its system in the heading. A second one of a heading
// is numbered. Numbers are written as such.
func (c *Columns[D]) Add(column Column, number bool) {
	title := column.Heading
	for n := 2; ; n++ {
		if column.System != "" || slices.Contains(ofNumbers, column.Target) {
			column.Heading = HeadingOf(column.Heading, column.System)
		}
		if !slices.ContainsFunc(c.list, func(o Column) bool { return o.Heading == column.Heading }) {
			break
		}
		column.Heading = title + " " + strconv.Itoa(n)
	}
	c.list, c.number = append(c.list, column), append(c.number, number)
	i := len(c.list) - 1
	for _, a := range c.Aspects {
		if !a.Of(&column) {
			continue
		}
		nth := a.nth(i, func(j int) *Column { return &c.list[j] })
		c.shows = append(c.shows, func(d *D) string { return a.Show(d, &column, nth) })
		return
	}
	c.shows = append(c.shows, func(*D) string { return "" })
}

// Head is what stands above the list.
func (c *Columns[D]) Head(sheet string) table.Head {
	h := table.Head{Sheet: sheet, Names: []string{IDHeading, VersionHeading}, Widths: []float64{26, 10}}
	for i, column := range c.list {
		h.Names = append(h.Names, column.Heading)
		switch column.Target {
		case "latitude":
			h.Latitude = i + 2
		case "longitude":
			h.Longitude = i + 2
		}
	}
	return h
}

// Row makes the row of a thing that has an id and versions here.
func (c *Columns[D]) Row(dst []table.Cell, d *D, id string, versions ...int64) []table.Cell {
	dst = append(dst[:0], table.Text(id), table.Text(VersionText(versions...)))
	for i, show := range c.shows {
		if c.number[i] {
			dst = append(dst, table.Number(show(d)))
		} else {
			dst = append(dst, table.Text(show(d)))
		}
	}
	return dst
}

// Widths counts how many columns of each system a target needs.
type Widths struct {
	most, things map[string]int
}

// Count takes the values of one thing by their systems.
func (w *Widths) Count(systems ...string) {
	if w.most == nil {
		w.most, w.things = map[string]int{}, map[string]int{}
	}
	here := map[string]int{}
	for _, s := range systems {
		here[s]++
	}
	for s, n := range here {
		w.most[s] = max(w.most[s], n)
		w.things[s]++
	}
}

// Systems lists the systems, that of most things first, each as often as it needs columns.
func (w *Widths) Systems() []string {
	var all []string
	for s := range w.things {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(w.things[b], w.things[a]), cmp.Compare(a, b)) })
	var out []string
	for _, s := range all {
		for range w.most[s] {
			out = append(out, s)
		}
	}
	return out
}

// First is the system of most things, "" when there is none.
func (w *Widths) First() string {
	if all := w.Systems(); len(all) > 0 {
		return all[0]
	}
	return ""
}

// Others is how many things have a value of another system than the first.
func (w *Widths) Others() int {
	n := 0
	for system, things := range w.things {
		if system != w.First() {
			n += things
		}
	}
	return n
}

// Note adds a sentence about what the list does not hold, where there is some of it.
func (e *Exported) Note(n int, format string) {
	if n > 0 {
		e.Notes = append(e.Notes, fmt.Sprintf(format, n))
	}
}
