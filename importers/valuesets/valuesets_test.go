package valuesets_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/importtest"
	"masjala/importers/valuesets"
	"masjala/internal/testutil"
)

// systems has one code system, of which a code and its text are known.
type systems struct{}

func (systems) Check(_ context.Context, system, _, code, display string) (importers.Verdict, error) {
	v := importers.Verdict{System: system == "http://e.org/a", Code: code == "RN", Display: display == "" || display == "Registered nurse"}
	if v.Code {
		v.Is = "Registered nurse"
	}
	return v, nil
}

func (systems) Nearest(context.Context, string, string, int) ([]importers.Coding, error) {
	return []importers.Coding{{Code: "RN", Display: "Registered nurse"}}, nil
}

// imported runs an import of a text and returns the value sets that were made and the findings.
func imported(t *testing.T, run func(context.Context, importers.Env, importers.Request) (*importers.Report, error), text string) ([]*fhir.Resource, *importers.Report) {
	t.Helper()
	e := importtest.Env(t, "ValueSet")
	e.Systems = systems{}
	r, err := run(t.Context(), e, importers.Request{File: importtest.File(t, "cadres.csv", []byte(text)), Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	vs, err := e.Store.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []*fhir.Resource
	for _, v := range vs {
		out = append(out, v.Resource)
	}
	return out, r
}

func TestDefinitions(t *testing.T) {
	testutil.Requirement(t, "TSF-5")
	tests := map[string]struct {
		text, want string
		rules      map[string]int
	}{
		"codes of two systems": {"System,Code,Display\nhttp://e.org/a,RN,\nhttp://e.org/b,X,Ex\nhttp://e.org/a,EN,\n",
			`{"include":[{"system":"http://e.org/a","concept":[{"code":"RN"},{"code":"EN"}]},{"system":"http://e.org/b","concept":[{"code":"X","display":"Ex"}]}]}`,
			map[string]int{"code-unknown": 1, "system-unknown": 1}},
		"in French, with names and an exclusion": {"Système,Code,Libellé,Kiswahili,Inclure ou exclure\nhttp://e.org/a,RN,Infirmière,Muuguzi,inclure\nhttp://e.org/a,X,,,exclure\n",
			`{"include":[{"system":"http://e.org/a","concept":[{"code":"RN","display":"Infirmière","designation":[{"language":"sw","value":"Muuguzi"}]}]}],"exclude":[{"system":"http://e.org/a","concept":[{"code":"X"}]}]}`,
			map[string]int{"code-unknown": 1, "display-differs": 1}},
		"in Arabic":                          {"نظام الترميز,الرمز,الاسم\nhttp://e.org/a,RN,Registered nurse\n", `{"include":[{"system":"http://e.org/a","concept":[{"code":"RN","display":"Registered nurse"}]}]}`, map[string]int{}},
		"in Portuguese, Spanish and Swahili": {"Sistema,Código,Sehemu\nhttp://e.org/a,RN,1\n", `{"include":[{"system":"http://e.org/a","concept":[{"code":"RN"}]}]}`, map[string]int{}},
		"filters of one part are met together": {"System,Part,Filter property,Filter op,Filter value\nhttp://e.org/a,1,concept,is a,RN\nhttp://e.org/a,1,status,=,active\nhttp://e.org/a,,concept,descendant of,X\n",
			`{"include":[{"system":"http://e.org/a","filter":[{"property":"concept","op":"is-a","value":"RN"},{"property":"status","op":"=","value":"active"}]},{"system":"http://e.org/a","filter":[{"property":"concept","op":"descendent-of","value":"X"}]}]}`,
			map[string]int{}},
		"a whole system and other value sets": {"System,Included value sets\nhttp://e.org/a,\n,http://e.org/vs/1 http://e.org/vs/2|3\n",
			`{"include":[{"system":"http://e.org/a"},{"valueSet":["http://e.org/vs/1","http://e.org/vs/2|3"]}]}`, map[string]int{}},
		"rows that cannot be meant": {"System,Part,Code,Filter property,Filter op,Filter value,Include or exclude\nhttp://e.org/a,1,RN,,,,\nhttp://e.org/a,1,,concept,is-a,RN,\nhttp://e.org/a,,RN,concept,is-a,RN,\n,,RN,,,,\n" +
			"http://e.org/a,1,RN,,,,\nhttp://e.org/b,1,RN,,,,\nhttp://e.org/a,,,concept,isn't,RN,\nhttp://e.org/a,,,concept,is-a,,\nhttp://e.org/a,,,,is-a,x,\nhttp://e.org/a,,RN,,,,perhaps\n,,,,,,include\n",
			`{"include":[{"system":"http://e.org/a","concept":[{"code":"RN"}]}]}`,
			map[string]int{"part-mixed": 2, "system-missing": 1, "code-repeated": 1, "part-differs": 1, "operator-unknown": 1, "filter-value-missing": 1, "filter-property-missing": 1, "use-unknown": 1, "row-empty": 1}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			vs, r := imported(t, valuesets.RunDefinitions, tc.text)
			if diff := cmp.Diff(tc.rules, importtest.Rules(r)); diff != "" {
				t.Error(diff)
			}
			if len(vs) != 1 {
				t.Fatalf("%d value sets were made", len(vs))
			}
			if diff := cmp.Diff(tc.want, vs[0].Field("compose").Raw); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSeveralValueSetsInOneFile(t *testing.T) {
	testutil.Requirement(t, "TSF-5", "TSF-4")
	vs, r := imported(t, valuesets.RunDefinitions, "List,Value set URL,Value set version,System,Code\nNurses,,,http://e.org/a,RN\nDoctors,http://e.org/vs/d,1,http://e.org/a,RN\nDoctors,http://e.org/vs/d,2,http://e.org/a,RN\n,,,http://e.org/a,RN\n")
	var urls []string
	for _, v := range vs {
		urls = append(urls, v.Field("url").String()+"|"+v.Field("version").String()+" "+v.Field("title").String())
	}
	if diff := cmp.Diff([]string{"urn:masjala:valuesets:nurses|1.0.0 Nurses", "http://e.org/vs/d|1 Doctors", "http://e.org/vs/d|2 Doctors"}, urls); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"resource-missing": 1}, importtest.Rules(r)); diff != "" {
		t.Error(diff)
	}
}

func TestExpansions(t *testing.T) {
	testutil.Requirement(t, "TSF-7")
	tests := map[string]struct {
		text, want string
		rules      map[string]int
	}{
		"the order of the rows": {"System,Code,Display\nhttp://e.org/a,Z,Zed\nhttp://e.org/a,RN,\n", `[{"system":"http://e.org/a","code":"Z","display":"Zed"},{"system":"http://e.org/a","code":"RN"}]`, map[string]int{"code-unknown": 1}},
		"levels and headings": {"Level,Abstract,System,Code,Display\n1,yes,,,Nurses\n2,,http://e.org/a,RN,Registered nurse\n1,no,http://e.org/a,RN,\n",
			`[{"abstract":true,"display":"Nurses","contains":[{"system":"http://e.org/a","code":"RN","display":"Registered nurse"}]},{"system":"http://e.org/a","abstract":false,"code":"RN"}]`, map[string]int{}},
		"rows that cannot be meant": {"Level,Inactive,System,Code,Display\n1,perhaps,http://e.org/a,RN,\n3,,http://e.org/a,RN,\n1,,,RN,\n1,,http://e.org/a,,Nameless\n",
			`[{"system":"http://e.org/a","code":"RN"}]`, map[string]int{"flag-unknown": 1, "level-wrong": 1, "system-missing": 1, "code-missing": 1}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			vs, r := imported(t, valuesets.RunExpansions, tc.text)
			if diff := cmp.Diff(tc.rules, importtest.Rules(r)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tc.want, vs[0].Field("expansion.contains").Raw); diff != "" {
				t.Error(diff)
			}
			if total := vs[0].Field("expansion.total").Int(); !vs[0].Field("expansion.timestamp").Exists() || vs[0].Field("compose").Exists() || total == 0 {
				t.Errorf("the value set is %s", vs[0].Body)
			}
		})
	}
}

// A list of codes does not take the place of a definition; the same list again changes nothing, a
// longer one is a new version.
func TestExpansionsAgain(t *testing.T) {
	e := importtest.Env(t, "ValueSet")
	run := func(kind func(context.Context, importers.Env, importers.Request) (*importers.Report, error), text string) *importers.Report {
		r, err := kind(t.Context(), e, importers.Request{File: importtest.File(t, "x.csv", []byte(text))})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	const text = "Value set URL,System,Code\nhttp://e.org/vs,http://e.org/a,RN\n"
	for i, want := range []importers.Counts{{What: "expansions", Create: 1}, {What: "expansions", Unchanged: 1}} {
		if got := run(valuesets.RunExpansions, text).Of("expansions"); got != want {
			t.Errorf("run %d: %+v", i, got)
		}
	}
	if got := run(valuesets.RunExpansions, text+"http://e.org/vs,http://e.org/a,EN\n").Of("expansions"); got.Update != 1 {
		t.Errorf("a longer list: %+v", got)
	}
	run(valuesets.RunDefinitions, strings.ReplaceAll(text, "/vs,", "/defined,"))
	var rows []importers.Outcome
	r, err := valuesets.RunExpansions(t.Context(), e, importers.Request{File: importtest.File(t, "x.csv", []byte(strings.ReplaceAll(text, "/vs,", "/defined,"))),
		Rows: func(o importers.Outcome) error { rows = append(rows, o); return nil }})
	if err != nil || r.Of("expansions").Failed != 1 || importtest.Rules(r)["refused"] != 1 {
		t.Errorf("a list for a value set with a definition: %+v, %v", r, err)
	}
	if diff := cmp.Diff([]importers.Outcome{{Row: 2, Status: importers.Refused}}, rows); diff != "" {
		t.Error(diff)
	}
}

func TestFilesWithoutAnything(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		kind fhir.Kind
	}{
		"no column of codes":    {"Colour,Size\nred,1\nblue,2\n", fhir.Invalid},
		"no row that is usable": {"System,Code\n,RN\n,EN\n", fhir.Unprocessable},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := valuesets.RunDefinitions(t.Context(), importtest.Env(t, "ValueSet"), importers.Request{File: importtest.File(t, "x.csv", []byte(tc.text))})
			if fhir.KindOf(err) != tc.kind {
				t.Errorf("got %v, want kind %d", err, tc.kind)
			}
		})
	}
}

func TestWhatNoTableCanHold(t *testing.T) {
	for name, body := range map[string]string{
		"a code twice":      `"compose":{"include":[{"system":"http://e.org/a","concept":[{"code":"x"},{"code":"x"}]}]}`,
		"codes and filters": `"compose":{"include":[{"system":"http://e.org/a","concept":[{"code":"x"}],"filter":[{"property":"p","op":"=","value":"v"}]}]}`,
	} {
		r, err := fhir.Parse([]byte(`{"resourceType":"ValueSet","url":"http://e.org/v","status":"active",` + body + "}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := valuesets.Table(r); fhir.KindOf(err) != fhir.Unprocessable {
			t.Errorf("%s: got %v, want that it is refused", name, err)
		}
		if _, err := valuesets.ExpansionTable(r); fhir.KindOf(err) != fhir.Unprocessable {
			t.Errorf("%s: got %v, want that there is no expansion", name, err)
		}
	}
}
