package terminology_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

// clinic is a code system with attributes in relationship groups.
const clinic = `{"resourceType":"CodeSystem","id":"clinic","url":"http://example.org/clinic","version":"1","status":"active","content":"complete","hierarchyMeaning":"is-a",
	"property":[{"code":"site","type":"code"},{"code":"shape","type":"code"}],
	"concept":[{"code":"body","concept":[{"code":"lung"},{"code":"heart","concept":[{"code":"valve"}]}]},
	{"code":"finding","concept":[
		{"code":"pneumonia","property":[{"code":"site","valueCode":"lung"},{"code":"shape","valueCode":"swelling"}]},
		{"code":"stenosis","property":[
			{"extension":[{"url":"urn:masjala:extension:relationship-group","valueInteger":1}],"code":"site","valueCode":"valve"},
			{"extension":[{"url":"urn:masjala:extension:relationship-group","valueInteger":1}],"code":"shape","valueCode":"narrowing"}]}]}]}`

const implicitly = "http://example.org/clinic?fhir_vs=ecl/"

func TestExpressionValueSets(t *testing.T) {
	testutil.Requirement(t, "TX-17")
	s, _ := service(t, clinic,
		`{"resourceType":"ValueSet","id":"v","url":"urn:v","status":"active","compose":{"include":[{"system":"http://example.org/clinic","filter":[{"property":"constraint","op":"=","value":"< finding: {site = << heart, shape = *}"}]}]}}`,
		`{"resourceType":"ValueSet","id":"i","url":"urn:i","status":"active","compose":{"include":[{"valueSet":["`+implicitly+`%3C%3C%20heart%20%7Cthe%20pump%7C|1"]}]}}`)
	tests := map[string]struct{ url, codes string }{
		"a filter":                {"urn:v", "stenosis"},
		"an implicit one":         {implicitly + "< finding", "pneumonia stenosis"},
		"with encoded signs":      {implicitly + "%3C%20finding", "pneumonia stenosis"},
		"with a term":             {implicitly + "< finding |a finding|: site = lung |the 5% lung|", "pneumonia"},
		"with a term and version": {implicitly + "< finding |a finding||1", "pneumonia stenosis"},
		"with a version":          {implicitly + "< finding|1", "pneumonia stenosis"},
		"in another value set":    {"urn:i", "heart valve"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{URL: tc.url}})
			if err != nil {
				t.Fatal(err)
			}
			got := nested(gjson.GetBytes(x.JSON(), "expansion.contains"))
			slices.Sort(got)
			if strings.Join(got, " ") != tc.codes {
				t.Errorf("%s = %q, want %s", tc.url, got, tc.codes)
			}
			for _, code := range []string{"pneumonia", "valve", "body"} {
				v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: tc.url}, System: "http://example.org/clinic", Code: code})
				if err != nil || v.Result != slices.Contains(got, code) {
					t.Errorf("%s in %s: %+v, %v", code, tc.url, v, err)
				}
			}
		})
	}
}

func TestExpressionErrors(t *testing.T) {
	s, _ := service(t, clinic)
	tests := map[string]struct{ expression, language, want string }{
		"a word too many":   {"<< AND", "", `Line 1, column 4 of the expression: found "AND"; expected a code, *, ^ or a bracket.`},
		"in French":         {"<< AND", "fr", `Ligne 1, colonne 4 de l'expression : "AND" trouvé ; attendu : un code, *, ^ ou une parenthèse.`},
		"an unknown code":   {"<< elbow", "pt-BR", `Linha 1, coluna 4 da expressão: o sistema de códigos não tem o código "elbow".`},
		"an early end":      {"body OR", "es", `Línea 1, columna 8 de la expresión: termina aquí; se esperaba un código, *, ^ o un paréntesis.`},
		"not supported":     {"^ [x] body", "sw", `Mstari 1, safu 3 ya usemi: sehemu za seti za marejeo hazikubaliwi.`},
		"too deep brackets": {strings.Repeat("(", 100), "ar", `السطر 1، العمود 61 من التعبير: الأقواس متداخلة أكثر من 60 مستويات.`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{URL: implicitly + tc.expression}})
			if k := fhir.KindOf(err); k != fhir.Unprocessable && k != fhir.TooCostly {
				t.Fatalf("%s: %v, want it refused", tc.expression, err)
			}
			if got := terminology.Localize(err, tc.language).Error(); got != tc.want {
				t.Errorf("%s\nis %s\nwant %s", tc.expression, got, tc.want)
			}
			_, verr := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: implicitly + tc.expression}, System: "http://example.org/clinic", Code: "lung"})
			if fhir.KindOf(verr) != fhir.KindOf(err) {
				t.Errorf("validation says %v, expansion %v", verr, err)
			}
		})
	}
}

// TestExpressionsAreExplained tells which part of an expression a code does not meet.
func TestExpressionsAreExplained(t *testing.T) {
	s, _ := service(t, clinic)
	tests := map[string]struct{ code, want string }{
		"a condition":  {"pneumonia", "The code does not meet the filters: constraint = *: {site = << heart}"},
		"both":         {"lung", "The code does not meet the filters: constraint = < finding, constraint = *: {site = << heart}, constraint = *: shape = *"},
		"all of it":    {"stenosis", "The code meets the filters: constraint = < finding, constraint = *: {site = << heart}, constraint = *: shape = *"},
		"unknown code": {"elbow", "Unknown code 'elbow' in the CodeSystem 'http://example.org/clinic' version '1'"},
	}
	for name, tc := range tests {
		v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: implicitly + "< finding: {site = << heart}, shape = *"},
			System: "http://example.org/clinic", Code: tc.code, Explain: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Reasons) != 1 || v.Reasons[0].Text != tc.want || v.Result != v.Reasons[0].Holds {
			t.Errorf("%s: %+v, want %s", name, v.Reasons, tc.want)
		}
	}
}
