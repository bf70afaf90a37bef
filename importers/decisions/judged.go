package decisions

import "masjala/importers"

// Judged is what somebody should decide about a list.
type Judged struct {
	Kind      string              `json:"kind"`
	File      string              `json:"file"`
	Sheet     string              `json:"sheet"`
	Values    []importers.Value   `json:"values"` // of every state
	Twins     []importers.Twin    `json:"twins"`
	Conflicts []importers.Dispute `json:"conflicts"` // fields that were changed here and in the list
	Open      int                 `json:"open"`      // values, rows and conflicts about which nobody decided
}

// Problems tells whether something should be decided.
func (j Judged) Problems() bool { return j.Open > 0 }

// Judge takes out of the report of a list what somebody should decide.
func Judge(r *importers.Report) Judged {
	j := Judged{Kind: r.Kind, File: r.File, Sheet: r.Sheet, Values: append([]importers.Value{}, r.Values...),
		Twins: append([]importers.Twin{}, r.Twins...), Conflicts: append([]importers.Dispute{}, r.Conflicts...)}
	for _, v := range r.Values {
		if v.State == importers.Doubtful || v.State == importers.Stale {
			j.Open++
		}
	}
	for _, t := range r.Twins {
		if t.Decision == "" {
			j.Open++
		}
	}
	for _, d := range r.Conflicts {
		if d.Decision == "" {
			j.Open++
		}
	}
	return j
}
