package importers

import "masjala/fhir"

// What may become of a row that nothing is known of and that seems to be something stored.
const (
	TwinsHold   = "hold"   // it waits until somebody decides; the default
	TwinsReport = "report" // it is imported as something new, and reported
	TwinsAdopt  = "adopt"  // it updates what is stored, and is reported
)

// Twin is a row that may mean something that is stored.
type Twin struct {
	Row       int     `json:"row"`
	Key       string  `json:"key"` // of the row, the same in later lists; what a decision is kept under
	Name      string  `json:"name"`
	Reference string  `json:"reference"` // "Location/1"
	Stored    string  `json:"stored"`    // name of what is stored
	Likely    bool    `json:"likely"`    // the evidence is enough to take the two for one
	Score     float64 `json:"score"`     // 0 to 1
	Why       string  `json:"why"`       // "name 0.92, same Kilifi, 240 m apart"
	Decision  string  `json:"decision,omitempty"`
	Held      bool    `json:"held,omitempty"` // not imported until somebody decides
}

// maxTwins is how many twins a report holds; the findings have all.
const maxTwins = 20_000

// TwinPolicy is what a mapping says of likely twins.
func (m *Mapping) TwinPolicy() string {
	if m.Twins == "" {
		return TwinsHold
	}
	return m.Twins
}

// checkTwins fails with Invalid for a policy that there is not.
func (m *Mapping) checkTwins() error {
	switch m.TwinPolicy() {
	case TwinsHold, TwinsReport, TwinsAdopt:
		return nil
	}
	return fhir.Errorf(fhir.Invalid, "twins in the mapping is %q; it may be hold, report or adopt", m.Twins)
}

// Twin takes a row that may mean something stored into the report, with a finding. policy is
// what becomes of a likely one; one that is only possible is imported as new. It tells whether
// the row is held.
func (w *Writer) Twin(t Twin, policy, column, what string) (held bool) {
	i := Issue{Row: t.Row, Column: column, Value: t.Name, Severity: Warning, Rule: "twin-possible",
		Reason: "this may be " + t.Stored + " (" + t.Reference + "): " + t.Why,
		Fix:    "Imported as new; decide whether the two are the same (masjala import values)."}
	if t.Likely {
		i.Rule, i.Reason = "twin-likely", "this seems to be "+t.Stored+" ("+t.Reference+"): "+t.Why
		switch policy {
		case TwinsHold:
			t.Held, i.Severity = true, Error
			i.Fix = "Not imported yet; decide whether the two are the same (masjala import values), or say twins: report or adopt in the mapping."
		case TwinsAdopt:
			i.Severity, i.Fix = Info, "The row updates it; if that is wrong, decide that the two are different and undo the import."
		}
	}
	if t.Decision != "" && !t.Held {
		i.Severity = Info // somebody looked at it
	}
	if len(w.report.Twins) < maxTwins {
		w.report.Twins = append(w.report.Twins, t)
	}
	w.Issues.Add(i)
	if t.Held {
		w.Count(what, func(c *Counts) { c.Held++ })
		w.Outcome(Outcome{Row: t.Row, Status: Held})
	}
	return t.Held
}
