package text_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"

	"masjala/store/index/text"
)

// failer is a test, a benchmark or a property.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
	Errorf(string, ...any)
}

// pair is what a Builder takes.
type pair struct {
	text string
	rid  uint32
}

// model answers by looking at every pair.
type model []pair

func (m model) find(match func(text string) bool) []uint32 {
	rids := []uint32{}
	for _, p := range m {
		if match(p.text) {
			rids = append(rids, p.rid)
		}
	}
	slices.Sort(rids)
	return slices.Compact(rids)
}

func (m model) prefix(q string) []uint32 {
	return m.find(func(text string) bool { return strings.HasPrefix(text, q) })
}

func (m model) exact(q string) []uint32 {
	return m.find(func(text string) bool { return text == q })
}

func (m model) contains(q string) []uint32 {
	return m.find(func(text string) bool { return strings.Contains(text, q) })
}

// few is a limit of rids to collect at which small examples have stored sets.
const few = 3

// build writes pairs, in any order, as a section that collects so many rids at most: 0 for
// as many as usual.
func build(tb failer, pairs []pair, contains bool, limit int) []byte {
	tb.Helper()
	pairs = slices.Clone(pairs)
	slices.SortStableFunc(pairs, func(a, b pair) int { return strings.Compare(a.text, b.text) })
	var out bytes.Buffer
	b := text.NewBuilder(&out, os.TempDir(), contains)
	if limit > 0 {
		b.Limit(limit, limit)
	}
	for _, p := range pairs {
		if err := b.Add(p.text, p.rid); err != nil {
			tb.Fatal(err)
		}
	}
	if err := b.Finish(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func open(tb failer, pairs []pair, contains bool, limit int) *text.Reader {
	tb.Helper()
	r, err := text.Open(build(tb, pairs, contains, limit))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// rids returns the members of a result, after checking that it is what Rids promises.
func rids(tb failer, got text.Rids) []uint32 {
	tb.Helper()
	list := slices.Clone(got.List)
	if got.Bitmap != nil {
		if got.List != nil {
			tb.Fatal("a result has both a list and a bitmap")
		}
		set := roaring.New()
		n, err := set.FromBuffer(got.Bitmap)
		if err != nil || int(n) != len(got.Bitmap) {
			tb.Fatalf("FromBuffer read %d of %d bytes: %v", n, len(got.Bitmap), err)
		}
		if err := set.Validate(); err != nil {
			tb.Fatal(err)
		}
		list = set.ToArray()
	}
	if len(list) != got.Count {
		tb.Fatalf("Count is %d, but there are %d", got.Count, len(list))
	}
	return list
}

// check compares all answers to a query with the model's.
func check(tb failer, r *text.Reader, m model, q string, buf *text.Buffer) {
	tb.Helper()
	same(tb, fmt.Sprintf("Prefix(%.40q)", q), rids(tb, r.Prefix(q, buf)), m.prefix(q))
	same(tb, fmt.Sprintf("Exact(%.40q)", q), rids(tb, r.Exact(q, buf)), m.exact(q))
	if got, ok := r.Contains(q, buf); ok {
		same(tb, fmt.Sprintf("Contains(%.40q)", q), rids(tb, got), m.contains(q))
	}
}

func same(tb failer, what string, got, want []uint32) {
	tb.Helper()
	if !slices.Equal(got, want) {
		tb.Errorf("%s has %d rids, want %d\n got %.200s\nwant %.200s", what, len(got), len(want),
			fmt.Sprint(got), fmt.Sprint(want))
	}
}

// clean tells whether a query is one that a text may have in it.
func clean(q string) bool {
	return utf8.ValidString(q) && !strings.Contains(q, "\x00")
}
