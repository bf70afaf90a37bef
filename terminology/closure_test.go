package terminology_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/terminology"
)

// entriesOf writes entries as below<above.
func entriesOf(x *terminology.ClosureEntries) string {
	var out []string
	for _, e := range x.Entries {
		out = append(out, e.Below+"<"+e.Above)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func codings(codes ...string) []terminology.Coding {
	var out []terminology.Coding
	for _, c := range codes {
		out = append(out, terminology.Coding{System: "urn:l", Code: c})
	}
	return out
}

func TestClosure(t *testing.T) {
	dir := t.TempDir()
	st := openStore(t, dir)
	s := openService(t, st, dir)
	put(t, s, st, ladder)
	ask := func(owner, name string, codes ...string) *terminology.ClosureEntries {
		t.Helper()
		x, err := s.Closure(t.Context(), terminology.ClosureRequest{Owner: owner, Name: name, Codings: codings(codes...)})
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	since := func(version int) *terminology.ClosureEntries {
		t.Helper()
		x, err := s.Closure(t.Context(), terminology.ClosureRequest{Owner: "me", Name: "tab", Since: &version})
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	steps := []struct {
		codes   []string
		version int
		entries string
	}{
		{nil, 0, ""},
		{[]string{"a1"}, 1, ""},
		{[]string{"top"}, 2, "a1<top"},
		{[]string{"top", "a1"}, 2, ""},
		{[]string{"a", "c"}, 3, "a1<a a<top c<top"},
		{[]string{"d"}, 4, "c<d d<top"},
	}
	for i, step := range steps {
		if x := ask("me", "tab", step.codes...); x.Version != step.version || entriesOf(x) != step.entries {
			t.Errorf("step %d = version %d, %q; want %d, %q", i, x.Version, entriesOf(x), step.version, step.entries)
		}
	}
	for version, want := range []string{"a1<a a1<top a<top c<d c<top d<top", "a1<a a1<top a<top c<d c<top d<top", "a1<a a<top c<d c<top d<top", "c<d d<top", ""} {
		if x := since(version); entriesOf(x) != want || x.Version != 4 {
			t.Errorf("since %d = version %d, %q; want 4, %q", version, x.Version, entriesOf(x), want)
		}
	}
	r, err := fhir.Parse(since(0).JSON())
	if err != nil {
		t.Fatal(err)
	}
	if r.Type != "ConceptMap" || r.Field(`group.0.element.#(code=="d").target.0.equivalence`).Str != "subsumes" || r.Field("version").Str != "4" {
		t.Errorf("as a resource: %s", r.Body)
	}
	ask("me", "tab") // begins anew
	if x := since(0); x.Version != 0 || len(x.Entries) != 0 {
		t.Errorf("begun anew = %+v, want nothing", x)
	}
}

func TestClosureTablesStayApart(t *testing.T) {
	dir := t.TempDir()
	st := openStoreHere(t, dir)
	s := openService(t, st, dir)
	put(t, s, st, ladder)
	add := func(owner, name string, codes ...string) error {
		_, err := s.Closure(t.Context(), terminology.ClosureRequest{Owner: owner, Name: name, Codings: codings(codes...)})
		return err
	}
	if err := add("me", "one"); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		err  error
		kind fhir.Kind
	}{
		"a table of another owner":     {add("you", "one", "a"), fhir.NotFound},
		"another table":                {add("me", "two", "a"), fhir.NotFound},
		"a name that runs into owners": {add("m", "e:one", "a"), fhir.NotFound},
		"no name":                      {add("me", "", "a"), fhir.Invalid},
		"a code that is not known":     {add("me", "one", "zz"), fhir.NotFound},
		"a code of no system":          {add("me", "one", ""), fhir.Invalid},
	}
	for name, tc := range tests {
		if tc.err == nil || fhir.KindOf(tc.err) != tc.kind {
			t.Errorf("%s: %v, want kind %d", name, tc.err, tc.kind)
		}
	}
	nine := 9
	for _, req := range []terminology.ClosureRequest{
		{Owner: "me", Name: "one", Since: &nine}, {Owner: "me", Name: "three", Since: &nine},
	} {
		if _, err := s.Closure(t.Context(), req); fhir.KindOf(err) != fhir.NotFound {
			t.Errorf("%s since 9: %v, want NotFound", req.Name, err)
		}
	}
	if _, err := s.Closure(t.Context(), terminology.ClosureRequest{Owner: "me", Name: "one", Since: &nine, Codings: codings("a")}); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("codes and a version: %v, want Invalid", err)
	}
	if err := add("me", "one", "a", "top"); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	st = openStore(t, dir)
	zero := 0
	x, err := openService(t, st, dir+"/again").Closure(t.Context(), terminology.ClosureRequest{Owner: "me", Name: "one", Since: &zero})
	if err != nil || entriesOf(x) != "a<top" {
		t.Errorf("after a restart = %v, %v; want a<top", x, err)
	}
}

// TestClosureEqualsSubsumption adds codes of a random hierarchy in random portions: what the
// portions told is just what lies below what.
func TestClosureEqualsSubsumption(t *testing.T) {
	const n = 60
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	body := `{"resourceType":"CodeSystem","id":"r","url":"urn:l","status":"active","content":"complete","property":[{"code":"parent","type":"code"}],"concept":[`
	for i := range n {
		if i > 0 {
			body += ","
		}
		body += fmt.Sprintf(`{"code":"c%d"`, i)
		if i > 0 {
			body += fmt.Sprintf(`,"property":[{"code":"parent","valueCode":"c%d"},{"code":"parent","valueCode":"c%d"}]`, rng.IntN(i), rng.IntN(i))
		}
		body += "}"
	}
	s, _ := service(t, body+"]}")
	req := terminology.ClosureRequest{Name: "r"}
	if _, err := s.Closure(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	order := rng.Perm(n)
	for len(order) > 0 {
		portion := min(len(order), 1+rng.IntN(7))
		req.Codings = nil
		for _, i := range order[:portion] {
			req.Codings = append(req.Codings, terminology.Coding{System: "urn:l", Code: fmt.Sprintf("c%d", i)})
		}
		order = order[portion:]
		x, err := s.Closure(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range x.Entries {
			if told[e.Below+"<"+e.Above] {
				t.Errorf("%s<%s was told twice", e.Below, e.Above)
			}
			told[e.Below+"<"+e.Above] = true
		}
	}
	for i := range n {
		for j := range n {
			a, b := fmt.Sprintf("c%d", i), fmt.Sprintf("c%d", j)
			r, err := s.Subsumes(t.Context(), terminology.SubsumesRequest{System: "urn:l", CodeA: a, CodeB: b})
			if err != nil {
				t.Fatal(err)
			}
			if (r == "subsumed-by") != told[a+"<"+b] {
				t.Fatalf("%s against %s is %s, but the closure told %v", a, b, r, told[a+"<"+b])
			}
		}
	}
}

func TestFindMatches(t *testing.T) {
	s, _ := service(t, `{"resourceType":"CodeSystem","id":"t","url":"urn:t","version":"1","status":"active","content":"complete",
		"property":[{"code":"kind","type":"code"},{"code":"size","type":"integer"}],"concept":[
		{"code":"saw","display":"Hand saw","definition":"Cuts wood","property":[{"code":"kind","valueCode":"blade"},{"code":"size","valueInteger":3}]},
		{"code":"axe","display":"Axe","definition":"Splits wood","property":[{"code":"kind","valueCode":"blade"},{"code":"size","valueInteger":5}]},
		{"code":"nail","display":"Nail","property":[{"code":"size","valueInteger":3}]}]}`)
	want := func(code, value string) terminology.WantedProperty {
		return terminology.WantedProperty{Code: code, Value: value, Raw: `"valueString":"` + value + `"`}
	}
	tests := map[string]struct {
		exact bool
		list  []terminology.WantedProperty
		found string // code, and what is unmatched
	}{
		"a machine asks for both":  {true, []terminology.WantedProperty{want("kind", "blade"), want("size", "3")}, "saw"},
		"a person asks for both":   {false, []terminology.WantedProperty{want("kind", "blade"), want("size", "3")}, "saw axe-size nail-kind"},
		"words of the display":     {true, []terminology.WantedProperty{want("display", "saw hand")}, "saw"},
		"words of the definition":  {true, []terminology.WantedProperty{want("definition", "wood spl")}, "axe"},
		"a code":                   {true, []terminology.WantedProperty{want("code", "nail")}, "nail"},
		"a value that nobody has":  {true, []terminology.WantedProperty{want("kind", "rope")}, ""},
		"for a machine, not a bit": {true, []terminology.WantedProperty{want("kind", "rope"), want("size", "3")}, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			list, err := s.FindMatches(t.Context(), terminology.FindMatchesRequest{System: "urn:t", Properties: tc.list, Exact: tc.exact})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range list {
				text := m.Code
				for _, u := range m.Unmatched {
					text += "-" + u.Code
				}
				if (m.Comment == "") != tc.exact {
					t.Errorf("comment %q on %s", m.Comment, m.Code)
				}
				got = append(got, text)
			}
			if strings.Join(got, " ") != tc.found {
				t.Errorf("= %q, want %q", got, tc.found)
			}
			if _, err := fhir.Parse(list.JSON()); err != nil {
				t.Errorf("%v: %s", err, list.JSON())
			}
		})
	}
	list, err := s.FindMatches(t.Context(), terminology.FindMatchesRequest{ID: "t", Properties: tests["a person asks for both"].list, Count: 2})
	if err != nil || len(list) != 2 || gjson.GetBytes(list.JSON(), `parameter.1.part.#(name=="unmatched").part.1.valueString`).Str != "3" {
		t.Errorf("two at most = %s, %v", list.JSON(), err)
	}
	for name, req := range map[string]terminology.FindMatchesRequest{
		"a property that is not there": {System: "urn:t", Properties: []terminology.WantedProperty{want("colour", "red")}},
		"no property":                  {System: "urn:t"},
		"no system":                    {Properties: []terminology.WantedProperty{want("kind", "blade")}},
		"an unknown system":            {System: "urn:u", Properties: []terminology.WantedProperty{want("kind", "blade")}},
		"an unknown id":                {ID: "u", Properties: []terminology.WantedProperty{want("kind", "blade")}},
	} {
		if list, err := s.FindMatches(t.Context(), req); err == nil {
			t.Errorf("%s = %v, want an error", name, list)
		}
	}
}
