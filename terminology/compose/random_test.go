package compose_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"masjala/fhir"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

// world is some code systems with several parents per concept, kept twice: as sets and as
// plain maps that the naive evaluator walks.
type world struct {
	systems map[string]*compose.System
	plain   map[string]*plainSystem
	sets    map[string]*compose.Definition
	naive   map[string]map[string]bool // value set → "system code"
}

type plainSystem struct {
	codes   []string
	display map[string]string
	parents map[string][]string
	grade   map[string]string
	gone    map[string]bool
}

func (w *world) System(_ context.Context, url, _ string) (*compose.System, error) {
	if s := w.systems[url]; s != nil {
		return s, nil
	}
	return nil, fhir.Errorf(fhir.NotFound, "no system %s", url)
}

func (w *world) ValueSet(_ context.Context, url, _ string) (*compose.Definition, error) {
	if d := w.sets[url]; d != nil {
		return d, nil
	}
	return nil, fhir.Errorf(fhir.NotFound, "no value set %s", url)
}

// isA walks the parents.
func (p *plainSystem) isA(code, above string) bool {
	return code == above || slices.ContainsFunc(p.parents[code], func(up string) bool { return p.isA(up, above) })
}

var displayWords = strings.Fields("red green blue round square soft hard heavy light old")

func newWorld(t testing.TB, r *rand.Rand, n int) *world {
	t.Helper()
	l, err := concept.Open(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{systems: map[string]*compose.System{}, plain: map[string]*plainSystem{}, sets: map[string]*compose.Definition{}, naive: map[string]map[string]bool{}}
	for _, url := range []string{"urn:s1", "urn:s2"} {
		p, body := makeSystem(r, n)
		src, err := concept.Read(body)
		if err != nil {
			t.Fatal(err)
		}
		set, err := l.Add(t.Context(), src)
		if err != nil {
			t.Fatal(err)
		}
		w.plain[url], w.systems[url] = p, &compose.System{URL: url, Version: "1", Set: set}
	}
	return w
}

// makeSystem makes a code system of n concepts, parents after and before their children.
func makeSystem(r *rand.Rand, n int) (*plainSystem, []byte) {
	p := &plainSystem{display: map[string]string{}, parents: map[string][]string{}, grade: map[string]string{}, gone: map[string]bool{}}
	label := r.Perm(n)
	var list []any
	for i := range n {
		code := fmt.Sprint("c", i)
		p.codes = append(p.codes, code)
		p.display[code] = displayWords[r.IntN(len(displayWords))] + " " + displayWords[r.IntN(len(displayWords))]
		props := []any{}
		for range r.IntN(4) {
			if up := r.IntN(n); label[up] < label[i] && !slices.Contains(p.parents[code], fmt.Sprint("c", up)) {
				p.parents[code] = append(p.parents[code], fmt.Sprint("c", up))
				props = append(props, map[string]any{"code": "parent", "valueCode": fmt.Sprint("c", up)})
			}
		}
		if g := r.IntN(6); g < 5 {
			p.grade[code] = fmt.Sprint(g)
			props = append(props, map[string]any{"code": "grade", "valueInteger": g})
		}
		if r.IntN(8) == 0 {
			p.gone[code] = true
			props = append(props, map[string]any{"code": "inactive", "valueBoolean": true})
		}
		list = append(list, map[string]any{"code": code, "display": p.display[code], "property": props})
	}
	body, err := json.Marshal(map[string]any{"concept": list, "property": []any{map[string]any{"code": "grade", "type": "integer"}}})
	if err != nil {
		panic(err)
	}
	return p, body
}

// randomFilter makes a filter and the codes it selects by walking all of them.
func randomFilter(r *rand.Rand, p *plainSystem) (compose.Filter, func(code string) bool) {
	root := p.codes[r.IntN(len(p.codes))]
	grade := fmt.Sprint(r.IntN(6))
	grades := []string{grade, fmt.Sprint(r.IntN(5))}
	in := func(code string) bool { return p.grade[code] != "" && slices.Contains(grades, p.grade[code]) }
	switch r.IntN(11) {
	case 0:
		return compose.Filter{Property: "concept", Op: "is-a", Value: root}, func(c string) bool { return p.isA(c, root) }
	case 1:
		return compose.Filter{Property: "concept", Op: "descendent-of", Value: root}, func(c string) bool { return c != root && p.isA(c, root) }
	case 2:
		return compose.Filter{Property: "concept", Op: "is-not-a", Value: root}, func(c string) bool { return !p.isA(c, root) }
	case 3:
		return compose.Filter{Property: "concept", Op: "generalizes", Value: root}, func(c string) bool { return p.isA(root, c) }
	case 4:
		return compose.Filter{Property: "concept", Op: "child-of", Value: root}, func(c string) bool { return slices.Contains(p.parents[c], root) }
	case 5:
		return compose.Filter{Property: "grade", Op: "=", Value: grade}, func(c string) bool { return p.grade[c] == grade }
	case 6:
		return compose.Filter{Property: "grade", Op: "in", Value: strings.Join(grades, ",")}, in
	case 7:
		return compose.Filter{Property: "grade", Op: "not-in", Value: strings.Join(grades, ",")}, func(c string) bool { return !in(c) }
	case 8:
		want := r.IntN(2) == 0
		return compose.Filter{Property: "grade", Op: "exists", Value: fmt.Sprint(want)}, func(c string) bool { return (p.grade[c] != "") == want }
	case 9:
		pattern := displayWords[r.IntN(len(displayWords))] + ".*"
		re := regexp.MustCompile("^" + pattern + "$")
		return compose.Filter{Property: "display", Op: "regex", Value: pattern}, func(c string) bool { return re.MatchString(p.display[c]) }
	}
	return compose.Filter{Property: "parent", Op: "=", Value: root}, func(c string) bool { return slices.Contains(p.parents[c], root) }
}

// randomInclude makes an include and what it selects.
func (w *world) randomInclude(r *rand.Rand) (compose.Include, map[string]bool) {
	out := map[string]bool{}
	if len(w.sets) > 0 && r.IntN(5) == 0 {
		url := w.randomSet(r)
		for m := range w.naive[url] {
			out[m] = true
		}
		return compose.Include{ValueSets: []string{url}}, out
	}
	url := []string{"urn:s1", "urn:s2"}[r.IntN(2)]
	p := w.plain[url]
	in := compose.Include{System: url}
	keep := []func(string) bool{}
	if r.IntN(3) == 0 {
		for range 1 + r.IntN(len(p.codes)) {
			code := p.codes[r.IntN(len(p.codes))]
			in.Concepts = append(in.Concepts, compose.Given{Code: code})
		}
		keep = append(keep, func(c string) bool {
			return slices.ContainsFunc(in.Concepts, func(g compose.Given) bool { return g.Code == c })
		})
	} else {
		for range r.IntN(4) {
			f, ok := randomFilter(r, p)
			in.Filters, keep = append(in.Filters, f), append(keep, ok)
		}
	}
	if len(w.sets) > 0 && r.IntN(4) == 0 {
		set := w.randomSet(r)
		in.ValueSets = []string{set}
		keep = append(keep, func(c string) bool { return w.naive[set][url+" "+c] })
	}
	for _, c := range p.codes {
		if !slices.ContainsFunc(keep, func(ok func(string) bool) bool { return !ok(c) }) {
			out[url+" "+c] = true
		}
	}
	return in, out
}

func (w *world) randomSet(r *rand.Rand) string { return fmt.Sprint("urn:vs", r.IntN(len(w.sets))) }

// randomDefinition makes a definition and its members.
func (w *world) randomDefinition(r *rand.Rand) (*compose.Definition, map[string]bool) {
	d := &compose.Definition{URL: fmt.Sprint("urn:vs", len(w.sets)), Composed: true}
	members := map[string]bool{}
	for range 1 + r.IntN(3) {
		in, has := w.randomInclude(r)
		d.Include = append(d.Include, in)
		for m := range has {
			members[m] = true
		}
	}
	for range r.IntN(3) {
		ex, has := w.randomInclude(r)
		d.Exclude = append(d.Exclude, ex)
		for m := range has {
			delete(members, m)
		}
	}
	if r.IntN(4) == 0 {
		active := false
		d.Inactive = &active
		for m := range members {
			url, code, _ := strings.Cut(m, " ")
			if w.plain[url].gone[code] {
				delete(members, m)
			}
		}
	}
	return d, members
}

// TestRandomComposes holds plans to a naive evaluator: members, totals, pages, text filters.
func TestRandomComposes(t *testing.T) {
	rounds, size := 300, 60
	if os.Getenv("MASJALA_SOAK") == "1" {
		rounds, size = 10_000, 2000
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	w := newWorld(t, r, size)
	for round := range rounds {
		if len(w.sets) > 40 {
			clear(w.sets)
			clear(w.naive)
		}
		d, want := w.randomDefinition(r)
		plan, err := compose.Compile(t.Context(), w, d)
		if err != nil {
			t.Fatalf("round %d: %v\n%+v", round, err, d)
		}
		w.sets[d.URL], w.naive[d.URL] = d, want
		if got := list(t, plan, compose.Selection{Count: -1}); !sameMembers(got, want) {
			t.Fatalf("round %d: %d members, want %d\n%+v", round, len(got), len(want), d)
		}
		membership(t, w, plan, want)
		pages(t, r, plan, compose.Selection{})
		textFilter(t, r, w, plan, want)
	}
}

func list(t *testing.T, plan *compose.Plan, sel compose.Selection) []string {
	t.Helper()
	var out []string
	total, err := plan.List(t.Context(), sel, func(m compose.Member) { out = append(out, m.System.URL+" "+m.Code()) })
	if err != nil {
		t.Fatal(err)
	}
	if sel.Count < 0 && total != len(out) {
		t.Fatalf("total %d, but %d members", total, len(out))
	}
	return out
}

func sameMembers(got []string, want map[string]bool) bool {
	return len(got) == len(want) && !slices.ContainsFunc(got, func(m string) bool { return !want[m] })
}

// membership asks for every code of both systems.
func membership(t *testing.T, w *world, plan *compose.Plan, want map[string]bool) {
	t.Helper()
	for url, p := range w.plain {
		for _, code := range p.codes {
			if _, got := plan.Find(url, "", code); got != want[url+" "+code] {
				t.Fatalf("Find(%s, %s) = %t, want %t", url, code, got, !got)
			}
		}
	}
}

// pages walks a selection in pages of a random size.
func pages(t *testing.T, r *rand.Rand, plan *compose.Plan, sel compose.Selection) {
	t.Helper()
	sel.Count = -1
	all := list(t, plan, sel)
	size := 1 + r.IntN(20)
	var walked []string
	for len(walked) < len(all) {
		sel.Offset, sel.Count = len(walked), size
		page := list(t, plan, sel)
		if len(page) == 0 {
			t.Fatalf("empty page at %d of %d", len(walked), len(all))
		}
		walked = append(walked, page...)
	}
	if !slices.Equal(walked, all) {
		t.Fatalf("pages of %d give %q, want %q", size, walked, all)
	}
}

// textFilter compares a filter with a look at each display.
func textFilter(t *testing.T, r *rand.Rand, w *world, plan *compose.Plan, members map[string]bool) {
	t.Helper()
	word := displayWords[r.IntN(len(displayWords))]
	word = word[:1+r.IntN(len(word))]
	want := map[string]bool{}
	for m := range members {
		url, code, _ := strings.Cut(m, " ")
		have := append(strings.Fields(w.plain[url].display[code]), code)
		if slices.ContainsFunc(have, func(s string) bool { return strings.HasPrefix(s, word) }) && !w.plain[url].gone[code] {
			want[m] = true
		}
	}
	sel := compose.Selection{Count: -1, Text: word, ActiveOnly: true}
	if got := list(t, plan, sel); !sameMembers(got, want) {
		t.Fatalf("filter %q gives %q, want %v", word, got, want)
	}
	pages(t, r, plan, sel)
}

// FuzzFilter compiles any filter: it ends, without panic, in a plan or an error for the user.
func FuzzFilter(f *testing.F) {
	for _, s := range [][3]string{{"concept", "is-a", "c1"}, {"grade", "in", "1,,2"}, {"display", "regex", "(a|b)*c{2,3}"}, {"code", "regex", "[["}, {"parent", "exists", "true"}, {"x", "=", ""}} {
		f.Add(s[0], s[1], s[2])
	}
	w := newWorld(f, rand.New(rand.NewPCG(5, 5)), 50)
	f.Fuzz(func(t *testing.T, property, op, value string) {
		d := &compose.Definition{Composed: true, Include: []compose.Include{{System: "urn:s1", Filters: []compose.Filter{{Property: property, Op: op, Value: value}}}}}
		plan, err := compose.Compile(t.Context(), w, d)
		if err != nil {
			if k := fhir.KindOf(err); k != fhir.Unprocessable && k != fhir.TooCostly && (k != fhir.Invalid || value != "") {
				t.Errorf("error of kind %d: %v", k, err)
			}
			return
		}
		total := 0
		if _, err := plan.List(t.Context(), compose.Selection{Count: -1}, func(compose.Member) { total++ }); err != nil || total > 50 {
			t.Errorf("%d members, %v", total, err)
		}
	})
}
