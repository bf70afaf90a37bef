package facility

import (
	"context"
	"strings"

	"masjala/facility/geo"
	"masjala/facility/place"
	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/fhir/search"
	"masjala/store"
)

// Registry holds the rules for facilities and areas. Its methods are safe for concurrent use.
type Registry struct{}

// NewRegistry returns a Registry.
func NewRegistry() *Registry { return &Registry{} }

var types = []string{"Location", "Organization", "HealthcareService", "Endpoint", "OrganizationAffiliation"}

// Types lists the resource types of the registry.
func (*Registry) Types() []string { return append([]string(nil), types...) }

// Prepare checks a resource by itself and makes its draft. It fails with Unprocessable when
// the resource lacks what R4 requires ([profile.Check]) and when a Location or Organization
// is said to be part of itself, and when the boundary of a Location cannot be used.
func (*Registry) Prepare(_ context.Context, r *fhir.Resource) (*store.Draft, error) {
	if err := profile.Check(r); err != nil {
		return nil, err
	}
	if hierarchical(r.Type) && r.ID != "" && place.ParentID(r) == r.ID {
		return nil, fhir.Errorf(fhir.Unprocessable, "%s cannot be part of itself", r.Ref()).At(r.Type + ".partOf")
	}
	if _, err := geo.Boundary(r); err != nil {
		return nil, err
	}
	return &store.Draft{Resource: r, Entries: search.Extract(r)}, nil
}

// Put stores a draft. It fails with Conflict when the resource would come to lie below itself.
func (*Registry) Put(_ context.Context, tx store.Tx, d *store.Draft, verb string) (*fhir.Resource, error) {
	r := d.Resource
	if parent := place.ParentID(r); hierarchical(r.Type) && parent != "" {
		inside, err := place.IsAncestor(tx, r.Type, r.ID, parent)
		if err != nil {
			return nil, err
		}
		if inside {
			return nil, fhir.Errorf(fhir.Conflict, "%s/%s lies below %s, so it cannot become its parent", r.Type, parent, r.Ref()).At(r.Type + ".partOf")
		}
	}
	return tx.Put(d, verb)
}

// Delete deletes a resource; history keeps it. References to it stay: whoever wants them
// gone deletes or changes their holders first, and a closed facility is better made inactive.
func (*Registry) Delete(_ context.Context, tx store.Tx, typ, id string) (*fhir.Resource, error) {
	return tx.Delete(typ, id)
}

func hierarchical(typ string) bool { return typ == "Location" || typ == "Organization" }

// localID returns the id in a relative reference to a type, "" when it is none.
func localID(ref, typ string) string {
	id, ok := strings.CutPrefix(ref, typ+"/")
	if !ok || strings.Contains(id, "/") {
		return ""
	}
	return id
}
