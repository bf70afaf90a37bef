package workforce_test

import (
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/workforce"
)

func TestPrepareRefusesWhatR4Forbids(t *testing.T) {
	testutil.Requirement(t, "MD-130-9")
	for name, resource := range map[string]string{
		"gender that is no code":           `{"resourceType":"Practitioner","gender":"unsaid"}`,
		"qualification without a code":     `{"resourceType":"Practitioner","qualification":[{"identifier":[{"value":"1"}]}]}`,
		"period that ends before it began": `{"resourceType":"PractitionerRole","period":{"start":"2021","end":"2020"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			r, err := fhir.Parse([]byte(resource))
			if err != nil {
				t.Fatal(err)
			}
			if d, err := workforce.NewRegistry().Prepare(t.Context(), r); d != nil || fhir.KindOf(err) != fhir.Unprocessable {
				t.Errorf("Prepare = %v, %v, want no draft and Unprocessable", d, err)
			}
		})
	}
}
