package match

import (
	"context"
	"slices"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/linkage"
	"masjala/store"
)

// most is how many resources with one identifier are looked at.
const most = 20

// Crosswalk answers which identifiers of the systems to stand for the same person as each of
// from: those of the Practitioner, of licences and of posts (CSD-W9). What is of old use is
// left out. It fails with TooCostly when more than twenty Practitioners carry one
// identifier, and when the store cannot be read.
func Crosswalk(ctx context.Context, s store.Store, from []Identifier, to []string) ([]linkage.Walked, error) {
	out := make([]linkage.Walked, 0, len(from))
	for _, id := range from {
		w := linkage.Walked{From: id}
		people, err := holders(ctx, s, id)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			worker := FromResource(p)
			for _, has := range worker.Identifiers {
				w.Add(has, p.Ref(), to)
			}
			posts, err := store.Find(ctx, s, "PractitionerRole", most, search.Pair{Name: "practitioner", Value: p.Ref()})
			if err != nil {
				return nil, err
			}
			for _, r := range posts {
				for _, x := range r.Field("identifier").Array() {
					if x.Get("use").Str != "old" {
						w.Add(Identifier{System: x.Get("system").Str, Value: x.Get("value").Str}, r.Ref(), to)
					}
				}
			}
		}
		out = append(out, w)
	}
	return out, nil
}

// holders returns the Practitioners that carry an identifier, themselves, for a licence or
// for a post, each once.
func holders(ctx context.Context, s store.Store, id Identifier) ([]*fhir.Resource, error) {
	var out []*fhir.Resource
	for _, name := range []string{"identifier", "qualification-identifier", "_has:PractitionerRole:practitioner:identifier"} {
		list, err := store.Find(ctx, s, "Practitioner", most+1, search.Pair{Name: name, Value: token(id)})
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			if !slices.ContainsFunc(out, func(o *fhir.Resource) bool { return o.ID == r.ID }) {
				out = append(out, r)
			}
		}
	}
	if len(out) > most {
		return nil, fhir.Errorf(fhir.TooCostly, "More than %d Practitioners have the identifier %s|%s; one identifier is meant for one person.", most, id.System, id.Value)
	}
	return out, nil
}
