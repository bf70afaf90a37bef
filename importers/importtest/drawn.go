package importtest

import (
	"strings"

	"pgregory.net/rapid"

	"masjala/fhir"
)

// Drawn makes JSON by chance.
type Drawn struct{ T *rapid.T }

// Text is a JSON string.
func (d Drawn) Text(s string) string { return string(fhir.AppendString(nil, s)) }

// Words is one of [Words] as JSON.
func (d Drawn) Words() string { return d.Text(Words().Draw(d.T, "text")) }

// Some is true once in one more time than of.
func (d Drawn) Some(label string, of int) bool { return rapid.IntRange(0, of).Draw(d.T, label) == 0 }

// One of some texts.
func (d Drawn) One(label string, of ...string) string { return rapid.SampledFrom(of).Draw(d.T, label) }

// List joins items to a member of an object, with a comma before it; nothing for none.
func (d Drawn) List(name string, items []string) string {
	if len(items) == 0 {
		return ""
	}
	return `,"` + name + `":[` + strings.Join(items, ",") + "]"
}

// Head begins a resource that has an address: all but its content, without the last bracket.
func (d Drawn) Head(typ, url string) string {
	head := `{"resourceType":"` + typ + `","id":"x",`
	if d.Some("narrated", 3) {
		head += `"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">é  <b>x</b>` + strings.Repeat("long and wide ", rapid.SampledFrom([]int{0, 5000}).Draw(d.T, "length")) + `</div>"},`
	}
	head += `"url":"` + url + `"`
	for _, m := range []string{"version", "name", "title"} {
		if d.Some(m, 1) {
			head += `,"` + m + `":` + d.Words()
		}
	}
	head += `,"status":"` + d.One("status", "draft", "active", "retired") + `"`
	if d.Some("described", 1) {
		head += `,"description":` + d.Words()
	}
	return head
}

// Designations are up to three, of a few languages and uses.
func (d Drawn) Designations() string {
	var list []string
	for range rapid.IntRange(0, 3).Draw(d.T, "designations") {
		var parts []string
		if d.Some("extended", 8) {
			parts = append(parts, `"extension":[{"url":"http://e.org/x","valueString":"a  b"}]`)
		}
		if l := d.One("language", "", "fr", "sw", "en-GB", "x-odd tag"); l != "" {
			parts = append(parts, `"language":`+d.Text(l))
		}
		if d.Some("use", 1) {
			parts = append(parts, d.One("use", `"use":{"system":"http://e.org/use","code":"full","display":"Full (name)"}`, `"use":{"code":"short"}`, `"use":{"system":"http://e.org/use","version":"2","code":"s"}`))
		}
		list = append(list, "{"+strings.Join(append(parts, `"value":`+d.Words()), ",")+"}")
	}
	return d.List("designation", list)
}
