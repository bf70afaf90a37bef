package icd10cm

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/definition"
	"masjala/importers/intake"
	"masjala/importers/plain"
)

const (
	kind   = "icd10cm" // names this sort of import in reports
	system = "http://hl7.org/fhir/sid/icd-10-cm"
)

// Run imports one order file, which may be compressed or an entry of the archive that it is
// published in. The version is the year in its name where none is given. It fails when the
// file cannot be read, has no code, or nothing says the version.
func Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	if err := req.About.Check(); err != nil {
		return nil, err
	}
	in := intake.Begin(env, &req, kind)
	version := cmp.Or(req.About.Version, year.FindString(in.Report.File))
	if version == "" {
		return nil, fhir.Errorf(fhir.Invalid, "the name of %s has no year; say which version it is (--version 2026)", in.Report.File)
	}
	l := &list{in: in, seen: map[string]int{}}
	sum := sha256.New()
	err := plain.Lines(req.File, orderFile, func(number int, line []byte) error {
		sum.Write(line)
		sum.Write([]byte{'\n'})
		if number%4096 == 0 {
			in.Progress("reading")
		}
		l.add(number, string(line))
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	if len(l.concepts) == 0 {
		return nil, fhir.Errorf(fhir.Unprocessable, "%s has no line of an ICD-10-CM order file", in.Report.File)
	}
	in.Report.Hash = hex.EncodeToString(sum.Sum(nil))
	r, err := l.resource(version, &req.About)
	if err != nil {
		return nil, err
	}
	if err := in.Take(ctx, in.Report.File, r); err != nil {
		return nil, err
	}
	return in.Finish(ctx)
}

var year = regexp.MustCompile(`20[0-9]{2}`)

// orderFile tells the order file among the entries of the published archive.
func orderFile(name string) bool {
	base := strings.ToLower(path.Base(name))
	return strings.Contains(base, "order") && !strings.Contains(base, "addenda") && strings.HasSuffix(base, ".txt")
}

// list collects the codes.
type list struct {
	in       *intake.Intake
	concepts []*definition.Concept
	above    []string       // codes that the next one may lie below, the nearest last
	seen     map[string]int // code: line
}

// add takes a line in, or reports why not.
func (l *list) add(number int, line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	l.in.Report.Rows++
	r, err := parse(line)
	if err != nil {
		l.issue(number, "line-damaged", r.code, err.Error())
		return
	}
	if first := l.seen[r.code]; first > 0 {
		l.issue(number, "code-repeated", r.code, fmt.Sprintf("the code is already in line %d", first))
		return
	}
	l.seen[r.code] = number
	for len(l.above) > 0 && !strings.HasPrefix(r.code, l.above[len(l.above)-1]) {
		l.above = l.above[:len(l.above)-1]
	}
	c := &definition.Concept{Code: pointed(r.code), Display: r.long}
	if r.short != r.long {
		c.Designation = []definition.Designation{{Language: "en", Value: r.short}}
	}
	if n := len(l.above); n > 0 {
		c.Property = append(c.Property, definition.CodeValue{Code: "parent", Value: pointed(l.above[n-1])})
	}
	c.Property = append(c.Property, definition.BooleanValue{Code: "billable", Value: r.billable})
	l.concepts = append(l.concepts, c)
	l.above = append(l.above, r.code)
}

func (l *list) issue(line int, rule, value, reason string) {
	l.in.Issues.Add(importers.Issue{Sheet: l.in.Report.File, Row: line, Value: value, Severity: importers.Error, Rule: rule, Reason: reason,
		Fix: "The line was left out; fetch the file again, or correct it."})
}

// resource makes the CodeSystem.
func (l *list) resource(version string, about *importers.About) (*fhir.Resource, error) {
	territory := *about
	if len(territory.Jurisdictions) == 0 {
		territory.Jurisdictions = []string{"US"}
	}
	id := "icd-10-cm-" + importers.Slug(version)
	if !fhir.ValidID(id) {
		id = "icd-10-cm"
	}
	return fhir.Build("CodeSystem", id, nil, definition.CodeSystem{
		Language: "en", URL: system, Version: version, Name: "ICD10CM", Title: "ICD-10-CM, International Classification of Diseases, Clinical Modification",
		Status: "active", Publisher: cmp.Or(about.Publisher, "National Center for Health Statistics"), Description: "ICD-10-CM, imported from its order file.",
		Jurisdiction: territory.Territory(), Copyright: cmp.Or(about.Copyright, "Published by the government of the United States; in the public domain there."),
		CaseSensitive: false, ValueSet: system + "/vs", HierarchyMeaning: "is-a", Content: "complete", Count: len(l.concepts),
		Property: []definition.Declaration{
			{Code: "parent", URI: definition.Base + "parent", Description: "The nearest broader code", Type: "code"},
			{Code: "billable", Description: "Whether the code may stand in a bill; a header may not", Type: "boolean"},
		}, Concept: l.concepts,
	})
}
