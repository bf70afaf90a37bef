package marked

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"masjala/importers"
)

// Marks collects the outcome of one run. It is safe for concurrent use until Write.
type Marks struct {
	mu     sync.Mutex
	rows   []outcome // by row number
	ids    []byte    // the ids of all outcomes, one after the other
	issues []entry
	file   *os.File // the issues, a JSON object each
	out    *bufio.Writer
	size   int64
	dir    string // for temporary files
}

// outcome is what became of a row.
type outcome struct {
	at     uint32 // where its id begins in ids
	length uint8
	status importers.Status
}

// entry is an issue in the file.
type entry struct {
	at     int64
	length int32
	row    int32
}

// maxRow is how many rows a sheet has.
const maxRow = 1 << 20

// New makes an empty collection, with its temporary files in a folder, "" for that of the system. The
// caller closes it.
func New(dir string) (*Marks, error) {
	f, err := os.CreateTemp(dir, "import-*.marks")
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", err)
	}
	return &Marks{dir: dir, file: f, out: bufio.NewWriterSize(f, 64<<10)}, nil
}

// Close removes what was collected.
func (m *Marks) Close() error { return errors.Join(m.file.Close(), os.Remove(m.file.Name())) }

// Row takes the outcome of a row; a later one of the same row counts. It is the Rows function of
// an [importers.Request].
func (m *Marks) Row(o importers.Outcome) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if o.Row < 1 || o.Row > maxRow || len(o.ID) > 255 {
		return nil
	}
	for len(m.rows) <= o.Row {
		m.rows = append(m.rows, make([]outcome, max(1024, len(m.rows)))...)
	}
	m.rows[o.Row] = outcome{at: uint32(len(m.ids)), length: uint8(len(o.ID)), status: o.Status}
	m.ids = append(m.ids, o.ID...)
	return nil
}

// Issue takes a finding. It is the Issues function of an [importers.Request].
func (m *Marks) Issue(i *importers.Issue) error {
	data, err := json.Marshal(i)
	if err != nil {
		return fmt.Errorf("keep finding: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.out.Write(data); err != nil {
		return fmt.Errorf("keep finding: %w", err)
	}
	m.issues = append(m.issues, entry{at: m.size, length: int32(len(data)), row: int32(min(i.Row, maxRow+1))})
	m.size += int64(len(data))
	return nil
}

// sort brings the issues into the order of the sheet; those of one row stay as they came.
func (m *Marks) sort() error {
	slices.SortStableFunc(m.issues, func(a, b entry) int { return cmp.Compare(a.row, b.row) })
	if err := m.out.Flush(); err != nil {
		return fmt.Errorf("keep finding: %w", err)
	}
	return nil
}

// issue reads the i-th issue.
func (m *Marks) issue(i int) (importers.Issue, error) {
	var issue importers.Issue
	data := make([]byte, m.issues[i].length)
	if _, err := m.file.ReadAt(data, m.issues[i].at); err != nil && !errors.Is(err, io.EOF) {
		return issue, fmt.Errorf("read finding: %w", err)
	}
	if err := json.Unmarshal(data, &issue); err != nil {
		return issue, fmt.Errorf("read finding: %w", err)
	}
	return issue, nil
}

// row returns what became of a row, "" when nothing was said of it, and the id.
func (m *Marks) row(n int) (status importers.Status, id string) {
	if n >= len(m.rows) {
		return 0, ""
	}
	o := m.rows[n]
	return o.status, string(m.ids[o.at : o.at+uint32(o.length)])
}
