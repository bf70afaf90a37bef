package desk

import (
	"context"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/store"
)

// Mappings lists the mappings that are remembered and were given by whom sees allows.
func (d *Desk) Mappings(ctx context.Context, sees func(actor string) bool) ([]importers.Remembered, error) {
	all, err := importers.Mappings(ctx, d.o.Env.Store)
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, m := range all {
		if sees(m.Actor) {
			out = append(out, m)
		}
	}
	return out, nil
}

// Mapping returns a remembered mapping. It fails with NotFound when there is none of the id that was
// given by whom sees allows.
func (d *Desk) Mapping(ctx context.Context, id string, sees func(actor string) bool) (*importers.Remembered, error) {
	m, err := importers.MappingOf(ctx, d.o.Env.Store, id)
	if err == nil && !sees(m.Actor) {
		return nil, fhir.Errorf(fhir.NotFound, "there is no mapping %.60q", id)
	}
	return m, err
}

// ForgetMapping forgets a remembered mapping. It fails as Mapping does.
func (d *Desk) ForgetMapping(ctx context.Context, id, actor string, sees func(actor string) bool) error {
	if _, err := d.Mapping(ctx, id, sees); err != nil {
		return err
	}
	return importers.ForgetMapping(ctx, d.o.Env.Store, store.Cause{Actor: actor, Reason: "the mapping " + id + " is forgotten"}, id)
}

// KeepDecisions keeps decisions on spellings without a list: what the columns mean is known from the last
// import that had them. It fails as [decisions.Keep] does, and with Invalid for decisions on rows.
func (d *Desk) KeepDecisions(ctx context.Context, set decisions.Set, actor string) (*decisions.Kept, error) {
	if set.Empty() {
		return nil, fhir.Errorf(fhir.Invalid, "nothing was decided: give values")
	}
	for _, t := range set.Twins {
		if t.Key == "" {
			return nil, errNoList
		}
	}
	for _, c := range set.Conflicts {
		if c.Key == "" {
			return nil, errNoList
		}
	}
	return decisions.Keep(ctx, d.o.Env, store.Cause{Actor: actor, Reason: "decisions on imported lists"}, set)
}

var errNoList = fhir.Errorf(fhir.Invalid, "rows can be decided about only with the list that they are in: send the decision to its import")
