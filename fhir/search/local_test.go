package search_test

import (
	"testing"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/testutil"
)

func TestLocalize(t *testing.T) {
	testutil.Requirement(t, "R4-S6")
	tests := map[string]struct{ typ, body, base, want string }{
		"an address of this server":      {"Location", `{"partOf":{"reference":"` + base + `/Location/1"}}`, base, "partof ->Location/1"},
		"with its version":               {"Location", `{"partOf":{"reference":"` + base + `/Location/1/_history/2"}}`, base, "partof ->Location/1  2"},
		"a base with a slash at its end": {"Location", `{"partOf":{"reference":"` + base + `/Location/1"}}`, base + "/", "partof ->Location/1"},
		"an address elsewhere":           {"Location", `{"partOf":{"reference":"http://o.org/fhir/Location/1"}}`, base, "partof ->/ http://o.org/fhir/Location/1"},
		"a longer host":                  {"Location", `{"partOf":{"reference":"` + base + `2/Location/1"}}`, base, "partof ->/ " + base + "2/Location/1"},
		"a type that is not held":        {"Location", `{"partOf":{"reference":"` + base + `/Patient/1"}}`, base, "partof ->/ " + base + "/Patient/1"},
		"not an id":                      {"Location", `{"partOf":{"reference":"` + base + `/Location/a/b"}}`, base, "partof ->/ " + base + "/Location/a/b"},
		"a canonical below the base":     {"CodeSystem", `{"supplements":"` + base + `/CodeSystem/1"}`, base, "supplements ->/ " + base + "/CodeSystem/1"},
		"a relative one stays":           {"Location", `{"partOf":{"reference":"Location/1"}}`, base, "partof ->Location/1"},
		"no base":                        {"Location", `{"partOf":{"reference":"/Location/1"}}`, "", "partof ->/ /Location/1"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			entries := search.Extract(&fhir.Resource{Type: tc.typ, Body: []byte(tc.body)})
			search.Localize(tc.typ, entries, tc.base)
			if len(entries) != 1 || row(entries[0]) != tc.want {
				t.Errorf("got %v, want %s", entries, tc.want)
			}
		})
	}
}
