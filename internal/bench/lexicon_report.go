package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// promise is what a case may cost, in floors.
type promise struct {
	what  string
	limit float64
}

// promises are the cases of the generator.
var promises = map[string]promise{
	"LK01": {"lookup in a large hierarchy", 2}, "LK02": {"lookup in a flat system", 2}, "LK03": {"lookup in systems of R4", 2}, "LK05": {"lookup of codes that are not there", 2},
	"CV01": {"code with display in a system", 2},
	"VC01": {"code in a set of all codes, one in five absent", 2}, "VC02": {"the same, with display", 2}, "VC03": {"code in sets by hierarchy, half members", 2},
	"VC04": {"code in lists of 100 to 10,000", 2}, "VC05": {"code in sets by property, half members", 2}, "VC06": {"code in sets of R4", 2},
	"SS01": {"subsumption", 2}, "CM01": {"translation of retired codes", 2}, "CM02": {"translation by maps of R4", 2},
	"FS01": {"search by url", 3}, "FS02": {"search for summaries, pages of 10 to 100", 25},
	"EX01": {"page of a set by hierarchy", 30}, "EX02": {"the same, sent with the request", 25}, "EX03": {"word or fragment, over all", 25},
	"EX04": {"page of lists, one in four by text", 25}, "EX05": {"sent sets by properties", 12}, "EX06": {"sent sets by one or two texts of properties", 12},
	"EX07": {"text over two systems", 25}, "EX08": {"hierarchy, property and text", 12}, "EX09": {"sets of R4, whole", 6},
	"EX10": {"sets by hierarchy of 200 to 3,000, whole", 60}, "EX11": {"typeahead, 1 to 4 letters", 25},
}

// What is promised beside what requests cost.
const (
	loadMost     = time.Minute
	loadResident = 1536 << 20
	lexiconAnon  = 250 << 20
	lexiconAll   = 500 << 20
	lexiconReady = 1500 * time.Millisecond
	mixedMost    = 5.0 // times the p99 alone
	pauseMost    = 100 * time.Millisecond
)

// report prints the tables and tells whether all answers are right and all promises kept.
func (k *knowledge) report(w io.Writer, machine string) bool {
	fmt.Fprintf(w, "%s. Code systems of %d and %d concepts, the first also as RF2, and R4 core. %d runs of %s each, medians (lowest to highest); %d connections on the loopback; "+
		"processor time of the server process alone; sign-in by token, metrics and the log of requests are on; no answer and no expansion is kept; first is what requests take right after a restart.\n\n", machine, k.concepts, k.labs, k.runs, k.each, k.clients)
	fmt.Fprint(w, "| Request | right | CPU | × floor | first | most | kept | p50 | p99 | requests/s |\n|---|---|---|---|---|---|---|---|---|---|\n")
	kept := true
	row := func(name, right string, s []sample, x, first, most string, ok bool) {
		kept = kept && ok
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %.0f |\n", name, right, micro(middle(s, sample.perRequest)), x, first, most, word(ok),
			micro(middle(s, func(x sample) time.Duration { return x.p50 })), micro(middle(s, func(x sample) time.Duration { return x.p99 })), middle(s, sample.rate))
	}
	row("bare Fiber handler, 2 bytes", "", k.bare, "", "", "", true)
	alive := ratios(k.floor, k.bare, cost)
	row("floor: `/livez`", "", k.floor, times(alive)+" bare", "", fmt.Sprintf("%.1f bare", aliveMost), median(alive) <= aliveMost)
	for _, a := range k.cases {
		x := ratios(a.samples, k.floor, cost)
		row(a.name+" "+a.what, fmt.Sprintf("%d/%d", a.right, a.tried), a.samples, times(x), fmt.Sprintf("%.1f ×", float64(a.cold.perRequest())/float64(max(1, middle(k.floor, sample.perRequest)))), fmt.Sprintf("%g", a.limit), median(x) <= a.limit && a.right == a.tried)
	}
	return k.reportRest(w) && kept
}

// reportRest prints the promises that are not about the cost of requests.
func (k *knowledge) reportRest(w io.Writer) bool {
	kept := true
	row := func(what, found string, ok bool) {
		fmt.Fprintf(w, "| %s | %s | %s |\n", what, found, word(ok))
		kept = kept && ok
	}
	fmt.Fprint(w, "\n| Promise | Measured | Kept |\n|---|---|---|\n")
	for _, l := range k.loads {
		if l.large {
			row(fmt.Sprintf("import of %s into a running server takes at most %s and %d MiB", l.what, loadMost, loadResident>>20),
				fmt.Sprintf("%s, processor time %s; VmRSS %d MiB, RssAnon %d MiB", l.took.Round(100*time.Millisecond), l.cpu.Round(100*time.Millisecond), l.most.resident>>20, l.most.anon>>20), l.took <= loadMost && l.most.resident <= loadResident)
		}
	}
	for _, m := range []struct {
		when string
		most memory
	}{{"right after the imports", k.fresh}, {"after a restart", k.restarted}} {
		if m.most == (memory{}) { // nothing was imported
			continue
		}
		row(fmt.Sprintf("RssAnon at most %d MiB and VmRSS at most %d MiB, %s", lexiconAnon>>20, lexiconAll>>20, m.when),
			fmt.Sprintf("RssAnon %d MiB, VmRSS %d MiB", m.most.anon>>20, m.most.resident>>20), m.most.anon <= lexiconAnon && m.most.resident <= lexiconAll)
	}
	row(fmt.Sprintf("ready at most %s after the start", lexiconReady), k.ready.Round(time.Millisecond).String(), k.ready <= lexiconReady)
	if k.busy.requests > 0 {
		x := float64(k.busy.p99) / float64(k.alone.p99)
		row(fmt.Sprintf("p99 of lookups at most %.0f × while %d connections expand", mixedMost, expanders), fmt.Sprintf("%s alone, %s beside: %.1f ×", micro(k.alone.p99), micro(k.busy.p99), x), x <= mixedMost)
	}
	k.typing.report(row, k.clients)
	if s := k.swap; s.lookups.asked > 0 {
		row(fmt.Sprintf("another version of %d concepts under lookups: no error, no pause above %s", k.concepts, pauseMost),
			fmt.Sprintf("%d lookups during %s: %d errors%s, longest %s (%d above %s), longest time without an answer %s; beside it `/livez` %s, a bare handler in another process %s", s.lookups.asked, s.took.Round(100*time.Millisecond),
				s.lookups.errors, because(s.lookups.first), micro(s.lookups.longest), s.lookups.long, pauseMost, micro(s.lookups.pause), micro(s.alive.longest), micro(s.bare.longest)),
			s.lookups.errors == 0 && s.lookups.longest <= pauseMost && s.done)
	}
	return kept
}

// The file that the reference folder's own program reads.
type driven struct {
	Name    string       `json:"name"`
	Date    string       `json:"date"`
	Results []drivenCase `json:"results"`
}

type drivenCase struct {
	Case   string        `json:"case"`
	Right  int           `json:"preflightRight"`
	Tried  int           `json:"preflightTried"`
	Levels []drivenLevel `json:"levels"`
}

type drivenLevel struct {
	Conns int     `json:"conns"`
	Reqs  int     `json:"reqs"`
	RPS   float64 `json:"rps"`
	P50   float64 `json:"p50ms"`
	P95   float64 `json:"p95ms"`
	P99   float64 `json:"p99ms"`
	CPU   float64 `json:"serverCpuSecPer1000"`
}

// compare has the reference folder's program compare the figures with those of another server.
func (l lexicon) compare(ctx context.Context, w io.Writer, k *knowledge) error {
	for _, peer := range []struct{ pattern, suffix string }{{"*-cs350k.json", ""}, {"*-sct350k.json", "/rf2"}} {
		ours := driven{Name: "masjala" + peer.suffix, Date: time.Now().UTC().Format(time.RFC3339)}
		for _, a := range k.cases {
			name, rf2 := strings.CutSuffix(a.name, "/rf2")
			if rf2 == (peer.suffix != "") {
				ours.Results = append(ours.Results, a.driven(name, k.clients))
			}
		}
		path := filepath.Join(l.dir, "ours"+strings.ReplaceAll(peer.suffix, "/", "-")+".json")
		raw, err := json.Marshal(ours)
		if err == nil {
			err = os.WriteFile(path, raw, 0o600)
		}
		if err != nil {
			return err
		}
		others, err := filepath.Glob(filepath.Join(l.reference, "bench", "txbench", "results", peer.pattern))
		if err != nil {
			return err
		}
		for _, other := range others {
			fmt.Fprintf(w, "\nBeside %s, which ran on another machine, so that the figures compare only roughly:\n\n", strings.TrimSuffix(filepath.Base(other), ".json"))
			cmd := exec.CommandContext(ctx, filepath.Join(l.dir, "drive"), "compare", path, other)
			cmd.Stdout, cmd.Stderr = w, os.Stderr
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("compare with %s: %w", other, err)
			}
		}
	}
	return nil
}

// driven is the case as that program writes it.
func (a *asked) driven(name string, clients int) drivenCase {
	ms := func(of func(sample) time.Duration) float64 {
		return float64(middle(a.samples, of)) / float64(time.Millisecond)
	}
	return drivenCase{Case: name, Right: a.right, Tried: a.tried, Levels: []drivenLevel{{
		Conns: clients, Reqs: middle(a.samples, func(s sample) int { return s.requests }), RPS: middle(a.samples, sample.rate),
		P50: ms(func(s sample) time.Duration { return s.p50 }), P95: ms(func(s sample) time.Duration { return s.p95 }), P99: ms(func(s sample) time.Duration { return s.p99 }),
		CPU: middle(a.samples, sample.perRequest).Seconds() * 1000,
	}}}
}
