package marked

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// author is whose notes ours are: those of an earlier run are known by it.
const author = "Masjala"

// drawing is how a sheet refers to the boxes of its notes.
type drawing struct {
	newID string // of the relation to add
	add   bool   // there are boxes, and no reference to them yet
	space string // namespace of relations
}

// emptyNotes and emptyBoxes are the parts of a sheet without notes.
const (
	emptyNotes = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<comments xmlns="` + mainSpace + `"><authors></authors><commentList></commentList></comments>`
	emptyBoxes = `<xml ` + boxSpaces + `></xml>`
	boxSpaces  = `xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"`
	boxName    = `id="masjala_note"`
	// boxShape is the shape that our boxes have.
	boxShape = `<v:shapetype ` + boxSpaces + ` ` + boxName + ` coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>` +
		`<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`
)

// addNotes returns the part of notes with ours instead of those of an earlier run, which cells
// had those, and which of the new ones found their cell free.
func addNotes(part []byte, notes []note) (out []byte, gone map[[2]int]bool, added []note, err error) {
	authors, err := inside(part, "authors")
	if err != nil {
		return nil, nil, nil, err
	}
	list, err := inside(part, "commentList")
	if err != nil {
		return nil, nil, nil, err
	}
	if authors.from < 0 || list.from < authors.to {
		return nil, nil, nil, errSheet
	}
	p := authors.prefix
	me, names := nameAuthor(authors, part)
	gone, taken := map[[2]int]bool{}, map[string]bool{}
	var kept bytes.Buffer
	for _, c := range list.children {
		tag := firstTag(c)
		ref := valueOf(tag, "ref")
		if valueOf(tag, "authorId") == strconv.Itoa(me) {
			row, _ := strconv.Atoi(strings.TrimLeft(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
			gone[[2]int{row, columnOf(ref)}] = true
			continue
		}
		taken[ref] = true
		kept.Write(c)
	}
	for _, n := range notes {
		ref := cellName(n.column, n.row)
		if taken[ref] {
			continue
		}
		added = append(added, n)
		fmt.Fprintf(&kept, `<%[1]scomment ref="%[2]s" authorId="%[3]d"><%[1]stext><%[1]st xml:space="preserve">%[4]s</%[1]st></%[1]stext></%[1]scomment>`,
			p, ref, me, escape(short(n.text)))
	}
	var b bytes.Buffer
	b.Write(part[:authors.from])
	fmt.Fprintf(&b, "%s%s</%sauthors>", authors.tag, names, p)
	b.Write(part[authors.to:list.from])
	fmt.Fprintf(&b, "%s%s</%scommentList>", list.tag, kept.Bytes(), p)
	b.Write(part[list.to:])
	return b.Bytes(), gone, added, nil
}

// nameAuthor finds our number among the authors of notes, or adds us; names is the list then.
func nameAuthor(authors element, part []byte) (me int, names []byte) {
	names = bytes.Clone(part[authors.inner:authors.innerTo])
	for i, a := range authors.children {
		if strings.TrimSpace(string(contentOf(a))) == author {
			return i, names
		}
	}
	return len(authors.children), fmt.Appendf(names, "<%[1]sauthor>%[2]s</%[1]sauthor>", authors.prefix, author)
}

// contentOf is what stands between the tags of an element.
func contentOf(element []byte) []byte {
	tag := firstTag(element)
	stop := bytes.LastIndexByte(element, '<')
	if stop < len(tag) {
		return nil
	}
	return element[len(tag):stop]
}

var boxRow, boxColumn = regexp.MustCompile(`<x:Row>\s*(\d+)\s*</x:Row>`), regexp.MustCompile(`<x:Column>\s*(\d+)\s*</x:Column>`)

// addBoxes returns the part with the boxes of notes: without those of cells in gone, with new ones.
func addBoxes(part []byte, gone map[[2]int]bool, notes []note) ([]byte, error) {
	kept, err := withoutBoxes(part, gone)
	if err != nil {
		return nil, err
	}
	stop := bytes.LastIndex(kept, []byte("</"))
	if stop < 0 {
		return nil, errSheet
	}
	var b bytes.Buffer
	b.Write(kept[:stop])
	if len(notes) > 0 && !bytes.Contains(kept, []byte(boxName)) {
		b.WriteString(boxShape)
	}
	for _, n := range notes {
		fmt.Fprintf(&b, `<v:shape `+boxSpaces+` id="masjala_%[1]d_%[2]d" type="#masjala_note" style="position:absolute;visibility:hidden;width:220pt;height:90pt;z-index:1" fillcolor="#ffffe1" o:insetmode="auto">`+
			`<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox/>`+
			`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%[3]d, 15, %[4]d, 2, %[5]d, 15, %[6]d, 4</x:Anchor>`+
			`<x:AutoFill>False</x:AutoFill><x:Row>%[4]d</x:Row><x:Column>%[2]d</x:Column></x:ClientData></v:shape>`,
			n.row, n.column, n.column+1, n.row-1, n.column+4, n.row+4)
	}
	b.Write(kept[stop:])
	return b.Bytes(), nil
}

// withoutBoxes drops the boxes of notes of some cells.
func withoutBoxes(part []byte, gone map[[2]int]bool) ([]byte, error) {
	if len(gone) == 0 {
		return part, nil
	}
	var out []byte
	s := newScanner(bytes.NewReader(part))
	depth, shape := 0, -1
	for {
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if shape < 0 && t.kind == start && t.name == "shape" {
			shape = len(out)
			depth = 0
		}
		out = append(out, t.raw...)
		switch {
		case shape >= 0 && t.kind == start:
			depth++
		case shape >= 0 && t.kind == end:
			if depth--; depth == 0 {
				if gone[cellOfBox(out[shape:])] {
					out = out[:shape]
				}
				shape = -1
			}
		}
	}
}

// cellOfBox is the cell of a box: row from 1, column from 0; zero when it has none.
func cellOfBox(shape []byte) [2]int {
	r, c := boxRow.FindSubmatch(shape), boxColumn.FindSubmatch(shape)
	if r == nil || c == nil {
		return [2]int{}
	}
	row, _ := strconv.Atoi(string(r[1]))
	column, _ := strconv.Atoi(string(c[1]))
	return [2]int{row + 1, column}
}
