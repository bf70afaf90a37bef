package facilities_test

import (
	"strings"
	"testing"

	"masjala/facility"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/importers/facilities"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/terminology"
)

// newVocabulary is newEnv with the terminology service, so that concept maps are kept.
func newVocabulary(t testing.TB) (importers.Env, *terminology.Service) {
	t.Helper()
	env := newEnv(t)
	service, err := terminology.New(terminology.Options{Store: env.Store, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	env.Registries = store.NewRegistries(facility.NewRegistry(), service)
	return env, service
}

// typed is a list of facilities with a type and a district each.
func typed(t testing.TB, rows ...string) string {
	t.Helper()
	all := [][]any{{"Code", "Name", "Facility type", "District"}}
	for _, r := range rows {
		var cells []any
		for c := range strings.SplitSeq(r, ",") {
			cells = append(cells, c)
		}
		all = append(all, cells)
	}
	return text(t, all)
}

func decide(t testing.TB, env importers.Env, set decisions.Set) *decisions.Kept {
	t.Helper()
	k, err := decisions.Keep(t.Context(), env, store.Cause{Actor: "desk"}, set)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// valueOf returns what a report says of a spelling.
func valueOf(r *importers.Report, text string) importers.Value {
	for _, v := range r.Values {
		if v.Text == text {
			return v
		}
	}
	return importers.Value{}
}

const typeCode = `type.#.coding|@flatten|#(system=="urn:masjala:facility-type").code`

func typeOf(t testing.TB, env importers.Env, name string) string {
	t.Helper()
	return find(t, env, "Location", name).Field(typeCode).Str
}

// What was decided about a spelling is a concept map, and holds for the next list and for
// other lists.
func TestDecidedValueIsTaken(t *testing.T) {
	testutil.Requirement(t, "IMP-3", "MFL-3")
	env, service := newVocabulary(t)
	run(t, env, importers.Request{File: typed(t, "1,A,Dispensary,Kila", "2,B,Health Centre,Kila")})
	second := typed(t, "1,A,Dispensary,Kila", "2,B,Health Centre,Kila", "3,C,Dispensery,Kila", "4,D,dispensery,Kila", "5,E,Shop,Kila")
	r := run(t, env, importers.Request{File: second, DryRun: true})
	v := valueOf(r, "Dispensery")
	if v.State != importers.Doubtful || v.Rows != 2 || v.Row != 4 || len(v.Candidates) != 1 || v.Candidates[0].Code != "dispensary" {
		t.Fatalf("the value is %+v", v)
	}
	kept := decide(t, env, decisions.Set{Values: []decisions.Value{
		{Kind: "facilities", Column: "Facility type", Text: "Dispensery", Code: "Dispensary"},
		{Kind: "facilities", Column: "Facility type", Text: "Shop", Code: importers.NoCode},
	}})
	if len(kept.ConceptMaps) != 1 || kept.Values[0].Code != "dispensary" || kept.Values[0].System != "urn:masjala:facility-type" {
		t.Errorf("kept %+v", kept)
	}
	answer, err := service.Translate(t.Context(), terminology.TranslateRequest{URL: kept.ConceptMaps[0],
		System: decisions.SpellingSystem("facilities", "type"), Code: "Dispensery"})
	if err != nil || len(answer.Matches) != 1 || answer.Matches[0].Concept.Code != "dispensary" || answer.Matches[0].Equivalence != "equivalent" {
		t.Errorf("$translate says %+v, %v", answer, err)
	}
	r = run(t, env, importers.Request{File: second})
	if v := valueOf(r, "Dispensery"); v.State != importers.Decided || rules(r)["code-near"] != 0 {
		t.Errorf("the decided value is %+v, issues %v", v, rules(r))
	}
	if got := typeOf(t, env, "C"); got != "dispensary" {
		t.Errorf("C has the type %q", got)
	}
	if got := typeOf(t, env, "E"); got != "" || find(t, env, "Location", "E").Field("type.1.text").Str != "Shop" {
		t.Errorf("E has the type %q, want none and the text", got)
	}
	other := text(t, [][]any{{"Code", "Name", "Category"}, {"9", "Z", "DISPENSERY"}})
	run(t, env, importers.Request{File: other})
	if got := typeOf(t, env, "Z"); got != "dispensary" {
		t.Errorf("in another list it has the type %q", got)
	}
}

// A decision that names what is not there is refused, with all that came with it.
func TestDecisionThatCannotBe(t *testing.T) {
	env, _ := newVocabulary(t)
	run(t, env, importers.Request{File: typed(t, "1,A,Dispensary,Kila")})
	good := decisions.Value{Kind: "facilities", Column: "Facility type", Text: "Disp", Code: "dispensary"}
	tests := map[string]struct {
		value decisions.Value
		want  string
	}{
		"an unknown code":   {decisions.Value{Kind: "facilities", Column: "Facility type", Text: "Disp", Code: "dispensari"}, `Did you mean "Dispensary"?`},
		"an unknown column": {decisions.Value{Kind: "facilities", Column: "Colour", Text: "Disp", Code: "dispensary"}, "Colour"},
		"no kind":           {decisions.Value{Column: "Facility type", Text: "Disp", Code: "dispensary"}, "of which kind"},
		"nothing decided":   {decisions.Value{Kind: "facilities", Column: "Facility type", Text: "Disp"}, "what it means"},
		"an unknown area":   {decisions.Value{Kind: "facilities", Column: "District", Text: "Kilaa", Code: "Nowhere"}, "no area here"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			before := env.Store.Seq()
			_, err := decisions.Keep(t.Context(), env, store.Cause{}, decisions.Set{Values: []decisions.Value{good, tc.value}})
			if fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
			if env.Store.Seq() != before {
				t.Error("some of it was stored")
			}
		})
	}
}

// An area that was decided gets the spelling as another name, and the rows of the spelling.
func TestDecidedAreaGetsTheRows(t *testing.T) {
	testutil.Requirement(t, "IMP-3")
	env, _ := newVocabulary(t)
	run(t, env, importers.Request{File: typed(t, "1,A,Clinic,Nakuru", "2,B,Clinic,Nakuru")})
	second := typed(t, "1,A,Clinic,Nakuru", "2,B,Clinic,Nakuru", "3,C,Clinic,Nakru")
	nakuru := find(t, env, "Location", "Nakuru")
	v := valueOf(run(t, env, importers.Request{File: second, DryRun: true}), "Nakru")
	if v.State != importers.Doubtful || v.Target != "area" || len(v.Candidates) != 1 || v.Candidates[0].Code != nakuru.ID {
		t.Fatalf("the value is %+v", v)
	}
	run(t, env, importers.Request{File: second}) // somebody decides late: an area of its own was made
	kept := decide(t, env, decisions.Set{Values: []decisions.Value{{Kind: "facilities", Column: "District", Text: "Nakru", Code: "Nakuru"}}})
	if kept.Aliases != 1 {
		t.Errorf("kept %+v", kept)
	}
	for _, typ := range []string{"Location", "Organization"} {
		if got := find(t, env, typ, "Nakuru").Field("alias.0").Str; got != "Nakru" {
			t.Errorf("the %s goes by %q, too", typ, got)
		}
	}
	run(t, env, importers.Request{File: second})
	if got := find(t, env, "Location", "C").Field("partOf.reference").Str; got != "Location/"+nakuru.ID {
		t.Errorf("C lies in %s, want %s", got, nakuru.ID)
	}
	third := text(t, [][]any{{"Code", "Name", "District"}, {"4", "D", "NAKRU"}})
	run(t, env, importers.Request{File: third})
	if got := find(t, env, "Location", "D").Field("partOf.reference").Str; got != "Location/"+nakuru.ID {
		t.Errorf("D lies in %s, want %s", got, nakuru.ID)
	}
}

// What was decided and is not there any more is reported, and the value is doubtful again.
func TestDecisionOutlivesItsCode(t *testing.T) {
	env := newEnv(t)
	types := codes{{System: "http://moh.example.org/types", Code: "HC", Display: "Health Centre"}, {System: "http://moh.example.org/types", Code: "DI", Display: "Dispensary"}}
	env.Codes = types
	m := &importers.Mapping{Kind: "facilities", Columns: []importers.Column{{Heading: "Code", Target: "id", System: "urn:x"}, {Heading: "Name", Target: "name"}, {Heading: "Facility type", Target: "type", ValueSet: boundSet}}}
	file := typed(t, "1,A,Zahanati ndogo,Kila")
	decide(t, env, decisions.Set{Values: []decisions.Value{{Kind: "facilities", Column: "Facility type", Target: "type", ValueSet: boundSet, Text: "Zahanati ndogo", Code: "DI"}}})
	run(t, env, importers.Request{File: file, Map: m})
	if got := find(t, env, "Location", "A").Field("type.1.coding.0.code").Str; got != "DI" {
		t.Errorf("the type is %q", got)
	}
	env.Codes = types[:1]
	r := run(t, env, importers.Request{File: file, Map: m})
	if v := valueOf(r, "Zahanati ndogo"); v.State != importers.Stale || rules(r)["decision-stale"] != 1 {
		t.Errorf("the value is %+v, issues %v", v, rules(r))
	}
	if got := find(t, env, "Location", "A").Field("type.1").Raw; got != `{"text":"Zahanati ndogo"}` {
		t.Errorf("the type is %s", got)
	}
}

// What a word for the status means is decided in the codes of Location.status.
func TestDecidedStatus(t *testing.T) {
	env, _ := newVocabulary(t)
	file := text(t, [][]any{{"Code", "Name", "Operating status"}, {"1", "A", "Asleep"}, {"2", "B", "Asleep"}})
	r := run(t, env, importers.Request{File: file})
	if got := rules(r)["status-unknown"]; got != 1 || valueOf(r, "Asleep").Rows != 2 {
		t.Errorf("%d findings, %+v", got, valueOf(r, "Asleep"))
	}
	decide(t, env, decisions.Set{Values: []decisions.Value{{Kind: "facilities", Column: "Operating status", Text: "Asleep", Code: "suspended"}}})
	if r = run(t, env, importers.Request{File: file}); r.Of("facilities").Update != 2 || rules(r)["status-unknown"] != 0 {
		t.Errorf("%+v, issues %v", r.Counts, rules(r))
	}
	if got := find(t, env, "Location", "B").Field("status").Str; got != "suspended" {
		t.Errorf("the status is %q", got)
	}
}

// The words of a mapping come before decisions.
func TestMappingComesBeforeDecisions(t *testing.T) {
	env, _ := newVocabulary(t)
	run(t, env, importers.Request{File: typed(t, "1,A,Dispensary,Kila", "2,B,Clinic,Kila")})
	decide(t, env, decisions.Set{Values: []decisions.Value{{Kind: "facilities", Column: "Facility type", Text: "Post", Code: "dispensary"}}})
	file := typed(t, "3,C,Post,Kila")
	m, err := facilities.Propose(importers.Request{File: file})
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Columns {
		if m.Columns[i].Target == "type" {
			m.Columns[i].Values = map[string]string{"Post": "Clinic"}
		}
	}
	run(t, env, importers.Request{File: file, Map: m})
	if got := typeOf(t, env, "C"); got != "clinic" {
		t.Errorf("the type is %q", got)
	}
}
