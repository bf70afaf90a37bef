package maps_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/importtest"
	"masjala/importers/maps"
	"masjala/internal/testutil"
)

// imported imports a text with a mapping and returns what the one map holds, and the findings.
func imported(t *testing.T, text, mapping string) (*fhir.Resource, *importers.Report) {
	t.Helper()
	e := importtest.Env(t, "ConceptMap")
	req := importers.Request{File: importtest.File(t, "icd-to-local.csv", []byte(text)), Actor: "test"}
	if mapping != "" {
		m, err := importers.ReadMapping(strings.NewReader(mapping))
		if err != nil {
			t.Fatal(err)
		}
		req.Map = m
	}
	r, err := maps.Run(t.Context(), e, req)
	if err != nil {
		t.Fatal(err)
	}
	vs, err := e.Store.Changes(t.Context(), 0, 10)
	if err != nil || len(vs) != 1 {
		t.Fatal(vs, err)
	}
	return vs[0].Resource, r
}

func TestPairs(t *testing.T) {
	testutil.Requirement(t, "TSF-9")
	const group = `[{"source":"http://e.org/a","target":"http://e.org/b","element":[`
	tests := map[string]struct {
		text, mapping, want string
		rules               map[string]int
	}{
		"codes and words for equivalence": {text: "Source system,Source code,Source display,Target system,Target code,Target display,Equivalence,Comment\n" +
			"http://e.org/a,1,One,http://e.org/b,x,Ex,equivalent,sure\nhttp://e.org/a,1,One,http://e.org/b,y,,Plus large,N/A\nhttp://e.org/a,2,,http://e.org/b,,,no match,\nhttp://e.org/a,3,,http://e.org/b,,,,\n",
			want: group + `{"code":"1","display":"One","target":[{"code":"x","display":"Ex","equivalence":"equivalent","comment":"sure"},{"code":"y","equivalence":"wider"}]},{"code":"2","target":[{"equivalence":"unmatched"}]},{"code":"3"}]}]`},
		"relationships of R5": {text: "Source system,Source,Target system,Target,Relationship\nhttp://e.org/a,1,http://e.org/b,x,source-is-narrower-than-target\nhttp://e.org/a,2,http://e.org/b,x,not-related-to\n",
			want: group + `{"code":"1","target":[{"code":"x","equivalence":"wider"}]},{"code":"2","target":[{"code":"x","equivalence":"disjoint"}]}]}]`},
		"in Spanish, without equivalence": {text: "Sistema de origen,Código de origen,Sistema de destino,Código de destino\nhttp://e.org/a,NA,http://e.org/b,x\nhttp://e.org/a,2,http://e.org/b,y\n",
			want: group + `{"code":"NA","target":[{"code":"x","equivalence":"relatedto"}]},{"code":"2","target":[{"code":"y","equivalence":"relatedto"}]}]}]`, rules: map[string]int{"equivalence-missing": 1}},
		"in Arabic": {text: "نظام المصدر,رمز المصدر,نظام الهدف,رمز الهدف,التكافؤ\nhttp://e.org/a,1,http://e.org/b,x,مكافئ\n",
			want: group + `{"code":"1","target":[{"code":"x","equivalence":"equivalent"}]}]}]`},
		"in Swahili": {text: "Mfumo wa chanzo,Msimbo wa chanzo,Mfumo lengwa,Msimbo lengwa,Usawa\nhttp://e.org/a,1,http://e.org/b,x,pana zaidi\n",
			want: group + `{"code":"1","target":[{"code":"x","equivalence":"wider"}]}]}]`},
		"systems from the mapping": {text: "old,new,how\n1,x,=\n", mapping: "kind: maps\ncolumns:\n- {column: old, target: source, system: 'http://e.org/a'}\n- {column: new, target: target, system: 'http://e.org/b'}\n- {column: how, target: equivalence}\n",
			want: group + `{"code":"1","target":[{"code":"x","equivalence":"equivalent"}]}]}]`},
		"what is unmapped": {text: "Source system,Source code,Target system,Target code,Equivalence,Unmapped,Unmapped URL\nhttp://e.org/a,1,http://e.org/b,x,equal,,\nhttp://e.org/a,,http://e.org/b,z,,fixed,\nhttp://e.org/a,,,,,other-map,http://e.org/m\n",
			want: group + `{"code":"1","target":[{"code":"x","equivalence":"equal"}]}],"unmapped":{"mode":"fixed","code":"z"}},{"source":"http://e.org/a","unmapped":{"mode":"other-map","url":"http://e.org/m"}}]`},
		"rows that cannot be meant": {text: "Part,Source system,Source code,Target system,Target code,Equivalence,Unmapped\n1,http://e.org/a,1,http://e.org/b,x,equal,\n1,http://e.org/a,1,http://e.org/b,x,equal,\n1,http://e.org/a,1,http://e.org/b,x,wider,\n" +
			"1,http://e.org/a,2,http://e.org/b,x,equivalint,\n1,http://e.org/c,2,http://e.org/b,x,equal,\n,,2,,x,equal,\n1,http://e.org/a,,http://e.org/b,x,equal,\n1,http://e.org/a,,http://e.org/b,,,fixed\n1,http://e.org/a,,http://e.org/b,,,sometimes\n" +
			"1,http://e.org/a,,http://e.org/b,,,provided\n1,http://e.org/a,,http://e.org/b,,,provided\n1,http://e.org/a,4,http://e.org/b,x,,\n1,http://e.org/a,,http://e.org/b,,,other-map\n",
			want:  group + `{"code":"1","target":[{"code":"x","equivalence":"equal"}]},{"code":"4","target":[{"code":"x","equivalence":"relatedto"}]}],"unmapped":{"mode":"provided"}}]`,
			rules: map[string]int{"pair-repeated": 1, "pair-contradicts": 1, "equivalence-unknown": 1, "part-differs": 1, "system-missing": 1, "source-missing": 1, "fixed-missing": 1, "mode-unknown": 1, "mode-repeated": 2, "equivalence-missing": 1}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r, report := imported(t, tc.text, tc.mapping)
			if tc.rules == nil {
				tc.rules = map[string]int{}
			}
			if diff := cmp.Diff(tc.rules, importtest.Rules(report)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tc.want, r.Field("group").Raw); diff != "" {
				t.Error(diff)
			}
			if r.Field("url").String() != "urn:masjala:maps:icd-to-local" || r.Field("title").String() != "Icd to local" {
				t.Errorf("the head is %s", r.Body[:200])
			}
		})
	}
}

// systems knows no system but one, and of that no code.
type systems struct{}

func (systems) Check(_ context.Context, system, _, _, _ string) (importers.Verdict, error) {
	return importers.Verdict{System: system == "http://e.org/a"}, nil
}

func (systems) Nearest(_ context.Context, _, text string, _ int) ([]importers.Coding, error) {
	return []importers.Coding{{Code: text + "0", Display: "Nearly"}}, nil
}

// Both sides of a pair are looked up; a system that is not here is told of once.
func TestCodesAreLookedUp(t *testing.T) {
	e := importtest.Env(t, "ConceptMap")
	e.Systems = systems{}
	file := importtest.File(t, "x.csv", []byte("Source system,Source code,Target system,Target code,Equivalence\nhttp://e.org/a,1,http://e.org/b,x,equal\nhttp://e.org/a,2,http://e.org/b,y,equal\n"))
	r, err := maps.Run(t.Context(), e, importers.Request{File: file})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"code-unknown": 2, "system-unknown": 1}, importtest.Rules(r)); diff != "" {
		t.Error(diff)
	}
	if i := r.Issues[0].First[0]; i.Row != 2 || i.Column != "Source code" || !strings.Contains(i.Reason, `Did you mean "10 Nearly"?`) {
		t.Errorf("the first finding is %+v", i)
	}
}

// The same pairs in another order change nothing; another pair is a new version, which can be taken back.
func TestPairsAgain(t *testing.T) {
	testutil.Requirement(t, "IMP-2", "TSF-9")
	e := importtest.Env(t, "ConceptMap")
	last := ""
	const head, one, two = "Source system,Source code,Target system,Target code,Equivalence\n", "http://e.org/a,1,http://e.org/b,x,equal\n", "http://e.org/a,2,http://e.org/b,y,equal\n"
	for i, tc := range []struct {
		text string
		want importers.Counts
	}{
		{head + one + two, importers.Counts{What: "maps", Create: 1}},
		{head + two + one, importers.Counts{What: "maps", Unchanged: 1}},
		{head + two + one + "http://e.org/a,2,http://e.org/b,z,wider\n", importers.Counts{What: "maps", Update: 1}},
	} {
		r, err := maps.Run(t.Context(), e, importers.Request{File: importtest.File(t, "pairs.csv", []byte(tc.text))})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Of("maps"); got != tc.want {
			t.Errorf("run %d: %+v, want %+v", i, got, tc.want)
		}
		last = r.Run
	}
	if u, err := importers.Undo(t.Context(), e, importers.UndoRequest{Run: last}); err != nil || u.Restored != 1 {
		t.Errorf("the last run taken back: %+v, %v", u, err)
	}
}

func TestWhatNoTableCanHold(t *testing.T) {
	for name, elements := range map[string]string{
		"a code twice": `{"code":"1"},{"code":"1"}`,
		"no code":      `{"display":"x"}`,
		"a pair twice": `{"code":"1","target":[{"code":"x","equivalence":"equal"},{"code":"x","equivalence":"equal"}]}`,
	} {
		r, err := fhir.Parse([]byte(`{"resourceType":"ConceptMap","url":"http://e.org/m","status":"active","group":[{"element":[` + elements + "]}]}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := maps.Table(r); fhir.KindOf(err) != fhir.Unprocessable {
			t.Errorf("%s: got %v, want that it is refused", name, err)
		}
	}
}
