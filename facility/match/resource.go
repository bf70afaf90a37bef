package match

import (
	"context"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/store"
)

// mostAbove is how many areas above a facility are looked at.
const mostAbove = 8

// FromResource reads a Location or an Organization. What it is part of is read from the
// store as far up as it is there; a facility may lack it. It fails when the store cannot be read.
func FromResource(ctx context.Context, s store.Store, r *fhir.Resource) (Facility, error) {
	f := Facility{Name: r.Field("name").Str}
	for _, a := range r.Field("alias").Array() {
		f.Others = append(f.Others, a.Str)
	}
	for _, t := range fhir.Translations(r.Field("_name")) {
		f.Others = append(f.Others, t.Text)
	}
	f.Type = typeOf(r)
	for _, x := range r.Field("identifier").Array() {
		if v := x.Get("value").Str; v != "" && x.Get("use").Str != "old" {
			f.Identifiers = append(f.Identifiers, Identifier{System: x.Get("system").Str, Value: v})
		}
	}
	for _, x := range r.Field("telecom").Array() {
		if sys := x.Get("system").Str; sys == "" || sys == "phone" || sys == "sms" {
			f.Phones = append(f.Phones, x.Get("value").Str)
		}
	}
	if p := r.Field("position"); p.Get("latitude").Exists() && p.Get("longitude").Exists() {
		f.Position = &Position{Lat: p.Get("latitude").Float(), Lon: p.Get("longitude").Float()}
	}
	above, err := areasAbove(ctx, s, r)
	f.Areas = append(addressed(r), above...)
	return f, err
}

// typeOf joins all words for what a facility is.
func typeOf(r *fhir.Resource) string {
	var all []string
	types := r.Field("type").Array()
	if r.Field("type").IsObject() {
		types = []gjson.Result{r.Field("type")}
	}
	for _, t := range types {
		all = append(all, t.Get("text").Str)
		for _, c := range t.Get("coding").Array() {
			all = append(all, c.Get("display").Str)
		}
	}
	return strings.Join(all, "; ")
}

// addressed returns the areas that the addresses of a resource name, from the top.
func addressed(r *fhir.Resource) []string {
	var out []string
	list := r.Field("address").Array() // one object counts as a list of one
	for _, level := range []string{"state", "district", "city"} {
		for _, a := range list {
			if v := a.Get(level).Str; v != "" {
				out = append(out, v)
			}
		}
	}
	return out
}

// areasAbove returns the names of what a resource is part of, from the top. A reference that
// leads nowhere is named by its display.
func areasAbove(ctx context.Context, s store.Store, r *fhir.Resource) ([]string, error) {
	var up []string
	for range mostAbove {
		ref := r.Field("partOf.reference").Str
		id, local := strings.CutPrefix(ref, r.Type+"/")
		next, err := (*fhir.Resource)(nil), error(nil)
		if local {
			next, err = s.Read(ctx, r.Type, id)
			if kind := fhir.KindOf(err); err != nil && kind != fhir.NotFound && kind != fhir.Gone {
				return nil, err
			}
		}
		if next == nil || err != nil {
			if text := r.Field("partOf.display").Str; text != "" {
				up = append(up, text)
			}
			break
		}
		up = append(up, next.Field("name").Str)
		r = next
	}
	out := make([]string, 0, len(up))
	for i := range up {
		out = append(out, up[len(up)-1-i])
	}
	return out, nil
}
