package facilities

import (
	"fmt"
	"slices"

	"masjala/fhir"
	"masjala/importers"
)

// translations reads the columns of names in other languages.
func translations(row *importers.Row) []fhir.Translation {
	var out []fhir.Translation
	for _, c := range row.All("translation") {
		if c.Text != "" {
			out = append(out, fhir.Translation{Language: c.Column.Language, Text: c.Text})
		}
	}
	return out
}

// nameOf is the cell with the name of a facility: where the main column is empty, the first in
// another language.
func nameOf(row *importers.Row) importers.Cell {
	name := row.Get("name")
	if name.Text == "" {
		if c := row.Get("translation"); c.Text != "" {
			return c
		}
	}
	return name
}

// reportName tells of a name that was taken from the column of another language.
func reportName(row *importers.Row, issues *importers.Issues) {
	if c := nameOf(row); c.Column != nil && c.Column.Target == "translation" {
		name := row.Get("name")
		issues.Add(importers.Issue{Row: row.Number, Column: headingOf(name), Value: name.Shown, Severity: importers.Info, Rule: "name-language",
			Reason: fmt.Sprintf("the facility has its name in the column %q only", c.Column.Heading), Fix: "Imported under that name; write the name into the cell."})
	}
}

// translations writes the names in other languages beside the name.
func (d *draft) translations(o *body) {
	if len(d.tongues) == 0 {
		return
	}
	o.object("_name", func() {
		o.list("extension", func() {
			for _, t := range d.tongues {
				o.item(func() { translation(o, t) })
			}
		})
	})
}

// translation fills the extension that says a text in another language.
func translation(o *body, t fhir.Translation) {
	o.list("extension", func() {
		o.item(func() {
			o.text("url", "lang")
			o.text("valueCode", t.Language)
		})
		o.item(func() {
			o.text("url", "content")
			o.text("valueString", t.Text)
		})
	})
	o.text("url", fhir.TranslationURL)
}

// languages are those of the names that a table can show, each as often as there is a name.
func (d *draft) languages() []string {
	var out []string
	for _, t := range d.tongues {
		if importers.IsLanguage(t.Language) {
			out = append(out, t.Language)
		}
	}
	return out
}

func showTranslation(d *draft, c *importers.Column, nth int) string {
	for _, t := range d.tongues {
		if t.Language != c.Language {
			continue
		}
		if nth--; nth < 0 {
			return t.Text
		}
	}
	return ""
}

// takeTranslations replaces the names in the languages that the row has columns for.
func takeTranslations(d, read *draft, row *importers.Row) {
	shown := func(t fhir.Translation) bool {
		return slices.ContainsFunc(row.Cells(), func(c importers.Cell) bool {
			return c.Column.Target == "translation" && c.Column.Language == t.Language
		})
	}
	d.tongues = append(slices.DeleteFunc(slices.Clone(d.tongues), shown), read.tongues...)
}
