package marked

import (
	"archive/zip"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/sheet"
)

// Write copies a list with its marks, as a workbook. The file at path is the list as it was
// imported, the report that of its run. It fails with Invalid when the file is no workbook or
// table any more, or has too many rows for a workbook.
func (m *Marks) Write(ctx context.Context, w io.Writer, path string, r *importers.Report) error {
	if err := m.sort(); err != nil {
		return err
	}
	book, err := sheet.Open(path, sheet.DefaultLimits)
	if err != nil {
		return err
	}
	name := r.Sheet
	if book.Format != sheet.Workbook {
		if path, err = asWorkbook(ctx, book, m.dir); err == nil {
			defer os.Remove(path)
			name = legalNames(book.Sheets)[name]
		}
	}
	if err = errors.Join(err, book.Close()); err != nil {
		return err
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return fhir.Errorf(fhir.Invalid, "the workbook cannot be read again").Because(err)
	}
	defer z.Close()
	c := &copier{marks: m, report: r, name: name, archive: newArchive(&z.Reader), out: zip.NewWriter(w)}
	if err := c.run(ctx); err != nil {
		return fmt.Errorf("mark %s: %w", r.File, err)
	}
	return c.out.Close()
}

// copier copies one workbook.
type copier struct {
	marks  *Marks
	report *importers.Report
	name   string // of the imported sheet
	*archive
	out *zip.Writer

	book    *workbook
	columns map[string]int // heading to column
	walk    *walker
}

func (c *copier) run(ctx context.Context) error {
	var err error
	if c.book, err = readWorkbook(c.archive); err != nil {
		return err
	}
	part, err := c.book.sheet(c.name)
	if err != nil {
		return err
	}
	if c.name == summarySheet || c.name == findingsSheet {
		return fhir.Errorf(fhir.Invalid, "the sheet %q is one that an earlier import added, which marking would write anew", c.name)
	}
	c.columns = map[string]int{}
	for i := len(c.report.Headings) - 1; i >= 0; i-- {
		c.columns[c.report.Headings[i]] = i
	}
	c.walk = &walker{marks: c.marks, columns: c.columns}
	for _, step := range []func() error{func() error { return c.sheet(ctx, part) }, c.pages, c.workbook} {
		if err := step(); err != nil {
			return err
		}
	}
	for _, f := range c.zip.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.replaced[f.Name] {
			continue
		}
		if err := c.out.Copy(f); err != nil {
			return fmt.Errorf("copy %s: %w", f.Name, err)
		}
	}
	return nil
}

// sheet writes the imported sheet, its notes and the styles.
func (c *copier) sheet(ctx context.Context, part string) error {
	rels, err := c.relationsOf(part)
	if err != nil {
		return err
	}
	look, err := c.book.styles()
	if err != nil {
		return err
	}
	last, drawn, err := c.survey(ctx, part)
	if err != nil {
		return err
	}
	links := &drawing{space: c.book.relations}
	boxes := rels.target(drawn)
	noted := len(c.marks.issues) > 0 || boxes != ""
	if boxes == "" && noted {
		boxes = c.free("xl/drawings/masjala%d.vml")
		links.newID, links.add = rels.add(c.book.relations+"/vmlDrawing", boxes), true
	}
	if err := c.rewrite(ctx, part, look, links, c.ours(last)); err != nil {
		return err
	}
	if err := c.put(c.book.stylesPart, look.bytes()); err != nil {
		return err
	}
	if !noted {
		return nil
	}
	if err := c.notes(rels, boxes); err != nil {
		return err
	}
	return c.put(rels.name(), rels.raw)
}

// ours returns the columns of status and id: those of an earlier run, or the first free ones.
func (c *copier) ours(last int) [2]int {
	status := slices.Index(c.report.Headings, importers.StatusHeading)
	id := slices.Index(c.report.Headings, importers.IDHeading)
	if status >= 0 && id >= 0 {
		return [2]int{status, id}
	}
	return [2]int{last + 1, last + 2}
}

// rewrite copies the part of the sheet.
func (c *copier) rewrite(ctx context.Context, part string, look *styles, links *drawing, ours [2]int) error {
	if ours[0] >= maxColumns || ours[1] >= maxColumns {
		return fhir.Errorf(fhir.Invalid, "sheet %q has no column left for the marks", c.name)
	}
	in, err := c.byName[part].Open()
	if err != nil {
		return fmt.Errorf("read %s: %w", part, err)
	}
	defer in.Close()
	out, err := c.create(part)
	if err != nil {
		return err
	}
	head := c.report.HeaderRow
	r := &rewriter{in: newScanner(stopping{ctx, in}), out: bufio.NewWriterSize(out, 64<<10), walk: c.walk, styles: look, ours: ours, links: links}
	r.words = func(row int, failed bool) (string, string) {
		switch {
		case row == head:
			return importers.StatusHeading, importers.IDHeading
		case row < head:
			return "", ""
		}
		status, id := c.marks.row(row)
		if status == 0 && failed {
			status = importers.Refused
		}
		return status.String(), id
	}
	return r.run()
}

// survey finds the last column that any row of a sheet has, from 0, and the relation by which
// it refers to the boxes of notes.
func (c *copier) survey(ctx context.Context, part string) (last int, drawn string, err error) {
	f := c.byName[part]
	if f == nil {
		return 0, "", errSheet
	}
	in, err := f.Open()
	if err != nil {
		return 0, "", fmt.Errorf("read %s: %w", part, err)
	}
	defer in.Close()
	column := -1
	last = len(c.report.Headings) - 1
	for s := newScanner(stopping{ctx, in}); ; {
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return last, drawn, nil
		}
		if err != nil {
			return 0, "", err
		}
		switch {
		case t.kind == end:
		case t.name == "legacyDrawing":
			drawn = relationID(t.raw)
		case t.name == "row":
			column = -1
		case t.name == "c":
			column++
			if n := columnOf(valueOf(t.raw, "r")); n >= 0 {
				column = n
			}
			last = max(last, column)
		}
	}
}

// notes writes the notes on cells and their boxes.
func (c *copier) notes(rels *relations, boxesPart string) error {
	_, name := rels.find("comments")
	part, err := c.read(name)
	if err != nil {
		return err
	}
	if part == nil {
		name = c.free("xl/masjala-notes%d.xml")
		part = []byte(emptyNotes)
		rels.add(c.book.relations+"/comments", name)
		c.book.declare(name, notesType)
	}
	part, gone, added, err := addNotes(part, c.walk.notes)
	if err != nil {
		return err
	}
	if err := c.put(name, part); err != nil {
		return err
	}
	boxes, err := c.read(boxesPart)
	if err != nil {
		return err
	}
	if boxes == nil {
		boxes = []byte(emptyBoxes)
		c.book.declare(boxesPart, boxesType)
	}
	if boxes, err = addBoxes(boxes, gone, added); err != nil {
		return err
	}
	return c.put(boxesPart, boxes)
}

// pages writes the sheets of findings and summary.
func (c *copier) pages() error {
	for _, p := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{summarySheet, func(w io.Writer) error { return summary(w, c.report) }},
		{findingsSheet, func(w io.Writer) error { return c.marks.findings(w, c.name, c.columns) }},
	} {
		part, err := c.book.ownSheet(p.name)
		if err != nil {
			return err
		}
		w, err := c.create(part)
		if err != nil {
			return err
		}
		if err := p.write(w); err != nil {
			return err
		}
	}
	return nil
}

// workbook writes what ties the parts together.
func (c *copier) workbook() error {
	for name, part := range c.book.parts() {
		if err := c.put(name, part); err != nil {
			return err
		}
	}
	return nil
}

// create begins a part in place of the one of that name.
func (c *copier) create(name string) (io.Writer, error) {
	if f := c.byName[name]; f != nil {
		c.replaced[f.Name] = true
	}
	w, err := c.out.Create(name)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	return w, nil
}

func (c *copier) put(name string, part []byte) error {
	w, err := c.create(name)
	if err != nil {
		return err
	}
	if _, err := w.Write(part); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// stopping is a reader that ends with its context.
type stopping struct {
	ctx context.Context
	in  io.Reader
}

// Read implements io.Reader.
func (s stopping) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.in.Read(p)
}
