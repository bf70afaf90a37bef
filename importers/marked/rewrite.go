package marked

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"masjala/fhir"
)

// rewriter copies the part of a sheet with its marks.
type rewriter struct {
	in     *scanner
	out    *bufio.Writer
	walk   *walker
	styles *styles
	ours   [2]int // columns of status and id
	words  func(row int, failed bool) (status, id string)
	prefix string   // of the main namespace, with its colon
	links  *drawing // how the sheet refers to the boxes of its notes

	row     int // of the last row
	depth   int
	columns bool // the widths of our columns are written
	drawn   bool // the reference to the boxes is written
}

// errSheet tells of a part that is no sheet, or not there.
var errSheet = fhir.Errorf(fhir.Invalid, "a part of the workbook is missing or cannot be understood; save it anew with a spreadsheet program")

// run copies the whole part.
func (r *rewriter) run() error {
	for {
		t, err := r.in.next()
		if errors.Is(err, io.EOF) {
			return r.out.Flush()
		}
		if err != nil {
			return err
		}
		if err := r.take(&t); err != nil {
			return err
		}
	}
}

// take copies one token of the level above rows.
func (r *rewriter) take(t *token) error {
	if r.depth == 1 && (t.kind == start || t.kind == empty) {
		done, err := r.child(t)
		if done || err != nil {
			return err
		}
	}
	if r.depth == 1 && t.kind == end {
		if err := r.before("", false); err != nil {
			return err
		}
	}
	switch {
	case t.kind == start && r.depth == 0:
		r.prefix = t.prefix()
		r.depth++
	case t.kind == start:
		r.depth++
	case t.kind == end:
		r.depth--
	}
	_, err := r.out.Write(t.raw)
	return err
}

// child treats what follows directly below the root; done says that it was written.
func (r *rewriter) child(t *token) (done bool, err error) {
	name, whole := t.name, t.kind == empty
	if err := r.before(name, true); err != nil {
		return false, err
	}
	switch name {
	case "dimension":
		return true, r.skip(whole)
	case "cols":
		return true, r.widths(t, whole)
	case "sheetData":
		if whole {
			return false, nil
		}
		_, err := r.out.Write(t.raw)
		if err != nil {
			return true, err
		}
		return true, r.rows()
	case "legacyDrawing":
		if r.links.add { // it leads nowhere: ours stands in its place
			return true, r.skip(whole)
		}
	}
	return false, nil
}

// afterDrawing are the elements of a sheet that follow the reference to boxes of notes (18.3.1.99).
var afterDrawing = []string{"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"}

// before writes what has to stand before an element: the widths of our columns before the
// rows, the reference to boxes before what follows it or at the end.
func (r *rewriter) before(name string, child bool) error {
	if name == "sheetData" && !r.columns {
		r.columns = true
		if _, err := fmt.Fprintf(r.out, "<%[1]scols>%[2]s</%[1]scols>", r.prefix, r.width()); err != nil {
			return err
		}
	}
	if !r.drawn && r.links.add && (!child || slices.Contains(afterDrawing, name)) {
		r.drawn = true
		_, err := fmt.Fprintf(r.out, `<%slegacyDrawing xmlns:mj="%s" mj:id="%s"/>`, r.prefix, r.links.space, r.links.newID)
		return err
	}
	return nil
}

// width describes our columns.
func (r *rewriter) width() string {
	text := ""
	for i, at := range r.ours {
		text += fmt.Sprintf(`<%scol min="%d" max="%d" width="%d" customWidth="1"/>`, r.prefix, at+1, at+1, []int{16, 28}[i])
	}
	return text
}

// widths copies the widths of columns and adds ours where none is given for them.
func (r *rewriter) widths(t *token, whole bool) error {
	r.columns = true
	var b bytes.Buffer
	b.Write(t.raw)
	last := 0
	for !whole {
		t, err := r.in.next()
		if err != nil {
			return broken(err)
		}
		if t.name == "col" && t.kind != end {
			n, _ := strconv.Atoi(valueOf(t.raw, "max"))
			last = max(last, n)
		}
		if whole = t.kind == end && t.name == "cols"; whole && last <= r.ours[0] && last > 0 {
			b.WriteString(r.width())
		}
		b.Write(t.raw)
	}
	if last == 0 { // a list of no columns is not allowed
		b.Reset()
		fmt.Fprintf(&b, "<%[1]scols>%[2]s</%[1]scols>", r.prefix, r.width())
	}
	_, err := r.out.Write(b.Bytes())
	return err
}

// skip reads over an element that is not copied.
func (r *rewriter) skip(whole bool) error {
	for depth := 1; !whole && depth > 0; {
		t, err := r.in.next()
		if err != nil {
			return broken(err)
		}
		switch t.kind {
		case start:
			depth++
		case end:
			depth--
		}
	}
	return nil
}

// rows copies the rows up to the end of sheetData.
func (r *rewriter) rows() error {
	for {
		t, err := r.in.next()
		if err != nil {
			return broken(err)
		}
		switch {
		case t.name == "row" && t.kind != end:
			if err := r.oneRow(&t); err != nil {
				return err
			}
			continue
		case t.name == "sheetData":
			_, err := r.out.Write(t.raw)
			return err
		}
		if _, err := r.out.Write(t.raw); err != nil {
			return err
		}
	}
}

// oneRow copies a row with its marks and our cells.
func (r *rewriter) oneRow(t *token) error {
	r.row++
	if n, err := strconv.Atoi(valueOf(t.raw, "r")); err == nil && n > 0 {
		r.row = n
	}
	marks, failed, err := r.walk.row(r.row)
	if err != nil {
		return err
	}
	if marks == nil {
		marks = map[int]mark{}
	}
	status, id := r.words(r.row, failed)
	for i, text := range []string{status, id} {
		delete(marks, r.ours[i])
		if text != "" {
			marks[r.ours[i]] = mark{text: text}
		}
	}
	tag := without(t.raw, "spans")
	if t.kind == empty {
		if len(marks) == 0 {
			_, err := r.out.Write(tag)
			return err
		}
		tag = append(bytes.TrimRight(bytes.Clone(tag[:len(tag)-2]), " "), '>')
	}
	if _, err := r.out.Write(tag); err != nil {
		return err
	}
	if t.kind != empty {
		return r.cells(marks)
	}
	if err := r.missing(marks, maxColumns); err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.out, "</%srow>", r.prefix)
	return err
}

// cells copies the cells of a row up to its end.
func (r *rewriter) cells(marks map[int]mark) error {
	column := -1
	for {
		t, err := r.in.next()
		if err != nil {
			return broken(err)
		}
		switch {
		case t.name == "c" && t.kind != end:
			column++
			if n := columnOf(valueOf(t.raw, "r")); n >= 0 {
				column = n
			}
			if err := r.missing(marks, column); err != nil {
				return err
			}
			if column == r.ours[0] || column == r.ours[1] {
				if err := r.skip(t.kind == empty); err != nil {
					return err
				}
				continue
			}
			if _, err := r.out.Write(r.restyle(t.raw, marks, column)); err != nil {
				return err
			}
			continue
		case t.name == "row" && t.kind == end:
			if err := r.missing(marks, maxColumns); err != nil {
				return err
			}
			_, err := r.out.Write(t.raw)
			return err
		}
		if _, err := r.out.Write(t.raw); err != nil {
			return err
		}
	}
}

// restyle returns the tag of a cell in the style of its mark, or without that of an old one.
func (r *rewriter) restyle(tag []byte, marks map[int]mark, column int) []byte {
	format, _ := strconv.Atoi(valueOf(tag, "s"))
	now := format
	if m, ok := marks[column]; ok {
		now = r.styles.marked(format, m.severity)
		delete(marks, column)
	} else if len(r.styles.ours) > 0 {
		now = r.styles.plain(format)
	}
	if now == format {
		return tag
	}
	return with(tag, "s", strconv.Itoa(now))
}

// missing writes the marked cells that the row lacks before a column, our own among them.
func (r *rewriter) missing(marks map[int]mark, before int) error {
	if len(marks) == 0 {
		return nil
	}
	for _, at := range slices.Sorted(maps.Keys(marks)) {
		if at > before || at == before && at != r.ours[0] && at != r.ours[1] {
			break
		}
		m := marks[at]
		delete(marks, at)
		name, p := cellName(at, r.row), r.prefix
		var err error
		if m.text == "" {
			_, err = fmt.Fprintf(r.out, `<%sc r="%s" s="%d"/>`, p, name, r.styles.marked(0, m.severity))
		} else {
			_, err = fmt.Fprintf(r.out, `<%[1]sc r="%[2]s" t="inlineStr"><%[1]sis><%[1]st>%[3]s</%[1]st></%[1]sis></%[1]sc>`, p, name, escape(m.text))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
