package text_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"masjala/store/index/text"
)

// count is how many names the benchmarks have.
var count = flag.Int("names", 1_000_000, "names in the benchmarks")

// corpora are what is measured, sorted.
var corpora = []struct {
	name  string
	pairs func() []pair
}{
	{"people", sync.OnceValue(func() []pair { return sorted(people(*count, false)) })},
	{"people-and-parts", sync.OnceValue(func() []pair { return sorted(people(*count, true)) })},
	{"facilities", sync.OnceValue(func() []pair { return sorted(facilities(*count)) })},
}

func sorted(pairs []pair) []pair {
	slices.SortStableFunc(pairs, func(a, b pair) int { return strings.Compare(a.text, b.text) })
	return pairs
}

// write writes a section of sorted pairs.
func write(tb testing.TB, w io.Writer, pairs []pair, contains bool) {
	tb.Helper()
	b := text.NewBuilder(w, tb.TempDir(), contains)
	for _, p := range pairs {
		if err := b.Add(p.text, p.rid); err != nil {
			tb.Fatal(err)
		}
	}
	if err := b.Finish(); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkBuild tells, beside the time, the size of the section for each byte added and for
// each byte of different texts, and by how much the live heap grew at most.
func BenchmarkBuild(b *testing.B) {
	for _, c := range corpora {
		for _, contains := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/contains=%t", c.name, contains), func(b *testing.B) {
				pairs := c.pairs()
				size, peak := counter(0), uint64(0)
				for b.Loop() {
					size = 0
					peak = max(peak, growth(func() { write(b, &size, pairs, contains) }))
				}
				added, different, last := 0, 0, ""
				for _, p := range pairs {
					added += len(p.text)
					if p.text != last {
						different, last = different+len(p.text), p.text
					}
				}
				b.ReportMetric(float64(size)/float64(added), "B/added-B")
				b.ReportMetric(float64(size)/float64(different), "B/different-B")
				b.ReportMetric(float64(peak)/1e6, "live-MB")
			})
		}
	}
}

// counter counts what is written.
type counter int64

func (n *counter) Write(p []byte) (int, error) {
	*n += counter(len(p))
	return len(p), nil
}

// growth returns by how much the live heap, without garbage, grew while f ran.
func growth(f func()) uint64 {
	live := func() uint64 {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	before := live()
	done, most := make(chan struct{}), make(chan uint64)
	go func() {
		peak := before
		for {
			select {
			case <-done:
				most <- peak - before
				return
			case <-time.After(20 * time.Millisecond):
				peak = max(peak, live())
			}
		}
	}()
	f()
	close(done)
	return <-most
}

// BenchmarkQuery answers 20,000 queries drawn from the texts. It tells how long they take
// when nothing disturbs them: the best of some runs of each.
func BenchmarkQuery(b *testing.B) {
	for _, c := range corpora {
		r := sync.OnceValue(func() *text.Reader {
			var out bytes.Buffer
			write(b, &out, c.pairs(), true)
			r, err := text.Open(out.Bytes())
			if err != nil {
				b.Fatal(err)
			}
			return r
		})
		for _, shape := range []string{"exact", "prefix", "contains"} {
			b.Run(c.name+"/"+shape, func(b *testing.B) {
				queries, buf := asked(textsOf(c.pairs()), shape), &text.Buffer{}
				ask := asking(r(), shape)
				best := make([]time.Duration, len(queries))
				n := 0
				for b.Loop() {
					begin := time.Now()
					ask(queries[n%len(queries)], buf)
					if took := time.Since(begin); n < len(queries) || took < best[n%len(queries)] {
						best[n%len(queries)] = took
					}
					n++
				}
				best = best[:min(n, len(best))]
				slices.Sort(best)
				b.ReportMetric(float64(best[len(best)/2].Nanoseconds()), "p50-ns")
				b.ReportMetric(float64(best[len(best)*99/100].Nanoseconds()), "p99-ns")
				b.ReportMetric(float64(best[len(best)-1].Nanoseconds()), "max-ns")
			})
		}
	}
}

func asking(r *text.Reader, shape string) func(q string, buf *text.Buffer) {
	return func(q string, buf *text.Buffer) {
		switch shape {
		case "exact":
			r.Exact(q, buf)
		case "prefix":
			r.Prefix(q, buf)
		case "contains":
			r.Contains(q, buf)
		}
	}
}

func textsOf(pairs []pair) []string {
	texts := make([]string, len(pairs))
	for i, p := range pairs {
		texts[i] = p.text
	}
	return texts
}

// asked draws queries: whole texts, beginnings of at least 2 letters, parts of at least 4.
func asked(texts []string, shape string) []string {
	r := rand.New(rand.NewPCG(2, 71))
	queries := make([]string, 20_000)
	for i := range queries {
		runes := []rune(texts[r.IntN(len(texts))])
		switch n := len(runes); shape {
		case "prefix":
			runes = runes[:min(n, 2+r.IntN(6))]
		case "contains":
			from := r.IntN(max(1, n-4))
			runes = runes[from:min(n, from+4+r.IntN(5))]
		}
		queries[i] = string(runes)
	}
	return queries
}
