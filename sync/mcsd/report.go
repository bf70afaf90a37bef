package mcsd

import (
	"fmt"
	"time"
)

// Report tells what one run did.
type Report struct {
	Source  string       `json:"source"`
	URL     string       `json:"url"`
	Started time.Time    `json:"started"`
	Ended   time.Time    `json:"ended"`
	Resumed bool         `json:"resumed,omitempty"` // the run first finished one that was cut short
	Types   []TypeReport `json:"types"`

	Requests int64 `json:"requests"` // HTTP requests, repeated ones included
	Pages    int64 `json:"pages"`    // pages received and kept
	Bytes    int64 `json:"bytes"`    // received over the line

	Problems []Problem `json:"problems,omitempty"` // the first MaxProblems of what needs a person
	Notes    []string  `json:"notes,omitempty"`    // what else is worth knowing
	Error    string    `json:"error,omitempty"`    // why the run broke off, or a type could not be pulled
}

// MaxProblems is how many problems a Report lists; Client.Problems lists all.
const MaxProblems = 100

// TypeReport counts resources of one type in a run.
type TypeReport struct {
	Type      string `json:"type"`
	Received  int64  `json:"received"`  // entries on the pages
	Created   int64  `json:"created"`   // stored for the first time, or again after a deletion
	Updated   int64  `json:"updated"`   // stored as a new version
	Deleted   int64  `json:"deleted"`   // deleted as upstream did
	Unchanged int64  `json:"unchanged"` // known already, or the same as what is stored
	Conflicts int64  `json:"conflicts"` // changed on both sides: settled by the rule, or held
	Refused   int64  `json:"refused"`   // set aside at the end of the run because a check failed
	Held      int64  `json:"held"`      // at the end of the run: refer to something that has not come yet
	Degraded  bool   `json:"degraded"`  // upstream has no history: searched, and ids compared
	Error     string `json:"error,omitempty"`
}

// add counts one outcome.
func (t *TypeReport) add(o outcome) {
	switch o {
	case created:
		t.Created++
	case updated:
		t.Updated++
	case deleted:
		t.Deleted++
	case unchanged:
		t.Unchanged++
	}
}

// typ returns the report of a type, and makes it at first.
func (r *Report) typ(name string) *TypeReport {
	for i := range r.Types {
		if r.Types[i].Type == name {
			return &r.Types[i]
		}
	}
	r.Types = append(r.Types, TypeReport{Type: name})
	return &r.Types[len(r.Types)-1]
}

// problem lists p unless the list is full.
func (r *Report) problem(p Problem) {
	if len(r.Problems) < MaxProblems {
		r.Problems = append(r.Problems, p)
	}
}

// note adds a remark, once, unless there are very many.
func (r *Report) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, n := range r.Notes {
		if n == text {
			return
		}
	}
	if len(r.Notes) < MaxProblems {
		r.Notes = append(r.Notes, text)
	}
}

// Total sums the counts of all types.
func (r *Report) Total() TypeReport {
	var sum TypeReport
	for _, t := range r.Types {
		sum.Received += t.Received
		sum.Created += t.Created
		sum.Updated += t.Updated
		sum.Deleted += t.Deleted
		sum.Unchanged += t.Unchanged
		sum.Conflicts += t.Conflicts
		sum.Refused += t.Refused
		sum.Held += t.Held
		sum.Degraded = sum.Degraded || t.Degraded
	}
	return sum
}

// Problem is one resource that was set aside or changed on both sides.
type Problem struct {
	Kind     Sort      `json:"kind"`
	Resource string    `json:"resource"`        // upstream identity: Location/12
	Local    string    `json:"local,omitempty"` // local identity, when it is another
	Reason   string    `json:"reason"`
	Since    time.Time `json:"since"`
	Tries    int       `json:"tries,omitempty"` // runs that tried to apply it
}

// Sort says what is wrong with the resource of a [Problem].
type Sort string

const (
	Refused  Sort = "refused"  // a check of this server failed
	Waiting  Sort = "waiting"  // cannot be stored before what it refers to
	Conflict Sort = "conflict" // changed here and upstream, and held for a decision
	Settled  Sort = "settled"  // changed here and upstream, decided by the rule
)
