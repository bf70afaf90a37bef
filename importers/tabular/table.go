package tabular

import (
	"slices"

	"masjala/fhir"
	"masjala/fhir/structure"
	"masjala/importers"
)

// Table is a resource as a table: Head are the headings, Write hands over the rows.
type Table struct {
	Sheet string
	Head  []string

	head  []headCell
	fixed []int // columns of the caller that are filled, by their position in its names
	lines func(yield func(*Line) error) error

	needed                   []string
	designations, properties Layout
	declared                 func(code string) bool
	more                     int // columns of JSON that rows need
	aboutText                []string
}

// headOrder gives columns of JSON some order of members, which does not matter.
var headOrder = structure.Resource("CodeSystem")

// headCell is a column of the head with its text, which stands in the first row.
type headCell struct{ heading, text string }

// Line is one row on its way into a table.
type Line struct {
	Cells       []string // of the columns that the caller names, by position
	Designation []byte   // JSON list
	Property    []byte   // JSON list
	More        Object
}

// Reset empties a line for the next row.
func (l *Line) Reset() {
	clear(l.Cells)
	l.Designation, l.Property = nil, nil
	l.More.names, l.More.values = l.More.names[:0], l.More.values[:0]
}

// Put puts an element into a column, or into More when it would not come back from a cell. The
// value is JSON: a text, a number or a boolean; nil is nothing.
func (l *Line) Put(column int, name string, value []byte) {
	text := string(value)
	if len(value) > 0 && value[0] == '"' {
		text = fhir.Unquote(value)
		if !Fits(text) {
			l.More.Set(name, value)
			return
		}
	}
	l.Cells[column] = text
}

// Lay puts the members of an object, but for its content, into the columns that they have, into
// Designation, or into More.
func (l *Line) Lay(object []byte, columns map[string]int, content string) {
	for name, value := range fhir.Members(object) {
		column, ok := columns[string(name)]
		switch {
		case string(name) == content:
		case string(name) == "designation":
			l.Designation = value
		case ok:
			l.Put(column, string(name), value)
		default:
			l.More.Set(string(name), value)
		}
	}
}

// Loose is Put for a column in which words such as NA stand for nothing.
func (l *Line) Loose(column int, name string, value []byte) {
	if IsNull(fhir.Unquote(value)) {
		l.More.Set(name, value)
		return
	}
	l.Put(column, name, value)
}

// NewTable lays a resource out as a table. names are the headings of the columns that the
// caller fills; lines hands over the rows, the same each time it is called, and is called twice:
// columns that stay empty are left out. about takes part in what the table says of the whole;
// declared names the properties that it declares; nil for a type whose rows have none.
func (k *Kind) NewTable(r *fhir.Resource, names []string, about func(o *Object), declared func(code string) bool, lines func(yield func(*Line) error) error) (*Table, error) {
	t := &Table{Sheet: k.Word + "s", lines: lines, needed: k.Needed, declared: declared, more: 1}
	var o Object
	for name, value := range fhir.Members(r.Body) {
		if string(name) != k.Content {
			o.Set(string(name), value)
		}
	}
	for _, m := range members {
		if text := fhir.Unquote(o.Get(m.element)); Fits(text) {
			t.head = append(t.head, headCell{k.Word + " " + m.heading, text})
			o.Delete(m.element)
		}
	}
	about(&o)
	t.aboutText = pieces(quoted(o.Append(nil, headOrder)))
	if err := t.survey(names); err != nil {
		return nil, err
	}
	return t, nil
}

// survey learns from all rows which columns are needed.
func (t *Table) survey(names []string) error {
	used := make([]bool, len(names))
	err := t.lines(func(l *Line) error {
		for i, c := range l.Cells {
			used[i] = used[i] || c != ""
		}
		if headings, _, ok := designationColumns(l.Designation); !ok || !t.designations.Place(headings) {
			l.More.Set("designation", l.Designation)
		}
		if headings, _, ok := propertyColumns(l.Property, t.declared); !ok || !t.properties.Place(headings) {
			l.More.Set("property", l.Property)
		}
		if !l.More.Empty() {
			t.more = max(t.more, len(pieces(quoted(l.More.Append(nil, headOrder)))))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, h := range t.head {
		t.Head = append(t.Head, h.heading)
	}
	for i, name := range names {
		if used[i] || slices.Contains(t.needed, name) {
			t.fixed = append(t.fixed, i)
			t.Head = append(t.Head, name)
		}
	}
	t.Head = append(append(t.Head, t.designations.Headings...), t.properties.Headings...)
	for range t.more {
		t.Head = append(t.Head, moreHeading)
	}
	for range t.aboutText {
		t.Head = append(t.Head, aboutHeading)
	}
	return nil
}

// Write hands over the rows, each valid until the next; the first says what is true of the whole.
func (t *Table) Write(row func(cells []string) error) error {
	cells := make([]string, len(t.Head))
	first := true
	begin := func() {
		clear(cells)
		if first {
			for i, h := range t.head {
				cells[i] = h.text
			}
			copy(cells[len(cells)-len(t.aboutText):], t.aboutText)
		}
		first = false
	}
	err := t.lines(func(l *Line) error {
		begin()
		t.fill(cells, l)
		return row(cells)
	})
	if err == nil && first {
		begin()
		err = row(cells)
	}
	return err
}

// fill puts a line into the cells of its row.
func (t *Table) fill(cells []string, l *Line) {
	at := len(t.head)
	for i, column := range t.fixed {
		cells[at+i] = l.Cells[column]
	}
	at += len(t.fixed)
	headings, texts, ok := designationColumns(l.Designation)
	if !ok || !put(cells[at:], &t.designations, headings, texts) {
		l.More.Set("designation", l.Designation)
	}
	at += len(t.designations.Headings)
	headings, texts, ok = propertyColumns(l.Property, t.declared)
	if !ok || !put(cells[at:], &t.properties, headings, texts) {
		l.More.Set("property", l.Property)
	}
	at += len(t.properties.Headings)
	if !l.More.Empty() {
		copy(cells[at:at+t.more], pieces(quoted(l.More.Append(nil, headOrder))))
	} else if t.overlooked(cells) {
		cells[at] = "{}"
	}
}

func put(cells []string, l *Layout, headings, texts []string) bool {
	at := l.At(headings)
	if at == nil {
		return false
	}
	for i, column := range at {
		cells[column] = texts[i]
	}
	return true
}

// overlooked tells whether a reader of tables would pass over a row.
func (t *Table) overlooked(cells []string) bool {
	blank := !slices.ContainsFunc(cells, func(c string) bool { return c != "" })
	return blank || importers.RepeatsHead(t.Head, cells)
}

// Designate sets the designations of a row, from its columns or from what More says.
func Designate(o *Object, r *importers.Row) {
	if list := Designations(r); list != nil && !o.Has("designation") {
		o.Set("designation", list)
	}
}
