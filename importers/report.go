package importers

import (
	"context"
	"log/slog"
	"time"

	"masjala/store"
)

// Env is what every importer works with. Nothing in it changes during a run.
type Env struct {
	Store      store.Store
	Registries *store.Registries
	Codes      Codes   // nil: columns cannot be bound to value sets
	Systems    Systems // nil: codes are not looked up in their code systems
	Now        func() time.Time
	Log        *slog.Logger // nil: silent
}

// Request asks for one import.
type Request struct {
	File     string   // path of the file
	Name     string   // name to report it under, when File is a temporary copy
	Sheet    string   // "" lets the mapping or the content decide
	Map      *Mapping // nil: proposed from the content
	Forget   bool     // take no mapping from an earlier import of such a list, and forget it
	About    About    // releases: what they do not say themselves
	DryRun   bool     // plan only, change nothing
	Complete bool     // the list should have all that is here: what it lacks is reported
	Actor    string   // who imports: token name or "cli"
	Reason   string   // why, may be empty
	Run      string   // identity of the run: of one that was cut short to go on with it; empty: made of time and content
	Scratch  string   // folder for files that nobody needs after the run; "": that of the system
	Whole    bool     // all or nothing: one transaction, and none when a row fails
	Progress func(Progress)
	Issues   func(*Issue) error  // gets every issue as it is found, may be nil
	Rows     func(Outcome) error // gets what became of each row, from several goroutines, may be nil

	given    *Mapping // Map before a remembered one took its place
	recalled string   // run that the mapping was given for
}

// Progress tells how far a run is.
type Progress struct {
	Phase string        `json:"phase"` // "reading", "planning" (dry run) or "writing"
	Done  int           `json:"done"`  // rows
	Total int           `json:"total"` // rows; 0 while unknown
	Rate  float64       `json:"rate"`  // rows per second
	Left  time.Duration `json:"left"`  // estimated time left in the phase; 0 while unknown
}

// Report is the outcome of a run. Its JSON form is documented; fields are only ever added.
type Report struct {
	Run       string    `json:"run"`  // identity of the run, found in the cause of every change
	Kind      string    `json:"kind"` // "facilities", "workers", …
	File      string    `json:"file"`
	Hash      string    `json:"sha256"`
	Sheet     string    `json:"sheet,omitempty"`
	HeaderRow int       `json:"headerRow,omitempty"`
	MappingOf string    `json:"mappingOf,omitempty"` // run that the mapping was given for, when it is a remembered one
	DryRun    bool      `json:"dryRun"`
	Actor     string    `json:"actor"`
	Started   time.Time `json:"started"`
	Seconds   float64   `json:"seconds"`
	Seq       int64     `json:"seq,omitempty"`   // number of the last version that was stored before the run
	Noted     bool      `json:"noted,omitempty"` // each version that the run made is noted, see Changes; false for runs of before there were notes
	Undone    time.Time `json:"undone,omitzero"` // when the run was undone; zero for one that stands

	Rows      int           `json:"rows"`                  // rows with content below the headings
	Blank     int           `json:"blankRows"`             // rows without content between them
	Skipped   int           `json:"skippedRows,omitempty"` // rows that the mapping leaves out
	Columns   []ColumnUse   `json:"columns"`
	Unmapped  []string      `json:"unmapped"` // headings of columns that are not used
	Counts    []Counts      `json:"counts"`
	Samples   []Sample      `json:"samples"` // the first few changes, field by field
	Errors    int           `json:"errors"`
	Warnings  int           `json:"warnings"`
	Infos     int           `json:"infos"`
	Issues    []Group       `json:"issues"`
	Missing   *Missing      `json:"missing,omitempty"`   // what an earlier import of the list had
	Twins     []Twin        `json:"twins,omitempty"`     // rows that may mean something stored
	Conflicts []Dispute     `json:"conflicts,omitempty"` // fields that were changed here and in the list
	Values    []Value       `json:"values,omitempty"`    // spellings that were judged, with what they may mean; see Value.State
	NewAreas  []NewArea     `json:"newAreas,omitempty"`  // areas that the list brings
	Mapping   *Mapping      `json:"-"`                   // the mapping used; see Mapping.YAML
	Sheets    []SheetChoice `json:"sheets,omitempty"`    // every sheet of the book
	Headings  []string      `json:"-"`                   // of all columns of the sheet, by position
}

// SheetChoice is a sheet that could be imported.
type SheetChoice struct {
	Name   string `json:"name"`
	Hidden bool   `json:"hidden,omitempty"`
	Chosen bool   `json:"chosen,omitempty"`
}

// ColumnUse tells what became of a column.
type ColumnUse struct {
	Heading string `json:"heading"`
	Target  string `json:"target"`
	Filled  int    `json:"filled"` // cells with a value
	Null    int    `json:"null"`   // cells with a word that stands for nothing: NA, None, …

	ValueSet string `json:"valueSet,omitempty"` // that the values were looked up in
	System   string `json:"system,omitempty"`   // of the identifiers or codes in the column

	NoBreak int `json:"noBreakSpaces,omitempty"` // cells with no-break spaces, which were put right
	Spaces  int `json:"oddSpaces,omitempty"`     // other cells with double or outer spaces, which were put right

	CheckDigit string `json:"checkDigit,omitempty"` // scheme that the column's numbers have check digits of: "luhn"
}

// Counts tells what a run did, or would do, to one sort of thing.
type Counts struct {
	What      string `json:"what"` // "facilities", "areas", "codes", …
	Create    int    `json:"create"`
	Update    int    `json:"update"`
	Unchanged int    `json:"unchanged"`
	Conflict  int    `json:"conflict"` // changed or deleted here since; left as it is here
	Repeat    int    `json:"repeat"`   // rows that repeat an earlier row, not imported twice
	Repeated  int    `json:"repeated"` // rows that have an exact double, the first of each included
	Failed    int    `json:"failed"`   // not imported; see the issues
	Held      int    `json:"held"`     // not imported until somebody decides whether they are something stored
}

// Sample is one planned change.
type Sample struct {
	Action   string   `json:"action"` // "create", "update" or "conflict"
	Row      int      `json:"row"`
	Resource string   `json:"resource"` // "Location/…"
	Name     string   `json:"name,omitempty"`
	Changes  []Change `json:"changes,omitempty"`
}

// Change is one field of a Sample.
type Change struct {
	Field string `json:"field"`          // the element
	Part  string `json:"part,omitempty"` // which of several fields in it: the system of a telecom, a child of the address
	From  string `json:"from,omitempty"` // JSON
	To    string `json:"to,omitempty"`   // JSON

	member string // name of the part among members; "" for a whole element
}

// Of returns the counts of one sort of thing, zero when there was none.
func (r *Report) Of(what string) Counts {
	for _, c := range r.Counts {
		if c.What == what {
			return c
		}
	}
	return Counts{What: what}
}

// Codes answers questions about coded values; the terminology service is one.
type Codes interface {
	// Contains tells whether a value set, named by its canonical URL, has a code, and gives the
	// coding with its display. NotFound when the value set is not known.
	Contains(ctx context.Context, valueSet, system, code string) (Coding, bool, error)
	// Members lists up to limit codings of a value set that meet a text filter ("" for all).
	// NotFound when the value set is not known.
	Members(ctx context.Context, valueSet, filter string, limit int) ([]Coding, error)
}

// Coding is one code with its display.
type Coding struct {
	System  string `json:"system,omitempty"`
	Code    string `json:"code"`
	Display string `json:"display,omitempty"`
}
