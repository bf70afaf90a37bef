package facilities

import (
	"context"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// byIdentifier returns the Location with an identifier, nil when none has it, and Conflict
// when several have.
func byIdentifier(ctx context.Context, s store.Store, system, value string) (*fhir.Resource, error) {
	return one(ctx, s, "Location", "identifier", search.Value{System: system, Code: value, HasSystem: true})
}

// byURL returns the resource with a canonical URL, nil when none has it, and Conflict when
// several have.
func byURL(ctx context.Context, s store.Store, typ, url string) (*fhir.Resource, error) {
	return one(ctx, s, typ, "url", search.Value{Text: url})
}

func one(ctx context.Context, s store.Store, typ, param string, v search.Value) (*fhir.Resource, error) {
	page, err := s.Search(ctx, &search.Query{Type: typ, Count: 2, Total: search.TotalNone,
		Where: []search.Condition{{Param: search.Lookup(typ, param), Values: []search.Value{v}}}})
	if err != nil {
		return nil, err
	}
	switch len(page.Matches) {
	case 0:
		return nil, nil
	case 1:
		return page.Matches[0], nil
	}
	return nil, fhir.Errorf(fhir.Conflict, "%s and %s have the same %s", page.Matches[0].Ref(), page.Matches[1].Ref(), param)
}

// manager returns the Organization that manages a Location, nil when it is not there.
func manager(ctx context.Context, s store.Store, location *fhir.Resource) (*fhir.Resource, error) {
	id := managerID(location)
	if id == "" {
		return nil, nil
	}
	org, err := s.Read(ctx, "Organization", id)
	if kind := fhir.KindOf(err); err != nil && (kind == fhir.NotFound || kind == fhir.Gone) {
		return nil, nil
	}
	return org, err
}

// managerID is the id of the Organization that manages a Location, "" when it names none here.
func managerID(location *fhir.Resource) string {
	id, ok := strings.CutPrefix(location.Field("managingOrganization.reference").Str, "Organization/")
	if !ok {
		return ""
	}
	return id
}
