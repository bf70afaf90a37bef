package desk

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"masjala/importers"
)

// record keeps what a step says of cells and rows: a line of JSON for each finding, and one for
// each outcome. It also passes them to the command that waits.
type record struct {
	order *Order // may be nil

	mu           sync.Mutex
	issues, rows *lines
}

// lines is a file of JSON lines.
type lines struct {
	file *os.File
	out  *bufio.Writer
}

func (d *Desk) newRecord(o *Order) (*record, error) {
	r := &record{order: o}
	for _, at := range []**lines{&r.issues, &r.rows} {
		file, err := d.files.create()
		if err != nil {
			r.discard()
			return nil, err
		}
		*at = &lines{file, bufio.NewWriterSize(file, 64<<10)}
	}
	return r, nil
}

func (l *lines) add(v any) error {
	data, err := json.Marshal(v)
	if err == nil {
		_, err = l.out.Write(append(data, '\n'))
	}
	if err != nil {
		return fmt.Errorf("keep finding: %w", full(err))
	}
	return nil
}

// issue takes a finding.
func (r *record) issue(i *importers.Issue) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.issues.add(i); err != nil {
		return err
	}
	if r.order != nil && r.order.Issues != nil {
		return r.order.Issues(i)
	}
	return nil
}

// row takes what became of a row.
func (r *record) row(o importers.Outcome) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.rows.add(o); err != nil {
		return err
	}
	if r.order != nil && r.order.Rows != nil {
		return r.order.Rows(o)
	}
	return nil
}

// keep makes the files those of a run.
func (r *record) keep(f folder, run string) error {
	err := errors.Join(r.issues.out.Flush(), r.rows.out.Flush())
	if err == nil {
		err = errors.Join(keep(r.issues.file, f.findings(run)), keep(r.rows.file, f.outcomes(run)))
	}
	r.discard()
	return err
}

// discard removes what was not kept.
func (r *record) discard() {
	for _, l := range []*lines{r.issues, r.rows} {
		if l != nil {
			l.file.Close()
			os.Remove(l.file.Name()) // not there when it was kept
		}
	}
}
