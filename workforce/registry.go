package workforce

import (
	"context"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/fhir/search"
	"masjala/store"
)

// Registry holds the rules for workers and their posts. It is safe for concurrent use.
type Registry struct{}

// NewRegistry returns a Registry.
func NewRegistry() *Registry { return &Registry{} }

// Types lists Practitioner and PractitionerRole.
func (*Registry) Types() []string { return []string{"Practitioner", "PractitionerRole"} }

// Prepare makes the draft of a Practitioner or PractitionerRole. It fails with
// Unprocessable when the resource lacks what R4 requires ([profile.Check]).
func (*Registry) Prepare(_ context.Context, r *fhir.Resource) (*store.Draft, error) {
	if err := profile.Check(r); err != nil {
		return nil, err
	}
	return &store.Draft{Resource: r, Entries: search.Extract(r)}, nil
}

// Put stores the draft. References are kept as given: a post may arrive before the
// person or the facility it names (MD-91-16).
func (*Registry) Put(_ context.Context, tx store.Tx, d *store.Draft, verb string) (*fhir.Resource, error) {
	return tx.Put(d, verb)
}

// Delete deletes a Practitioner or PractitionerRole. History keeps it.
func (*Registry) Delete(_ context.Context, tx store.Tx, typ, id string) (*fhir.Resource, error) {
	return tx.Delete(typ, id)
}
