package app

import (
	"context"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/template"
	"masjala/importers/workers"
)

// TemplateArgs are the arguments of import-template.
type TemplateArgs struct {
	Kind      string            `json:"kind"`                // "facilities" or "workers"
	Lang      string            `json:"lang,omitempty"`      // en, fr, pt, es, sw or ar; empty: en
	ValueSets map[string]string `json:"valueSets,omitempty"` // what columns choose from, by target: "type", "cadre"
}

// Template is the result of import-template.
type Template struct {
	Sheet   string           `json:"sheet"`
	Columns []TemplateColumn `json:"columns"`
}

// TemplateColumn is a column of a template.
type TemplateColumn struct {
	Heading  string `json:"heading"`
	Required bool   `json:"required,omitempty"`
	Choices  int    `json:"choices,omitempty"` // how many values its drop-down list has
}

// templates are the kinds of lists that there are templates of.
var templates = map[string]func(context.Context, importers.Env, string, map[string]string) (*template.Book, error){
	"facilities": facilities.Template,
	"workers":    workers.Template,
}

// makeTemplate makes an empty workbook, as the file "template".
func makeTemplate(ctx context.Context, a *App, r request[TemplateArgs]) (any, error) {
	kind := templates[r.args.Kind]
	if kind == nil {
		return nil, fhir.Errorf(fhir.Invalid, "there are templates of facilities and of workers, but not of %q", r.args.Kind)
	}
	if err := r.takesFiles(); err != nil {
		return nil, err
	}
	if r.args.Lang == "" {
		r.args.Lang = template.Languages[0]
	}
	book, err := kind(ctx, a.env, r.args.Lang, r.args.ValueSets)
	if err != nil {
		return nil, err
	}
	out := Template{Sheet: book.Sheet, Columns: []TemplateColumn{}}
	for _, c := range book.Columns {
		out.Columns = append(out.Columns, TemplateColumn{Heading: c.Heading, Required: c.Required, Choices: len(c.List)})
	}
	return out, r.fill("template", book.Write)
}
