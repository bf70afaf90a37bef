package importers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The states of a Value.
const (
	Doubtful = "doubtful" // somebody should decide
	Taken    = "taken"    // nobody decided, but it is certain what is meant
	Decided  = "decided"  // as somebody decided earlier
	Stale    = "stale"    // what somebody decided is not there any more
)

// Value is one spelling in a coded column or a column of areas, however many rows have it.
type Value struct {
	Column     string      `json:"column"`             // heading
	Target     string      `json:"target"`             // what the column means: "type"
	Text       string      `json:"value"`              // the spelling, of several that differ in case or accents the most frequent
	Within     string      `json:"within,omitempty"`   // areas: those above it, from the top
	ValueSet   string      `json:"valueSet,omitempty"` // that the code must be of
	System     string      `json:"system,omitempty"`   // code system of the column's own values, where no value set binds it
	Rows       int         `json:"rows"`
	Row        int         `json:"row"` // the first of them
	State      string      `json:"state"`
	Chosen     *Coding     `json:"chosen,omitempty"`     // taken or decided
	Candidates []Candidate `json:"candidates,omitempty"` // best first
}

// Candidate is something that a spelling may mean.
type Candidate struct {
	Coding
	Score float64 `json:"score"`         // 1 for the same
	Why   string  `json:"why"`           // "0.91 alike"
	New   bool    `json:"new,omitempty"` // an area that is not here yet: the list brings it
}

// NoCode is decided for a spelling that no code stands for: the text is kept.
const NoCode = "-"

// mostCandidates is how many candidates a value has in a report.
const mostCandidates = 5

// Rank puts candidates in order, best first, each code once, and leaves out all but the first few.
func Rank(list []Candidate) []Candidate {
	slices.SortStableFunc(list, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Display, b.Display), cmp.Compare(a.Code, b.Code))
	})
	var out []Candidate
	for _, c := range list {
		same := func(o Candidate) bool { return o.System == c.System && o.Code == c.Code }
		if !slices.ContainsFunc(out, same) && len(out) < mostCandidates {
			out = append(out, c)
		}
	}
	return out
}

// NewArea is an area that a list brings.
type NewArea struct {
	Code    string `json:"code"` // the id that its Location gets
	Display string `json:"display"`
	Within  string `json:"within,omitempty"` // those above it: "Kenya / Kilifi"
}

// NewArea takes an area that is not here yet into the report, so that spellings can be decided to mean it.
func (w *Writer) NewArea(a NewArea) {
	if len(w.report.NewAreas) < maxValues {
		w.report.NewAreas = append(w.report.NewAreas, a)
	}
}

// maxValues is how many values a report holds; the findings have all.
const maxValues = 5000

// Value takes a value into the report, with a finding of a rule when somebody should look at
// it. The finding stands at the first row that has the value.
func (w *Writer) Value(v Value, rule, reason, fix string) {
	if len(w.report.Values) < maxValues {
		w.report.Values = append(w.report.Values, v)
	}
	severity := Warning
	switch v.State {
	case Decided:
		return
	case Taken:
		severity, rule = Info, "value-taken"
		reason, fix = fmt.Sprintf("taken for %s", v.Chosen.Name()), "Nothing, unless that is wrong: then decide otherwise (masjala import decide)."
	case Stale:
		rule = "decision-stale"
		reason = fmt.Sprintf("it was decided that this means %q, which is not there any more", v.Chosen.Code)
	}
	if v.Rows > 1 {
		reason += fmt.Sprintf(" (%d rows)", v.Rows)
	}
	w.Issues.Add(Issue{Row: v.Row, Column: v.Column, Value: v.Text, Severity: severity, Rule: rule, Reason: reason,
		Fix: strings.TrimSpace(fix + proposed(v.Candidates))})
}

// proposed proposes candidates: ` Did you mean "x" (0.91) or "y" (0.80)?`.
func proposed(list []Candidate) string {
	if len(list) == 0 {
		return ""
	}
	parts := make([]string, 0, len(list))
	for _, c := range list[:min(3, len(list))] {
		parts = append(parts, fmt.Sprintf("%q (%.2f)", c.Name(), c.Score))
	}
	return " Did you mean " + strings.Join(parts, " or ") + "?"
}

// Name is the display of a coding, its code where it has none.
func (c *Coding) Name() string { return cmp.Or(c.Display, c.Code) }
