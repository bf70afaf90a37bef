package importers

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Severity tells what an Issue means for its row.
type Severity string

// The severities, gravest first.
const (
	Error   Severity = "error"   // the row, or what the cell describes, was not imported
	Warning Severity = "warning" // imported without the cell, or with a doubt
	Info    Severity = "info"    // imported; worth knowing
)

// Issue is one finding in a sheet, in words for the person who keeps the sheet.
type Issue struct {
	Sheet    string   `json:"sheet,omitempty"`
	Row      int      `json:"row,omitempty"` // as the spreadsheet program numbers it; 0: the whole sheet
	Column   string   `json:"column,omitempty"`
	Value    string   `json:"value,omitempty"` // as displayed in the cell
	Reason   string   `json:"reason"`          // one sentence: what is wrong
	Fix      string   `json:"fix,omitempty"`   // one sentence: what to do, or what was done
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule"` // stable key of the cause: "position-missing"
}

// Group counts the issues of one rule.
type Group struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Count    int      `json:"count"`
	First    []Issue  `json:"first"` // the first few
}

// perGroup is how many issues of a rule a report shows; all of them go to the sink.
const perGroup = 20

// Issues collects findings. It is safe for concurrent use.
type Issues struct {
	Sheet string             // set on issues that name none
	Sink  func(*Issue) error // gets every issue as it comes, may be nil

	mu     sync.Mutex
	groups map[string]*Group
	err    error
}

// Add keeps an issue. Values, and reasons that quote them, are shortened to what a cell of a
// workbook holds.
func (s *Issues) Add(i Issue) {
	i.Value, i.Reason = cut(i.Value, mostText), cut(i.Reason, mostText)
	s.mu.Lock()
	defer s.mu.Unlock()
	if i.Sheet == "" {
		i.Sheet = s.Sheet
	}
	key := string(i.Severity) + i.Rule
	g := s.groups[key]
	if g == nil {
		if s.groups == nil {
			s.groups = map[string]*Group{}
		}
		g = &Group{Rule: i.Rule, Severity: i.Severity}
		s.groups[key] = g
	}
	g.Count++
	if len(g.First) < perGroup {
		g.First = append(g.First, i)
	}
	if s.Sink != nil && s.err == nil {
		s.err = s.Sink(&i)
	}
}

// mostText is how many bytes of a value or reason are kept: a cell of a workbook holds them.
const mostText = 8 << 10

// cut shortens a text to most bytes.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Err is the first error of the sink.
func (s *Issues) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Groups lists what was found: gravest first, then most frequent.
func (s *Issues) Groups() []Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Group, 0, len(s.groups))
	for _, g := range s.groups {
		out = append(out, *g)
	}
	rank := map[Severity]int{Error: 0, Warning: 1, Info: 2}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(rank[a.Severity], rank[b.Severity]), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}

// Count is how many issues of a severity there are.
func (s *Issues) Count(of Severity) int {
	n := 0
	for _, g := range s.Groups() {
		if g.Severity == of {
			n += g.Count
		}
	}
	return n
}
