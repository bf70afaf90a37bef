package text_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"masjala/store/index/text"
)

// million is how many names the benchmarks have.
var million = flag.Int("names", 1_000_000, "names in the benchmarks")

// corpora are what is measured.
var corpora = map[string]func() []pair{
	"people":           func() []pair { return people(*million, false) },
	"people and parts": func() []pair { return people(*million, true) },
	"facilities":       func() []pair { return facilities(*million) },
}

// sections holds the sections of all corpora, made once.
var sections = map[string]func() corpus{
	"people":           sync.OnceValue(func() corpus { return measured(corpora["people"]()) }),
	"people and parts": sync.OnceValue(func() corpus { return measured(corpora["people and parts"]()) }),
	"facilities":       sync.OnceValue(func() corpus { return measured(corpora["facilities"]()) }),
}

type corpus struct {
	texts []string
	data  []byte
}

func measured(pairs []pair) corpus {
	slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.text, b.text) })
	c := corpus{data: section(pairs, true, nil)}
	for _, p := range pairs {
		c.texts = append(c.texts, p.text)
	}
	return c
}

// section writes sorted pairs; peak is called when the heap may be largest.
func section(pairs []pair, contains bool, out *bytes.Buffer) []byte {
	if out == nil {
		out = &bytes.Buffer{}
	}
	b := text.NewBuilder(out, contains)
	for _, p := range pairs {
		if err := b.Add(p.text, p.rid); err != nil {
			panic(err)
		}
	}
	if err := b.Finish(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// none takes and counts what is written.
type none int64

func (n *none) Write(p []byte) (int, error) {
	*n += none(len(p))
	return len(p), nil
}

// BenchmarkBuild tells the time to build, the size per byte of different text, and the
// largest heap that the building added.
func BenchmarkBuild(b *testing.B) {
	for _, name := range []string{"people", "people and parts", "facilities"} {
		pairs := corpora[name]()
		slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.text, b.text) })
		for _, contains := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/contains=%t", strings.ReplaceAll(name, " ", "_"), contains), func(b *testing.B) {
				for b.Loop() {
					measure(b, pairs, contains)
				}
			})
		}
	}
}

func measure(b *testing.B, pairs []pair, contains bool) {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	done, peak := make(chan bool), make(chan uint64)
	go func() {
		most := uint64(0)
		for {
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(20 * time.Millisecond):
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapInuse)
			}
		}
	}()
	size, bytes, distinct, last := none(0), 0, 0, "\x00"
	w := text.NewBuilder(&size, contains)
	for _, p := range pairs {
		if err := w.Add(p.text, p.rid); err != nil {
			b.Fatal(err)
		}
		if p.text != last {
			bytes, distinct, last = bytes+len(p.text), distinct+1, p.text
		}
	}
	if err := w.Finish(); err != nil {
		b.Fatal(err)
	}
	done <- true
	b.ReportMetric(float64(size)/float64(bytes), "B/textB")
	b.ReportMetric(float64(distinct), "texts")
	b.ReportMetric(float64(bytes)/float64(distinct), "B/text")
	b.ReportMetric(float64(<-peak-before.HeapInuse)/1e6, "peakMB")
}

// BenchmarkQuery answers queries drawn from the texts that are there.
func BenchmarkQuery(b *testing.B) {
	for _, name := range []string{"people", "people and parts", "facilities"} {
		c := sections[name]()
		r, err := text.Open(c.data)
		if err != nil {
			b.Fatal(err)
		}
		shapes := map[string]func(q string, buf *text.Buffer) text.Rids{
			"exact":  r.Exact,
			"prefix": r.Prefix,
			"contains": func(q string, buf *text.Buffer) text.Rids {
				found, _ := r.Contains(q, buf)
				return found
			},
		}
		for _, shape := range []string{"exact", "prefix", "contains"} {
			b.Run(strings.ReplaceAll(name, " ", "_")+"/"+shape, func(b *testing.B) {
				queries, took, buf := asked(c.texts, shape), []time.Duration{}, &text.Buffer{}
				for i := 0; b.Loop(); i++ {
					begin := time.Now()
					shapes[shape](queries[i%len(queries)], buf)
					took = append(took, time.Since(begin))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
				b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
				b.ReportMetric(float64(took[len(took)-1].Nanoseconds()), "max-ns")
			})
		}
	}
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
