package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAnswersAreHeldToWhatIsKnown(t *testing.T) {
	yes, two := true, 2
	params := `{"resourceType":"Parameters","parameter":[{"name":"result","valueBoolean":true},{"name":"display","valueString":"Malaria"},{"name":"outcome","valueCode":"subsumes"},
		{"name":"match","part":[{"name":"equivalence","valueCode":"equal"},{"name":"concept","valueCoding":{"code":"B54"}}]}]}`
	set := `{"resourceType":"ValueSet","expansion":{"contains":[{"code":"b","contains":[{"code":"a"}]}]}}`
	bundle := `{"resourceType":"Bundle","entry":[{"resource":{"url":"http://example.org/a"}}]}`
	tests := map[string]struct {
		want   answer
		status int
		body   string
		right  bool
	}{
		"an outcome":            {answer{Kind: "notfound"}, 404, `{"resourceType":"OperationOutcome"}`, true},
		"an outcome of a crash": {answer{Kind: "notfound"}, 500, `{"resourceType":"OperationOutcome"}`, false},
		"no outcome":            {answer{Kind: "notfound"}, 404, params, false},
		"all parameters":        {answer{Kind: "params", Result: &yes, Display: "Malaria", Outcome: "subsumes", Target: "B54"}, 200, params, true},
		"another display":       {answer{Kind: "params", Display: "malaria"}, 200, params, false},
		"another result":        {answer{Kind: "params", Result: new(bool)}, 200, params, false},
		"another outcome":       {answer{Kind: "params", Outcome: "equivalent"}, 200, params, false},
		"another target":        {answer{Kind: "params", Target: "B50"}, 200, params, false},
		"parameters that fail":  {answer{Kind: "params"}, 422, params, false},
		"codes":                 {answer{Kind: "vs", Count: &two, Least: 1, Codes: []string{"a", "b"}}, 200, set, true},
		"too few codes":         {answer{Kind: "vs", Least: 3}, 200, set, false},
		"too many codes":        {answer{Kind: "vs", Count: new(int)}, 200, set, false},
		"other codes":           {answer{Kind: "vs", Codes: []string{"a", "c"}}, 200, set, false},
		"a bundle":              {answer{Kind: "bundle", First: "http://example.org/a"}, 200, bundle, true},
		"another first entry":   {answer{Kind: "bundle", First: "http://example.org/b"}, 200, bundle, false},
		"an empty bundle":       {answer{Kind: "bundle"}, 200, `{"resourceType":"Bundle"}`, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.want.wrong(tc.status, []byte(tc.body)); (got == "") != tc.right {
				t.Errorf("it says %q, want it right %v", got, tc.right)
			}
		})
	}
}

func TestQuestionsOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.jsonl")
	lines := `{"c":"LK01","m":"GET","p":"/CodeSystem/$lookup?code=1","x":{"k":"params","d":"One"}}
{"c":"EX02","m":"POST","p":"/ValueSet/$expand","b":"{}","x":{"k":"vs","n":3}}
{"c":"LK01","m":"GET","p":"/CodeSystem/$lookup?code=2","x":{"k":"params"}}
`
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := readQuestions(path)
	if err != nil || len(all) != 2 || len(all["LK01"]) != 2 || *all["EX02"][0].Answer.Count != 3 {
		t.Fatalf("got %+v, %v", all, err)
	}
	header := []byte(" HTTP/1.1\r\nHost: bench\r\n\r\n")
	if got, want := string(all["LK01"][0].request(header)), "GET /fhir/CodeSystem/$lookup?code=1 HTTP/1.1\r\nHost: bench\r\n\r\n"; got != want {
		t.Errorf("a question without a body is sent as %q, want %q", got, want)
	}
	if got := string(all["EX02"][0].request(header)); !strings.HasPrefix(got, "POST /fhir/ValueSet/$expand HTTP/1.1\r\n") || !strings.HasSuffix(got, "Content-Length: 2\r\n\r\n{}") {
		t.Errorf("a question with a body is sent as %q", got)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readQuestions(path); err == nil {
		t.Error("half a line is no error")
	}
}

// kept is what a server gives that keeps all promises.
func kept() *knowledge {
	cpu := func(d time.Duration) []sample {
		return []sample{{requests: 1000, elapsed: time.Second, cpu: 1000 * d, p99: time.Millisecond}}
	}
	us := time.Microsecond
	return &knowledge{
		lexicon: lexicon{concepts: 100, labs: 10, runs: 1, clients: 10},
		cases:   []*asked{{name: "LK01", limit: 2, samples: cpu(20 * us), right: 9, tried: 9}},
		bare:    cpu(10 * us), floor: cpu(11 * us),
		loads: []loading{{source{large: true}, time.Second, time.Second, memory{1 << 20, 2 << 20}}},
		fresh: memory{anon: 1 << 20, resident: 2 << 20}, restarted: memory{anon: 1 << 20, resident: 2 << 20}, ready: time.Second,
		alone: sample{requests: 1, p99: time.Millisecond}, busy: sample{requests: 1, p99: 2 * time.Millisecond},
		typing: typing{alive: cpu(us), field: []sample{{requests: 1, elapsed: time.Second, p99: time.Millisecond}}, held: 1},
		swap:   swapping{lookups: waits{asked: 10, longest: time.Millisecond}, done: true},
	}
}

func TestReportOfCodeSystemsTellsWhetherPromisesAreKept(t *testing.T) {
	tests := map[string]func(k *knowledge){
		"a request is too dear":           func(k *knowledge) { k.cases[0].samples[0].cpu *= 2 },
		"an answer is wrong":              func(k *knowledge) { k.cases[0].right-- },
		"the floor is too high":           func(k *knowledge) { k.bare[0].cpu /= 2 },
		"an import is slow":               func(k *knowledge) { k.loads[0].took = time.Hour },
		"an import takes much memory":     func(k *knowledge) { k.loads[0].most.resident = 2 << 30 },
		"much memory after the imports":   func(k *knowledge) { k.fresh.anon = 1 << 30 },
		"much memory after a restart":     func(k *knowledge) { k.restarted.resident = 1 << 30 },
		"the start is slow":               func(k *knowledge) { k.ready = time.Minute },
		"lookups wait for expansions":     func(k *knowledge) { k.busy.p99 = time.Second },
		"lookups fail while a version is": func(k *knowledge) { k.swap.lookups.errors = 1 },
		"a lookup waits for a version":    func(k *knowledge) { k.swap.lookups.longest = time.Second },
		"who types waits":                 func(k *knowledge) { k.typing.field[0].p99 = time.Second },
		"a page has another order":        func(k *knowledge) { k.typing.uneven = `"mal"` },
		"the old version stays":           func(k *knowledge) { k.swap.done = false },
		"":                                func(*knowledge) {},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			k := kept()
			change(k)
			var b strings.Builder
			if got := k.report(&b, "machine"); got != (name == "") || strings.Contains(b.String(), "**no**") == got {
				t.Errorf("kept %v:\n%s", got, b.String())
			}
		})
	}
}

func TestTypedTextsBeginWordsOfTheFile(t *testing.T) {
	file := "00001 A00     0 Cholera                                                      Cholera\n" +
		"00002 A000    1 Cholera due to Vibrio cholerae 01, biovar cholerae           Cholera due to Vibrio cholerae 01\n00003 short\n"
	lines, err := typingWords(strings.NewReader(file))
	if err != nil || len(lines) != 2 || strings.Join(lines[1], " ") != "Cholera due to Vibrio cholerae" {
		t.Fatalf("words are %q, %v", lines, err)
	}
	for _, text := range typedTexts(rand.New(rand.NewPCG(1, 1)), lines, 100) {
		words := strings.Fields(text)
		if len(words) < 1 || len(words) > 2 {
			t.Errorf("%q has %d words", text, len(words))
		}
		for _, w := range words {
			if len(w) > typedLetters || !slices.ContainsFunc(lines[1], func(have string) bool { return strings.HasPrefix(strings.ToLower(have), w) }) {
				t.Errorf("%q of %q begins no word", w, text)
			}
		}
	}
}

func TestTerminologyRefusesNonsense(t *testing.T) {
	for _, args := range [][]string{{"-runs", "0"}, {"-concepts", "0"}, {"-nothing"}} {
		if err := vocabulary(t.Context(), args); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}
