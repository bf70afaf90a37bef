package main

import (
	"cmp"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
	"github.com/xuri/excelize/v2"

	"masjala/internal/testutil"
)

const (
	firstList  = "MFL code,Name,Facility type,District,Lat,Long\nM1,Gede Dispensary,Dispensary,Kilifi,-3.3070,40.0170\nM2,Mtwapa Health Centre,Health Centre,Kilifi,-3.95,39.74\n"
	secondList = "Partner id,Name,Facility type,District,Lat,Long\nP1,Zahanati ya Gede,Dispensery,Kilifi,-3.3071,40.0171\nP2,Shimoni Clinic,=Shop,Kilify,-2.9,40.5\n"
)

// What should be decided is listed, written as a table, filled in, and taken by the next import.
func TestDecideByATable(t *testing.T) {
	testutil.Requirement(t, "MT-3", "IMP-3")
	for _, kind := range []string{".csv", ".xlsx"} {
		data, table := t.TempDir(), filepath.Join(t.TempDir(), "decide"+kind)
		first, second := write(t, "first.csv", firstList), write(t, "second.csv", secondList)
		done(t, "import", "facilities", first, "--data", data)
		got := masjala(t, "import", "values", second, "--data", data, "--save", table, "--json")
		if got.status != statusProblems || gjson.Get(got.out, "open").Int() != 3 {
			t.Fatalf("%+v", got)
		}
		forOwner(t, table)
		fill(t, table, map[string]string{"Dispensery": "yes", "Kilify": "Kilifi", "Zahanati ya Gede": "same"})
		out := done(t, "import", "decide", "--decisions", table, "--data", data)
		has(t, out, "2 values and 1 rows decided")
		has(t, out, "urn:masjala:values:facilities:type:facility-type")
		got = masjala(t, "import", "facilities", second, "--data", data, "--json")
		if c := gjson.Get(got.out, `counts.#(what=="facilities")`); c.Get("create").Int() != 1 || c.Get("update").Int() != 1 || c.Get("held").Int() != 0 {
			t.Errorf("%s: %s", kind, c.Raw)
		}
		if got := masjala(t, "import", "values", second, "--data", data); got.status != statusDone || !strings.Contains(got.out, "0 to be decided") {
			t.Errorf("%s: %+v", kind, got)
		}
		has(t, done(t, "translate", "urn:masjala:spelling:facilities:type", "Dispensery", "--map", "urn:masjala:values:facilities:type:facility-type", "--data", data), "dispensary")
	}
}

// fill writes decisions beside values and names, or columns, as a person does.
func fill(t *testing.T, file string, decided map[string]string) {
	t.Helper()
	if filepath.Ext(file) == ".xlsx" {
		book, err := excelize.OpenFile(file)
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		rows, err := book.GetRows("Decisions")
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range rows[1:] {
			cell, _ := excelize.CoordinatesToCellName(11, i+2)
			if err := book.SetCellValue("Decisions", cell, cmp.Or(decided[r[2]], decided[r[1]])); err != nil {
				t.Fatal(err)
			}
		}
		if err := book.Save(); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		r[10] = cmp.Or(decided[r[2]], decided[r[1]])
	}
	var out strings.Builder
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Decisions on the command line and in YAML.
func TestDecideByFlags(t *testing.T) {
	data := t.TempDir()
	first, second := write(t, "first.csv", firstList), write(t, "second.csv", secondList)
	done(t, "import", "facilities", first, "--data", data)
	has(t, masjala(t, "import", "values", second, "--data", data).out, "Dispensery")
	has(t, done(t, "import", "decide", second, "--value", "Facility type=Dispensery=Dispensary", "--row", "likely=different", "--data", data), "1 values and 1 rows decided")
	has(t, done(t, "import", "decide", "--value", "District=Kilify=Kilifi", "--data", data), "1 values and 0 rows")
	yaml := write(t, "more.yaml", "values:\n  - column: Facility type\n    kind: facilities\n    value: =Shop\n    code: \"-\"\n")
	has(t, done(t, "import", "decide", "--decisions", yaml, "--data", data), "=Shop")
	got := masjala(t, "import", "facilities", second, "--data", data, "--json")
	if c := gjson.Get(got.out, `counts.#(what=="facilities")`); c.Get("create").Int() != 2 || c.Get("held").Int() != 0 {
		t.Errorf("%s", c.Raw)
	}
	for name, tc := range map[string]struct {
		line []string
		want string
	}{
		"nothing":             {[]string{"import", "decide"}, "nothing was decided"},
		"no decision":         {[]string{"import", "decide", "--value", "Facility type"}, "Column=Spelling=code"},
		"a row and no list":   {[]string{"import", "decide", "--row", "2=same"}, "name it, too"},
		"a row that is known": {[]string{"import", "decide", second, "--row", "2=same"}, "nothing to decide"},
		"a row of words":      {[]string{"import", "decide", second, "--row", "two=same"}, "12=same"},
		"no such column":      {[]string{"import", "decide", second, "--value", "Facility typ=x=y"}, "Facility type"},
		"not a verdict":       {[]string{"import", "decide", second, "--row", "2=perhaps"}, "nothing to decide"},
		"no form":             {[]string{"import", "values", second, "--save", "decide"}, "a table is written as"},
		"not such a form":     {[]string{"import", "values", second, "--save", "decide.geojson"}, "csv or xlsx"},
		"codes":               {[]string{"import", "values", second, "--kind", "codes"}, "facilities and workers"},
		"a table of others":   {[]string{"import", "decide", "--decisions", first}, "Decision"},
		"unknown keys":        {[]string{"import", "decide", "--decisions", write(t, "bad.yaml", "colour: red\n")}, "colour"},
	} {
		if o := masjala(t, append(tc.line, "--data", data)...); o.status == statusDone || !strings.Contains(o.err, tc.want) {
			t.Errorf("%s: %+v, want %q", name, o, tc.want)
		}
	}
}
