package definition

import (
	"context"
	"fmt"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// Find returns the stored resources of a type with a canonical URL, and with that version unless
// it is empty; at most ten. One is whole; several have what summaries show, since versions of a code
// system may have hundreds of megabytes each: [Read] reads the one that is wanted. It fails when
// the store does.
func Find(ctx context.Context, s store.Store, typ, url, version string) ([]*fhir.Resource, error) {
	pairs := []search.Pair{{Name: "url", Value: search.Escape(url)}, {Name: "_summary", Value: "true"}}
	if version != "" {
		pairs = append(pairs, search.Pair{Name: "version", Value: search.Escape(version)})
	}
	all, err := store.Find(ctx, s, typ, 10, pairs...)
	if err != nil {
		return nil, fmt.Errorf("look for %s %s: %w", typ, url, err)
	}
	found := all[:0]
	for _, r := range all {
		if r.Field("url").String() == url && (version == "" || r.Field("version").String() == version) {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		return found, nil
	}
	whole, err := Read(ctx, s, found[0])
	if whole == nil {
		return nil, err
	}
	return []*fhir.Resource{whole}, nil
}

// Read returns the whole resource that a summary is of, nil if it was deleted meanwhile. It fails
// when the store does.
func Read(ctx context.Context, s store.Store, summary *fhir.Resource) (*fhir.Resource, error) {
	r, err := s.Read(ctx, summary.Type, summary.ID)
	if kind := fhir.KindOf(err); err != nil && (kind == fhir.NotFound || kind == fhir.Gone) {
		return nil, nil
	}
	return r, err
}
