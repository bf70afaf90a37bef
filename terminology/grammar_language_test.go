package terminology_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/terminology"
)

// registry is a registry of language subtags of six records.
const registry = `{"resourceType":"CodeSystem","id":"subtags","url":"http://www.iana.org/assignments/language-subtag-registry","version":"2026-02-01","status":"active","content":"complete","concept":[
	{"code":"language:xa","display":"Alphaic","property":[{"code":"type","valueCode":"language"},{"code":"subtag","valueString":"xa"},{"code":"added","valueString":"2005-10-16"}]},
	{"code":"language:qaa","display":"Private use","property":[{"code":"type","valueCode":"language"},{"code":"subtag","valueString":"qaa..qtz"},{"code":"added","valueString":"2005-10-16"},{"code":"scope","valueCode":"private-use"}]},
	{"code":"language:xaz","display":"Late","property":[{"code":"type","valueCode":"language"},{"code":"subtag","valueString":"xaz"},{"code":"added","valueString":"2009-07-29"}]},
	{"code":"extlang:xab","display":"Betaic","property":[{"code":"type","valueCode":"extlang"},{"code":"subtag","valueString":"xab"},{"code":"prefix","valueString":"xa"}]},
	{"code":"region:AA","display":"Hills","property":[{"code":"type","valueCode":"region"},{"code":"subtag","valueString":"AA"}]},
	{"code":"grandfathered:i-old","display":"Old tongue","property":[{"code":"type","valueCode":"grandfathered"},{"code":"subtag","valueString":"i-old"},{"code":"preferred-value","valueString":"xa"}]}]}`

// What the registry has counts as soon as it is there.
func TestTagsFollowTheRegistryThatWasImported(t *testing.T) {
	s, st := service(t)
	display := func(code string) string {
		out, err := s.ValidateCode(t.Context(), terminology.ValidateCodeRequest{Coding: &terminology.Coding{System: "urn:ietf:bcp:47", Code: code}})
		if err != nil || !out.Result {
			return "-"
		}
		return out.Display
	}
	if got := display("sw") + display("xa"); got != "Swahili-" {
		t.Fatalf("without a registry: %s", got)
	}
	put(t, s, st, registry)
	for code, want := range map[string]string{"xa": "Alphaic", "XA-aa": "Alphaic (Hills)", "xa-xab": "Alphaic (Betaic)", "qab": "Private use", "i-old": "Old tongue", "xaz": "Late", "sw": "-", "xaz-xab": "-", "qzz": "-"} {
		if got := display(code); got != want {
			t.Errorf("%s is %q, want %q", code, got, want)
		}
	}
	x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "urn:ietf:bcp:47?fhir_vs"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := gjson.GetBytes(x.JSON(), "expansion.contains.#.code").Raw; got != `["xa"]` || !strings.Contains(string(x.JSON()), "ValueSet/Languages") {
		t.Errorf("the languages in common use are %s: %s", got, x.JSON())
	}
}
