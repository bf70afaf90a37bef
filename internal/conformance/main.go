package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"masjala/internal/testutil"
)

func main() {
	var o options
	flag.StringVar(&o.tests, "tests", filepath.Join(".cache", "test.json"), "output of go test -json; - for standard input")
	flag.StringVar(&o.cases, "cases", "", "results of the REST cases as their runner writes them; without it the counts on the page stay")
	flag.StringVar(&o.statements, "statements", filepath.Join("docs", "conformance.yaml"), "what is said of requirements that no test proves")
	flag.StringVar(&o.page, "page", filepath.Join("docs", "conformance.md"), "the page to write")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

// options are the files that are read and written.
type options struct{ tests, cases, statements, page string }

// run writes the page. It fails after writing if a requirement is neither proved nor stated.
func run(o options) error {
	reference, err := testutil.FindReference()
	if err != nil {
		return fmt.Errorf("find the reference folder: %w", err)
	}
	list, err := readRequirements(filepath.Join(reference, "spec", "requirements.md"))
	if err != nil {
		return err
	}
	proofs, err := readProofs(o.tests)
	if err != nil {
		return err
	}
	said, err := readStatements(o.statements)
	if err != nil {
		return err
	}
	suites, err := readSuites(o.cases, o.page)
	if err != nil {
		return err
	}
	report := judge(list, proofs, said)
	if err := os.WriteFile(o.page, []byte(report.page(suites)), 0o644); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, report.summary())
	return report.problems()
}

// verdict is what became of a requirement.
type verdict struct {
	requirement
	status string // done, later, not applicable, open
	how    string
}

const (
	done          = "done"
	later         = "later"
	notApplicable = "not applicable"
	open          = "open" // neither proved nor stated: the command fails
)

type report struct {
	verdicts []verdict
	unknown  []string // ids that tests or statements name and the reference does not have
	failed   []string // ids that a failing test marks
}

// judge joins requirements, proofs and statements. A proof counts more than a statement,
// unless that says that the tests prove only a part.
func judge(list []requirement, proofs map[string]*proof, said *statements) *report {
	r := &report{}
	known := map[string]bool{}
	for _, q := range list {
		known[q.id] = true
		if q.resolution {
			continue
		}
		v := verdict{requirement: q, status: open}
		p, s := proofs[q.id], said.of(q.id)
		switch {
		case p != nil && len(p.failed) > 0:
			v.how = "fails: " + names(p.failed)
			r.failed = append(r.failed, q.id)
		case p != nil && len(p.passed) > 0 && s != nil && s.Partly:
			v.status, v.how = s.Status, s.Reason+" (in part: "+names(p.passed)+")"
		case p != nil && len(p.passed) > 0:
			v.status, v.how = done, names(p.passed)
		case s != nil:
			v.status, v.how = s.Status, s.Reason
		case p != nil:
			v.how = "skipped: " + names(p.skipped)
		}
		r.verdicts = append(r.verdicts, v)
	}
	for id := range proofs {
		if !known[id] {
			r.unknown = append(r.unknown, id)
		}
	}
	r.unknown = append(r.unknown, said.unused(known)...)
	return r
}

func (r *report) problems() error {
	var all []error
	var missing []string
	for _, v := range r.verdicts {
		if v.status == open {
			missing = append(missing, v.id)
		}
	}
	if len(missing) > 0 {
		all = append(all, fmt.Errorf("%d requirements have neither a passing test nor a statement: %s", len(missing), strings.Join(missing, " ")))
	}
	if len(r.failed) > 0 {
		all = append(all, fmt.Errorf("tests fail that mark %s", strings.Join(r.failed, " ")))
	}
	if len(r.unknown) > 0 {
		all = append(all, fmt.Errorf("no requirement has the id %s", strings.Join(r.unknown, " ")))
	}
	return errors.Join(all...)
}
