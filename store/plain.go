package store

import (
	"context"

	"masjala/fhir"
	"masjala/fhir/search"
)

// plain is the registry of types that have no rules of their own.
type plain struct{ types []string }

// PlainRegistry returns a registry that stores resources of these types as they are: it
// indexes them and checks nothing.
func PlainRegistry(types ...string) Registry { return plain{types} }

func (p plain) Types() []string { return p.types }

func (p plain) Prepare(_ context.Context, r *fhir.Resource) (*Draft, error) {
	return &Draft{Resource: r, Entries: search.Extract(r)}, nil
}

func (p plain) Put(_ context.Context, tx Tx, d *Draft, verb string) (*fhir.Resource, error) {
	return tx.Put(d, verb)
}

func (p plain) Delete(_ context.Context, tx Tx, typ, id string) (*fhir.Resource, error) {
	return tx.Delete(typ, id)
}
