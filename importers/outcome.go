package importers

// The headings of the columns that a list has when it was given back marked. They say nothing
// about what the row describes, and are passed over when it comes again.
const (
	StatusHeading = "Masjala status"
	IDHeading     = "Masjala id"
)

// Status is what became of a row.
type Status uint8

// What may become of a row; the zero Status says that nothing is known.
const (
	Created   Status = iota + 1 // what it describes was not here before
	Updated                     // some field here was changed
	Unchanged                   // all of it was here
	Conflict                    // changed or deleted here since; it stays as it is here
	Repeats                     // it says again what an earlier row says
	Refused                     // not imported; see the issues
	Held                        // not imported until somebody decides whether it is something stored
)

var statusWords = [...]string{"", "new", "updated", "unchanged", "conflict", "repeated", "not imported", "waits for a decision"}

// String is the word for people, "" for the zero Status.
func (s Status) String() string {
	if int(s) >= len(statusWords) {
		return ""
	}
	return statusWords[s]
}

// Outcome is what became of one row, or would become in a dry run.
type Outcome struct {
	Row    int
	Status Status
	ID     string // logical id here of what the row describes: of a Location or Practitioner, where it is one; "" when there is none
}

// outcome tells what became of the rows of a thing.
func (w *Writer) outcome(t *Thing, s Status) {
	if w.req.Rows == nil {
		return
	}
	id := ""
	if s != Refused {
		id = t.id()
	}
	w.Outcome(Outcome{Row: t.Row, Status: s, ID: id})
	for _, row := range t.Also {
		w.Outcome(Outcome{Row: row, Status: s, ID: id})
	}
}

// Refuse reports a thing that could not be made. It returns the error when it says nothing of the
// thing, so that the run cannot go on.
func (w *Writer) Refuse(t *Thing, err error) error {
	if !ours(err) {
		return err
	}
	w.fail(t, err)
	return nil
}

// Outcome tells what became of a row that was not offered as a [Thing] of its own.
func (w *Writer) Outcome(o Outcome) {
	if w.req.Rows == nil || o.Row == 0 {
		return
	}
	if err := w.req.Rows(o); err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.err == nil {
			w.err = err
		}
	}
}

// id is the logical id by which people know a thing.
func (t *Thing) id() string {
	for _, r := range t.Resources {
		if r.Type == "Location" || r.Type == "Practitioner" {
			return r.ID
		}
	}
	if len(t.Resources) > 0 {
		return t.Resources[0].ID
	}
	return ""
}
