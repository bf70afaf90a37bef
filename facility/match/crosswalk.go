package match

import (
	"context"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/linkage"
	"masjala/store"
)

// Identifier is a value and the system that gives it its meaning.
type Identifier = linkage.Identifier

// most is how many resources with one identifier are looked at.
const most = 20

// Crosswalk answers which identifiers of the systems to stand for the same facility as each
// of from, which resources of type typ (Location, Organization or HealthcareService) carry
// (CSD-W9). Other systems are left out. It fails with TooCostly when more than twenty
// resources carry one identifier, and when the store cannot be read.
func Crosswalk(ctx context.Context, s store.Store, typ string, from []Identifier, to []string) ([]linkage.Walked, error) {
	out := make([]linkage.Walked, 0, len(from))
	for _, id := range from {
		w := linkage.Walked{From: id}
		found, err := find(ctx, s, typ, "identifier", token(id))
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			add(&w, r, to)
			halves, err := otherHalf(ctx, s, r)
			if err != nil {
				return nil, err
			}
			for _, half := range halves {
				add(&w, half, to)
			}
		}
		out = append(out, w)
	}
	return out, nil
}

// add takes in the identifiers of a resource that are of the wanted systems, each once.
func add(w *linkage.Walked, r *fhir.Resource, to []string) {
	for _, x := range r.Field("identifier").Array() {
		if x.Get("use").Str != "old" {
			w.Add(Identifier{System: x.Get("system").Str, Value: x.Get("value").Str}, r.Ref(), to)
		}
	}
}

// otherHalf returns the Organization that manages a Location, or the Locations that an
// Organization manages.
func otherHalf(ctx context.Context, s store.Store, r *fhir.Resource) ([]*fhir.Resource, error) {
	switch r.Type {
	case "Organization":
		return find(ctx, s, "Location", "organization", r.Ref())
	case "Location":
		id, ok := strings.CutPrefix(r.Field("managingOrganization.reference").Str, "Organization/")
		if !ok {
			return nil, nil
		}
		org, err := s.Read(ctx, "Organization", id)
		if kind := fhir.KindOf(err); err != nil && (kind == fhir.NotFound || kind == fhir.Gone) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return []*fhir.Resource{org}, nil
	}
	return nil, nil
}

// find returns the resources that meet one parameter.
func find(ctx context.Context, s store.Store, typ, name, value string) ([]*fhir.Resource, error) {
	list, err := store.Find(ctx, s, typ, most+1, search.Pair{Name: name, Value: value})
	if err == nil && len(list) > most {
		err = fhir.Errorf(fhir.TooCostly, "More than %d resources of type %s have %s %q; one identifier is meant for one facility.", most, typ, name, value)
	}
	return list, err
}

// token writes an identifier as a search takes it; one without a system is sought in all.
func token(id Identifier) string {
	if id.System == "" {
		return escape.Replace(id.Value)
	}
	return escape.Replace(id.System) + "|" + escape.Replace(id.Value)
}
