package codes_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/codes"
	"masjala/importers/importtest"
	"masjala/internal/testutil"
)

// env is an empty store with a registry for code lists.
func env(t *testing.T) importers.Env {
	t.Helper()
	return importtest.Env(t, "CodeSystem", "ValueSet")
}

// run imports a list given as text.
func run(t *testing.T, e importers.Env, name, text string, change func(*importers.Request)) *importers.Report {
	t.Helper()
	req := importers.Request{File: importtest.File(t, name, []byte(text)), Actor: "test"}
	if change != nil {
		change(&req)
	}
	r, err := codes.Run(t.Context(), e, req)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// only returns the one stored resource of a type.
func only(t *testing.T, e importers.Env, typ string) *fhir.Resource {
	t.Helper()
	vs, err := e.Store.Changes(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(vs) - 1; i >= 0; i-- {
		if vs[i].Resource.Type == typ {
			return vs[i].Resource
		}
	}
	t.Fatalf("no %s is stored", typ)
	return nil
}

const cadres = "Code,Display,Parent,Display (fr),Status\nNUR,Nurse,,Infirmier,active\nRN,Registered nurse,NUR,,\nEN,Enrolled nurse,NUR,Infirmier auxiliaire,retired\n"

func TestListBecomesCodeSystemAndValueSet(t *testing.T) {
	testutil.Requirement(t, "TSF-1", "TSF-5", "SV-95-7")
	e := env(t)
	r := run(t, e, "cadres.csv", cadres, nil)
	if got := r.Of("code lists"); got.Create != 1 || r.Errors+r.Warnings != 0 {
		t.Fatalf("got %+v and issues %v", got, r.Issues)
	}
	cs := only(t, e, "CodeSystem")
	want := `[{"code":"NUR","display":"Nurse","designation":[{"language":"fr","value":"Infirmier"}],"concept":[{"code":"RN","display":"Registered nurse"},` +
		`{"code":"EN","display":"Enrolled nurse","designation":[{"language":"fr","value":"Infirmier auxiliaire"}],"property":[{"code":"status","valueCode":"retired"}]}]}]`
	if diff := cmp.Diff(want, cs.Field("concept").Raw); diff != "" {
		t.Error(diff)
	}
	if cs.Field("hierarchyMeaning").String() != "is-a" || cs.Field("count").Int() != 3 {
		t.Errorf("the head says %s", cs.Body[:300])
	}
	vs := only(t, e, "ValueSet")
	if vs.Field("compose.include.0.system").String() != cs.Field("url").String() || cs.Field("valueSet").String() != vs.Field("url").String() {
		t.Errorf("the value set %s does not belong to the code system %s", vs.Body, cs.Field("url"))
	}
}

func TestSameListAgainChangesNothing(t *testing.T) {
	testutil.Requirement(t, "IMP-2")
	e := env(t)
	run(t, e, "cadres.csv", cadres, nil)
	before := e.Store.Seq()
	again := run(t, e, "cadres.csv", cadres, nil)
	if c := again.Of("code lists"); c.Unchanged != 1 || c.Create+c.Update != 0 || e.Store.Seq() != before {
		t.Errorf("got %+v and %d new versions", c, e.Store.Seq()-before)
	}
	grown := run(t, e, "cadres.csv", cadres+"MW,Midwife,,,\n", nil)
	if c := grown.Of("code lists"); c.Update != 1 {
		t.Errorf("a list with one more code gave %+v, want one update", c)
	}
	if n := only(t, e, "CodeSystem").Field("count").Int(); n != 4 {
		t.Errorf("the code system has %d codes, want 4", n)
	}
}

func TestDryRunStoresNothing(t *testing.T) {
	e := env(t)
	r := run(t, e, "cadres.csv", cadres, func(r *importers.Request) { r.DryRun = true })
	if r.Of("code lists").Create != 1 || e.Store.Seq() != 0 {
		t.Errorf("got %+v and %d versions stored", r.Of("code lists"), e.Store.Seq())
	}
}

func TestTrouble(t *testing.T) {
	tests := map[string]struct {
		text  string
		want  map[string]int
		codes int64
	}{
		"row without a code":      {"code,name\nA,Alpha\n,Nameless\n", map[string]int{"code-missing": 1}, 1},
		"code twice":              {"code,name\nA,Alpha\nA,Again\nB,Beta\n", map[string]int{"code-repeated": 1}, 2},
		"row without a name":      {"code,name\nA,\nB,Beta\n", map[string]int{"display-missing": 1}, 2},
		"unknown parent":          {"code,name,parent\nA,Alpha,Z\nB,Beta,A\n", map[string]int{"parent-unknown": 1}, 2},
		"circle":                  {"code,name,parent\nA,Alpha,C\nB,Beta,A\nC,Gamma,B\n", map[string]int{"parent-circle": 1}, 3},
		"its own parent":          {"code,name,parent\nA,Alpha,A\nB,Beta,\n", map[string]int{"parent-circle": 1}, 2},
		"status nobody knows":     {"code,name,status\nA,Alpha,perhaps\nB,Beta,active\n", map[string]int{"status-unknown": 1}, 2},
		"two parents, no trouble": {"code,name,parent\nA,Alpha,\nB,Beta,\nC,Gamma,A;B\n", map[string]int{}, 3},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			r := run(t, e, "list.csv", tc.text, nil)
			if diff := cmp.Diff(tc.want, importtest.Rules(r)); diff != "" {
				t.Error(diff)
			}
			if n := only(t, e, "CodeSystem").Field("count").Int(); n != tc.codes {
				t.Errorf("%d codes were stored, want %d", n, tc.codes)
			}
		})
	}
}

func TestSeveralParentsAreProperties(t *testing.T) {
	e := env(t)
	run(t, e, "list.csv", "code,name,parent\nA,Alpha,\nB,Beta,\nC,Gamma,A;B\n", nil)
	got := only(t, e, "CodeSystem").Field(`concept.#(code=="C").property.#.valueCode`).Raw
	if got != `["A","B"]` {
		t.Errorf("the parents of C are %s", got)
	}
}

func TestMappingNamesSystemAndValueSet(t *testing.T) {
	e := env(t)
	m, err := importers.ReadMapping(strings.NewReader("kind: codes\ncolumns:\n- {column: K, target: code, system: http://e.org/cs, valueSet: http://e.org/vs}\n- {column: N, target: display}\n- {column: Group Of, target: property}\n"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, e, "x.csv", "K,N,Group Of\nA,Alpha,first\n", func(r *importers.Request) { r.Map = m })
	cs := only(t, e, "CodeSystem")
	if cs.Field("url").String() != "http://e.org/cs" || only(t, e, "ValueSet").Field("url").String() != "http://e.org/vs" {
		t.Errorf("got %s", cs.Body)
	}
	if p := cs.Field("concept.0.property.0").Raw; p != `{"code":"group-of","valueString":"first"}` {
		t.Errorf("the property is %s", p)
	}
}

func TestNoCodesIsAnError(t *testing.T) {
	file := importtest.File(t, "x.csv", []byte("code,name\n,Alpha\n,Beta\n"))
	_, err := codes.Run(t.Context(), env(t), importers.Request{File: file})
	if fhir.KindOf(err) != fhir.Unprocessable {
		t.Errorf("got %v, want that no row has a code", err)
	}
}

// A mapping may say that the column of the code may be missing; a list without one is told so.
func TestNoColumnOfCodes(t *testing.T) {
	m, err := importers.ReadMapping(strings.NewReader("kind: codes\ncolumns:\n- {column: Kode, target: code, optional: true}\n- {column: Display, target: display}\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = codes.Run(t.Context(), env(t), importers.Request{File: importtest.File(t, "list.csv", []byte("Display,Colour\nA,red\n")), Map: m})
	if fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), `"code"`) {
		t.Errorf("got %v, want that a column of codes is missing", err)
	}
}

// What was said of the columns holds for the next list with the same headings, though nobody could
// tell it from them, until it is to be forgotten.
func TestMappingIsRemembered(t *testing.T) {
	m, err := importers.ReadMapping(strings.NewReader("kind: codes\ncolumns:\n- {column: Kibao, target: code, system: http://e.org/kibao}\n- {column: Neno, target: display}\n"))
	if err != nil {
		t.Fatal(err)
	}
	e := env(t)
	list := func(rows string, change func(*importers.Request)) (*importers.Report, error) {
		req := importers.Request{File: importtest.File(t, "list.csv", []byte("Kibao,Neno\n"+rows)), Actor: "test"}
		change(&req)
		return codes.Run(t.Context(), e, req)
	}
	first, err := list("A,Alfa\n", func(r *importers.Request) { r.Map = m })
	if err != nil || first.Of("code lists").Create != 1 {
		t.Fatal(first, err)
	}
	again, err := list("A,Alfa\nB,Beta\n", func(*importers.Request) {})
	if err != nil || again.MappingOf != first.Run || again.Of("code lists").Update != 1 {
		t.Errorf("the next list: %+v, %v", again, err)
	}
	if _, err = list("A,Alfa\n", func(r *importers.Request) { r.Forget = true }); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("forgotten: %v, want that the columns mean nothing", err)
	}
}

// chain is a list in which each code is below the one before; the first is below the last when it
// is closed.
func chain(n int, closed bool) string {
	var b strings.Builder
	b.WriteString("Code,Display,Parent\n")
	for i := range n {
		parent := ""
		if i > 0 {
			parent = "c" + strconv.Itoa(i-1)
		} else if closed {
			parent = "c" + strconv.Itoa(n-1)
		}
		fmt.Fprintf(&b, "c%d,Code %d,%s\n", i, i, parent)
	}
	return b.String()
}

// Deep lists keep their parents, as properties where no resource could have the concepts inside of
// each other; however they are made up, they take no time to speak of.
func TestDeepLists(t *testing.T) {
	for name, tc := range map[string]struct {
		list           string
		nested, parent bool
		circles        int
	}{
		"as deep as may be": {chain(60, false), true, false, 0},
		"deeper":            {chain(61, false), false, true, 0},
		"very deep":         {chain(50_000, false), false, true, 0},
		"a circle":          {chain(59, true), true, false, 1},
		"a circle above":    {chain(3, true) + "d,D,c1\n", true, false, 1},
		"its own parent":    {"Code,Display,Parent\na,A,a\nb,B,a\n", true, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			e, began := env(t), time.Now()
			r := run(t, e, "list.csv", tc.list, nil)
			cs := only(t, e, "CodeSystem")
			nested, parent := cs.Field("concept.0.concept").Exists() || cs.Field("concept.1.concept").Exists(), cs.Field(`property.#(code=="parent")`).Exists()
			if nested != tc.nested || parent != tc.parent || importtest.Rules(r)["parent-circle"] != tc.circles {
				t.Errorf("nested %v, with parents %v, issues %v", nested, parent, importtest.Rules(r))
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
	if r := run(t, env(t), "list.csv", chain(6000, true), nil); importtest.Rules(r)["refused"] != 1 || !strings.Contains(r.Issues[0].First[0].Reason, "6000 codes are their own ancestors") {
		t.Errorf("circles of most codes: %+v", r.Issues)
	}
}
