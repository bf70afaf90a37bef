package concept_test

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"masjala/fhir"
	"masjala/terminology/concept"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

const small = `{"url":"http://example.org/colours","status":"active","content":"complete",
"hierarchyMeaning":"is-a","language":"en",
"property":[{"code":"level","type":"integer"},{"code":"gone","uri":"http://hl7.org/fhir/concept-properties#inactive","type":"boolean"},
{"code":"partOf","uri":"http://hl7.org/fhir/concept-properties#parent","type":"code"}],
"concept":[
{"code":"warm","display":"Warm colour","definition":"Like fire","property":[{"code":"notSelectable","valueBoolean":true}],
 "concept":[{"code":"red","display":"Red","designation":[{"language":"fr","value":"Rouge écarlate"},{"use":{"system":"http://snomed.info/sct","code":"900000000000013009"},"value":"Crimson"}],"property":[{"code":"level","valueInteger":4}]},
            {"code":"orange","display":"Orange","property":[{"code":"gone","valueBoolean":true},{"code":"level","valueInteger":3}]}]},
{"code":"cold","display":"Cold colour","concept":[{"code":"blue","display":"Blue","property":[{"code":"level","valueInteger":4}]}]},
{"code":"violet","display":"Violet","property":[{"code":"partOf","valueCode":"red"},{"code":"partOf","valueCode":"blue"},{"code":"kin","valueCoding":{"system":"urn:x","code":"pink"}}]}]}`

func open(t testing.TB, dir string) *concept.Library {
	t.Helper()
	l, err := concept.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func source(t testing.TB, body string) *concept.Source {
	t.Helper()
	src, err := concept.Read([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func add(t testing.TB, l *concept.Library, body string) *concept.Set {
	t.Helper()
	s, err := l.Add(t.Context(), source(t, body))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func find(t testing.TB, s *concept.Set, code string) uint32 {
	t.Helper()
	k, ok := s.Find(code)
	if !ok {
		t.Fatalf("Find(%q) found nothing", code)
	}
	return k
}

func codes(s *concept.Set, b *concept.Bits) []string {
	out := []string{}
	for k := range b.All {
		out = append(out, string(s.Code(k)))
	}
	slices.Sort(out)
	return out
}

func TestSet(t *testing.T) {
	s := add(t, open(t, t.TempDir()), small)
	if s.Len() != 6 {
		t.Fatalf("Len() = %d, want 6", s.Len())
	}
	red := find(t, s, "red")
	if got := string(s.Display(red)); got != "Red" {
		t.Errorf("Display(red) = %q", got)
	}
	if got := string(s.Definition(find(t, s, "warm"))); got != "Like fire" {
		t.Errorf("Definition(warm) = %q", got)
	}
	if _, ok := s.Find("Red"); ok {
		t.Error("Find(Red) found a concept in a system that tells cases apart")
	}
	if !s.Abstract(find(t, s, "warm")) || s.Abstract(red) {
		t.Error("Abstract() is wrong for warm or red")
	}
	if !s.Inactive(find(t, s, "orange")) || s.Inactive(red) {
		t.Error("Inactive() is wrong for orange or red")
	}
	var designations []string
	for d := range s.Designations(red) {
		designations = append(designations, d.Language+"|"+d.Use+"|"+string(d.Value))
	}
	want := []string{"fr||Rouge écarlate", `|{"system":"http://snomed.info/sct","code":"900000000000013009"}|Crimson`}
	if !slices.Equal(designations, want) {
		t.Errorf("Designations(red) = %q, want %q", designations, want)
	}
	var properties []string
	for p := range s.Properties(find(t, s, "violet")) {
		properties = append(properties, fmt.Sprint(p.Code, p.Kind, string(p.Value)))
	}
	want = []string{"partOf0red", "partOf0blue", `kin1{"system":"urn:x","code":"pink"}`}
	if !slices.Equal(properties, want) {
		t.Errorf("Properties(violet) = %q, want %q", properties, want)
	}
}

func TestHierarchy(t *testing.T) {
	s := add(t, open(t, t.TempDir()), small)
	tests := map[string]struct {
		code, above string
		want        bool
	}{
		"itself":                   {"red", "red", true},
		"child":                    {"red", "warm", true},
		"parent of it":             {"warm", "red", false},
		"other branch":             {"red", "cold", false},
		"grandchild by property":   {"violet", "warm", true},
		"grandchild, other parent": {"violet", "cold", true},
		"sibling":                  {"orange", "red", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := s.IsA(find(t, s, tc.code), find(t, s, tc.above)); got != tc.want {
				t.Errorf("IsA(%s, %s) = %t, want %t", tc.code, tc.above, got, tc.want)
			}
		})
	}
	above := concept.NewBits(s.Len())
	s.AddAbove(above, find(t, s, "violet"))
	if got, want := codes(s, above), []string{"blue", "cold", "red", "violet", "warm"}; !slices.Equal(got, want) {
		t.Errorf("AddAbove(violet) = %q, want %q", got, want)
	}
}

func TestText(t *testing.T) {
	s := add(t, open(t, t.TempDir()), small)
	tests := map[string][]string{
		"colo":          {"cold", "warm"},
		"COLD colour":   {"cold"},
		"rou":           {"red"},
		"ecarl":         {"red"},
		"écarlate ROU":  {"red"},
		"crims":         {"red"},
		"rims":          {},
		"viol":          {"violet"},
		"  ":            {"blue", "cold", "orange", "red", "violet", "warm"},
		"!!":            {},
		"warm, colour!": {"warm"},
	}
	for filter, want := range tests {
		if got := codes(s, s.Text(filter)); !slices.Equal(got, want) {
			t.Errorf("Text(%q) = %q, want %q", filter, got, want)
		}
	}
}

// TestNearestOfManyConcepts looks for slips of the pen in a set that is too large to be
// compared as a whole.
func TestNearestOfManyConcepts(t *testing.T) {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, `{"code":"%06d1234567","display":"Thing %d"},`, i, i)
	}
	s, err := concept.Build(source(t, `{"concept":[`+b.String()+`{"code":"AB12"},{"code":"ab-1"},{"code":"7"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ text, want string }{
		"two slips":                   {"0092992134567", ""},
		"neighbours swapped":          {"0092991234567", "0029991234567"},
		"one too many":                {"00299912345677", "0029991234567"},
		"one wrong":                   {"AX12", "AB12"},
		"one missing":                 {"A12", "AB12"},
		"one missing at the end":      {"AB1", "AB12"},
		"another case":                {"ab1", "ab-1"},
		"one wrong in a long code":    {"9029991234567", ""},
		"blanks around":               {" AB21 ", "AB12"},
		"nothing":                     {" ", ""},
		"one digit":                   {"1", "7"},
		"longer than anything can be": {strings.Repeat("7", 300), ""},
	}
	for name, tc := range tests {
		got := ""
		for _, k := range s.Nearest(tc.text, 1) {
			got = string(s.Code(k))
		}
		if got != tc.want {
			t.Errorf("%s: near %q is %q, want %q", name, tc.text, got, tc.want)
		}
	}
	if n := len(s.Nearest("AB2", 5)); n != 1 {
		t.Errorf("near AB2 are %d codes, want each once", n)
	}
}

func TestNearest(t *testing.T) {
	s := add(t, open(t, t.TempDir()), small)
	tests := map[string]string{"bleu": "blue", "RED": "red", "Rouge ecarlat": "red", "voilet": "violet"}
	for text, want := range tests {
		got := s.Nearest(text, 1)
		if len(got) == 0 || string(s.Code(got[0])) != want {
			t.Errorf("Nearest(%q) = %v, want %s", text, got, want)
		}
	}
	if got := s.Nearest("something else entirely", 3); len(got) != 0 {
		t.Errorf("Nearest of a far text = %v, want none", got)
	}
}

func TestValues(t *testing.T) {
	s := add(t, open(t, t.TempDir()), small)
	tests := map[string]struct {
		property, value string
		want            []string
	}{
		"two concepts":     {"level", "4", []string{"red", "blue"}},
		"one concept":      {"level", "3", []string{"orange"}},
		"no concept":       {"level", "5", nil},
		"between values":   {"level", "35", nil},
		"unknown property": {"height", "4", nil},
		"code of a Coding": {"kin", "pink", []string{"violet"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for k := range s.With(tc.property, tc.value).All() {
				got = append(got, string(s.Code(k)))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("With(%s, %s) = %q, want %q", tc.property, tc.value, got, tc.want)
			}
		})
	}
}

func TestAnyCase(t *testing.T) {
	s := add(t, open(t, t.TempDir()), `{"caseSensitive":false,"concept":[{"code":"Alpha"},{"code":"ÉTÉ"},{"code":"beta"}]}`)
	for code, want := range map[string]string{"alpha": "Alpha", "ALPHA": "Alpha", "été": "ÉTÉ", "Beta": "beta"} {
		if k, ok := s.Find(code); !ok || string(s.Code(k)) != want {
			t.Errorf("Find(%q) = %d, %t, want %s", code, k, ok, want)
		}
	}
	if _, ok := s.Find("gamma"); ok {
		t.Error("Find(gamma) found something")
	}
}

func TestRefused(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"same code twice":       {`{"concept":[{"code":"a"},{"code":"b","concept":[{"code":"a"}]}]}`, `"a"`},
		"no code":               {`{"concept":[{"display":"A"}]}`, "no code"},
		"its own parent":        {`{"concept":[{"code":"a","property":[{"code":"parent","valueCode":"a"}]}]}`, "below itself"},
		"a circle of parents":   {`{"concept":[{"code":"a","property":[{"code":"parent","valueCode":"b"}]},{"code":"b","property":[{"code":"parent","valueCode":"a"}]}]}`, "below itself"},
		"nested and turned":     {`{"concept":[{"code":"a","property":[{"code":"parent","valueCode":"b"}],"concept":[{"code":"b"}]}]}`, "below itself"},
		"nested too deep":       {`{"concept":` + strings.Repeat(`[{"code":"a","concept":`, 300) + `[]` + strings.Repeat(`}]`, 300) + `}`, "nested"},
		"its own child by code": {`{"concept":[{"code":"a","property":[{"code":"child","valueCode":"a"}]}]}`, "below itself"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			src, err := concept.Read([]byte(tc.body))
			if err == nil {
				_, err = open(t, t.TempDir()).Add(t.Context(), src)
			}
			if fhir.KindOf(err) != fhir.Unprocessable || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got error %v, want Unprocessable that says %s", err, tc.want)
			}
		})
	}
}

// graph makes the body of a code system with n concepts, many with several parents, and
// tells the parents of each.
func graph(r *rand.Rand, n int) (body string, parents [][]int) {
	var b strings.Builder
	b.WriteString(`{"concept":[`)
	parents = make([][]int, n)
	label := r.Perm(n) // so that parents stand after children too
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"code":"c%d","display":"Concept %d","property":[{"code":"grade","valueInteger":%d}`, i, i, label[i]%7)
		for range r.IntN(4) {
			p := r.IntN(n)
			if label[p] < label[i] && !slices.Contains(parents[i], p) {
				parents[i] = append(parents[i], p)
				fmt.Fprintf(&b, `,{"code":"parent","valueCode":"c%d"}`, p)
			}
		}
		b.WriteString("]}")
	}
	b.WriteString("]}")
	return b.String(), parents
}

// TestHierarchyRandom holds the numbering to a plain walk up the parents.
func TestHierarchyRandom(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	l := open(t, t.TempDir())
	for round := range 6 {
		n := 1 + r.IntN(120)
		body, parents := graph(r, n)
		s := add(t, l, body)
		var isA func(c, a int) bool
		isA = func(c, a int) bool {
			return c == a || slices.ContainsFunc(parents[c], func(p int) bool { return isA(p, a) })
		}
		for a := range n {
			ka := find(t, s, fmt.Sprint("c", a))
			below, above := concept.NewBits(n), concept.NewBits(n)
			s.AddBelow(below, ka)
			s.AddAbove(above, ka)
			for c := range n {
				kc := find(t, s, fmt.Sprint("c", c))
				want := isA(c, a)
				if got := s.IsA(kc, ka); got != want {
					t.Fatalf("round %d: IsA(c%d, c%d) = %t, want %t", round, c, a, got, want)
				}
				if below.Has(kc) != want {
					t.Fatalf("round %d: AddBelow(c%d) has c%d: %t, want %t", round, a, c, !want, want)
				}
				if above.Has(kc) != isA(a, c) {
					t.Fatalf("round %d: AddAbove(c%d) has c%d: %t, want %t", round, a, c, !isA(a, c), isA(a, c))
				}
			}
		}
	}
}

func TestSameContentSameSet(t *testing.T) {
	one := source(t, `{"title":"One","concept":[{"code":"a"},{"code":"b"}]}`)
	tests := map[string]struct {
		body string
		same bool
	}{
		"another title":    {`{"title":"Two","concept":[{"code":"a"},{"code":"b"}]}`, true},
		"another order":    {`{"concept":[{"code":"b"},{"code":"a"}]}`, false},
		"nested":           {`{"concept":[{"code":"a","concept":[{"code":"b"}]}]}`, false},
		"another meaning":  {`{"caseSensitive":false,"concept":[{"code":"a"},{"code":"b"}]}`, false},
		"another display":  {`{"concept":[{"code":"a","display":"A"},{"code":"b"}]}`, false},
		"a concept more":   {`{"concept":[{"code":"a"},{"code":"b"},{"code":"c"}]}`, false},
		"a property of it": {`{"property":[{"code":"x","type":"code"}],"concept":[{"code":"a"},{"code":"b"}]}`, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := source(t, tc.body).Hash() == one.Hash(); got != tc.same {
				t.Errorf("same set: %t, want %t", got, tc.same)
			}
		})
	}
}

// stored returns what a caller that keeps the code system in its store would hand back.
func stored(t testing.TB, body string, asked *int) func() (*concept.Source, error) {
	return func() (*concept.Source, error) {
		*asked++
		return source(t, body), nil
	}
}

// files lists every file below dir.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSetsOutliveTheLibrary(t *testing.T) {
	dir := t.TempDir()
	l, err := concept.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := add(t, l, small)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if string(s.Display(find(t, s, "red"))) != "Red" {
		t.Error("the set changed after Close")
	}
	if _, err := l.Add(t.Context(), source(t, `{"concept":[{"code":"new"}]}`)); err == nil {
		t.Error("Add after Close succeeded")
	}
	runtime.KeepAlive(s)
}

var errNotStored = errors.New("not stored")
