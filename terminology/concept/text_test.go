package concept_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/tidwall/gjson"

	"masjala/terminology/concept"
)

// page looks as far as it must to find anything, and lists a page of it.
func page(s *concept.Set, f concept.Search, skip, count int) (codes []string, total int) {
	for f.Reach = concept.Begins; f.Reach < concept.Reaches; f.Reach++ {
		h := s.Search(&f)
		total = h.Total()
		for grade := concept.AsWhole; total > 0 && grade < concept.Grades && count != 0; grade++ {
			n := h.List(grade, skip, count, func(k uint32) {
				codes = append(codes, string(s.Code(k)))
				count--
			})
			skip = max(0, skip-n)
		}
		h.Release()
		if total > 0 {
			break
		}
	}
	return codes, total
}

const ailments = `{"language":"en","concept":[
{"code":"A00","display":"Cholera","designation":[{"language":"fr","value":"Choléra"},{"language":"sw","value":"Kipindupindu"}]},
{"code":"A00.9","display":"Cholera, unspecified","designation":[{"language":"fr-CA","value":"Choléra sans précision"}]},
{"code":"B54","display":"Malaria","designation":[{"value":"Ague"},{"language":"fr","value":"Paludisme"}]},
{"code":"B50","display":"Severe malaria"},
{"code":"Z1","display":"Vaccine against cholera"},
{"code":"Z2","display":"Cholera vaccine","property":[{"code":"inactive","valueBoolean":true}]},
{"code":"B5","display":"Protozoa","property":[{"code":"notSelectable","valueBoolean":true}]},
{"code":"G35","display":"Multiple sclerosis","designation":[{"value":"MS"}]},
{"code":"M1","display":"MS Excel user"},
{"code":"G61","display":"Polyneuropathy"},
{"code":"E11","display":"糖尿病"},
{"code":"J45","display":"Straße des Œdème"},
{"code":"data-x","display":"Exchange"},
{"code":"bare"}]}`

func TestSearch(t *testing.T) {
	s, err := concept.Build(source(t, ailments))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ typed, language, want string }{
		"a display that is the text, then displays that begin with it, then others": {"cholera", "", "A00 A00.9 Z2 Z1"},
		"words in any order":                        {"chol vacc", "", "Z2 Z1"},
		"the display that begins with the first":    {"vacc chol", "", "Z1 Z2"},
		"a synonym that is the text":                {"ms", "", "G35 M1"},
		"a synonym after displays":                  {"agu", "", "B54"},
		"a code before what begins with it":         {"a00", "", "A00 A00.9"},
		"a code without its point":                  {"a009", "", "A00.9"},
		"a code with its point":                     {"A00.9", "", "A00.9"},
		"codes in their order":                      {"b5", "", "B5 B50 B54"},
		"a code with a dash":                        {"data-x", "", "data-x"},
		"a code and a word":                         {"b5 mal", "", "B54 B50"},
		"a concept without display":                 {"bar", "", "bare"},
		"without accents":                           {"cholera sans", "fr", "A00.9"},
		"with accents that are not there":           {"mälaria", "", "B54 B50"},
		"letters that are written as two":           {"strasse oedeme", "", "J45"},
		"in the language of the reader":             {"chol", "fr", "A00 A00.9 Z2 Z1"},
		"in another language":                       {"palu", "en", "B54"},
		"the displays of those without translation": {"mala", "fr-CA,sw", "B50 B54"},
		"a script without blanks":                   {"尿病", "", "E11"},
		"a fragment of four letters":                {"path", "", "G61"},
		"a fragment of three letters":               {"roz", "", ""},
		"a letter too few":                          {"colera", "", "A00 A00.9 Z2 Z1"},
		"a letter too many":                         {"malarria", "", "B54 B50"},
		"two letters swapped":                       {"amlaria", "", "B54 B50"},
		"two letters wrong":                         {"poliniuropathy", "", "G61"},
		"two letters wrong in a short word":         {"malerja", "", ""},
		"another first letter in a short word":      {"nala", "", ""},
		"one word right, one wrong":                 {"sever malorya", "", ""},
		"one word right, one nearly":                {"sever maloria", "", "B50"},
		"a number is never mistyped":                {"a008", "", ""},
		"signs only":                                {"!?", "", ""},
		"a word and one that nothing has":           {"cholera xyzzy", "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			q := concept.NewQuery(tc.typed, strings.Split(tc.language, ","))
			got, total := page(s, concept.Search{Query: q}, 0, -1)
			if g := strings.Join(got, " "); g != tc.want || total != len(got) {
				t.Errorf("%q finds %q of %d, want %q", tc.typed, g, total, tc.want)
			}
		})
	}
	q := concept.NewQuery("cholera", nil)
	if got, _ := page(s, concept.Search{Query: q, ActiveOnly: true}, 0, -1); slices.Contains(got, "Z2") {
		t.Errorf("of the active ones it finds %q", got)
	}
	if got, _ := page(s, concept.Search{Query: concept.NewQuery("proto", nil), ForUI: true}, 0, -1); len(got) > 0 {
		t.Errorf("to choose from it finds %q", got)
	}
	if concept.NewQuery(" \t", nil) != nil {
		t.Error("a blank text makes a query")
	}
}

// plainText is a concept as a naive search reads it.
type plainText struct {
	code               string
	words              []string
	inactive, abstract bool
}

func plainTexts(body string) (out []plainText) {
	for _, c := range gjson.Get(body, "concept").Array() {
		x := plainText{code: c.Get("code").Str, words: concept.Words(nil, c.Get("display").Str)}
		for _, d := range c.Get("designation.#.value").Array() {
			x.words = concept.Words(x.words, d.Str)
		}
		x.inactive = c.Get(`property.#(code=="inactive")`).Exists()
		x.abstract = c.Get(`property.#(code=="notSelectable")`).Exists()
		out = append(out, x)
	}
	return out
}

// squeeze leaves the letters and digits of a code.
func squeeze(code string) string {
	return strings.Join(concept.Words(nil, code), "")
}

func (x *plainText) has(typed string, reach concept.Reach) bool {
	code := squeeze(x.code)
	if !strings.Contains(typed, " ") && strings.HasPrefix(code, squeeze(typed)) {
		return true
	}
	return !slices.ContainsFunc(concept.Words(nil, typed), func(w string) bool {
		return !strings.HasPrefix(code, w) && !slices.ContainsFunc(x.words, func(have string) bool { return takes(w, have, reach) })
	})
}

// takes is what each reach promises of a word of the query and one of a text.
func takes(w, have string, reach concept.Reach) bool {
	letters := len([]rune(w))
	if strings.HasPrefix(have, w) || reach >= concept.Within && letters >= 4 && strings.Contains(have, w) {
		return true
	}
	if reach < concept.OneEdit || letters < 4 || strings.ContainsFunc(w, unicode.IsDigit) {
		return false
	}
	first := []rune(have)[0] == []rune(w)[0]
	far := farFromBeginning([]rune(w), []rune(have))
	return far <= 1 && (letters >= 6 || first) || reach == concept.TwoEdits && letters >= 8 && far <= 2 && first
}

// farFromBeginning counts the letters to add, drop, change or swap until a word begins with w.
func farFromBeginning(w, word []rune) int {
	rows := make([][]int, len(word)+1)
	best := len(w)
	for i := range rows {
		rows[i] = make([]int, len(w)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
				continue
			case word[i-1] == w[j-1]:
				rows[i][j] = rows[i-1][j-1]
			default:
				rows[i][j] = 1 + min(rows[i-1][j-1], rows[i-1][j], rows[i][j-1])
			}
			if i > 1 && j > 1 && word[i-1] == w[j-2] && word[i-2] == w[j-1] {
				rows[i][j] = min(rows[i][j], 1+rows[i-2][j-2])
			}
		}
		best = min(best, rows[i][len(w)])
	}
	return best
}

// typed makes up what somebody types who looks for a concept, with or without errors.
func typed(r *rand.Rand, all []plainText) string {
	x := &all[r.IntN(len(all))]
	if r.IntN(10) == 0 {
		return x.code[:1+r.IntN(len(x.code))]
	}
	var list []string
	for range 1 + r.IntN(3) {
		w := []rune(x.words[r.IntN(len(x.words))])
		if r.IntN(2) == 0 {
			w = w[:1+r.IntN(len(w))]
		}
		if r.IntN(4) == 0 && len(w) > 5 {
			w = w[1+r.IntN(2):]
		}
		for range max(0, r.IntN(5)-2) {
			w[r.IntN(len(w))] = rune('a' + r.IntN(26))
		}
		list = append(list, string(w))
	}
	return strings.Join(list, " ")
}

// TestRandomSearches holds searches to a look at each text, and pages of any size to the
// whole list: what is found, how much and in which order never depends on the page.
func TestRandomSearches(t *testing.T) {
	const n, rounds = 3000, 300
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	body := made(r, n)
	s, err := concept.Build(source(t, body))
	if err != nil {
		t.Fatal(err)
	}
	all := plainTexts(body)
	reaches := map[concept.Reach]int{}
	for range rounds {
		text := typed(r, all)
		f := concept.Search{Query: concept.NewQuery(text, []string{[]string{"en", "fr", "de"}[r.IntN(3)]}), ActiveOnly: r.IntN(2) == 0, ForUI: r.IntN(2) == 0}
		if r.IntN(2) == 0 {
			f.Within = concept.NewBits(n)
			for range 1 + r.IntN([]int{20, n}[r.IntN(2)]) {
				f.Within.Add(uint32(r.IntN(n)))
			}
		}
		want := map[string]bool{}
		reach := concept.Begins
		for ; reach < concept.Reaches && len(want) == 0; reach++ {
			for i := range all {
				k, _ := s.Find(all[i].code)
				if (f.Within == nil || f.Within.Has(k)) && !(f.ActiveOnly && all[i].inactive) && !(f.ForUI && all[i].abstract) && all[i].has(text, reach) {
					want[all[i].code] = true
				}
			}
		}
		reaches[reach-1]++
		whole, total := page(s, f, 0, -1)
		if total != len(want) || len(whole) != total || slices.ContainsFunc(whole, func(c string) bool { return !want[c] }) {
			t.Fatalf("%q finds %d, lists %d, want %d (reach %d)", text, total, len(whole), len(want), reach-1)
		}
		size := 1 + r.IntN(1+len(whole))
		for skip := 0; skip < len(whole); skip += size {
			got, n := page(s, f, skip, size)
			if n != total || !slices.Equal(got, whole[skip:min(skip+size, len(whole))]) {
				t.Fatalf("%q: %d from %d are %q of %d, want %q", text, size, skip, got, n, whole[skip:min(skip+size, len(whole))])
			}
		}
	}
	if reaches[concept.Begins] < rounds/4 || reaches[concept.Within] == 0 || reaches[concept.OneEdit] == 0 || reaches[concept.TwoEdits] == 0 {
		t.Errorf("searches that reached as far as each: %v", reaches)
	}
}

// TestSearchAllocations holds what a search leaves to be collected, with a page of ten, small:
// its sets are used again.
func TestSearchAllocations(t *testing.T) {
	s, err := concept.Build(source(t, made(rand.New(rand.NewPCG(3, 3)), 20_000)))
	if err != nil {
		t.Fatal(err)
	}
	all := concept.NewBits(s.Len())
	all.Not()
	for _, text := range []string{"b", "pro", "pro ba", "B07"} {
		find := func() { page(s, concept.Search{Query: concept.NewQuery(text, nil), Within: all}, 0, 10) }
		if n := testing.AllocsPerRun(50, find); n > 120 {
			t.Errorf("%q takes %.0f allocations, want at most 120", text, n)
		}
	}
}
