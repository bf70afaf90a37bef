package index_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"masjala/fhir/search"
	"masjala/store/globe"
	"masjala/store/index"
)

var size = flag.Int("resources", 200_000, "how many resources the benchmarks search")

// Parameters of the benchmark's resources.
const (
	active = iota + 1
	kindOf
	status
	identifier
	name
	partOf
	place
)

var words = strings.Fields("saint mary clinic health centre district hospital upper lower north south east west new old " +
	"kisumu nakuru embu meru garissa turkana lamu kilifi kwale machakos dispensary maternity nursing home medical mission")

// directory writes the rows of n resources, seeded, in the order of the store's tables.
func directory(tb testing.TB, dir string, n int) string {
	b, err := index.NewBuilder(dir, 1, index.Text{name: index.Parts})
	if err != nil {
		tb.Fatal(err)
	}
	defer b.Abort()
	put := func(r index.Row, rid int) {
		if err := b.Row(&r, uint32(rid)); err != nil {
			tb.Fatal(err)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for rid := 1; rid <= n; rid++ {
		if err := b.Doc(index.Doc{RID: uint32(rid), Type: uint8(1 + rid&1), Seq: int64(rid), ID: fmt.Sprintf("%08d", rid)}); err != nil {
			tb.Fatal(err)
		}
	}
	for param, codes := range [][]string{{"true", "false"}, {"clinic", "hospital", "office"}, {"ok", "suspended"}} {
		of := make([]uint8, n+1)
		for i := range of {
			if of[i] = uint8(rnd.IntN(4 * len(codes))); int(of[i]) >= len(codes) {
				of[i] = 0
			}
		}
		for c, code := range codes {
			for rid := 1; rid <= n; rid++ {
				if of[rid] == uint8(c) {
					put(index.Row{Kind: search.Token, Param: int64(param + 1), Text: code, A: 3}, rid)
				}
			}
		}
	}
	for rid := 1; rid <= n; rid++ {
		put(index.Row{Kind: search.Token, Param: identifier, Text: fmt.Sprintf("%09d", rid), A: 9}, rid)
	}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(words[rnd.IntN(len(words))], " ", words[rnd.IntN(len(words))], " ", words[rnd.IntN(len(words))], " ", rnd.IntN(1000), "\x00", i+1)
	}
	slices.Sort(names)
	for _, s := range names {
		text, number, _ := strings.Cut(s, "\x00")
		var rid int
		fmt.Sscan(number, &rid)
		put(index.Row{Kind: search.String, Param: name, Text: text, More: strings.ToUpper(text)}, rid)
	}
	for rid := 10; rid <= n; rid++ {
		put(index.Row{Kind: search.Reference, Param: partOf, Text: fmt.Sprintf("%08d", rid/10), A: 1}, rid)
	}
	positions(rnd, n, put)
	path, err := b.Finish()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

// positions gives every eighth resource a place in Kenya.
func positions(rnd *rand.Rand, n int, put func(index.Row, int)) {
	type placed struct {
		index.Row
		rid int
	}
	var rows []placed
	for rid := 1; rid <= n; rid += 8 {
		lat, lon := -4+8*rnd.Float64(), 34+7*rnd.Float64()
		rows = append(rows, placed{index.Row{Kind: search.Position, Param: place, A: globe.Cell(lat, lon), X: lat, Y: lon}, rid})
	}
	slices.SortFunc(rows, func(a, b placed) int { return int(a.A - b.A) })
	for _, r := range rows {
		put(r.Row, r.rid)
	}
}

var built = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "index") })

// TestMain removes what the benchmarks made.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if dir, err := built(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

var filled sync.Once

func opened(tb testing.TB) *index.Index {
	dir, err := built()
	if err != nil {
		tb.Fatal(err)
	}
	filled.Do(func() { directory(tb, dir, *size) })
	x, err := index.Open(dir)
	if err != nil || x.Damaged() != nil {
		tb.Fatal(err, x.Damaged())
	}
	tb.Cleanup(func() { x.Close() })
	x.On(1)
	return x
}

// changed gives the index a delta.
func changed(x *index.Index, n int) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range n {
		rid := rnd.IntN(*size)
		text := fmt.Sprint(words[rnd.IntN(len(words))], " ", words[rnd.IntN(len(words))], " ", rnd.IntN(1000))
		lat, lon := -4+8*rnd.Float64(), 34+7*rnd.Float64()
		x.Apply(int64(2+i), []index.Doc{{RID: uint32(1 + rid), Type: uint8(1 + rid&1), Seq: int64(2 + i), ID: fmt.Sprintf("%08d", rid+1), Rows: []index.Row{
			{Kind: search.Token, Param: active, Text: "true", A: 3}, {Kind: search.Token, Param: kindOf, Text: "clinic", A: 3},
			{Kind: search.Token, Param: status, Text: "ok", A: 3}, {Kind: search.String, Param: name, Text: text, More: text},
			{Kind: search.Position, Param: place, A: globe.Cell(lat, lon), X: lat, Y: lon}}}})
	}
}

// views are the questions whose time is measured.
var views = []struct {
	name string
	run  func(v *index.View, i int, page []uint32) []uint32
}{
	{"three tokens, total and page", func(v *index.View, i int, page []uint32) []uint32 {
		s := index.And(v.Token(active, "true", 3, false), v.Token(kindOf, "clinic", 3, false), v.Token(status, "ok", 0, true))
		s.Count()
		return s.Before(0, 20, page)
	}},
	{"page in the middle", func(v *index.View, i int, page []uint32) []uint32 {
		s := index.And(v.Token(active, "true", 3, false), v.Token(kindOf, "clinic", 3, false), v.Token(status, "ok", 0, true))
		return s.Before(uint32(*size/2), 20, page)
	}},
	{"identifier", func(v *index.View, i int, page []uint32) []uint32 {
		s := v.Token(identifier, numbersText[i%len(numbersText)], 9, false)
		s.Count()
		return s.Before(0, 20, page)
	}},
	{"id", func(v *index.View, i int, page []uint32) []uint32 {
		v.Find(uint8(1+i&1), numbersText[i%len(numbersText)][1:])
		return page
	}},
	{"reference", func(v *index.View, i int, page []uint32) []uint32 {
		s := v.Reference(partOf, numbersText[i%len(numbersText)][1:], 1, false)
		s.Count()
		return s.Before(0, 20, page)
	}},
	{"prefix", func(v *index.View, i int, page []uint32) []uint32 {
		w := words[i%len(words)]
		s, _ := v.Prefix(name, w[:1+i%len(w)])
		s.Count()
		return s.Before(0, 20, page)
	}},
	{"contains", func(v *index.View, i int, page []uint32) []uint32 {
		w := words[i%len(words)]
		s, _ := v.Contains(name, w[min(len(w)-3, 1):])
		s.Count()
		return s.Before(0, 20, page)
	}},
	{"prefix and token", func(v *index.View, i int, page []uint32) []uint32 {
		s, _ := v.Prefix(name, words[i%len(words)][:2])
		s = index.And(s, v.Token(kindOf, "hospital", 3, false))
		s.Count()
		return s.Before(0, 20, page)
	}},
	{"near 10 km", func(v *index.View, i int, page []uint32) []uint32 {
		v.Near(place, -4+float64(i%800)/100, 34+float64(i%700)/100, 10_000)
		return page
	}},
}

func BenchmarkView(b *testing.B) {
	for _, delta := range []int{0, 5000} {
		x := opened(b)
		changed(x, delta)
		for _, tc := range views {
			b.Run(fmt.Sprintf("%s/delta=%d", tc.name, delta), func(b *testing.B) {
				page := make([]uint32, 0, 20)
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					x.View(func(v *index.View) { page = tc.run(v, i, page[:0]) })
				}
			})
		}
	}
}

var numbersText = func() (list []string) {
	for i := range 5000 {
		list = append(list, fmt.Sprintf("%09d", 1+i*37))
	}
	return list
}()

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		directory(b, b.TempDir(), *size)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(*size), "ns/resource")
}

func BenchmarkOpen(b *testing.B) {
	opened(b)
	dir, _ := built()
	for b.Loop() {
		x, err := index.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		x.Close()
	}
}

func BenchmarkApply(b *testing.B) {
	x := opened(b)
	for b.Loop() {
		changed(x, 1000)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/resource")
}
