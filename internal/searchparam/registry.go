package searchparam

import (
	"context"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/fhir/search"
	"masjala/store"
)

// resourceType is what the package is about.
const resourceType = "SearchParameter"

// Registry holds the rules for SearchParameter resources. It is safe for concurrent use.
type Registry struct{}

// NewRegistry returns a Registry.
func NewRegistry() *Registry { return &Registry{} }

// Types lists SearchParameter.
func (*Registry) Types() []string { return []string{resourceType} }

// Prepare checks a definition and makes its draft. It fails with Unprocessable when the
// resource lacks what R4 requires, or is active and cannot be searched by ([search.Define]).
func (*Registry) Prepare(_ context.Context, r *fhir.Resource) (*store.Draft, error) {
	if err := profile.Check(r); err != nil {
		return nil, err
	}
	if search.Defines(r) {
		if _, err := search.Define(r); err != nil {
			return nil, err
		}
	}
	return &store.Draft{Resource: r, Entries: search.Extract(r)}, nil
}

// Put stores the draft. It fails with Conflict when another active definition has the code
// for one of the types.
func (*Registry) Put(_ context.Context, tx store.Tx, d *store.Draft, verb string) (*fhir.Resource, error) {
	r := d.Resource
	if !search.Defines(r) {
		return tx.Put(d, verb)
	}
	for _, base := range r.Field("base").Array() {
		q, err := search.Parse(search.Request{Type: resourceType, Strict: true, Pairs: []search.Pair{
			{Name: "code", Value: search.Escape(r.Field("code").String())}, {Name: "base", Value: search.Escape(base.String())}, {Name: "status", Value: "active"},
		}})
		if err != nil {
			return nil, err
		}
		others, err := tx.Find(q, 2)
		if err != nil {
			return nil, err
		}
		for _, o := range others {
			if o.ID != r.ID {
				return nil, fhir.Errorf(fhir.Conflict, "%s defines a search parameter %s of %s already; change or delete it first.", o.Ref(), r.Field("code"), base)
			}
		}
	}
	return tx.Put(d, verb)
}

// Delete deletes a definition; its parameter is forgotten.
func (*Registry) Delete(_ context.Context, tx store.Tx, typ, id string) (*fhir.Resource, error) {
	return tx.Delete(typ, id)
}
