package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// event is one line of `go test -json`.
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string
}

// timing is how long a test took.
type timing struct {
	name    string
	seconds float64
}

// run gathers what the events tell.
type run struct {
	output                  map[string][]string // lines printed by each test still running
	failed                  map[string]bool     // packages with a test that failed
	times                   []timing
	skips                   []string
	passed, broken, skipped int
}

// line takes one line of the test output. What is no event is shown as it is.
func (r *run) line(text string, out io.Writer) {
	var e event
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		fmt.Fprint(out, text)
		return
	}
	name := strings.TrimSuffix(e.Package+"."+e.Test, ".")
	switch e.Action {
	case "output":
		r.output[name] = append(r.output[name], e.Output)
	case "build-output":
		fmt.Fprint(out, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e, out)
		} else {
			r.endTest(e, name, out)
		}
		delete(r.output, name)
	}
}

func (r *run) endTest(e event, name string, out io.Writer) {
	r.times = append(r.times, timing{name: name, seconds: e.Elapsed})
	switch e.Action {
	case "pass":
		r.passed++
	case "skip":
		r.skipped++
		r.skips = append(r.skips, name+": "+reason(r.output[name]))
	case "fail":
		r.broken++
		r.failed[e.Package] = true
		fmt.Fprint(out, strings.Join(r.output[name], ""))
	}
}

// endPackage prints one line, and what the package said when it broke outside of a test.
func (r *run) endPackage(e event, out io.Writer) {
	words := map[string]string{"pass": "ok", "fail": "FAIL", "skip": "-"}
	if e.Action == "fail" {
		if !r.failed[e.Package] {
			r.broken++
		}
		fmt.Fprint(out, strings.Join(r.output[e.Package], ""))
	}
	if e.Action != "skip" {
		fmt.Fprintf(out, "%-5s %-45s %7.2fs\n", words[e.Action], e.Package, e.Elapsed)
	}
}

// reason is what a skipped test gave as its reason: its last indented line.
func reason(lines []string) string {
	for i := len(lines) - 1; i >= 0; i-- {
		if text := strings.TrimSpace(lines[i]); !strings.HasPrefix(text, "---") && !strings.HasPrefix(text, "===") {
			return text
		}
	}
	return "no reason given"
}
