package concept_test

import (
	"fmt"
	"slices"
	"testing"

	"masjala/terminology/concept"
)

func TestRelationshipGroups(t *testing.T) {
	in := func(value string) string {
		return `"extension":[{"url":"urn:x","valueInteger":9},{"url":"` + concept.GroupExtension + `",` + value + `}],`
	}
	s, err := concept.Build(source(t, `{"concept":[{"code":"a","property":[
		{"code":"site","valueCode":"x"},
		{`+in(`"valueInteger":1`)+`"code":"site","valueCode":"y"},
		{`+in(`"valueInteger":65535`)+`"code":"dose","valueDecimal":2.50},
		{`+in(`"valueInteger":65536`)+`"code":"site","valueCode":"z"},
		{`+in(`"valueInteger":-1`)+`"code":"site","valueCode":"z"},
		{`+in(`"valueString":"1"`)+`"code":"site","valueCode":"w"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for p := range s.Properties(0) {
		got = append(got, fmt.Sprint(p.Code, " ", string(p.Value), " ", p.Kind, " ", p.Group))
	}
	want := []string{"site x 0 0", "site y 0 1", "dose 2.50 6 65535", "site z 0 0", "site z 0 0", "site w 0 0"}
	if !slices.Equal(got, want) {
		t.Errorf("properties %q, want %q", got, want)
	}
	if n := s.With("site", "y").Len(); n != 1 {
		t.Errorf("%d concepts have the grouped value, want 1", n)
	}
}

func TestAttributes(t *testing.T) {
	const properties = `"property":[{"code":"parent","valueCode":"b"},{"code":"site","valueCode":"b"},{"code":"memberOf","valueCode":"b"},
		{"code":"retired","valueBoolean":true},{"code":"status","valueCode":"active"},{"code":"dose","valueInteger":3}]`
	tests := map[string]struct {
		body string
		want []string
	}{
		"all but hierarchy, state and reference sets": {`{"property":[{"code":"retired","uri":"http://hl7.org/fhir/concept-properties#inactive","type":"boolean"}],
			"concept":[{"code":"a",` + properties + `},{"code":"b"}]}`, []string{"site", "dose"}},
		"those that are concepts, where any is": {`{"concept":[{"code":"a",` + properties + `},{"code":"b"},{"code":"dose"}]}`, []string{"dose"}},
		"what concepts map to is none": {`{"property":[{"code":"site","uri":"` + concept.MapURI("urn:s", "site") + `","type":"string"}],
			"concept":[{"code":"a",` + properties + `},{"code":"b"},{"code":"site"}]}`, []string{"retired", "dose"}},
		"none": {`{"concept":[{"code":"a"}]}`, nil},
	}
	for name, tc := range tests {
		s, err := concept.Build(source(t, tc.body))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Attributes(); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
