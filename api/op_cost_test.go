package api_test

import (
	"strings"
	"testing"

	"masjala/internal/testutil"
)

func TestClientsLimitTheCost(t *testing.T) {
	s := serveCodes(t)
	const address = "/ValueSet/$expand?url=http://example.org/vs/warm" // three codes
	tests := map[string]struct {
		header string
		status int
	}{
		"room for all":        {"3", 200},
		"too few":             {"2", 422},
		"no limit":            {"0", 200},
		"less than none":      {"-5", 200},
		"no number":           {"many", 200},
		"more than a number":  {"99999999999999999999", 200},
		"beyond the server's": {"1000000", 200},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do("GET", address, "", "X-Too-Costly-Threshold: "+tc.header)
			if a.status != tc.status {
				t.Fatalf("threshold %s = %d, want %d", tc.header, a.status, tc.status)
			}
			if code := a.get("issue.0.code"); (tc.status == 422) != (code == "too-costly") {
				t.Errorf("issue code = %q", code)
			}
		})
	}
}

func TestVersionsAndFeatures(t *testing.T) {
	testutil.Requirement(t, "TX-1")
	s := serveCodes(t)
	for _, path := range []string{"/$versions", "/%24versions"} {
		a := s.do("GET", path, "")
		if a.status != 200 || a.get(`parameter.#(name=="default").valueString`) != "4.0" || a.get(`parameter.#(name=="version").valueString`) != "4.0" {
			t.Errorf("GET %s = %d %s, want version and default 4.0", path, a.status, a.body)
		}
	}
	if a := s.do("POST", "/$versions", ""); a.status != 200 {
		t.Errorf("POST $versions = %d, want 200", a.status)
	}
	a := s.do("GET", "/metadata", "")
	for _, definition := range []string{"FeatureDefinition/test-version", "FeatureDefinition/CodeSystemAsParameter"} {
		if !strings.Contains(a.body, definition) {
			t.Errorf("the statement has no %s", definition)
		}
	}
	if got := a.get(`rest.0.operation.#(name=="versions").definition`); got == "" {
		t.Error("the statement does not list $versions")
	}
	if a.get("version") == "" || a.get("software.releaseDate") == "" {
		t.Errorf("version %q, release date %q; want both", a.get("version"), a.get("software.releaseDate"))
	}
}

func TestErrorsInTheClientsLanguage(t *testing.T) {
	s := serveCodes(t)
	tests := map[string]struct{ query, header, text string }{
		"by header":            {"", "pt-BR", "Não foi encontrada uma definição do conjunto de valores 'urn:none'"},
		"by parameter":         {"&displayLanguage=es", "pt", "No se encontró una definición del conjunto de valores 'urn:none'"},
		"that nobody speaks":   {"", "tlh", "A definition for the value Set 'urn:none' could not be found"},
		"first of several":     {"", "tlh, sw;q=0.5, en;q=0.1", "Ufafanuzi wa seti ya thamani 'urn:none' haukupatikana"},
		"none, so in English":  {"", "", "A definition for the value Set 'urn:none' could not be found"},
		"in Arabic, as UTF-8 ": {"", "ar", "لم يُعثر على تعريف لمجموعة القيم 'urn:none'"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do("GET", "/ValueSet/$expand?url=urn:none"+tc.query, "", "Accept-Language: "+tc.header)
			if a.status != 404 || a.get("issue.0.details.text") != tc.text {
				t.Errorf("= %d %q, want 404 %q", a.status, a.get("issue.0.details.text"), tc.text)
			}
		})
	}
}
