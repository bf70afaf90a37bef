package profile_test

import (
	"slices"
	"testing"

	"masjala/fhir/profile"
)

func TestReferences(t *testing.T) {
	r := parse(t, `{"resourceType":"PractitionerRole","contained":[{"resourceType":"Organization","id":"o","name":"A","partOf":{"reference":"Organization/up"}}],
		"extension":[{"url":"urn:x","valueReference":{"reference":"Location/in-extension"}}],
		"practitioner":{"reference":"Practitioner/p","display":"\"reference\":\"x\""},"organization":{"reference":"#o"},
		"location":[{"display":"none"},{"reference":"http://a/fhir/Location/l"}],
		"identifier":[{"value":"1","assigner":{"reference":"Organization/assigner"}}]}`)
	var got []string
	for path, ref := range profile.References(r) {
		got = append(got, path+" "+ref)
	}
	slices.Sort(got)
	want := []string{
		"PractitionerRole.contained[0].partOf Organization/up",
		"PractitionerRole.extension[0].value Location/in-extension",
		"PractitionerRole.identifier[0].assigner Organization/assigner",
		"PractitionerRole.location[1] http://a/fhir/Location/l",
		"PractitionerRole.practitioner Practitioner/p",
	}
	if !slices.Equal(got, want) {
		t.Errorf("References = %q, want %q", got, want)
	}
	for range profile.References(r) {
		break // the rest is not asked for
	}
}
