package linkage_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"masjala/internal/linkage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFold(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"case and accents":           {"HÔPITAL São José", "hopital sao jose"},
		"punctuation":                {"St. Mary's/Kilimani (Annex)", "st marys kilimani annex"},
		"no-break and double spaces": {"Barra\u00a0 Do  Dande ", "barra do dande"},
		"digits beside letters":      {"23KJ", "23 kj"},
		"the French article":         {"L’Hôpital d'Abidjan", "l hopital d abidjan"},
		"an apostrophe within":       {"Mang'ula Ng’ombe", "mangula ngombe"},
		"Arabic":                     {"مستشفى الخرطوم", "mstshfa alkhrtwm"},
		"Arabic digits":              {"مركز ٣", "mrkz 3"},
		"Cyrillic":                   {"Больница Москвы", "bolnitsa moskvy"},
		"Ethiopic":                   {"አዲስ", "adisi"},
		"letters without accents":    {"Straße Łódź Øre", "strasse lodz ore"},
		"signs alone":                {" -- ", ""},
	}
	for name, tc := range tests {
		if got := linkage.Fold(tc.text); got != tc.want {
			t.Errorf("%s: Fold(%q) = %q, want %q", name, tc.text, got, tc.want)
		}
	}
}

func TestFoldTwiceIsFoldOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := linkage.Fold(rapid.String().Draw(t, "text"))
		if twice := linkage.Fold(once); twice != once {
			t.Fatalf("%q, then %q", once, twice)
		}
	})
}

func TestSoundOfOneName(t *testing.T) {
	for _, same := range []string{"mohamed muhammad mohammed", "kilimanjaro kirimanjaro", "shinyanga sinyanga", "wanjiku wanjiqu", "diallo dialo", "fatoumata fatumata phatumata", "tchad chad"} {
		names := strings.Fields(same)
		for _, n := range names[1:] {
			if a, b := linkage.Sound(names[0]), linkage.Sound(n); a != b {
				t.Errorf("Sound(%q) = %q, Sound(%q) = %q", names[0], a, n, b)
			}
		}
	}
	for _, differ := range []string{"nakuru kisumu", "mbeya moshi", "amina ahmed"} {
		a, b, _ := strings.Cut(differ, " ")
		if linkage.Sound(a) == linkage.Sound(b) {
			t.Errorf("%q and %q sound alike: %q", a, b, linkage.Sound(a))
		}
	}
}

func texts(words []linkage.Word) string {
	var out []string
	for _, w := range words {
		out = append(out, w.Text)
	}
	return strings.Join(out, " ")
}

func TestWords(t *testing.T) {
	tests := map[string]string{
		"kivu ii": "kivu 2", "ward 03": "ward 3", "ii": "ii", "unit xiv": "unit 14", "unit iix": "unit iix", "ngoma v": "ngoma v", "post 000": "post 0", "": "",
	}
	for text, want := range tests {
		if got := texts(linkage.Words(text)); got != want {
			t.Errorf("Words(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestAlike(t *testing.T) {
	tests := map[string]struct {
		a, b     string
		min, max float64
	}{
		"equal":                 {"kilifi", "kilifi", 1, 1},
		"a letter lacks":        {"kilifi", "kilfi", 0.8, 0.97},
		"one sound":             {"mohamed", "muhammad", 0, 0.95},
		"an initial":            {"p", "port", 0.7, 0.85},
		"another initial":       {"b", "port", 0, 0},
		"a beginning":           {"schweizer", "schw", 0.8, 0.9},
		"consonants":            {"bfn", "bloemfontein", 0.7, 0.8},
		"other words":           {"mission", "military", 0, 0},
		"numbers":               {"3", "4", 0, 0},
		"a number and a letter": {"3", "third", 0, 0},
		"short words":           {"oti", "ota", 0, 0.75},
	}
	for name, tc := range tests {
		a, b := linkage.NewWord(tc.a), linkage.NewWord(tc.b)
		got, back := linkage.Alike(&a, &b), linkage.Alike(&b, &a)
		if got < tc.min || got > tc.max || got != back {
			t.Errorf("%s: Alike(%q, %q) = %v, the other way %v; want %v to %v", name, tc.a, tc.b, got, back, tc.min, tc.max)
		}
	}
}

func TestJaroWinkler(t *testing.T) {
	tests := map[string]struct { // the published examples
		a, b string
		want float64
	}{
		"transposed": {"martha", "marhta", 0.961}, "dropped": {"dwayne", "duane", 0.840}, "longer": {"dixon", "dicksonx", 0.813}, "none": {"abc", "xyz", 0}, "empty": {"", "x", 0},
	}
	for name, tc := range tests {
		if got := linkage.JaroWinkler([]rune(tc.a), []rune(tc.b)); fmt.Sprintf("%.3f", got) != fmt.Sprintf("%.3f", tc.want) {
			t.Errorf("%s: %.3f, want %.3f", name, got, tc.want)
		}
	}
}

// naive is the textbook definition of the distance, without limit.
func naive(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestDistanceEqualsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SliceOfN(rapid.RuneFrom([]rune("abc")), 0, 80)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		limit := rapid.IntRange(0, 9).Draw(t, "limit")
		got, want := linkage.Distance(a, b, limit), naive(a, b)
		if want > limit && got <= limit || want <= limit && got != want {
			t.Fatalf("Distance(%q, %q, %d) = %d, want %d", string(a), string(b), limit, got, want)
		}
	})
}

// weighed are the words of a text, of one weight each.
func weighed(text string) []linkage.Word {
	words := linkage.Words(linkage.Fold(text))
	for i := range words {
		words[i].Weight = 10
	}
	return words
}

func TestAlign(t *testing.T) {
	tests := map[string]struct {
		a, b         string
		exact        bool
		likeness     float64
		leftA, leftB string
	}{
		"equal":                  {"port alfred", "Port Alfred", true, 1, "", ""},
		"another order":          {"Makulu Chali", "Chali Makulu", true, 1, "", ""},
		"written together":       {"Dar es Salaam", "Daressalaam", true, 1, "", ""},
		"apart in the other":     {"Mwanduigembe A", "Mwandui Gembe A", true, 1, "", ""},
		"initials together":      {"JD Newberry", "John Daniel Newberry", false, 0.91, "", ""},
		"an initial":             {"P Alfred", "Port Alfred", false, 0.9, "", ""},
		"a word more":            {"Lesedi Clinix", "Lesedi", false, 0.67, "clinix", ""},
		"numbers":                {"Ward 3", "Ward 4", false, 0.5, "3", "4"},
		"roman and other digits": {"Kivu II", "Kivu 2", true, 1, "", ""},
		"nothing":                {"Nakuru", "Mombasa", false, 0, "nakuru", "mombasa"},
		"a word twice":           {"Mto Mto", "Mto", false, 0.67, "mto", ""},
		"empty":                  {"", "Mto", false, 0, "", "mto"},
	}
	pick := func(words []linkage.Word, at []int) string {
		var out []linkage.Word
		for _, i := range at {
			out = append(out, words[i])
		}
		return texts(out)
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a, b := weighed(tc.a), weighed(tc.b)
			got := linkage.Align(a, b)
			if got.Exact != tc.exact || fmt.Sprintf("%.2f", got.Likeness) != fmt.Sprintf("%.2f", tc.likeness) || pick(a, got.LeftA) != tc.leftA || pick(b, got.LeftB) != tc.leftB {
				t.Errorf("%+v, left %q and %q", got, pick(a, got.LeftA), pick(b, got.LeftB))
			}
			back := linkage.Align(b, a)
			if d := got.Likeness - back.Likeness; d > 1e-9 || d < -1e-9 {
				t.Errorf("likeness %v, the other way %v", got.Likeness, back.Likeness)
			}
		})
	}
}

func TestRarity(t *testing.T) {
	r := linkage.NewRarity()
	for i := range 1024 {
		r.Add(linkage.Words(fmt.Sprintf("mission mission name%c%c", 'a'+i%26, 'a'+i/26%26)))
	}
	if c, u := r.Bits("mission"), r.Bits("never"); c != 0.5 || u != 9 {
		t.Errorf("a word of all is %v, one of none %v", c, u)
	}
}

func TestAssign(t *testing.T) {
	limits := linkage.Limits{Accept: 3, Review: -4, Margin: 2}
	pair := func(a, b int, bits float64) linkage.Pair {
		return linkage.Pair{A: a, B: b, Verdict: linkage.Verdict{Bits: bits}}
	}
	tests := map[string]struct {
		pairs []linkage.Pair
		want  []string
	}{
		"the surest first":        {[]linkage.Pair{pair(0, 0, 5), pair(1, 0, 9), pair(0, 1, 4)}, []string{"0-1 match", "1-0 match"}},
		"in doubt":                {[]linkage.Pair{pair(0, 0, 2)}, []string{"0-0 review"}},
		"below all":               {[]linkage.Pair{pair(0, 0, -5)}, nil},
		"a rival too near":        {[]linkage.Pair{pair(0, 0, 9), pair(0, 1, 8)}, []string{"0-0 review"}},
		"a rival with a partner":  {[]linkage.Pair{pair(0, 0, 9), pair(0, 1, 8), pair(1, 1, 12)}, []string{"0-0 match", "1-1 match"}},
		"a rival far enough":      {[]linkage.Pair{pair(0, 0, 9), pair(0, 1, 6)}, []string{"0-0 match"}},
		"a rival on the far side": {[]linkage.Pair{pair(0, 0, 9), pair(1, 0, 8)}, []string{"0-0 review"}},
		"equal":                   {[]linkage.Pair{pair(1, 1, 9), pair(0, 1, 9)}, []string{"0-1 review"}},
	}
	for name, tc := range tests {
		var got []string
		for _, p := range linkage.Assign(tc.pairs, limits) {
			got = append(got, fmt.Sprintf("%d-%d %s", p.A, p.B, p.Band))
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestGradeNeedsMoreThanOneReason(t *testing.T) {
	limits := linkage.Limits{Accept: 3, Review: -4}
	judge := func(bits ...float64) linkage.Grade {
		var v linkage.Verdict
		for _, b := range bits {
			v.Add("x", "y", b)
		}
		return limits.Grade(&v)
	}
	for want, bits := range map[linkage.Grade][]float64{linkage.Certain: {6, 6}, linkage.Probable: {20}, linkage.Possible: {-1}, linkage.Not: {-9}} {
		if got := judge(bits...); got != want {
			t.Errorf("%v is %s, want %s", bits, got, want)
		}
	}
	if got := judge(20, 6, -3); got != linkage.Probable {
		t.Errorf("with something against it: %s", got)
	}
}

// lists are names to be joined by their words alone.
func lists(a, b []string) *linkage.Lists {
	return &linkage.Lists{A: len(a), B: len(b),
		Features: func(n int, sought bool) []linkage.Feature {
			if sought {
				return linkage.WordFeatures(weighed(a[n]))
			}
			return linkage.WordFeatures(weighed(b[n]))
		},
		Compare: func(i, j int) linkage.Verdict {
			return linkage.Verdict{Bits: linkage.Align(weighed(a[i]), weighed(b[j])).Likeness}
		}}
}

func TestCandidatesFindTheMisspelt(t *testing.T) {
	var a, b []string
	for i := range 500 {
		name := fmt.Sprintf("%c%c%c%cari", 'a'+i%26, 'a'+i/3%26, 'k'+i%7, 'a'+i/26)
		a, b = append(a, "Health "+name), append(b, name[1:]+" health")
	}
	pairs, err := lists(a, b).Candidates(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, p := range pairs {
		if p.A == p.B {
			found++
		}
	}
	if found < 490 || len(pairs) > 500*40 {
		t.Errorf("%d of 500 found among %d pairs", found, len(pairs))
	}
}

func TestCandidatesEndWithTheirContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lists([]string{"a"}, []string{"a"}).Candidates(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want Canceled", err)
	}
}
