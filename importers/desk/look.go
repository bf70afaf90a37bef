package desk

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/marked"
)

// mostRead is how many imports are read for a page.
const mostRead = 5000

// List returns imports, newest first, without their mappings: at most limit that came before the run
// before ("" for the newest) and meet a condition. next is where the next page begins, "" when there
// is none. So that nobody waits long for what is rare, a page may have less than limit before the last.
func (d *Desk) List(ctx context.Context, before string, limit int, meets func(*Task) bool) (list []*Task, next string, err error) {
	const some = 50
	for read := 0; read < mostRead; read += some {
		page, err := d.o.Env.Store.LastValues(ctx, tasks, before, some)
		if err != nil {
			return nil, "", fmt.Errorf("read imports: %w", err)
		}
		for _, v := range page {
			t, err := decode(v.Key, v.Data)
			if err != nil {
				return nil, "", err
			}
			if meets(t) && len(list) == limit {
				return list, before, nil
			}
			before = v.Key
			if meets(t) {
				t.Mapping = ""
				list = append(list, t)
			}
		}
		if len(page) < some {
			return list, "", nil
		}
	}
	return list, before, nil
}

// Findings are findings of an import on a page.
type Findings struct {
	List []importers.Issue `json:"findings"`
	Next string            `json:"next,omitempty"` // cursor of the next page; empty on the last
}

// errNoFindings says that there is no plan yet, or that its findings were removed.
func errNoFindings(t *Task) error {
	if t.State == Queued || t.State == Planning {
		return fhir.Errorf(fhir.Conflict, "the import %s is %s; ask again when it is planned", t.Run, t.State)
	}
	return fhir.Errorf(fhir.Gone, "the findings of the import %s are not kept any more", t.Run)
}

// open opens findings or outcomes.
func (d *Desk) open(t *Task, path string) (*os.File, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoFindings(t)
	}
	if err != nil {
		return nil, fmt.Errorf("open the findings of import %s: %w", t.Run, err)
	}
	return file, nil
}

// Findings returns what the last plan or application found: at most limit findings from a cursor
// on, "" for the first. It fails with Invalid for a cursor of an earlier plan.
func (d *Desk) Findings(t *Task, cursor string, limit int) (*Findings, error) {
	file, err := d.open(t, d.files.findings(t.Run))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	at, err := seek(file, cursor)
	if err != nil {
		return nil, err
	}
	page := &Findings{List: []importers.Issue{}}
	in := bufio.NewReader(file)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return page, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read findings: %w", err)
		}
		if len(page.List) == limit {
			page.Next = fmt.Sprint(at)
			return page, nil
		}
		at += int64(len(line))
		var i importers.Issue
		if err := json.Unmarshal(line, &i); err != nil {
			return nil, fmt.Errorf("read findings: %w", err)
		}
		page.List = append(page.List, i)
	}
}

// seek goes to the line that a cursor names by its offset.
func seek(file *os.File, cursor string) (at int64, err error) {
	if cursor == "" {
		return 0, nil
	}
	wrong := fhir.Errorf(fhir.Invalid, "%.20q is no place in the findings of the last plan; begin with the first page", cursor)
	if _, err := fmt.Sscanf(cursor, "%d", &at); err != nil || at < 1 || fmt.Sprint(at) != cursor {
		return 0, wrong
	}
	var before [1]byte
	if _, err := file.ReadAt(before[:], at-1); err != nil || before[0] != '\n' {
		return 0, wrong
	}
	if _, err := file.Seek(at, io.SeekStart); err != nil {
		return 0, fmt.Errorf("read findings: %w", err)
	}
	return at, nil
}

// scan calls fn with each value of a file of lines.
func scan[T any](file io.Reader, fn func(*T) error) error {
	in := json.NewDecoder(bufio.NewReader(file))
	for {
		var v T
		if err := in.Decode(&v); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read findings: %w", err)
		}
		if err := fn(&v); err != nil {
			return err
		}
	}
}

// WriteFindings writes all findings as a list of their own: a workbook or CSV.
func (d *Desk) WriteFindings(t *Task, to io.Writer, workbook bool) error {
	file, err := d.open(t, d.files.findings(t.Run))
	if err != nil {
		return err
	}
	defer file.Close()
	list, err := importers.NewFindings(to, workbook)
	if err != nil {
		return err
	}
	return errors.Join(scan(file, list.Add), list.Close())
}

// WriteMarked writes the list back as a workbook, with what became of each row in the last plan or
// application. It fails with Gone when file or findings are not kept any more.
func (d *Desk) WriteMarked(ctx context.Context, t *Task, to io.Writer) error {
	r, err := d.result(ctx, t.Run)
	if err != nil {
		return err
	}
	if r.Imported == nil {
		return errNoFindings(t)
	}
	report := &importers.Report{}
	if err := json.Unmarshal(r.Imported, report); err != nil {
		return fmt.Errorf("read report of import %s: %w", t.Run, err)
	}
	report.Headings = r.Headings
	path, done, err := d.files.named(t.Hash, t.File)
	if errors.Is(err, fs.ErrNotExist) {
		return errNoFile(t)
	}
	if err != nil {
		return err
	}
	defer done()
	marks, err := d.marks(t)
	if err != nil {
		return err
	}
	return errors.Join(marks.Write(ctx, to, path, report), marks.Close())
}

// marks collects what was kept of cells and rows.
func (d *Desk) marks(t *Task) (*marked.Marks, error) {
	m, err := marked.New(d.Scratch())
	if err != nil {
		return nil, err
	}
	err = d.replay(t, m)
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

func (d *Desk) replay(t *Task, m *marked.Marks) error {
	issues, err := d.open(t, d.files.findings(t.Run))
	if err != nil {
		return err
	}
	defer issues.Close()
	if err := scan(issues, m.Issue); err != nil {
		return err
	}
	rows, err := d.open(t, d.files.outcomes(t.Run))
	if err != nil {
		return err
	}
	defer rows.Close()
	return scan(rows, func(o *importers.Outcome) error { return m.Row(*o) })
}

// Changes are versions that a run made, on a page.
type Changes struct {
	Run  string              `json:"run"`
	File string              `json:"file"`
	Hash string              `json:"sha256"`
	List []importers.Changed `json:"changes"`
	Next string              `json:"next,omitempty"` // cursor of the next page; empty on the last
}

// Changes lists versions that a run made, as [importers.Changes] does. It fails with NotFound for a run
// that wrote nothing.
func (d *Desk) Changes(ctx context.Context, run, cursor string, limit int) (*Changes, error) {
	r, err := importers.ReadRun(ctx, d.o.Env.Store, run)
	if err != nil {
		return nil, err
	}
	out := &Changes{Run: run, File: r.File, Hash: r.Hash}
	out.List, out.Next, err = importers.Changes(ctx, d.o.Env.Store, r, cursor, limit)
	return out, err
}

// PreviewUndo tells what Undo would do.
func (d *Desk) PreviewUndo(ctx context.Context, run, actor string) (*importers.Undone, error) {
	return d.TakeBack(ctx, importers.UndoRequest{Run: run, DryRun: true, Actor: actor})
}
