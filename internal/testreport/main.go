// Command testreport reads the JSON that `go test -json` prints and shows what a person wants to
// see of it: the output of what failed, one line per package, the slowest tests and the sum.
// It fails when a test failed or none ran.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// slowest is how many of the slowest tests are listed.
const slowest = 15

func main() {
	if err := report(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
}

// report copies what matters of in to out. It fails when a test failed or none ran.
func report(in io.Reader, out io.Writer) error {
	r := run{output: map[string][]string{}, failed: map[string]bool{}}
	lines := bufio.NewReader(in)
	for {
		text, err := lines.ReadString('\n')
		if strings.TrimSpace(text) != "" {
			r.line(text, out)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("read the test output: %w", err)
		}
	}
	slices.SortStableFunc(r.times, func(a, b timing) int { return int((b.seconds - a.seconds) * 1000) })
	fmt.Fprintln(out, "\nslowest tests:")
	for _, t := range r.times[:min(slowest, len(r.times))] {
		fmt.Fprintf(out, "%8.2fs  %s\n", t.seconds, t.name)
	}
	for _, reason := range r.skips {
		fmt.Fprintln(out, "skipped:", reason)
	}
	fmt.Fprintf(out, "\n%d passed, %d failed, %d skipped\n", r.passed, r.broken, r.skipped)
	switch {
	case r.broken > 0:
		return fmt.Errorf("%d tests or packages failed", r.broken)
	case r.passed == 0:
		return fmt.Errorf("no test ran")
	}
	return nil
}
