package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

const heading = `# Conformance

Every requirement that this program works towards, and what became of it. The list of
requirements (OpenHIE 5.2, IHE mCSD, SVCM and BALP, FHIR R4, WHO) is not part of this
repository. This page is written by ` + "`make conformance`" + ` from a run of the tests:

- **done**: a test that names the requirement passed in that run; it is named here.
- **later**: not yet, or not proved yet; the reason says what is missing.
- **not applicable**: it asks nothing of this program; the reason says why.

`

// page returns the whole page in Markdown.
func (r *report) page(suites string) string {
	var b strings.Builder
	b.WriteString(heading)
	r.counts(&b)
	b.WriteString("\n## Suites run against the program\n\n" + suitesStart + "\n" + suites + suitesEnd + "\n")
	section := ""
	for _, v := range r.verdicts {
		if v.section != section {
			section = v.section
			fmt.Fprintf(&b, "\n## %s\n\n| Id | Level | Requirement | Status | Proof or reason |\n|---|---|---|---|---|\n", section)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", v.id, cell(v.level), cell(v.text), v.status, cell(v.how))
	}
	return b.String()
}

// cell makes a text safe to stand in a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}

// counts writes how many requirements there are of each level and status.
func (r *report) counts(b *strings.Builder) {
	levels := []string{"SHALL", "SHOULD", "MAY", "other"}
	n := map[[2]string]int{}
	for _, v := range r.verdicts {
		level := levelOf(v.level)
		n[[2]string{level, v.status}]++
		n[[2]string{"all", v.status}]++
		n[[2]string{level, ""}]++
		n[[2]string{"all", ""}]++
	}
	b.WriteString("| Level | Done | Later | Not applicable | Together |\n|---|---|---|---|---|\n")
	for _, level := range append(levels, "all") {
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d |\n", level, n[[2]string{level, done}],
			n[[2]string{level, later}]+n[[2]string{level, open}], n[[2]string{level, notApplicable}], n[[2]string{level, ""}])
	}
}

func levelOf(text string) string {
	for _, level := range []string{"SHALL", "SHOULD", "MAY"} {
		if strings.HasPrefix(text, level) {
			return level
		}
	}
	return "other"
}

func (r *report) summary() string {
	n := map[string]int{}
	for _, v := range r.verdicts {
		n[v.status]++
	}
	return fmt.Sprintf("%d requirements: %d done, %d later, %d not applicable, %d open",
		len(r.verdicts), n[done], n[later], n[notApplicable], n[open])
}

// The counts of the suites stand between these lines and stay when there are no new ones.
const (
	suitesStart = "<!-- suites -->"
	suitesEnd   = "<!-- end of suites -->"
)

// result is one case as the runner of the REST cases reports it.
type result struct {
	Suite, Level string
	OK, Skip     bool
}

// readSuites returns the table of suites: from new results, else from the page as it stands.
func readSuites(cases, page string) (string, error) {
	if cases == "" {
		old, err := os.ReadFile(page)
		if err != nil {
			return "None yet.\n", nil
		}
		_, rest, _ := strings.Cut(string(old), suitesStart+"\n")
		table, _, found := strings.Cut(rest, suitesEnd)
		if !found {
			return "None yet.\n", nil
		}
		return table, nil
	}
	data, err := os.ReadFile(cases)
	if err != nil {
		return "", err
	}
	var results []result
	if err := json.Unmarshal(data, &results); err != nil {
		return "", fmt.Errorf("read %s: %w", cases, err)
	}
	return suiteTable(results), nil
}

// suiteTable writes passed of all cases by suite and level.
func suiteTable(results []result) string {
	type key struct{ suite, level string }
	passed, all := map[key]int{}, map[key]int{}
	var suites []string
	skipped := 0
	for _, c := range results {
		if c.Skip {
			skipped++
			continue
		}
		if all[key{c.Suite, ""}] == 0 {
			suites = append(suites, c.Suite)
		}
		for _, k := range []key{{c.Suite, c.Level}, {c.Suite, ""}, {"all", c.Level}, {"all", ""}} {
			all[k]++
			if c.OK {
				passed[k]++
			}
		}
	}
	var b strings.Builder
	b.WriteString("Passed of all cases of each level.\n\n| Suite | must | should | may | all |\n|---|---|---|---|---|\n")
	for _, suite := range append(suites, "all") {
		fmt.Fprintf(&b, "| %s |", suite)
		for _, level := range []string{"must", "should", "may", ""} {
			fmt.Fprintf(&b, " %d of %d |", passed[key{suite, level}], all[key{suite, level}])
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\n%d cases were left out.\n", skipped)
	return b.String()
}
