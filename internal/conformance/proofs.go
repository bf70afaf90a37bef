package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"masjala/internal/testutil"
)

// proof is what the tests that mark a requirement came to.
type proof struct{ passed, failed, skipped []string }

// event is one line of go test -json.
type event struct{ Action, Package, Test, Output string }

// readProofs reads the output of go test -json. It fails if there is no test in it.
func readProofs(file string) (map[string]*proof, error) {
	in := io.Reader(os.Stdin)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("%w; make it with: go test -json ./... > %s", err, file)
		}
		defer f.Close()
		in = f
	}
	marks := map[string][]string{} // ids that a test marks
	proofs := map[string]*proof{}
	lines := bufio.NewReader(in)
	tests := 0
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		if json.Unmarshal(line, &e) == nil && e.Test != "" { // other lines are of the build
			name := strings.TrimPrefix(e.Package, "masjala/") + "." + e.Test
			tests += e.note(name, marks, proofs)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
	}
	if tests == 0 {
		return nil, fmt.Errorf("%s holds no test that ended", file)
	}
	return proofs, nil
}

// note takes one event of a test; it returns 1 if the test ended.
func (e event) note(name string, marks map[string][]string, proofs map[string]*proof) int {
	if _, said, ok := strings.Cut(e.Output, testutil.RequirementMark); ok && e.Action == "output" {
		marks[name] = append(marks[name], strings.Fields(said)...)
		return 0
	}
	if e.Action != "pass" && e.Action != "fail" && e.Action != "skip" {
		return 0
	}
	for _, id := range marks[name] {
		p := proofs[id]
		if p == nil {
			p = &proof{}
			proofs[id] = p
		}
		into := map[string]*[]string{"pass": &p.passed, "fail": &p.failed, "skip": &p.skipped}[e.Action]
		if !slices.Contains(*into, name) {
			*into = append(*into, name)
		}
	}
	return 1
}

// names lists tests for a reader, in order, the first three of many.
func names(tests []string) string {
	const most = 3
	slices.Sort(tests)
	text := ""
	for i, name := range tests {
		if i == most {
			return text + fmt.Sprintf(" and %d more", len(tests)-most)
		}
		if i > 0 {
			text += ", "
		}
		text += "`" + name + "`"
	}
	return text
}
