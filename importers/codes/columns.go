package codes

import (
	"regexp"
	"strings"

	"golang.org/x/text/language"

	"masjala/importers"
	"masjala/importers/definition"
)

// Targets are what the columns of a code list may mean.
var Targets = []importers.Target{
	{Name: "code", Title: "the code; system: URL of the code system, valueSet: URL of the value set", Needed: true,
		Synonyms: []string{"code", "id", "key", "codigo", "msimbo", "identifier", "code value", "concept code", "option code"}},
	{Name: "display", Title: "what the code means, for people",
		Synonyms: []string{"display", "name", "label", "title", "term", "description", "nom", "libelle", "nome", "nombre", "jina", "display name", "concept name", "option"}},
	{Name: "definition", Title: "a longer explanation", Synonyms: []string{"definition", "explanation", "comment", "notes", "definicao", "definicion", "maelezo"}},
	{Name: "parent", Title: "code of the broader concept; several parted by ;", Synonyms: []string{"parent", "parent code", "broader", "is a", "group", "category code"}},
	{Name: "status", Title: "active or inactive", Synonyms: []string{"status", "active", "in use", "statut", "estado", "hali"}},
	{Name: "designation", Title: "the name in another language, told by the heading: Display (fr)", Many: true,
		Synonyms: []string{"display en", "display fr", "display pt", "display es", "display sw", "display ar", "name en", "name fr", "name pt", "name es", "name sw", "name ar",
			"french", "francais", "portuguese", "portugues", "spanish", "espanol", "swahili", "kiswahili", "arabic", "english"}},
	{Name: "property", Title: "another fact about the code, under the heading's name", Many: true},
}

var tag = regexp.MustCompile(`(?i)(?:[\[(:]|\b)([a-z]{2,3}(?:-[a-z0-9]{2,8})*)[\])]?\s*$`)

// languages by the words headings use for them.
var languages = map[string]string{"french": "fr", "francais": "fr", "portuguese": "pt", "portugues": "pt", "spanish": "es", "espanol": "es",
	"swahili": "sw", "kiswahili": "sw", "arabic": "ar", "english": "en"}

// languageOf tells the language that a heading names, "" if none.
func languageOf(heading string) string {
	for _, word := range strings.Fields(importers.HeadKey(heading)) {
		if l := languages[word]; l != "" {
			return l
		}
	}
	if m := tag.FindStringSubmatch(strings.TrimSpace(heading)); m != nil {
		if t, err := language.Parse(m[1]); err == nil {
			return t.String()
		}
	}
	return ""
}

func designations(r *importers.Row) []definition.Designation {
	var out []definition.Designation
	for _, c := range r.All("designation") {
		if l := languageOf(c.Column.Heading); c.Text != "" && l != "" {
			out = append(out, definition.Designation{Language: l, Value: c.Text})
		}
	}
	return out
}

func properties(r *importers.Row) []definition.StringValue {
	var out []definition.StringValue
	for _, c := range r.All("property") {
		if c.Text != "" {
			out = append(out, definition.StringValue{Code: importers.Slug(importers.HeadKey(c.Column.Heading)), Value: c.Text})
		}
	}
	return out
}
