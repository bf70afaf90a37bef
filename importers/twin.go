package importers

import (
	"slices"

	"masjala/fhir"
)

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
	w.keepTwin(t, i, what)
	return t.Held
}

// keepTwin takes a twin into the report, with its finding.
func (w *Writer) keepTwin(t Twin, i Issue, what string) {
	if len(w.report.Twins) < maxTwins {
		w.report.Twins = append(w.report.Twins, t)
	}
	w.Issues.Add(i)
	if t.Held {
		w.waits[t.Reference] = true
		w.Count(what, func(c *Counts) { c.Held++ })
		w.Outcome(Outcome{Row: t.Row, Status: Held})
	}
}

// Clash tells that a row has a number that something stored has, which seems to be something else.
// The row and the name of the twin are those of the thing.
type Clash struct {
	Twin   Twin
	Column string // heading of the number
	Number string
}

// clashes tells whether a thing is held because of its number.
func (w *Writer) clashes(t *Thing, stored []*fhir.Resource) (bool, error) {
	if t.Clash == nil || t.again || !slices.ContainsFunc(stored, func(r *fhir.Resource) bool { return r != nil }) {
		return false, nil
	}
	c, err := t.Clash(stored)
	if err != nil || c == nil {
		return false, err
	}
	c.Twin.Row, c.Twin.Name, c.Twin.Held = t.Row, t.Name, true
	if w.present[t.id()] == t.Row {
		delete(w.present, t.id())
	}
	for _, row := range t.Also {
		w.Outcome(Outcome{Row: row, Status: Held})
	}
	w.keepTwin(c.Twin, Issue{Row: t.Row, Column: c.Column, Value: c.Number, Severity: Error, Rule: "id-elsewhere",
		Reason: "this is the number of " + c.Twin.Stored + " (" + c.Twin.Reference + ") here, which seems to be something else: " + c.Twin.Why,
		Fix:    "Not imported. Decide that the two are the same (masjala import values), or, where another office gave the number, give the column a system of its own in the mapping."}, t.What)
	return true, nil
}
