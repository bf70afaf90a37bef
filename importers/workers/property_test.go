package workers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"masjala/facility"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/importtest"
	"masjala/importers/workers"
	"masjala/internal/demo"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/workforce"
)

// The staff of the example country comes back as it went.
func TestExportOfTheStaffOfTheDemoCountryChangesNothing(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	files, err := demo.Write(t.TempDir(), demo.Size{Regions: 2, Districts: 4, Wards: 8, Facilities: 20, Workers: 60, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	e := importtest.Env(t)
	e.Registries = store.NewRegistries(workforce.NewRegistry(), facility.NewRegistry(), store.PlainRegistry("CodeSystem", "ValueSet"))
	if _, err := facilities.Run(t.Context(), e, importers.Request{File: files.Facilities, Actor: "test"}); err != nil {
		t.Fatal(err)
	}
	if _, err := workers.Run(t.Context(), e, importers.Request{File: files.Workers, Actor: "test"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"out.xlsx", "out.csv"} {
		unchanged(t, e, export(t, e, name), 60)
	}
}

// drawn makes a person with up to three posts by chance, of texts that go wrong in tables.
func drawn(t *rapid.T, n int) []string {
	d := importtest.Drawn{T: t}
	maybe := func(member string, value func() string) string {
		if d.Some(member, 1) {
			return ""
		}
		return `,"` + member + `":` + value()
	}
	items := func(member string, of func() string) string {
		var list []string
		for range rapid.IntRange(0, 3).Draw(t, member) {
			list = append(list, of())
		}
		return d.List(member, list)
	}
	concept := func() string {
		return `[{"coding":[{"system":"urn:c","code":"1","display":` + d.Words() + `}],"text":` + d.Words() + `}]`
	}
	period := func() string { return `{"start":"` + d.One("start", "2001", "2001-02", "2001-02-03") + `"}` }
	texts := []string{fmt.Sprintf(`{"resourceType":"Practitioner","id":"p%d"`, n) +
		items("identifier", func() string {
			return fmt.Sprintf(`{"system":"urn:%s","value":%s}`, d.One("system", "a", "b"), d.Words())
		}) +
		`,"name":[{"use":"` + d.One("use", "official", "usual") + `","family":` + d.Words() + items("given", d.Words) + items("prefix", d.Words) + `}]` +
		items("telecom", func() string {
			return fmt.Sprintf(`{"system":%q,"value":%s}`, d.One("contact", "phone", "email", "fax"), d.Words())
		}) +
		maybe("address", func() string { return `[{"line":[` + d.Words() + `],"city":` + d.Words() + `}]` }) +
		maybe("gender", func() string { return `"` + d.One("gender", "female", "male", "other", "unknown") + `"` }) +
		maybe("birthDate", func() string { return `"` + d.One("birth", "1980", "1980-05", "1980-05-06") + `"` }) +
		maybe("qualification", func() string {
			var all []string
			for range rapid.IntRange(1, 3).Draw(t, "qualifications") {
				number := `"identifier":[{"system":` + d.Text(d.One("council", "urn:q", "urn:r")) + `,"value":` + d.Words() + `}],`
				all = append(all, `{`+d.One("number", number, "")+`"code":{"text":`+d.Words()+`},"period":`+period()+`,"issuer":{"display":`+d.Words()+`}}`)
			}
			return "[" + strings.Join(all, ",") + "]"
		}) + `}`}
	for i := range rapid.IntRange(0, 3).Draw(t, "posts") {
		texts = append(texts, fmt.Sprintf(`{"resourceType":"PractitionerRole","id":"r%d-%d"`, n, i)+maybe("period", period)+
			fmt.Sprintf(`,"practitioner":{"reference":"Practitioner/p%d"}`, n)+maybe("code", concept)+maybe("specialty", concept)+
			maybe("location", func() string { return `[{"reference":"Location/` + d.One("place", "l1", "l2", "l3") + `"}]` })+`}`)
	}
	return texts
}

// Whatever texts people and posts have, the list that is written of them changes nothing.
func TestExportOfAnyPeopleChangesNothing(t *testing.T) {
	e := env(t)
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		var texts []string
		for n := range 2 {
			texts = append(texts, drawn(rt, n)...)
		}
		for _, text := range texts {
			if _, err := fhir.Parse([]byte(text)); err != nil {
				rt.Skip(err)
			}
		}
		put(t, e, texts...)
		runs++
		name := rapid.SampledFrom([]string{"out.xlsx", "out.csv"}).Draw(rt, "format")
		data, err := os.ReadFile(export(t, e, name))
		if err != nil {
			rt.Fatal(err)
		}
		path := filepath.Join(dir, fmt.Sprint(runs, name))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			rt.Fatal(err)
		}
		r, err := workers.Run(t.Context(), e, importers.Request{File: path, DryRun: true})
		if err != nil {
			rt.Fatalf("%s: %v", strings.Join(texts, "\n"), err)
		}
		if got := r.Of("workers"); got.Unchanged != 2 || r.Errors+r.Warnings+r.Infos > 0 || len(r.Counts) > 1 {
			rt.Fatalf("%s\n%+v\n%+v\n%+v", strings.Join(texts, "\n"), r.Counts, r.Issues, r.Samples)
		}
	})
	if runs < 10 {
		t.Errorf("only %d sets of people could be stored", runs)
	}
}
