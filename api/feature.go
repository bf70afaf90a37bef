package api

import (
	"runtime/debug"
	"strings"
	"time"
)

// feature is a statement of the terminology ecosystem on what a server does beside R4
// (http://hl7.org/fhir/uv/application-feature/StructureDefinition/feature).
type feature struct {
	URL       string        `json:"url"`
	Extension []featurePart `json:"extension"`
}

type featurePart struct {
	URL            string `json:"url"`
	ValueCanonical string `json:"valueCanonical,omitempty"`
	ValueCode      string `json:"valueCode,omitempty"`
	ValueBoolean   *bool  `json:"valueBoolean,omitempty"`
}

// txTests is the release of the terminology ecosystem's tests that the server is held to.
const txTests = "1.9.3"

var yes = true

// features are those that clients of the ecosystem look for: the tests that the server is
// held to, and that requests may bring code systems along.
var features = []feature{
	newFeature("http://hl7.org/fhir/uv/tx-tests/FeatureDefinition/test-version", featurePart{ValueCode: txTests}),
	newFeature("http://hl7.org/fhir/uv/tx-ecosystem/FeatureDefinition/CodeSystemAsParameter", featurePart{ValueBoolean: &yes}),
}

func newFeature(definition string, value featurePart) feature {
	value.URL = "value"
	return feature{
		URL:       "http://hl7.org/fhir/uv/application-feature/StructureDefinition/feature",
		Extension: []featurePart{{URL: "definition", ValueCanonical: definition}, value},
	}
}

// released is the day of the commit that the program was built from or, where the build does
// not tell, the present day.
func (s *Server) released() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.time" && len(setting.Value) >= len(time.DateOnly) {
				return setting.Value[:len(time.DateOnly)]
			}
		}
	}
	return s.opt.Now().UTC().Format(time.DateOnly)
}

// token is a version without what is not letter, digit, dot or dash.
func token(version string) string {
	version = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return -1
	}, version)
	if version == "" {
		return "unknown"
	}
	return version
}
