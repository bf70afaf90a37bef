package facilities_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/importtest"
	"masjala/internal/testutil"
)

// drawn makes a Location, or nil, and its Organization by chance, of texts that go wrong in tables.
func drawn(t *rapid.T, n int) []string {
	d := importtest.Drawn{T: t}
	maybe := func(member, value string) string {
		if d.Some(member, 1) {
			return ""
		}
		return `,"` + member + `":` + value
	}
	items := func(member string, of func() string) string {
		var list []string
		for range rapid.IntRange(0, 3).Draw(t, member) {
			list = append(list, of())
		}
		return d.List(member, list)
	}
	identifiers := items("identifier", func() string {
		return fmt.Sprintf(`{"system":"urn:%s","value":%s}`, d.One("system", "a", "b", "c"), d.Words())
	})
	number := func(label, most string) string {
		return fmt.Sprintf("%d.%06d", rapid.IntRange(-80, 80).Draw(t, label), rapid.IntRange(0, 999999).Draw(t, most))
	}
	location := fmt.Sprintf(`{"resourceType":"Location","id":"l%d"%s`, n, identifiers) +
		maybe("status", `"`+d.One("status", "active", "suspended", "inactive")+`"`) + `,"name":` + d.Words() +
		maybe("_name", `{"extension":[`+translation(d)+","+translation(d)+`]}`) +
		items("alias", d.Words) +
		maybe("type", `[{"coding":[{"system":"urn:t","code":`+d.Text("c"+d.One("code", "1", "2"))+`,"display":`+d.Words()+`}],"text":`+d.Words()+`}]`) +
		items("telecom", func() string {
			return fmt.Sprintf(`{"system":%q,"value":%s}`, d.One("contact", "phone", "email", "url", "fax"), d.Words())
		}) +
		maybe("address", `{"text":`+d.Words()+`,"line":[`+d.Words()+`],"city":`+d.Words()+`,"postalCode":`+d.Words()+`}`) +
		maybe("position", `{"longitude":`+number("lon", "lon digits")+`,"latitude":`+number("lat", "lat digits")+`}`) +
		fmt.Sprintf(`,"managingOrganization":{"reference":"Organization/l%d"},"partOf":{"reference":"Location/land"}`, n) +
		maybe("availabilityExceptions", d.Words()) + `}`
	organization := fmt.Sprintf(`{"resourceType":"Organization","id":"l%d"%s,"name":%s`, n, identifiers, d.Words()) +
		maybe("type", `[{"coding":[{"system":"urn:o","code":"x"}],"text":`+d.Words()+`}]`) +
		maybe("contact", `[{"name":{"text":`+d.Words()+`}}]`) + `}`
	return []string{organization, location}
}

// translation is a name in another language by chance.
func translation(d importtest.Drawn) string {
	return `{"extension":[{"url":"lang","valueCode":"` + d.One("language", "fr", "FR", "pt-br", "luo", "zh-Hant-TW", "x!") + `"},{"url":"content","valueString":` + d.Words() + `}],"url":"http://hl7.org/fhir/StructureDefinition/translation"}`
}

// Whatever texts facilities have, the list that is written of them changes nothing.
func TestExportOfAnyFacilitiesChangesNothing(t *testing.T) {
	t.Parallel()
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	put(t, env, rich[:2]...)
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		var texts []string
		for n := range 3 {
			texts = append(texts, drawn(rt, n)...)
		}
		for _, text := range texts {
			if _, err := fhir.Parse([]byte(text)); err != nil {
				rt.Skip(err)
			}
		}
		put(t, env, texts...)
		runs++
		name := rapid.SampledFrom(formats).Draw(rt, "format")
		data, err := os.ReadFile(export(t, env, name))
		if err != nil {
			rt.Fatal(err)
		}
		path := filepath.Join(dir, fmt.Sprint(runs, name))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			rt.Fatal(err)
		}
		r, err := facilities.Run(t.Context(), env, importers.Request{File: path, DryRun: true})
		if err != nil {
			rt.Fatalf("%s: %v", strings.Join(texts, "\n"), err)
		}
		if got := r.Of(facilities.Kind); got.Unchanged != 3 || r.Errors+r.Warnings+r.Infos > 0 || len(r.Counts) > 1 {
			rt.Fatalf("%s\n%+v\n%+v\n%+v", strings.Join(texts, "\n"), r.Counts, r.Issues, r.Samples)
		}
	})
	if runs < 10 {
		t.Errorf("only %d sets of facilities could be stored", runs)
	}
}
