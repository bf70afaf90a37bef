package workers

import (
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/workforce/match"
)

// proposedIDs begins the systems that are proposed for numbers.
const proposedIDs = "urn:masjala:id:"

// clash tells whether a row that has the number of a stored person seems to be somebody else: two
// offices may call their numbers alike. Numbers of a system that somebody chose are believed.
func (in *reader) clash(d *draft, person *fhir.Resource) func([]*fhir.Resource) (*importers.Clash, error) {
	chosen := func(i fhir.Identifier) bool { return !strings.HasPrefix(i.System, proposedIDs) }
	numbers := slices.Clip(d.identifiers)
	for _, l := range d.licences {
		if l.number != "" {
			numbers = append(numbers, fhir.Identifier{System: l.system, Value: l.number})
		}
	}
	if len(numbers) == 0 || slices.ContainsFunc(numbers, chosen) {
		return nil
	}
	return func(stored []*fhir.Resource) (*importers.Clash, error) {
		is := stored[0]
		if is == nil {
			return nil, nil
		}
		verdict := in.book.Verdict(d.twinKey(), is.Ref())
		have := match.FromResource(is)
		why := match.Unlike(match.FromResource(person), have)
		if why == "" || verdict == decisions.Same {
			return nil, nil
		}
		return &importers.Clash{Number: numbers[0].Value, Twin: importers.Twin{Key: d.twinKey(), Reference: is.Ref(), Stored: strings.Join(have.Names[:min(1, len(have.Names))], ""),
			Why: "same number, but " + why, Decision: string(verdict)}}, nil
	}
}
