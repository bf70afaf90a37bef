package marked

import (
	"masjala/importers"
)

// mark is what is to be done to one cell.
type mark struct {
	severity importers.Severity // "" for a cell of ours, which has a text
	text     string
}

// walker gives the marks of one row after the other, rows ascending.
type walker struct {
	marks   *Marks
	columns map[string]int // heading to column
	next    int            // the first issue of the rows to come
	notes   []note         // the first of all, for boxes
}

// note is the text of the box on a cell.
type note struct {
	row, column int
	text        string
}

// maxNotes is how many cells get a box with the reason: spreadsheet programs become slow with more.
const maxNotes = 2000

// row returns the marks of a row by column, one a cell: the gravest finding. failed tells
// whether a finding stopped the row.
func (w *walker) row(n int) (marks map[int]mark, failed bool, err error) {
	for ; w.next < len(w.marks.issues) && int(w.marks.issues[w.next].row) <= n; w.next++ {
		if int(w.marks.issues[w.next].row) < n {
			continue
		}
		i, err := w.marks.issue(w.next)
		if err != nil {
			return nil, false, err
		}
		failed = failed || i.Severity == importers.Error
		at, ok := w.columns[i.Column]
		if !ok {
			continue
		}
		if marks == nil {
			marks = map[int]mark{}
		}
		was, again := marks[at]
		if !again || rank(i.Severity) < rank(was.severity) {
			marks[at] = mark{severity: i.Severity}
		}
		w.note(n, at, sentence(&i))
	}
	return marks, failed, nil
}

// note puts a text into the box of a cell while there is room.
func (w *walker) note(row, column int, text string) {
	if last := len(w.notes) - 1; last >= 0 && w.notes[last].row == row {
		for i := last; i >= 0 && w.notes[i].row == row; i-- {
			if w.notes[i].column == column {
				w.notes[i].text += "\n" + text
				return
			}
		}
	}
	if len(w.notes) < maxNotes {
		w.notes = append(w.notes, note{row, column, text})
	}
}

// sentence is what a note says: reason and fix.
func sentence(i *importers.Issue) string {
	text := i.Reason
	if text != "" && text[len(text)-1] != '.' {
		text += "."
	}
	if i.Fix != "" {
		text += " " + i.Fix
	}
	return text
}

func rank(s importers.Severity) int {
	switch s {
	case importers.Error:
		return 0
	case importers.Warning:
		return 1
	}
	return 2
}
