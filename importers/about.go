package importers

import (
	"regexp"

	"masjala/fhir"
)

// About says of a release what it does not say itself.
type About struct {
	Version       string   `json:"version,omitempty"`       // of the code system; empty: as the release says
	Publisher     string   `json:"publisher,omitempty"`     // who published it
	Copyright     string   `json:"copyright,omitempty"`     // licence and attribution
	Jurisdictions []string `json:"jurisdictions,omitempty"` // territory of the licence: ISO 3166, "KE"
	Dialects      []string `json:"dialects,omitempty"`      // whose preferred terms are the displays, best first: "en-GB"
}

var territory = regexp.MustCompile(`^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$|^[A-Z]{3}$|^[0-9]{3}$`)

// Check fails with Invalid when a jurisdiction is no code of ISO 3166.
func (a *About) Check() error {
	for _, j := range a.Jurisdictions {
		if !territory.MatchString(j) {
			return fhir.Errorf(fhir.Invalid, "the jurisdiction %q is no code of a country or region (ISO 3166), such as KE", j)
		}
	}
	return nil
}

// Territory is what CodeSystem.jurisdiction says.
func (a *About) Territory() []fhir.CodeableConcept {
	var out []fhir.CodeableConcept
	for _, j := range a.Jurisdictions {
		out = append(out, fhir.CodeableConcept{Coding: []fhir.Coding{{System: "urn:iso:std:iso:3166", Code: j}}})
	}
	return out
}
