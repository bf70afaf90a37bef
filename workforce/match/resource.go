package match

import (
	"strings"

	"masjala/fhir"
)

// FromResource reads a Practitioner. Licences, which are the identifiers of qualifications,
// count as identifiers; what is of old use does not count.
func FromResource(r *fhir.Resource) Worker {
	w := Worker{Birth: r.Field("birthDate").Str, Gender: r.Field("gender").Str}
	for _, n := range r.Field("name").Array() {
		parts := []string{n.Get("family").Str}
		for _, g := range n.Get("given").Array() {
			parts = append(parts, g.Str)
		}
		whole := strings.TrimSpace(strings.Join(parts, " "))
		if whole == "" {
			whole = n.Get("text").Str
		}
		w.Names = append(w.Names, whole)
	}
	lists := r.Field("identifier").Array()
	for _, q := range r.Field("qualification").Array() {
		lists = append(lists, q.Get("identifier").Array()...)
	}
	for _, x := range lists {
		if v := x.Get("value").Str; v != "" && x.Get("use").Str != "old" {
			w.Identifiers = append(w.Identifiers, Identifier{System: x.Get("system").Str, Value: v})
		}
	}
	for _, x := range r.Field("telecom").Array() {
		switch x.Get("system").Str {
		case "phone", "sms", "":
			w.Phones = append(w.Phones, x.Get("value").Str)
		case "email":
			w.Emails = append(w.Emails, x.Get("value").Str)
		}
	}
	return w
}
