package text_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"masjala/store/index/text"
)

// country is a small example with all that is special.
func country() []pair {
	long := strings.Repeat("ab", 1_000)
	pairs := []pair{
		{"", 7}, {"kibera health centre", 1}, {"kibera health centre", 9}, {"kibera", 2}, {"kisumu", 3},
		{"kisumu", 1}, {"kisumu", 3}, {"aaaa", 4}, {"aaa", 5}, {"ደሴ ሆስፒታል", 6}, {"ደብረ", 6}, {"école", 8},
		{long, 10}, {long, 11}, {long + "c", 12}, {"z" + long, 11}, {"\ufffd", 1}, {"😀 clinic", 2},
	}
	for i := range uint32(40) {
		pairs = append(pairs, pair{fmt.Sprintf("place %d health centre", i%20), 100_000 * i}, pair{"nairobi", i}, pair{"wealth", i * i})
	}
	return pairs
}

func countryQueries() []string {
	long := strings.Repeat("ab", 1_000)
	return []string{
		"", "k", "ki", "kibera", "kibera ", "kibera health centre", "kibera health centres", "health", "e", "ealth",
		"a", "aa", "aaa", "aaaa", "aaaaa", "ደ", "ደሴ", "ሆስ", "é", "cole", "z", "kisumu", "kisumus", " ", "place 1", "1",
		"nairobi", "airobi", "nairobi ", "😀", "\ufffd", long, long[1:], long + "c", long + "cd", "z" + long, long + long, "~",
	}
}

func TestAnswers(t *testing.T) {
	tests := map[string]struct {
		contains bool
		limit    int
	}{
		"prefix only":             {false, few},
		"with contains":           {true, few},
		"everything stored":       {true, 1},
		"everything collected":    {true, 0},
		"prefix only, collected":  {false, 0},
		"some stored, some lists": {true, 20},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r, buf := open(t, country(), tc.contains, tc.limit), &text.Buffer{}
			if _, ok := r.Contains("a", buf); ok != tc.contains {
				t.Errorf("Contains answers: %t, want %t", ok, tc.contains)
			}
			for _, q := range countryQueries() {
				check(t, r, country(), q, buf)
			}
		})
	}
}

func TestQueriesThatAreNoText(t *testing.T) {
	r, buf := open(t, country(), true, few), &text.Buffer{}
	for _, q := range []string{"\x00", "kisumu\x00", "\xe1", "kis\xff", "\x80"} {
		found, ok := r.Contains(q, buf)
		for what, found := range map[string]text.Rids{"Prefix": r.Prefix(q, buf), "Exact": r.Exact(q, buf), "Contains": found} {
			if found.Count != 0 || found.List != nil || found.Bitmap != nil || !ok {
				t.Errorf("%s(%q) = %v, want nothing", what, q, found)
			}
		}
	}
}

func TestNothingAdded(t *testing.T) {
	r, buf := open(t, nil, true, few), &text.Buffer{}
	for _, q := range []string{"", "a", "é"} {
		check(t, r, nil, q, buf)
	}
}

func TestStoredSetsAreUsed(t *testing.T) {
	r, buf := open(t, country(), true, few), &text.Buffer{}
	contains, _ := r.Contains("ealth cent", buf)
	other, _ := r.Contains("health centre", buf)
	for what, found := range map[string]text.Rids{
		"Prefix": r.Prefix("pl", buf), "Exact": r.Exact("nairobi", buf), "Contains": contains,
	} {
		if found.Bitmap == nil {
			t.Errorf("%s found %d rids and gave no bitmap", what, found.Count)
		}
	}
	if &contains.Bitmap[0] != &other.Bitmap[0] {
		t.Error("the same set is stored twice")
	}
	if few := r.Exact("kisumu", buf); few.Bitmap != nil {
		t.Errorf("two rids are a bitmap: %v", few)
	}
}

func TestBufferIsUsedAgain(t *testing.T) {
	pairs := people(20_000, true)
	r := open(t, pairs, true, 0)
	queries := asked([]string{pairs[0].text, pairs[1].text, pairs[500].text, pairs[999].text}, "contains")[:50]
	var buf text.Buffer
	ask := func() {
		for _, q := range queries {
			r.Contains(q, &buf)
			r.Prefix(q, &buf)
			r.Exact(q, &buf)
		}
	}
	ask()
	if n := testing.AllocsPerRun(10, ask); n > 0 {
		t.Errorf("%d queries allocate %v times, want never", 3*len(queries), n)
	}
}

func TestManyNames(t *testing.T) {
	pairs := append(people(6_000, true), facilities(6_000)...)
	for _, limit := range []int{30, 300, 0} {
		r, buf := open(t, pairs, true, limit), &text.Buffer{}
		texts := textsOf(pairs)
		for _, shape := range []string{"exact", "prefix", "contains"} {
			for _, q := range asked(texts, shape)[:60] {
				check(t, r, pairs, q, buf)
			}
		}
		for _, q := range []string{"", "a", "e", "wa", "health centre", "ealth ce", "tre"} {
			check(t, r, pairs, q, buf)
		}
	}
}

// TestManyAlike has texts that begin alike for long.
func TestManyAlike(t *testing.T) {
	var pairs []pair
	for i := range uint32(300) {
		pairs = append(pairs, pair{strings.Repeat("ab", 700) + fmt.Sprint(i%100), i}, pair{strings.Repeat("a", 1+int(i)), i + 1_000})
	}
	r, buf := open(t, pairs, true, 200), &text.Buffer{}
	for _, q := range []string{
		"a", "aa", "ab", "ba", "b1", "b99", strings.Repeat("ba", 600), strings.Repeat("a", 250), strings.Repeat("a", 301),
	} {
		check(t, r, pairs, q, buf)
	}
}

// TestFarOffsets has suffixes of more than four bytes.
func TestFarOffsets(t *testing.T) {
	var long strings.Builder
	r := rand.New(rand.NewPCG(1, 6))
	for range 1 << 18 {
		long.WriteByte('a' + byte(r.IntN(26)))
	}
	pairs := []pair{{long.String() + "end", 5}}
	for i := range uint32(1 << 15) {
		pairs = append(pairs, pair{fmt.Sprintf("text %d", i), i})
	}
	reader := open(t, pairs, true, 100)
	if _, ok := reader.Contains("end", &text.Buffer{}); !ok {
		t.Fatal("Contains does not answer")
	}
	for _, q := range []string{"end", "d", "t 49", "text", "x", long.String()[200_000:200_003], long.String()[250_000:]} {
		check(t, reader, pairs, q, &text.Buffer{})
	}
}

func TestTooMuchForContains(t *testing.T) {
	tests := map[string]func(b *text.Builder){
		"too many suffixes": func(b *text.Builder) { b.Bound(100, 1<<30) },
		"too much work":     func(b *text.Builder) { b.Bound(1<<30, 5) },
	}
	for name, bound := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			b := text.NewBuilder(&out, t.TempDir(), true)
			bound(b)
			for i := range uint32(50) {
				if err := b.Add(fmt.Sprintf("kibera %02d", i), i); err != nil {
					t.Fatal(err)
				}
			}
			if err := b.Finish(); err != nil {
				t.Fatal(err)
			}
			r, err := text.Open(out.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := r.Contains("a", &text.Buffer{}); ok {
				t.Error("Contains answers, but there was too much to sort")
			}
			if got := r.Prefix("kibera", &text.Buffer{}); got.Count != 50 {
				t.Errorf("Prefix finds %d, want 50", got.Count)
			}
		})
	}
}

func TestAddRefuses(t *testing.T) {
	tests := map[string]pair{
		"an earlier text": {"a", 1},
		"a NUL":           {"c\x00", 1},
		"a large rid":     {"c", 1 << 31},
	}
	for name, p := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			b := text.NewBuilder(&out, t.TempDir(), true)
			if err := b.Add("b", 5); err != nil {
				t.Fatal(err)
			}
			if err := b.Add(p.text, p.rid); err == nil {
				t.Fatalf("Add(%q, %d) fails not", p.text, p.rid)
			}
			if err := errors.Join(b.Add("b", 1<<31-1), b.Finish()); err != nil {
				t.Fatal(err)
			}
			r, err := text.Open(out.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			same(t, "what was added", rids(t, r.Prefix("", &text.Buffer{})), []uint32{5, 1<<31 - 1})
		})
	}
}

// full takes some bytes, then none.
type full int

var errFull = errors.New("full")

func (f *full) Write(p []byte) (int, error) {
	if *f -= full(len(p)); *f < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestFinishTellsOfTheWriter(t *testing.T) {
	size := len(build(t, country(), true, few))
	for _, room := range []full{0, 10, full(size / 2), full(size - 1)} {
		b := text.NewBuilder(&room, t.TempDir(), true)
		b.Limit(few, few)
		pairs := country()
		slices.SortStableFunc(pairs, func(a, b pair) int { return strings.Compare(a.text, b.text) })
		for _, p := range pairs {
			if err := b.Add(p.text, p.rid); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Finish(); !errors.Is(err, errFull) {
			t.Errorf("Finish = %v, want %v", err, errFull)
		}
	}
}

func TestTemporaryFiles(t *testing.T) {
	tests := map[string]func(b *text.Builder) error{
		"finished": func(b *text.Builder) error { return b.Finish() },
		"aborted": func(b *text.Builder) error {
			b.Abort()
			return nil
		},
		"finished and aborted": func(b *text.Builder) error {
			err := b.Finish()
			b.Abort()
			return err
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var out bytes.Buffer
			b := text.NewBuilder(&out, dir, true)
			if err := errors.Join(b.Add("kibera", 1), end(b)); err != nil {
				t.Fatal(err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("there is still %v, %v", left, err)
			}
		})
	}
}

func TestNothingNeedsNoFiles(t *testing.T) {
	var out bytes.Buffer
	if err := text.NewBuilder(&out, filepath.Join(t.TempDir(), "none"), true).Finish(); err != nil {
		t.Errorf("Finish = %v without a text", err)
	}
}

func TestNoPlaceForTemporaryFiles(t *testing.T) {
	var out bytes.Buffer
	b := text.NewBuilder(&out, filepath.Join(t.TempDir(), "none"), true)
	if err := b.Add("kibera", 1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Add = %v, want %v", err, os.ErrNotExist)
	}
	if err := b.Finish(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Finish = %v, want %v", err, os.ErrNotExist)
	}
}
