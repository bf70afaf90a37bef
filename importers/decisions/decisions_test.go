package decisions_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/internal/export/table"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newEnv(t *testing.T) importers.Env {
	t.Helper()
	return importers.Env{Store: storetest.Open(t), Registries: store.NewRegistries(store.PlainRegistry("ConceptMap", "Location", "Organization", "CodeSystem"))}
}

func keep(t *testing.T, env importers.Env, list ...decisions.Value) *decisions.Kept {
	t.Helper()
	for i := range list {
		list[i].Kind, list[i].Target, list[i].System = "facilities", "type", "urn:types"
	}
	k, err := decisions.Keep(t.Context(), env, store.Cause{Actor: "desk"}, decisions.Set{Values: list})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func book(t *testing.T, env importers.Env) *decisions.Book {
	t.Helper()
	b, err := decisions.Open(t.Context(), env.Store, "facilities")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// write stores a resource, or deletes it when text is "".
func write(t *testing.T, env importers.Env, typ, id, text string) {
	t.Helper()
	err := env.Store.Write(t.Context(), store.Cause{Actor: "editor"}, func(tx store.Tx) error {
		if text == "" {
			_, err := env.Registries.Delete(t.Context(), tx, typ, id)
			return err
		}
		r, err := fhir.Parse([]byte(text))
		if err != nil {
			return err
		}
		d, err := env.Registries.Prepare(t.Context(), r)
		if err != nil {
			return err
		}
		_, err = env.Registries.Put(t.Context(), tx, d, "PUT")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A heading's own decisions come first; others of the same meaning serve where they agree.
func TestWhoseDecisionCounts(t *testing.T) {
	testutil.Requirement(t, "IMP-3")
	env := newEnv(t)
	keep(t, env, decisions.Value{Column: "Type", Text: "Disp.", Code: "Dispensary"}, decisions.Value{Column: "Type", Text: "Post", Code: "Health Post"},
		decisions.Value{Column: "Category", Text: "Post", Code: "Post Office"}, decisions.Value{Column: "Type", Text: "Shop", Code: importers.NoCode})
	b := book(t, env)
	for name, tc := range map[string]struct {
		target, heading, text, want string
	}{
		"of the heading":           {"type", "Type", "DISP", "dispensary"},
		"of another heading":       {"type", "Aina", "Disp.", "dispensary"},
		"of two that disagree":     {"type", "Aina", "Post", ""},
		"of the heading, not both": {"type", "Category", "post", "post-office"},
		"that there is none":       {"type", "Type", "shop", importers.NoCode},
		"of another meaning":       {"ownership", "Type", "Disp.", ""},
		"of nothing":               {"type", "Type", "Clinic", ""},
	} {
		if got, _ := b.Value(tc.target, tc.heading, "", tc.text); got.Code != tc.want {
			t.Errorf("%s: %q, want %q", name, got.Code, tc.want)
		}
	}
}

// The concept map may be changed and deleted as any other, and is what counts.
func TestConceptMapIsTheDecision(t *testing.T) {
	env := newEnv(t)
	url := keep(t, env, decisions.Value{Column: "Type", Text: "Disp.", Code: "Dispensary"}).ConceptMaps[0]
	found := func() *fhir.Resource {
		t.Helper()
		versions, err := env.Store.Changes(t.Context(), 0, 10)
		if err != nil || len(versions) == 0 {
			t.Fatal(err)
		}
		return versions[len(versions)-1].Resource
	}
	m := found()
	if m.Field("url").Str != url || m.Field("group.0.element.0.target.0.equivalence").Str != "equivalent" || m.Field("group.0.source").Str != decisions.SpellingSystem("facilities", "type") {
		t.Errorf("it is %s", m.Body)
	}
	if found := profile.Conform(m); len(found) > 0 {
		t.Errorf("it does not conform: %v", found)
	}
	write(t, env, m.Type, m.ID, strings.Replace(string(m.JSON()), `"code":"dispensary"`, `"code":"clinic"`, 1))
	if got, _ := book(t, env).Value("type", "Type", "", "Disp."); got.Code != "clinic" {
		t.Errorf("after the change it means %q", got.Code)
	}
	keep(t, env, decisions.Value{Column: "Type", Text: "H/C", Code: "Health Centre"})
	if got, _ := book(t, env).Value("type", "Type", "", "Disp."); got.Code != "clinic" {
		t.Errorf("after another decision it means %q", got.Code)
	}
	write(t, env, m.Type, m.ID, "")
	if _, ok := book(t, env).Value("type", "Type", "", "Disp."); ok {
		t.Error("a deleted map decides")
	}
	keep(t, env, decisions.Value{Column: "Type", Text: "Disp.", Code: "Dispensary"})
	if got, _ := book(t, env).Value("type", "Type", "", "Disp."); got.Code != "dispensary" {
		t.Errorf("made anew, it means %q", got.Code)
	}
}

// area is a Location of an area as it is stored.
func area(id, name string) string {
	return fmt.Sprintf(`{"resourceType":"Location","id":%q,"name":%q,"type":[{"coding":[{"system":%q,"code":"jurisdiction"}]}]}`, id, name, place.Types)
}

// An area is told apart by what lies above it, and by its id where several have the name.
func TestAreasOfOneName(t *testing.T) {
	env := newEnv(t)
	for _, id := range []string{"ke", "ug"} {
		write(t, env, "Location", id, area(id, "Central"))
	}
	decide := func(within, code string) error {
		_, err := decisions.Keep(t.Context(), env, store.Cause{}, decisions.Set{Values: []decisions.Value{{Kind: "facilities", Column: "Region", Target: "area", Text: "Centrl", Within: within, Code: code}}})
		return err
	}
	if err := decide("Kenya", "Central"); fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), "2 areas") {
		t.Errorf("by a name of two: %v", err)
	}
	write(t, env, "Location", "clinic", `{"resourceType":"Location","id":"clinic","name":"Clinic"}`)
	if err := decide("Kenya", "clinic"); fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), "is no area") {
		t.Errorf("by the id of a facility: %v", err)
	}
	for within, id := range map[string]string{"Kenya": "ke", "Uganda": "Location/ug"} {
		if err := decide(within, id); err != nil {
			t.Fatal(err)
		}
	}
	b := book(t, env)
	for within, want := range map[string]string{"Kenya": "ke", "UGANDA": "ug", "Tanzania": ""} {
		if got, _ := b.Value("area", "Region", within, "centrl"); got.Code != want {
			t.Errorf("in %s it is %q, want %q", within, got.Code, want)
		}
	}
	r, err := env.Store.Read(t.Context(), "Location", "ke")
	if err != nil || r.Field("alias.0").Str != "Centrl" {
		t.Errorf("the area is %v, %v", r, err)
	}
}

// raced is a store in which something happens before the next transaction.
type raced struct {
	store.Store
	first func()
}

func (r raced) Write(ctx context.Context, by store.Cause, fn func(store.Tx) error) error {
	r.first()
	return r.Store.Write(ctx, by, fn)
}

// What somebody changes or deletes while decisions are made ready is neither overwritten nor made anew.
func TestDecisionsMeetAnotherChange(t *testing.T) {
	env := newEnv(t)
	for name, text := range map[string]string{"changed": area("ke", "Kenya"), "deleted": ""} {
		write(t, env, "Location", "ke", area("ke", "Central"))
		other := env
		other.Store = raced{env.Store, func() { write(t, env, "Location", "ke", text) }}
		_, err := decisions.Keep(t.Context(), other, store.Cause{}, decisions.Set{Values: []decisions.Value{{Kind: "facilities", Column: "Region", Target: "area", Text: "Centrl", Code: "ke"}}})
		if fhir.KindOf(err) != fhir.Conflict {
			t.Errorf("%s: %v, want Conflict", name, err)
		}
		if _, ok := book(t, env).Value("area", "Region", "", "Centrl"); ok {
			t.Errorf("%s: it was decided all the same", name)
		}
	}
}

func TestParseValue(t *testing.T) {
	for text, want := range map[string]decisions.Value{
		"Type=Disp.=dispensary":       {Kind: "k", Column: "Type", Text: "Disp.", Code: "dispensary"},
		"Type=a=b=c":                  {Kind: "k", Column: "Type", Text: "a=b", Code: "c"},
		"Region=Kenya / Centrl=ke":    {Kind: "k", Column: "Region", Text: "Centrl", Within: "Kenya", Code: "ke"},
		" Type = Two  words = Clinic": {Kind: "k", Column: "Type", Text: "Two words", Code: "Clinic"},
		"Type=Disp.":                  {},
		"Type":                        {},
	} {
		if got, err := decisions.ParseValue("k", text); got != want || (err == nil) != (want.Column != "") {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
}

// Only of areas a slash says what a spelling lies in.
func TestSlashInASpelling(t *testing.T) {
	env := newEnv(t)
	v, err := decisions.ParseValue("facilities", "Type=Clinic / Maternity=Maternity home")
	if err != nil {
		t.Fatal(err)
	}
	if k := keep(t, env, v); k.Values[0].Text != "Clinic / Maternity" || k.Values[0].Within != "" {
		t.Errorf("kept %+v", k.Values)
	}
	if c, ok := book(t, env).Value("type", "Type", "", "Clinic / Maternity"); !ok || c.Code != "maternity-home" {
		t.Errorf("it means %+v, %v", c, ok)
	}
}

// A table that nobody filled in decides nothing, and what looks like a formula comes back.
func TestTableComesBack(t *testing.T) {
	report := &importers.Report{Kind: "facilities", Values: []importers.Value{
		{Column: "Type", Target: "type", Text: "=Shop", System: "urn:types", Rows: 3, Row: 2, State: importers.Doubtful, Candidates: []importers.Candidate{{Coding: importers.Coding{System: "urn:types", Code: "s", Display: "Shop"}, Score: 0.9}}},
		{Column: "Type", Text: "known", State: importers.Decided}},
		Twins: []importers.Twin{{Row: 7, Key: "k", Name: "-", Reference: "Location/1", Stored: "A", Score: 0.8, Decision: "unsure"}}}
	scratch := t.TempDir()
	t.Setenv("TMPDIR", filepath.Join(scratch, "none"))
	for _, format := range []table.Format{table.Delimited, table.Workbook} {
		file := filepath.Join(t.TempDir(), "decide."+string(format))
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := decisions.WriteTable(f, format, report); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		set, err := decisions.ReadTable(t.Context(), file, "decide", scratch)
		if err != nil || len(set.Values) != 0 || len(set.Twins) != 1 {
			t.Fatalf("%s: %+v, %v", format, set, err)
		}
		if w := set.Twins[0]; w.Name != "-" || w.Verdict != decisions.Unsure || w.Key != "k" || w.Row != 7 {
			t.Errorf("%s: %+v", format, w)
		}
	}
	file := filepath.Join(t.TempDir(), "decide.csv")
	if err := os.WriteFile(file, []byte("Kind,Column,Value,Decision,Meaning of the column,System,Code of the proposal\nfacilities,Type,'=Shop,oui,type,urn:types,s\nfacilities,Type,None,-,type,urn:types,\nfacilities,Type,دكان,نعم,type,urn:types,s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := decisions.ReadTable(t.Context(), file, "decide.csv", scratch)
	if err != nil || len(set.Values) != 3 || set.Values[0].Text != "=Shop" || set.Values[0].Code != "s" || set.Values[1].Text != "None" || set.Values[1].Code != importers.NoCode || set.Values[2].Code != "s" {
		t.Errorf("%+v, %v", set, err)
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}
