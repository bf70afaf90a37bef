package tabular

import (
	"regexp"
	"strings"

	"github.com/tidwall/gjson"
	"golang.org/x/text/language"

	"masjala/fhir"
	"masjala/fhir/structure"
	"masjala/importers"
)

// DesignationTarget is the meaning of columns with names in other languages.
var DesignationTarget = importers.Target{Name: "designation", Title: "the name in another language, told by the heading: Display (fr)", Many: true, Literal: true, Sure: isDesignation,
	Synonyms: []string{"display en", "display fr", "display pt", "display es", "display sw", "display ar", "name en", "name fr", "name pt", "name es", "name sw", "name ar",
		"french", "francais", "portuguese", "portugues", "spanish", "espanol", "swahili", "kiswahili", "arabic", "arabe", "english", "anglais", "ingles"}}

// designationHeading is Designation (language; system#code display), both parts perhaps left out.
var designationHeading = regexp.MustCompile(`^Designation \(([^;)]*)(?:; ([^#]*)#(\S*)(?: (.*))?)?\)$`)

func isDesignation(heading string) bool { return designationHeading.MatchString(heading) }

var tag = regexp.MustCompile(`(?i)(?:[\[(:]|\b)([a-z]{2,3}(?:-[a-z0-9]{2,8})*)[\])]?\s*$`)

// languageOf tells the language that a heading names, "" if none.
func languageOf(heading string) string {
	if _, lang := importers.InLanguage(heading); lang != "" {
		return lang
	}
	m := tag.FindStringSubmatch(strings.TrimSpace(heading))
	if m == nil {
		m = tag.FindStringSubmatch(importers.HeadKey(heading)) // official_name_fr
	}
	if m != nil {
		if t, err := language.Parse(m[1]); err == nil {
			return t.String()
		}
	}
	return ""
}

// Designations returns the designations that the cells of a row give, as JSON; nil for none.
func Designations(r *importers.Row) []byte {
	var list []byte
	for _, c := range r.All("designation") {
		if c.Text == "" {
			continue
		}
		if d := designation(c.Column.Heading, c.Text); d != nil {
			list = Item(list, d)
		}
	}
	return closed(list)
}

// Item adds an item to a JSON list whose last bracket is still to come.
func Item(list, value []byte) []byte {
	if list == nil {
		list = append(list, '[')
	} else {
		list = append(list, ',')
	}
	return append(list, value...)
}

func closed(list []byte) []byte {
	if list == nil {
		return nil
	}
	return append(list, ']')
}

// designation makes one of a heading and a cell; nil for a heading that names no language.
func designation(heading, text string) []byte {
	var d Object
	if m := designationHeading.FindStringSubmatch(heading); m != nil {
		d.Text("language", m[1])
		if m[2]+m[3]+m[4] != "" {
			var use Object
			use.Text("system", m[2])
			use.Text("code", m[3])
			use.Text("display", m[4])
			d.Set("use", use.Append(nil, coding))
		}
	} else {
		l := languageOf(heading)
		if l == "" {
			return nil
		}
		d.Text("language", l)
	}
	d.Text("value", text)
	return d.Append(nil, designated)
}

var (
	coding     = structure.Named("Coding")
	designated = structure.Named("CodeSystem.concept.designation")
)

// columns tells, for a JSON list of designations, the headings and texts that say the same; ok is
// false when columns cannot.
func designationColumns(list []byte) (headings, texts []string, ok bool) {
	for d := range fhir.Items(list) {
		v := gjson.ParseBytes(d)
		heading := "Designation (" + v.Get("language").Str
		if use := v.Get("use"); use.Exists() {
			heading += "; " + use.Get("system").Str + "#" + use.Get("code").Str
			if text := use.Get("display").Str; text != "" {
				heading += " " + text
			}
		}
		heading += ")"
		text := v.Get("value").Str
		if !Fits(heading) || !Fits(text) || !isDesignation(heading) || !Same(designation(heading, text), d) {
			return nil, nil, false
		}
		headings, texts = append(headings, heading), append(texts, text)
	}
	return headings, texts, true
}
