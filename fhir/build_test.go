package fhir_test

import (
	"testing"

	"masjala/fhir"
)

func TestBuild(t *testing.T) {
	type location struct {
		Identifier []fhir.Identifier `json:"identifier,omitempty"`
		Name       string            `json:"name,omitempty"`
		Telecom    []fhir.ContactPoint
		Position   *fhir.Position `json:"position,omitempty"`
	}
	r, err := fhir.Build("Location", "l1", fhir.Meta{Source: "urn:x"}, struct {
		Name     string         `json:"name"`
		Position *fhir.Position `json:"position,omitempty"`
	}{"A & B <c>", &fhir.Position{Longitude: "1.50", Latitude: "2"}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"resourceType":"Location","id":"l1","meta":{"source":"urn:x"},"name":"A & B <c>","position":{"longitude":1.50,"latitude":2}}`
	if got := string(r.JSON()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if r, err := fhir.Build("Location", "l1", nil, location{Name: "A"}); err == nil {
		t.Errorf("a member that Location does not have was accepted: %s", r.JSON())
	}
	if r, err := fhir.Build("Basic", "", nil, nil); err != nil || string(r.JSON()) != `{"resourceType":"Basic"}` {
		t.Errorf("Build of nothing = %v, %v", r, err)
	}
	if _, err := fhir.Build("Location", "", nil, []int{1}); err == nil {
		t.Error("a list was accepted as a resource")
	}
}

func TestSameContent(t *testing.T) {
	a := parse(t, `{"resourceType":"Location","id":"l","meta":{"versionId":"1","source":"urn:x"},"name":"A","alias":["\u0042"]}`)
	b := parse(t, `{ "resourceType":"Location","meta":{"source":"urn:x","versionId":"2"},"id":"l", "name":"A", "alias":["B"]}`)
	if !fhir.SameContent(a, b) {
		t.Errorf("%s and %s differ", a.JSON(), b.JSON())
	}
	if c := parse(t, `{"resourceType":"Location","id":"l","meta":{"source":"urn:y"},"name":"A","alias":["B"]}`); fhir.SameContent(a, c) {
		t.Error("another source does not count")
	}
}
