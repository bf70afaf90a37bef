package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"masjala/internal/bench/national"
)

// What is promised of a directory beside the costs of requests.
const (
	transactionMost = 1500 * time.Millisecond
	writeMost       = 100 * time.Millisecond // p99, with readers
	readyMost       = 5 * time.Second
	anonMost        = 1 << 30
)

// measured is a shape with its samples, one for each run and pool.
type measured struct {
	shape
	zipf, even []sample
	different  int     // requests, up to distinctEnough
	rows       float64 // of an answer, the mean
	bytes      float64
}

// findings are all that was measured of a directory.
type findings struct {
	census
	country      *national.Country
	filling      time.Duration // 0: it was there
	ready        time.Duration
	bare, floor  []sample
	shapes       []measured
	transactions []sample
	crowding     crowding
	memory       memory
}

// count looks at answers of every shape, and at how many different requests there are.
func (f *findings) count(ctx context.Context, server *process, header []byte) error {
	c, err := dial(ctx, server.address)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	c.whole = true
	const answers = 100
	for i := range f.shapes {
		m := &f.shapes[i]
		m.different = m.distinct()
		next := m.pool(77, false, header)
		for range answers {
			if status, err := c.do(next(0)); err != nil || status != 200 {
				return fmt.Errorf("%s: status %d, %v", m.name, status, err)
			}
			m.rows += float64(bytes.Count(c.answer, []byte(`"fullUrl":`))) / answers
			m.bytes += float64(len(c.answer)) / answers
		}
	}
	return nil
}

// costs are what a shape costs in floors, or in another shape of the same run.
func (f *findings) costs(m *measured, s []sample) []float64 {
	if i := slices.IndexFunc(f.shapes, func(o measured) bool { return o.name == m.beside }); i >= 0 {
		return ratios(s, f.shapes[i].zipf, cost)
	}
	return ratios(s, f.floor, cost)
}

// report prints the tables and tells whether all promises are kept.
func (f *findings) report(w io.Writer, machine string) bool {
	s := f.country.Size
	fmt.Fprintf(w, "%s. %d facilities with their organizations, %d areas, %d workers, %d posts: %d resources. %d runs of %s each, medians (lowest to highest); "+
		"%d connections on the loopback; processor time of the server process alone; sign-in by token, metrics and the log of requests are on.\n\n",
		machine, s.Facilities, s.Areas, s.Workers, s.Roles, s.Resources(), f.runs, f.each, f.clients)
	kept := f.costTable(w)
	return f.promiseTable(w) && kept
}

// costTable prints what requests cost.
func (f *findings) costTable(w io.Writer) bool {
	kept := true
	fmt.Fprint(w, "| Request | pool | CPU | × floor | first run | most | kept | p50 | p95 | p99 | requests/s |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	alive := ratios(f.floor, f.bare, cost)
	line(w, "bare Fiber handler, 2 bytes", "", f.bare, "", "", "", "")
	ok := median(alive) <= aliveMost
	line(w, "floor: `/livez`", "", f.floor, times(alive)+" bare", "", fmt.Sprintf("%.1f bare", aliveMost), word(ok))
	kept = kept && ok
	for i := range f.shapes {
		m := &f.shapes[i]
		for _, p := range []struct {
			name    string
			samples []sample
			limit   float64
		}{{"Zipf", m.zipf, m.limit}, {"uniform", m.even, m.uniform}} {
			x := f.costs(m, p.samples)
			unit, most, verdict := "", "", ""
			if m.beside != "" {
				unit = " page 1"
			}
			if p.limit > 0 {
				ok := median(x) <= p.limit
				kept = kept && ok
				most, verdict = fmt.Sprintf("%g%s", p.limit, unit), word(ok)
			}
			line(w, m.name, p.name, p.samples, times(x)+unit, fmt.Sprintf("%.1f ×", x[0]), most, verdict)
		}
	}
	fmt.Fprint(w, "\n| Request | different requests | rows of an answer | bytes |\n|---|---|---|---|\n")
	for _, m := range f.shapes {
		more := ""
		if m.different >= distinctEnough {
			more = "≥ "
		}
		fmt.Fprintf(w, "| %s | %s%d | %.1f | %.0f |\n", m.name, more, m.different, m.rows, m.bytes)
	}
	return kept
}

func line(w io.Writer, name, pool string, s []sample, x, first, most, verdict string) {
	fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %.0f |\n", name, pool, micro(middle(s, sample.perRequest)), x, first, most, verdict,
		micro(middle(s, func(x sample) time.Duration { return x.p50 })), micro(middle(s, func(x sample) time.Duration { return x.p95 })),
		micro(middle(s, func(x sample) time.Duration { return x.p99 })), middle(s, sample.rate))
}

// promiseTable prints the rest of what is promised.
func (f *findings) promiseTable(w io.Writer) bool {
	kept := true
	row := func(what, found string, ok bool) {
		fmt.Fprintf(w, "| %s | %s | %s |\n", what, found, word(ok))
		kept = kept && ok
	}
	c := f.crowding
	transaction := middle(f.transactions, func(s sample) time.Duration { return s.p50 })
	write, read := percentile(c.writes, 99), percentile(c.reads, 99)
	rate := func(t []time.Duration) float64 { return float64(len(t)) / max(c.elapsed.Seconds(), 1e-9) }
	fmt.Fprint(w, "\n| Promise | Measured | Kept |\n|---|---|---|\n")
	row(fmt.Sprintf("a transaction of %d entries takes at most %s", entriesOfTransaction, transactionMost), transaction.Round(time.Millisecond).String(), transaction <= transactionMost)
	row(fmt.Sprintf("ready at most %s after the start", readyMost), f.ready.Round(time.Millisecond).String(), f.ready <= readyMost)
	row("RssAnon at most 1 GiB over the whole run", fmt.Sprintf("%d MiB; VmRSS with mapped files %d MiB", f.memory.anon>>20, f.memory.resident>>20), f.memory.anon <= anonMost)
	row(fmt.Sprintf("%d readers at full speed and %d writers for %s: no error", f.clients, f.writers, f.crowd),
		fmt.Sprintf("%d errors%s; %.0f reads/s, p99 %s; %.0f writes/s", c.errors, because(c.first), rate(c.reads), micro(read), rate(c.writes)), c.errors == 0 && len(c.writes) > 0)
	row(fmt.Sprintf("meanwhile a write takes at most %s (p99)", writeMost), fmt.Sprintf("p50 %s, p95 %s, p99 %s", micro(percentile(c.writes, 50)), micro(percentile(c.writes, 95)), micro(write)), write <= writeMost)
	for _, t := range c.trails {
		row("meanwhile every walk is complete: "+t.name, fmt.Sprintf("%d walks, %d entries; %d missing, %d repeated, %d unknown", t.walks, t.met, t.missing, t.repeated, t.unknown), t.complete())
	}
	if f.filling > 0 {
		fmt.Fprintf(w, "\nFilling it through the registries took %s, %.0f resources/s.\n", f.filling.Round(time.Second), float64(f.country.Resources())/f.filling.Seconds())
	}
	return kept
}

func because(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}
