package place

import (
	"context"

	"masjala/fhir"
	"masjala/store"
)

// Resolver finds jurisdictions by name, one level at a time. It remembers what it has read,
// so it serves one import run, not a server. It is not safe for concurrent use.
type Resolver struct {
	store store.Store
	below map[string]*level
}

// level is what lies below one area.
type level struct {
	byKey   map[string][]*fhir.Resource
	byCore  map[string][]*fhir.Resource
	byAlias map[string][]*fhir.Resource
	all     []*fhir.Resource
}

// NewResolver returns a Resolver that reads from s.
func NewResolver(s store.Store) *Resolver { return &Resolver{store: s, below: map[string]*level{}} }

// Find returns the jurisdiction Location called name directly below parent ("" for the top):
// first by the same Key, then by an alias of the same Key, then by the same Core. nil when
// there is none or several.
func (r *Resolver) Find(ctx context.Context, parent, name string) (*fhir.Resource, error) {
	l, err := r.level(ctx, parent)
	if err != nil {
		return nil, err
	}
	for _, found := range [][]*fhir.Resource{l.byKey[Key(name)], l.byAlias[Key(name)]} {
		if len(found) > 0 {
			return single(found), nil
		}
	}
	return single(l.byCore[Core(name)]), nil
}

// Named returns the jurisdictions directly below parent.
func (r *Resolver) Named(ctx context.Context, parent string) ([]*fhir.Resource, error) {
	l, err := r.level(ctx, parent)
	if err != nil {
		return nil, err
	}
	return l.all, nil
}

func (r *Resolver) level(ctx context.Context, parent string) (*level, error) {
	if l := r.below[parent]; l != nil {
		return l, nil
	}
	l := &level{byKey: map[string][]*fhir.Resource{}, byCore: map[string][]*fhir.Resource{}, byAlias: map[string][]*fhir.Resource{}}
	err := Children(ctx, r.store, "Location", parent, Areas, func(res *fhir.Resource) error {
		name := res.Field("name").String()
		l.all = append(l.all, res)
		l.byKey[Key(name)] = append(l.byKey[Key(name)], res)
		l.byCore[Core(name)] = append(l.byCore[Core(name)], res)
		for _, a := range res.Field("alias").Array() {
			l.byAlias[Key(a.String())] = append(l.byAlias[Key(a.String())], res)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	r.below[parent] = l
	return l, nil
}

func single(rs []*fhir.Resource) *fhir.Resource {
	if len(rs) == 1 {
		return rs[0]
	}
	return nil
}
