package rf2_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/rf2"
	"masjala/internal/testutil"
)

func TestReleaseAsFolderAndAsArchive(t *testing.T) {
	testutil.Requirement(t, "TSF-1", "TSF-5")
	f := small()
	for name, path := range map[string]string{"folder": f.folder(t), "archive": f.zip(t)} {
		t.Run(name, func(t *testing.T) {
			cs, r := run(t, importers.Request{File: path})
			want := map[string]string{
				"url": "http://snomed.info/sct", "version": "http://snomed.info/sct/900000000000207008/version/20260101", "date": "2026-01-01",
				"content": "complete", "count": "10", "hierarchyMeaning": "is-a", "valueSet": "http://snomed.info/sct?fhir_vs", "language": "en", "concept.#": "10",
			}
			for path, text := range want {
				if got := cs.Field(path).String(); got != text {
					t.Errorf("%s = %q, want %q", path, got, text)
				}
			}
			if _, err := fhir.Parse(cs.JSON()); err != nil {
				t.Errorf("the resource is not one of R4: %v", err)
			}
			if r.Errors+r.Warnings != 0 || r.Of("CodeSystem").Create != 1 || r.Hash == "" {
				t.Errorf("the report says %+v, issues %v", r.Counts, r.Issues)
			}
		})
	}
}

func TestWhatIsKnownOfAConcept(t *testing.T) {
	testutil.Requirement(t, "TSF-1")
	cs, _ := run(t, importers.Request{File: small().folder(t)})
	c := conceptIn(t, cs, rash)
	if c.Get("display").Str != "Concept 2" || c.Get("definition").Str != "A change of the skin." {
		t.Errorf("it is called %q and defined %q", c.Get("display"), c.Get("definition"))
	}
	want := []string{`en Synonym Eruption "red"`, "en Fully specified name Concept 2 (thing)", "fr Synonym Éruption"}
	if diff := cmp.Diff(want, designations(c)); diff != "" {
		t.Error(diff)
	}
	const group = `"extension":[{"url":"urn:masjala:extension:relationship-group","valueInteger":%d}],`
	properties := "[" + strings.Join([]string{
		fmt.Sprintf(`{"code":"parent","valueCode":"%d"}`, root), fmt.Sprintf(`{"code":"parent","valueCode":"%d"}`, finding),
		`{"code":"sufficientlyDefined","valueBoolean":true}`, `{"code":"moduleId","valueCode":"900000000000207008"}`, `{"code":"effectiveTime","valueString":"20260101"}`,
		fmt.Sprintf(`{`+group+`"code":"%d","valueCode":"%d"}`, 1, site, skin), fmt.Sprintf(`{`+group+`"code":"%d","valueDecimal":2.50}`, 2, dose),
		fmt.Sprintf(`{"code":"memberOf","valueCode":"%d"}`, codes), fmt.Sprintf(`{"code":"memberOf","valueCode":"%d"}`, urgent), fmt.Sprintf(`{"code":"%d","valueString":"R21"}`, codes),
	}, ",") + "]"
	if diff := cmp.Diff(properties, c.Get("property").Raw); diff != "" {
		t.Error(diff)
	}
	gone := conceptIn(t, cs, old)
	if !gone.Get(`property.#(code=="inactive").valueBoolean`).Bool() || gone.Get("display").Str != "Old rash" {
		t.Errorf("the retired concept is %s", gone)
	}
	if to := gone.Get(`property.#(code=="900000000000526001").valueCode`).Str; to != fmt.Sprint(rash) {
		t.Errorf("it is replaced by %s", to)
	}
	uri := cs.Field(`property.#(code=="900000000000526001").uri`).Str
	if uri != "http://snomed.info/sct?fhir_cm=900000000000526001" {
		t.Errorf("the map of replacements is declared as %q", uri)
	}
	if kind := cs.Field(fmt.Sprintf(`property.#(code=="%d").type`, dose)).Str; kind != "decimal" {
		t.Errorf("the attribute with values is declared as %q", kind)
	}
}

// designations lists language, use and text of each.
func designations(c gjson.Result) []string {
	var out []string
	for _, d := range c.Get("designation").Array() {
		out = append(out, d.Get("language").Str+" "+d.Get("use.display").Str+" "+d.Get("value").Str)
	}
	return out
}

func TestDisplaysByDialect(t *testing.T) {
	release := small().folder(t)
	tests := map[string]struct {
		dialects              []string
		display, rash, spoken string
		designations          []string
	}{
		"as it comes":       {nil, "Edema", "Concept 2", "en", []string{"en-US Synonym Edema", "en-GB Synonym Oedema", "en Synonym Concept 8", "en Fully specified name Concept 8 (thing)"}},
		"British":           {[]string{"en-gb"}, "Oedema", "Concept 2", "en", []string{"en-GB Synonym Oedema", "en-US Synonym Edema", "en Synonym Concept 8", "en Fully specified name Concept 8 (thing)"}},
		"by its identifier": {[]string{fmt.Sprint(british)}, "Oedema", "Concept 2", "en", []string{"en-GB Synonym Oedema", "en-US Synonym Edema", "en Synonym Concept 8", "en Fully specified name Concept 8 (thing)"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			cs, _ := run(t, importers.Request{File: release, About: importers.About{Dialects: tc.dialects}})
			c := conceptIn(t, cs, oedema)
			if got := c.Get("display").Str; got != tc.display {
				t.Errorf("it is called %q, want %q", got, tc.display)
			}
			if diff := cmp.Diff(tc.designations, designations(c)); diff != "" {
				t.Error(diff)
			}
			if got := conceptIn(t, cs, rash).Get("display").Str; got != tc.rash || cs.Field("language").Str != tc.spoken {
				t.Errorf("another is called %q in %q", got, cs.Field("language").Str)
			}
		})
	}
	_, err := rf2.Run(t.Context(), env(t), importers.Request{File: release, About: importers.About{Dialects: []string{"sw"}}})
	if fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), "en-GB") {
		t.Errorf("a dialect that is not there gave %v, want Invalid with those that are", err)
	}
}

func TestDialectOfARefsetWithoutAlias(t *testing.T) {
	f := small()
	own := id(554, "1000999"+"10")
	f[languages] = append(f[languages], line(1, "*|%d|%d|%d", own, id(2202, "01"), yes), line(1, "*|%d|%d|%d", id(555, "100099910"), id(2202, "01"), maybe))
	cs, _ := run(t, importers.Request{File: f.folder(t)})
	digits := fmt.Sprint(own)
	want := "fr-x-sctlang-" + digits[:8] + "-" + digits[8:]
	if got := conceptIn(t, cs, rash).Get(`designation.#(value=="Éruption").language`).Str; got != want {
		t.Errorf("the French term is in %q, want %q", got, want)
	}
}

func TestEditionOfARelease(t *testing.T) {
	national, part := id(11, "100099910"), id(12, "100099910")
	tests := map[string]struct {
		modules []int    // one concept each
		needs   [][2]int // module, what it needs
		want    int
	}{
		"international":                     {nil, nil, core},
		"an extension":                      {[]int{national}, nil, national},
		"the larger of two":                 {[]int{part, national, national}, nil, national},
		"the one that needs the other":      {[]int{part, part, national}, [][2]int{{national, part}, {national, core}, {part, core}}, national},
		"one that needs others of the core": {nil, [][2]int{{449080006, core}}, core},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := small()
			for i, m := range tc.modules {
				f[concepts] = append(f[concepts], fmt.Sprintf("%d|20260301|1|%d|%d", id(4000+i, "00"), m, primitive))
			}
			for _, n := range tc.needs {
				const name = "Refset/Metadata/der2_ssRefset_ModuleDependencySnapshot_INT_20260101.txt"
				f[name] = append(f[name], fmt.Sprintf("1|20260101|1|%d|900000000000534007|%d|20260101|20260101", n[0], n[1]))
			}
			cs, _ := run(t, importers.Request{File: f.folder(t)})
			date := "20260101"
			if len(tc.modules) > 0 {
				date = "20260301"
			}
			if want := fmt.Sprintf("http://snomed.info/sct/%d/version/%s", tc.want, date); cs.Field("version").Str != want {
				t.Errorf("the version is %s, want %s", cs.Field("version"), want)
			}
		})
	}
}

func TestDayThatDoesNotExistIsNotTheVersion(t *testing.T) {
	f := small()
	f[concepts] = append(f[concepts], fmt.Sprintf("%d|20260141|1|%d|%d", id(4000, "00"), core, primitive))
	cs, _ := run(t, importers.Request{File: f.folder(t)})
	if !strings.HasSuffix(cs.Field("version").Str, "/20260101") || cs.Field("date").Str != "2026-01-01" {
		t.Errorf("the version is %s of %s", cs.Field("version"), cs.Field("date"))
	}
}

func TestWhatTheReleaseDoesNotSay(t *testing.T) {
	about := importers.About{Version: "http://snomed.info/sct/1/version/2", Publisher: "Ministry", Copyright: "Licensed to the ministry", Jurisdictions: []string{"KE", "UG"}}
	cs, _ := run(t, importers.Request{File: small().folder(t), About: about})
	got := strings.Join([]string{cs.Field("version").Str, cs.Field("publisher").Str, cs.Field("copyright").Str, cs.Field("jurisdiction.#.coding.0.code").Raw}, "; ")
	if want := `http://snomed.info/sct/1/version/2; Ministry; Licensed to the ministry; ["KE","UG"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	plain, _ := run(t, importers.Request{File: small().folder(t)})
	if !strings.Contains(plain.Field("copyright").Str, "SNOMED International") {
		t.Errorf("the copyright is %q", plain.Field("copyright").Str)
	}
	_, err := rf2.Run(t.Context(), env(t), importers.Request{File: small().folder(t), About: importers.About{Jurisdictions: []string{"Kenya"}}})
	if fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("a jurisdiction in words gave %v, want Invalid", err)
	}
}

func TestSameReleaseAgainChangesNothing(t *testing.T) {
	testutil.Requirement(t, "IMP-2")
	e, req := env(t), importers.Request{File: small().folder(t), Actor: "test"}
	if _, err := rf2.Run(t.Context(), e, req); err != nil {
		t.Fatal(err)
	}
	before := e.Store.Seq()
	r, err := rf2.Run(t.Context(), e, req)
	if err != nil || r.Of("CodeSystem").Unchanged != 1 || e.Store.Seq() != before {
		t.Errorf("again gave %+v, %v and %d new versions", r, err, e.Store.Seq()-before)
	}
}
