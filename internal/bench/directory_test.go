package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/internal/bench/national"
)

func TestZipfWeighsByRank(t *testing.T) {
	const n, draws = 1000, 200_000
	r, ordered, scattered := rand.New(rand.NewPCG(1, 2)), newZipf(n, true), newZipf(n, false)
	count, elsewhere := make([]int, n), make([]int, n)
	for range draws {
		count[ordered.draw(r)]++
		elsewhere[scattered.draw(r)]++
	}
	sum := 0.0
	for k := 1; k <= n; k++ {
		sum += 1 / float64(k)
	}
	for _, k := range []int{1, 2, 5, 10, 50} {
		want := draws / sum / float64(k)
		if got := float64(count[k-1]); got < want*0.85 || got > want*1.15 {
			t.Errorf("rank %d comes %.0f times, want about %.0f", k, got, want)
		}
	}
	if slices.Max(elsewhere[1:10]) > count[1] || elsewhere[0] < count[0]*9/10 {
		t.Errorf("the popular ones are not scattered: %v", elsewhere[:10])
	}
	slices.Sort(count)
	slices.Sort(elsewhere)
	if elsewhere[n-1] < count[n-1]*9/10 || elsewhere[n-1] > count[n-1]*11/10 {
		t.Errorf("scattered, the most popular comes %d times, in order %d", elsewhere[n-1], count[n-1])
	}
}

func TestShapesAreRequestsOfTheCountry(t *testing.T) {
	c := national.New(national.Nation.Scale(0.01))
	for _, s := range shapes(c) {
		t.Run(s.name, func(t *testing.T) {
			for _, n := range []int{0, 1, s.of / 2, s.of - 1} {
				path := string(s.path(nil, n))
				u, err := url.Parse(path)
				if err != nil || !utf8.ValidString(u.Query().Encode()) || strings.ContainsAny(path, " |\"") {
					t.Errorf("%s: %v", path, err)
				}
				for _, value := range u.Query() {
					if s.name != "read by id" && value[0] == "" {
						t.Errorf("%s asks for nothing", path)
					}
				}
			}
			header := []byte(" HTTP/1.1\r\n\r\n")
			one, same := s.pool(5, false, header), s.pool(5, false, header)
			for i := range 20 {
				if a, b := string(one(i)), string(same(i)); a != b || !strings.HasPrefix(a, "GET /fhir/") || !strings.HasSuffix(a, string(header)) {
					t.Fatalf("the same seed gives %q and %q", a, b)
				}
			}
		})
	}
}

func TestNameShapesAskForAsManyLettersAsTheySay(t *testing.T) {
	c := national.New(national.Nation.Scale(0.01))
	path, lengths := namePath(c, "name:contains", 4, 6, false), map[int]int{}
	for n := range 2000 {
		u, err := url.Parse(string(path(nil, n)))
		if err != nil {
			t.Fatal(err)
		}
		lengths[utf8.RuneCountInString(u.Query().Get("name:contains"))]++
	}
	if len(lengths) != 3 || lengths[4] == 0 || lengths[6] == 0 {
		t.Errorf("lengths of the parts: %v, want 4 to 6", lengths)
	}
}

// At full size every pool about the country alone must have 20,000 different requests.
func TestPoolsHaveManyDifferentRequests(t *testing.T) {
	for _, s := range shapes(national.New(national.Nation)) {
		if n := s.distinct(); n < distinctEnough {
			t.Errorf("%s: %d different requests, want %d", s.name, n, distinctEnough)
		}
	}
	if n := (&shape{of: 300, path: func(b []byte, n int) []byte { return fmt.Append(b, n%7) }}).distinct(); n != 7 {
		t.Errorf("%d different requests of seven", n)
	}
}

func TestTransactionOfNewcomers(t *testing.T) {
	c := national.New(national.Nation.Scale(0.001))
	b := newcomers(c, 1_000_000)
	if !gjson.ValidBytes(b) || gjson.GetBytes(b, "entry.#").Int() != entriesOfTransaction {
		t.Fatalf("not a Bundle of %d: %.300s", entriesOfTransaction, b)
	}
	urns := map[string]bool{}
	for _, e := range gjson.GetBytes(b, "entry").Array() {
		urns[e.Get("fullUrl").Str] = true
		r, err := fhir.Parse([]byte(e.Get("resource").Raw))
		if err != nil {
			t.Fatal(err)
		}
		if err := profile.Check(r); err != nil || e.Get("request.url").Str != r.Type {
			t.Errorf("%v: %s", err, e.Raw)
		}
		if own := e.Get("resource.managingOrganization.reference").Str; r.Type == "Location" && !strings.HasPrefix(own, "urn:uuid:") {
			t.Errorf("a new Location belongs to %s", own)
		}
	}
	if len(urns) != entriesOfTransaction {
		t.Errorf("%d different addresses", len(urns))
	}
}

func TestRequestWithBody(t *testing.T) {
	got := request("POST /fhir", []byte(" HTTP/1.1\r\nHost: bench\r\n\r\n"), []byte("{}"))
	want := "POST /fhir HTTP/1.1\r\nHost: bench\r\nContent-Type: application/fhir+json\r\nContent-Length: 2\r\n\r\n{}"
	if string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMemoryOfAProcess(t *testing.T) {
	m, err := parseMemory("Name:\tx\nVmRSS:\t    2048 kB\nRssAnon:\t    1024 kB\nRssFile:\t 1 kB\n")
	if want := (memory{anon: 1 << 20, resident: 2 << 20}); err != nil || m != want {
		t.Errorf("got %+v, %v; want %+v", m, err, want)
	}
	for _, bad := range []string{"", "VmRSS: many kB\n"} {
		if _, err := parseMemory(bad); err == nil {
			t.Errorf("%q is no error", bad)
		}
	}
	if m, err := memoryOf(os.Getpid()); err == nil && m.anon > m.resident {
		t.Errorf("this process has %+v", m)
	}
}

// page makes a Bundle of a page as the server writes it.
func page(next string, of ...string) string {
	var b strings.Builder
	b.WriteString(`{"resourceType":"Bundle","link":[{"relation":"self","url":"http://bench/fhir/x"}`)
	if next != "" {
		fmt.Fprintf(&b, `,{"relation":"next","url":"%s"}`, next)
	}
	b.WriteString(`],"entry":[`)
	for i, e := range of {
		id, version, _ := strings.Cut(e, "/")
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"fullUrl":"http://bench/fhir/Location/%s","resource":{"resourceType":"Location","id":"%[1]s","meta":{"versionId":"%s"}}}`, id, version)
	}
	b.WriteString("]}")
	return b.String()
}

// served makes a walker over pages by path.
func served(t *testing.T, pages map[string]string) *walker {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := pages[r.URL.Path]
		if !ok {
			w.WriteHeader(404)
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(server.Close)
	c, err := dial(t.Context(), server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.conn.Close() })
	return &walker{client: c, header: []byte(" HTTP/1.1\r\nHost: bench\r\n\r\n")}
}

func TestWalkFollowsNextLinks(t *testing.T) {
	w := served(t, map[string]string{"/1": page("http://bench/2", "a/1"), "/2": page("http://bench/3"), "/3": page("", "b/1"), "/4": page("http://other/5")})
	got, err := w.paths(t.Context(), "/1", 10)
	if diff := cmp.Diff([]string{"/1", "/2", "/3"}, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if got, err := w.paths(t.Context(), "/1", 2); err != nil || len(got) != 2 {
		t.Errorf("two pages: got %v, %v", got, err)
	}
	for _, path := range []string{"/4", "/none"} {
		if _, err := w.paths(t.Context(), path, 10); err == nil {
			t.Errorf("a walk from %s is no error", path)
		}
	}
}

func TestTrailFindsWhatAWalkDidWrong(t *testing.T) {
	rest := []string{"a/1", "b/1", "c/1"}
	tests := map[string]struct {
		trail
		met  []string
		told []string // before the walk
		late []string // after it
		want trailFaults
	}{
		"nothing":                              {met: rest},
		"one is left out":                      {met: rest[:2], want: trailFaults{missing: 1}},
		"one comes twice":                      {met: append([]string{"b/1"}, rest...), want: trailFaults{repeated: 1}},
		"one that nobody wrote":                {met: append([]string{"x/1"}, rest...), want: trailFaults{unknown: 1}},
		"one that was written later":           {met: append([]string{"x/1"}, rest...), late: []string{"x/1"}},
		"one that was written before":          {met: rest, told: []string{"x/1"}, want: trailFaults{missing: 1}},
		"a changed one in a search":            {met: []string{"a/2", "b/1", "c/1"}, told: []string{"a/2"}},
		"a changed one in a history":           {trail: trail{versions: true}, met: append([]string{"a/2"}, rest...), told: []string{"a/2"}},
		"a history without a version":          {trail: trail{versions: true}, met: rest, told: []string{"a/2"}, want: trailFaults{missing: 1}},
		"a changed one left out of a sorted":   {trail: trail{sorted: true}, met: []string{"b/1", "c/1"}, told: []string{"a/2"}},
		"an unchanged one left out of sorted":  {trail: trail{sorted: true}, met: []string{"a/1", "b/1"}, told: []string{"a/2"}, want: trailFaults{missing: 1}},
		"an unchanged one twice in a sorted":   {trail: trail{sorted: true}, met: append([]string{"b/1"}, rest...), want: trailFaults{repeated: 1}},
		"a changed one twice in a sorted walk": {trail: trail{sorted: true}, met: append([]string{"a/1"}, rest...), told: []string{"a/2"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			l, tr := newLedger(), &tc.trail
			tr.of, tr.path = "Location", "/walk"
			if err := tr.rest(t.Context(), served(t, map[string]string{"/walk": page("", rest...)}), l); err != nil {
				t.Fatal(err)
			}
			tell := func(list []string) {
				for _, e := range list {
					id, version, _ := strings.Cut(e, "/")
					l.touch([]byte(id))
					l.told("Location", []byte(id), []byte(version))
				}
			}
			tell(tc.told)
			if err := tr.walk(t.Context(), served(t, map[string]string{"/walk": page("", tc.met...)}), l); err != nil {
				t.Fatal(err)
			}
			tell(tc.late)
			tr.explain(l)
			if tr.trailFaults != tc.want || tr.complete() != (tc.want == trailFaults{}) {
				t.Errorf("got %+v, want %+v", tr.trailFaults, tc.want)
			}
		})
	}
}

func TestIdentityOfAnAnswer(t *testing.T) {
	id, version, ok := identity([]byte(`{"resourceType":"Location","id":"a","meta":{"versionId":"3","lastUpdated":"x"},"name":"y"}`))
	if string(id) != "a" || string(version) != "3" || !ok {
		t.Errorf("got %s, %s, %v", id, version, ok)
	}
	if _, _, ok := identity([]byte(`{"resourceType":"OperationOutcome"}`)); ok {
		t.Error("an outcome has an identity")
	}
}

func TestInTurns(t *testing.T) {
	got := inTurns([][]string{{"a", "b", "c"}, nil, {"d"}})
	if diff := cmp.Diff([]string{"a", "d", "b", "c"}, got); diff != "" {
		t.Error(diff)
	}
}

// found makes findings of which every promise is kept just so.
func found() *findings {
	at := func(cpu time.Duration) []sample {
		return []sample{{requests: 100, elapsed: time.Second, cpu: 100 * cpu, p50: time.Millisecond}}
	}
	us := time.Microsecond
	return &findings{
		census: census{runs: 1, clients: 8, writers: 8, crowd: time.Minute}, country: national.New(national.Size{Areas: 5, Facilities: 5, Workers: 5, Roles: 5}),
		bare: at(10 * us), floor: at(12 * us), ready: readyMost, memory: memory{anon: anonMost, resident: 2 * anonMost},
		shapes: []measured{
			{shape: shape{name: "x", limit: 5, uniform: 20}, zipf: at(60 * us), even: at(240 * us)},
			{shape: shape{name: firstPage}, zipf: at(100 * us), even: at(900 * us)},
			{shape: shape{name: "far", limit: 2, uniform: 8, beside: firstPage}, zipf: at(200 * us), even: at(800 * us)},
		},
		transactions: []sample{{p50: transactionMost}},
		crowding:     crowding{elapsed: time.Minute, reads: []time.Duration{1}, writes: []time.Duration{writeMost}, trails: []*trail{{name: "t", walks: 1}}},
	}
}

func TestReportTellsWhichPromisesOfADirectoryAreMissed(t *testing.T) {
	tests := map[string]struct {
		spoil func(*findings)
		word  string
	}{
		"none":               {func(*findings) {}, ""},
		"floor":              {func(f *findings) { f.floor[0].cpu += f.floor[0].cpu / 10 }, "| floor"},
		"cost":               {func(f *findings) { f.shapes[0].zipf[0].cpu += 1000 }, "| x | Zipf"},
		"cost, uniform":      {func(f *findings) { f.shapes[0].even[0].cpu += 1000 }, "| x | uniform"},
		"far page":           {func(f *findings) { f.shapes[2].zipf[0].cpu += 1000 }, "| far | Zipf"},
		"transaction":        {func(f *findings) { f.transactions[0].p50++ }, "| a transaction"},
		"start":              {func(f *findings) { f.ready++ }, "| ready"},
		"memory":             {func(f *findings) { f.memory.anon++ }, "| RssAnon"},
		"an error":           {func(f *findings) { f.crowding.errors, f.crowding.first = 1, "status 500" }, "| 8 readers"},
		"slow writes":        {func(f *findings) { f.crowding.writes[0]++ }, "| meanwhile a write"},
		"a walk that is not": {func(f *findings) { f.crowding.trails[0].missing = 1 }, "| meanwhile every walk"},
		"no walk at all":     {func(f *findings) { f.crowding.trails[0].walks = 0 }, "| meanwhile every walk"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := found()
			tc.spoil(f)
			var b bytes.Buffer
			kept := f.report(&b, "machine")
			if kept != (tc.word == "") || strings.Count(b.String(), "**no**") != min(len(tc.word), 1) {
				t.Errorf("kept %v:\n%s", kept, b.String())
			}
			for line := range strings.Lines(b.String()) {
				if strings.Contains(line, "**no**") && !strings.HasPrefix(line, tc.word) {
					t.Errorf("blames %s, want the line of %s", line, tc.word)
				}
			}
		})
	}
}

func TestRestWaitsForTheEndOfWork(t *testing.T) {
	if _, err := processor(os.Getpid()); err != nil {
		t.Skip("no /proc here")
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "i=0; while [ $i -lt 1500000 ]; do i=$((i+1)); done; exec sleep 60")
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	if err := rest(t.Context(), &process{cmd: cmd}); err != nil {
		t.Fatal(err)
	}
	if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", cmd.Process.Pid)); err != nil || string(name) != "sleep\n" {
		t.Errorf("it rests while it is %s, %v; want sleep", name, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := rest(ended, &process{cmd: cmd}); err == nil {
		t.Error("it waits although nobody does any more")
	}
}
