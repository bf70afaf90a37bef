package icd10cm_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/icd10cm"
	"masjala/importers/importtest"
	"masjala/internal/testutil"
)

// line writes a line with its columns.
func line(order int, code string, billable int, short, long string) string {
	return fmt.Sprintf("%05d %-7s %d %-60s %s\r\n", order, code, billable, short, long)
}

var sample = line(1, "A00", 0, "Cholera", "Cholera") + line(2, "A000", 1, "Cholera due to V. cholerae", "Cholera due to Vibrio cholerae") +
	line(3, "A01", 0, "Typhoid fevers", "Typhoid and paratyphoid fevers") + line(4, "A010", 0, "Typhoid fever", "Typhoid fever") +
	line(5, "A0100", 1, "Typhoid fever, unspecified", "Typhoid fever, unspecified") + line(6, "A0101X", 1, "Médullaire", "Médullaire") + line(7, "A09", 1, "Gastroenteritis", "Gastroenteritis")

func env(t *testing.T) importers.Env {
	t.Helper()
	return importtest.Env(t, "CodeSystem")
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	return importtest.File(t, name, []byte(text))
}

func run(t *testing.T, req importers.Request) (*fhir.Resource, *importers.Report) {
	t.Helper()
	e := env(t)
	r, err := icd10cm.Run(t.Context(), e, req)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := e.Store.Changes(t.Context(), 0, 10)
	if err != nil || len(changes) != 1 {
		t.Fatalf("%d resources were stored, %v; issues %v", len(changes), err, r.Issues)
	}
	return changes[0].Resource, r
}

func TestOrderFile(t *testing.T) {
	testutil.Requirement(t, "TSF-1")
	cs, r := run(t, importers.Request{File: file(t, "icd10cm_order_2026.txt", sample)})
	if cs.Field("url").Str != "http://hl7.org/fhir/sid/icd-10-cm" || cs.Field("version").Str != "2026" || cs.Field("count").Int() != 7 || r.Errors > 0 || r.Rows != 7 {
		t.Errorf("got %s, %+v", cs.Body[:300], r)
	}
	var got []string
	for _, c := range cs.Field("concept").Array() {
		got = append(got, strings.Join([]string{c.Get("code").Str, c.Get(`property.#(code=="parent").valueCode`).Str, c.Get(`property.#(code=="billable").valueBoolean`).Raw, c.Get("display").Str, c.Get("designation.0.value").Str}, "|"))
	}
	want := []string{"A00||false|Cholera|", "A00.0|A00|true|Cholera due to Vibrio cholerae|Cholera due to V. cholerae", "A01||false|Typhoid and paratyphoid fevers|Typhoid fevers",
		"A01.0|A01|false|Typhoid fever|", "A01.00|A01.0|true|Typhoid fever, unspecified|", "A01.01X|A01.0|true|Médullaire|", "A09||true|Gastroenteritis|"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVersionAndTerritory(t *testing.T) {
	cs, _ := run(t, importers.Request{File: file(t, "order.txt", sample), About: importers.About{Version: "2021-01", Jurisdictions: []string{"PR"}, Copyright: "ours"}})
	if got := cs.Field("version").Str + cs.Field("jurisdiction.0.coding.0.code").Str + cs.Field("copyright").Str; got != "2021-01PRours" {
		t.Errorf("got %s", got)
	}
	_, err := icd10cm.Run(t.Context(), env(t), importers.Request{File: file(t, "order.txt", sample)})
	if fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), "--version") {
		t.Errorf("a file that does not say its year gave %v, want Invalid", err)
	}
}

func TestLinesThatCannotBeUsed(t *testing.T) {
	tests := map[string]struct{ line, rule string }{
		"short":              {"00008 B00", "line-damaged"},
		"no order number":    {line(8, "B00", 1, "x", "x")[1:], "line-damaged"},
		"no code":            {line(8, "", 1, "x", "x"), "line-damaged"},
		"a code of no sort":  {line(8, "b-0", 1, "x", "x"), "line-damaged"},
		"a flag of no sort":  {line(8, "B00", 7, "x", "x"), "line-damaged"},
		"no title":           {line(8, "B00", 1, "", ""), "line-damaged"},
		"no UTF-8":           {line(8, "B00", 1, "\xe9", "x"), "line-damaged"},
		"a split letter":     {"00006 B0061A0 0é\n", "line-damaged"},
		"control characters": {line(8, "B00", 1, "a\x14b", "x"), "line-damaged"},
		"a code twice":       {line(8, "A00", 1, "x", "x"), "code-repeated"},
		"a sheet, not lines": {"Code,Title\n", "line-damaged"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			cs, r := run(t, importers.Request{File: file(t, "icd10cm_order_2026.txt", sample+tc.line)})
			if r.Errors != 1 || r.Issues[0].Rule != tc.rule || r.Issues[0].First[0].Row != 8 || cs.Field("count").Int() != 7 {
				t.Errorf("got %+v and %d codes", r.Issues, cs.Field("count").Int())
			}
		})
	}
	_, err := icd10cm.Run(t.Context(), env(t), importers.Request{File: file(t, "icd10cm_order_2026.txt", "Code,Title\n")})
	if fhir.KindOf(err) != fhir.Unprocessable {
		t.Errorf("a file without codes gave %v, want Unprocessable", err)
	}
}

// The file of 2021 is read whole.
func TestPublishedFile(t *testing.T) {
	path := filepath.Join(testutil.Reference(t), "data/terminology/icd-10-cm/icd10cm-order-Jan-2021.txt.gz")
	cs, r := run(t, importers.Request{File: path})
	if cs.Field("count").Int() != 95358 || r.Errors+r.Warnings > 0 || cs.Field("version").Str != "2021" {
		t.Errorf("%d codes of version %s, issues %v; want 95358 of 2021", cs.Field("count").Int(), cs.Field("version").Str, r.Issues)
	}
	billable := strings.Count(string(cs.Body), `{"code":"billable","valueBoolean":true}`)
	if billable != 72621 {
		t.Errorf("%d codes may be billed, want 72621", billable)
	}
	if up := cs.Field(`concept.#(code=="S72.001A").property.#(code=="parent").valueCode`).Str; up != "S72.001" {
		t.Errorf("S72.001A lies below %q", up)
	}
}

// Whatever a line is, it is refused or has a code and titles that are text.
func FuzzOrderLine(f *testing.F) {
	for l := range strings.Lines(sample) {
		f.Add(l)
	}
	f.Add("00001 A00     0 é")
	f.Add(line(1, "A00", 0, strings.Repeat("é", 40), "x"))
	f.Fuzz(func(t *testing.T, text string) {
		code, _, short, long, err := icd10cm.Parse(text)
		if err != nil {
			return
		}
		if len(code) < 3 || len(code) > 7 || long == "" || !utf8.ValidString(short) || !utf8.ValidString(long) || !strings.Contains(text, long) {
			t.Fatalf("%q became %q, %q, %q", text, code, short, long)
		}
	})
}
