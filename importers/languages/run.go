package languages

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/definition"
	"masjala/importers/intake"
	"masjala/importers/plain"
)

const (
	kind   = "languages" // names this sort of import in reports
	system = "http://www.iana.org/assignments/language-subtag-registry"
)

// types are those of records (RFC 5646, section 3.1.3).
var types = []string{"language", "extlang", "script", "region", "variant", "grandfathered", "redundant"}

// fields become properties of a concept, in this order.
var fields = []struct {
	field       string
	declaration definition.Declaration
}{
	{"Type", definition.Declaration{Code: "type", Description: "What it is a subtag for", Type: "code"}},
	{"", definition.Declaration{Code: "subtag", Description: "The subtag, or the tag that was registered whole; of a range, both ends", Type: "string"}},
	{"Added", definition.Declaration{Code: "added", Description: "Day on which it was registered", Type: "string"}},
	{"Deprecated", definition.Declaration{Code: "deprecated", Description: "Day from which it should not be used", Type: "string"}},
	{"Preferred-Value", definition.Declaration{Code: "preferred-value", Description: "What is used instead", Type: "string"}},
	{"Prefix", definition.Declaration{Code: "prefix", Description: "What it stands behind", Type: "string"}},
	{"Scope", definition.Declaration{Code: "scope", Description: "Macrolanguage, collection, special or private-use", Type: "code"}},
	{"Macrolanguage", definition.Declaration{Code: "macrolanguage", Description: "The language that it is a part of", Type: "string"}},
	{"Suppress-Script", definition.Declaration{Code: "suppress-script", Description: "The script that needs not be said", Type: "string"}},
}

// Run imports the registry. A record that lacks a field that it needs is an issue. It fails
// when the file cannot be read or is no registry of languages.
func Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	if err := req.About.Check(); err != nil {
		return nil, err
	}
	in := intake.Begin(env, &req, kind)
	data, err := plain.All(req.File, func(name string) bool { return strings.Contains(name, "registry") })
	if err != nil {
		return nil, err
	}
	records, err := parse(data)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	in.Report.Hash = hex.EncodeToString(sum[:])
	list, version := concepts(in, records)
	if len(list) == 0 {
		return nil, fhir.Errorf(fhir.Unprocessable, "%s has no record of a registry of languages", in.Report.File)
	}
	r, err := resource(list, cmp.Or(req.About.Version, version), &req.About)
	if err != nil {
		return nil, err
	}
	if err := in.Take(ctx, in.Report.File, r); err != nil {
		return nil, err
	}
	return in.Finish(ctx)
}

// concepts makes a concept of each record, and tells the date of the registry: what it says of
// itself, else the newest in it.
func concepts(in *intake.Intake, records []record) (list []*definition.Concept, version string) {
	said, newest := "", ""
	seen := map[string]bool{}
	for i := range records {
		r := &records[i]
		if date := r.get("File-Date"); date != "" {
			said = date
			continue
		}
		in.Report.Rows++
		names := r.all("Description")
		reason := ""
		switch {
		case !slices.Contains(types, r.get("Type")):
			reason = fmt.Sprintf("the record has the type %q, which is none of %s", r.get("Type"), strings.Join(types, ", "))
		case r.subtag() == "" || len(names) == 0:
			reason = "the record has no subtag or no description"
		case seen[r.code()]:
			reason = "the subtag is there twice"
		case r.controlled() != "":
			reason = fmt.Sprintf("%s has a control character, which no text may have", r.controlled())
		}
		if reason != "" {
			in.Issues.Add(importers.Issue{Sheet: in.Report.File, Row: r.line, Value: r.code(), Severity: importers.Error, Rule: "record-damaged",
				Reason: reason, Fix: "The record was left out; fetch the registry again."})
			continue
		}
		seen[r.code()] = true
		newest = max(newest, r.get("Added"), r.get("Deprecated"))
		list = append(list, r.concept(names))
	}
	return list, cmp.Or(said, newest)
}

func (r *record) concept(names []string) *definition.Concept {
	c := &definition.Concept{Code: r.code(), Display: names[0]}
	for _, n := range names[1:] {
		c.Designation = append(c.Designation, definition.Designation{Value: n})
	}
	for _, f := range fields {
		values := r.all(f.field)
		if f.field == "" {
			values = []string{r.subtag()}
		}
		for _, v := range values {
			if f.declaration.Type == "code" {
				c.Property = append(c.Property, definition.CodeValue{Code: f.declaration.Code, Value: v})
			} else {
				c.Property = append(c.Property, definition.StringValue{Code: f.declaration.Code, Value: v})
			}
		}
	}
	return c
}

// resource makes the CodeSystem.
func resource(list []*definition.Concept, version string, about *importers.About) (*fhir.Resource, error) {
	var declared []definition.Declaration
	for _, f := range fields {
		declared = append(declared, f.declaration)
	}
	return fhir.Build("CodeSystem", "language-subtag-registry", nil, definition.CodeSystem{
		Language: "en", URL: system, Version: version, Name: "LanguageSubtagRegistry", Title: "IANA Language Subtag Registry", Status: "active",
		Publisher: cmp.Or(about.Publisher, "Internet Assigned Numbers Authority"), Description: "The subtags of which tags for languages are made (BCP 47).",
		Jurisdiction: about.Territory(), Copyright: about.Copyright, CaseSensitive: true, Content: "complete", Count: len(list), Property: declared, Concept: list,
	})
}
