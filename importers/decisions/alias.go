package decisions

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/store"
)

// manager returns the Organization of an area, nil when it has none.
func manager(ctx context.Context, s store.Store, location *fhir.Resource) (*fhir.Resource, error) {
	id, ok := strings.CutPrefix(location.Field("managingOrganization.reference").Str, "Organization/")
	if !ok {
		return nil, nil
	}
	r, err := s.Read(ctx, "Organization", id)
	if k := fhir.KindOf(err); err != nil && (k == fhir.NotFound || k == fhir.Gone) {
		return nil, nil
	}
	return r, err
}

// withAlias returns a resource with one more alias; false when it goes by that name already.
func withAlias(r *fhir.Resource, name string) (*fhir.Resource, bool, error) {
	names := append(r.Field("alias").Array(), r.Field("name"))
	for _, n := range names {
		if importers.Key(n.Str) == importers.Key(name) {
			return nil, false, nil
		}
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(r.JSON(), &body); err != nil {
		return nil, false, fmt.Errorf("read %s: %w", r.Ref(), err)
	}
	all := make([]string, 0, len(names))
	for _, n := range names[:len(names)-1] {
		all = append(all, n.Str)
	}
	raw, err := json.Marshal(append(all, name))
	if err != nil {
		return nil, false, fmt.Errorf("write %s: %w", r.Ref(), err)
	}
	body["alias"] = raw
	text, err := json.Marshal(body)
	if err != nil {
		return nil, false, fmt.Errorf("write %s: %w", r.Ref(), err)
	}
	next, err := fhir.Parse(text)
	return next, true, err
}
