package languages_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/importtest"
	"masjala/importers/languages"
	"masjala/internal/testutil"
)

const jar = `File-Date: 2026-02-01
%%
Type: language
Subtag: xa
Description: Alphaic
Description: Alphan
Added: 2005-10-16
Comments: goes on
  in the next line
%%
Type: extlang
Subtag: xab
Description: Betaic spoken
 beyond the hills
Added: 2009-07-29
Preferred-Value: xab
Prefix: xa
%%
Type: region
Subtag: XA..XZ
Description: Private use
Added: 2005-10-16
%%
Type: grandfathered
Tag: i-old
Description: Old tongue
Added: 1999-01-01
Deprecated: 2003-01-01
Preferred-Value: xa
`

const asJSON = `[{"Type":"language","Subtag":"xa","Description":["Alphaic","Alphan"],"Added":"2005-10-16","Comments":["goes on in the next line"]},
{"Type":"extlang","Subtag":"xab","Description":["Betaic spoken beyond the hills"],"Added":"2009-07-29","Preferred-Value":"xab","Prefix":["xa"]},
{"Type":"region","Subtag":"XA..XZ","Description":["Private use"],"Added":"2005-10-16"},
{"Type":"grandfathered","Tag":"i-old","Description":["Old tongue"],"Added":"1999-01-01","Deprecated":"2003-01-01","Preferred-Value":"xa"}]`

func env(t *testing.T) importers.Env {
	t.Helper()
	return importtest.Env(t, "CodeSystem")
}

func file(t *testing.T, data []byte) string {
	t.Helper()
	return importtest.File(t, "registry", data)
}

// imported returns the code system that a file becomes.
func imported(t *testing.T, path string) (*fhir.Resource, *importers.Report) {
	t.Helper()
	e := env(t)
	r, err := languages.Run(t.Context(), e, importers.Request{File: path})
	if err != nil {
		t.Fatal(err)
	}
	cs, err := e.Store.Read(t.Context(), "CodeSystem", "language-subtag-registry")
	if err != nil {
		t.Fatal(err)
	}
	return cs, r
}

func TestBothFormatsSayTheSame(t *testing.T) {
	testutil.Requirement(t, "TSF-1")
	fromJar, r := imported(t, file(t, []byte(jar)))
	if r.Errors > 0 || r.Rows != 4 || fromJar.Field("version").Str != "2026-02-01" {
		t.Errorf("the report says %+v, the version is %s", r, fromJar.Field("version"))
	}
	want := `{"code":"extlang:xab","display":"Betaic spoken beyond the hills","property":[{"code":"type","valueCode":"extlang"},{"code":"subtag","valueString":"xab"},` +
		`{"code":"added","valueString":"2009-07-29"},{"code":"preferred-value","valueString":"xab"},{"code":"prefix","valueString":"xa"}]}`
	if diff := cmp.Diff(want, fromJar.Field("concept.1").Raw); diff != "" {
		t.Error(diff)
	}
	if names := fromJar.Field("concept.0.designation.#.value").Raw; names != `["Alphan"]` {
		t.Errorf("the other names are %s", names)
	}
	zipped, _ := imported(t, file(t, importtest.Gzip(t, []byte(jar))))
	fromJSON, _ := imported(t, file(t, []byte(asJSON)))
	if diff := cmp.Diff(fromJar.Field("concept").Raw, fromJSON.Field("concept").Raw); diff != "" {
		t.Errorf("JSON says something else: %s", diff)
	}
	if string(zipped.Body) != string(fromJar.Body) || fromJSON.Field("version").Str != "2009-07-29" {
		t.Errorf("compressed it is %s, as JSON of version %s", zipped.Body[:200], fromJSON.Field("version"))
	}
}

func TestRecordsThatCannotBeUsed(t *testing.T) {
	for name, record := range map[string]string{
		"no type":        "Subtag: xb\nDescription: B\n",
		"another type":   "Type: dialect\nSubtag: xb\nDescription: B\n",
		"no subtag":      "Type: language\nDescription: B\n",
		"no description": "Type: language\nSubtag: xb\n",
		"twice":          "Type: language\nSubtag: xa\nDescription: A\n",
		"control":        "Type: language\nSubtag: xb\nDescription: B\x07ell\n",
	} {
		t.Run(name, func(t *testing.T) {
			cs, r := imported(t, file(t, []byte(jar+"%%\n"+record)))
			if r.Errors != 1 || r.Issues[0].First[0].Row != 31 || cs.Field("count").Int() != 4 {
				t.Errorf("%d records, issues %+v", cs.Field("count").Int(), r.Issues)
			}
		})
	}
}

func TestFilesThatAreNoRegistry(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		kind fhir.Kind
	}{
		"words":         {"hello world\n", fhir.Invalid},
		"other records": {"Name: x\n%%\nName: y\n", fhir.Unprocessable},
		"half of JSON":  {asJSON[:100], fhir.Invalid},
		"other JSON":    {`[{"Type":{"a":1}}]`, fhir.Invalid},
		"no UTF-8":      {"Type: \xff\n", fhir.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := languages.Run(t.Context(), env(t), importers.Request{File: file(t, []byte(tc.text))}); fhir.KindOf(err) != tc.kind {
				t.Errorf("got %v, want kind %d", err, tc.kind)
			}
		})
	}
}

func TestPublishedRegistry(t *testing.T) {
	cs, r := imported(t, filepath.Join(testutil.Reference(t), "data/terminology/bcp47/registry.json.gz"))
	if r.Errors > 0 || cs.Field("count").Int() < 9000 {
		t.Errorf("%d records, issues %+v", cs.Field("count").Int(), r.Issues)
	}
	if d := cs.Field(`concept.#(code=="language:sw").display`).Str; !strings.HasPrefix(d, "Swahili") {
		t.Errorf("sw is %q", d)
	}
}
