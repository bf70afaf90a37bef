package facility_test

import (
	"testing"

	"masjala/facility"
	"masjala/fhir"
	"masjala/internal/testutil"
)

func TestPrepareRefusesWhatR4Forbids(t *testing.T) {
	testutil.Requirement(t, "MD-130-9")
	tests := map[string]struct {
		resource string
		kind     fhir.Kind
	}{
		"neither name nor identifier": {`{"resourceType":"Organization","active":true}`, fhir.Unprocessable},
		"latitude beyond the pole":    {`{"resourceType":"Location","position":{"latitude":123,"longitude":1}}`, fhir.Unprocessable},
		"status that is no code":      {`{"resourceType":"Location","status":"open"}`, fhir.Unprocessable},
		"endpoint without an address": {`{"resourceType":"Endpoint","status":"active","connectionType":{"code":"x"},"payloadType":[{"text":"any"}]}`, fhir.Unprocessable},
		"part of itself":              {`{"resourceType":"Location","id":"a","partOf":{"reference":"Location/a"}}`, fhir.Unprocessable},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := fhir.Parse([]byte(tc.resource))
			if err != nil {
				t.Fatal(err)
			}
			d, err := facility.NewRegistry().Prepare(t.Context(), r)
			if d != nil || fhir.KindOf(err) != tc.kind {
				t.Errorf("Prepare = %v, %v, want no draft and kind %d", d, err, tc.kind)
			}
		})
	}
}
