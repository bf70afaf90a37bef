package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// What is promised.
const (
	aliveMost   = 1.3  // cost of /livez, in bare handlers
	readMost    = 2.0  // cost of a read by id, in /livez
	createsMost = 2500 // durable creates a second, or …
	createsPart = 0.5  // … this part of the bare loop
)

// report prints the tables and tells whether all promises are kept.
func report(w io.Writer, machine string, p plan, r readings, c writings) bool {
	fmt.Fprintf(w, "%s. %d runs, medians (lowest to highest); %d connections on the loopback; processor time of the server process alone.\n\n", machine, p.runs, p.clients)
	fmt.Fprintf(w, "| Reading, %d requests a run (searches %d) | CPU per request | p50 | p99 | requests/s |\n|---|---|---|---|---|\n", p.requests, p.requests/searchPart)
	readingRow(w, "bare Fiber handler, 2 bytes", r.bare)
	readingRow(w, "`/livez`", r.alive)
	readingRow(w, fmt.Sprintf("read by id, cached, Zipf over %d", p.places), r.read)
	for _, k := range r.searches {
		readingRow(w, "search: "+k.name, k.samples)
	}
	fmt.Fprint(w, "\n| Writing | resources/s | p50 | p99 | CPU per resource |\n|---|---|---|---|---|\n")
	writingRow(w, "durable creates through HTTP", c.creates)
	writingRow(w, "bare group commit of the same rows", c.bare)

	alive := ratios(r.alive, r.bare, cost)
	read := ratios(r.read, r.alive, cost)
	part := ratios(c.creates, c.bare, sample.rate)
	rate := middle(c.creates, sample.rate)
	kept := []bool{median(alive) <= aliveMost, median(read) <= readMost, rate >= createsMost || median(part) >= createsPart}
	fmt.Fprint(w, "\n| Promise | Measured | Kept |\n|---|---|---|\n")
	fmt.Fprintf(w, "| `/livez` costs at most %.1f × a bare handler | %s | %s |\n", aliveMost, times(alive), word(kept[0]))
	fmt.Fprintf(w, "| a cached read by id costs at most %.1f × `/livez` | %s | %s |\n", readMost, times(read), word(kept[1]))
	fmt.Fprintf(w, "| %d durable creates/s, or %.1f × the bare loop | %.0f/s, %s | %s |\n", createsMost, createsPart, rate, times(part), word(kept[2]))
	return !slices.Contains(kept, false)
}

func readingRow(w io.Writer, name string, s []sample) {
	fmt.Fprintf(w, "| %s | %s | %s | %s | %.0f |\n", name, spread(s, sample.perRequest),
		micro(middle(s, func(x sample) time.Duration { return x.p50 })), micro(middle(s, func(x sample) time.Duration { return x.p99 })), middle(s, sample.rate))
}

func writingRow(w io.Writer, name string, s []sample) {
	fmt.Fprintf(w, "| %s | %.0f (%.0f to %.0f) | %s | %s | %s |\n", name, middle(s, sample.rate), slices.Min(each(s, sample.rate)), slices.Max(each(s, sample.rate)),
		micro(middle(s, func(x sample) time.Duration { return x.p50 })), micro(middle(s, func(x sample) time.Duration { return x.p99 })), spread(s, sample.perRequest))
}

func cost(s sample) float64 { return float64(s.perRequest()) }

func each[T any](s []sample, of func(sample) T) []T {
	out := make([]T, len(s))
	for i := range s {
		out[i] = of(s[i])
	}
	return out
}

// ratios divides sample by sample, so that both were taken in the same run.
func ratios(a, b []sample, of func(sample) float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = of(a[i]) / of(b[i])
	}
	return out
}

func middle[T cmp.Ordered](s []sample, of func(sample) T) T { return median(each(s, of)) }

// median returns the middle value, the lower of two.
func median[T cmp.Ordered](v []T) T {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[(len(v)-1)/2]
}

func spread(s []sample, of func(sample) time.Duration) string {
	v := each(s, of)
	return fmt.Sprintf("%s (%s to %s)", micro(median(v)), micro(slices.Min(v)), micro(slices.Max(v)))
}

func times(v []float64) string {
	return fmt.Sprintf("%.2f × (%.2f to %.2f)", median(v), slices.Min(v), slices.Max(v))
}

func micro(d time.Duration) string {
	if d >= 10*time.Millisecond {
		return fmt.Sprintf("%.0f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.1f µs", float64(d)/float64(time.Microsecond))
}

func word(kept bool) string {
	if kept {
		return "yes"
	}
	return "**no**"
}

// machine describes where the figures come from.
func machine() string {
	model := runtime.GOARCH
	if raw, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(raw)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores, %s, %s/%s", model, runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
