package store

import (
	"context"

	"masjala/fhir"
)

// Registry holds the rules of a domain for some resource types.
type Registry interface {
	// Types lists the resource types the registry is responsible for.
	Types() []string
	// Prepare checks a resource by itself and makes the draft of it. It runs outside of
	// any transaction and may be slow. It does not change r.
	Prepare(ctx context.Context, r *fhir.Resource) (*Draft, error)
	// Put checks what needs the rest of the store and stores the draft.
	Put(ctx context.Context, tx Tx, d *Draft, verb string) (*fhir.Resource, error)
	// Delete deletes, or refuses with Conflict.
	Delete(ctx context.Context, tx Tx, typ, id string) (*fhir.Resource, error)
}

// Registries sends each resource type to its registry. It is the one door for changes:
// the API, imports and sync all write through it. It is safe for concurrent use once made.
type Registries struct {
	byType   map[string]Registry
	policies map[string]Policy
}

// NewRegistries joins registries; it panics if two claim one type.
func NewRegistries(rs ...Registry) *Registries {
	m := map[string]Registry{}
	for _, r := range rs {
		for _, t := range r.Types() {
			if m[t] != nil {
				panic("two registries claim " + t)
			}
			m[t] = r
		}
	}
	return &Registries{byType: m}
}

// Has tells whether a type is served.
func (g *Registries) Has(typ string) bool { return g.byType[typ] != nil }

// Prepare is Registry.Prepare of the resource's type; NotFound for a type not served, and
// Unprocessable for a resource that the policy of its type refuses (see Enforce).
func (g *Registries) Prepare(ctx context.Context, r *fhir.Resource) (*Draft, error) {
	reg, err := g.of(r.Type)
	if err != nil {
		return nil, err
	}
	if err := g.enforce(r); err != nil {
		return nil, err
	}
	return reg.Prepare(ctx, r)
}

// Put is Registry.Put of the resource's type.
func (g *Registries) Put(ctx context.Context, tx Tx, d *Draft, verb string) (*fhir.Resource, error) {
	reg, err := g.of(d.Resource.Type)
	if err != nil {
		return nil, err
	}
	return reg.Put(ctx, tx, d, verb)
}

// Delete is Registry.Delete of the type.
func (g *Registries) Delete(ctx context.Context, tx Tx, typ, id string) (*fhir.Resource, error) {
	reg, err := g.of(typ)
	if err != nil {
		return nil, err
	}
	return reg.Delete(ctx, tx, typ, id)
}

func (g *Registries) of(typ string) (Registry, error) {
	if reg := g.byType[typ]; reg != nil {
		return reg, nil
	}
	return nil, fhir.Errorf(fhir.NotFound, "this server does not hold resources of type %s", typ)
}
