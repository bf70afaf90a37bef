package tabular

import (
	"context"
	"fmt"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/definition"
)

// Place is where a resource goes: what an earlier import left of it, or what came by another way.
type Place struct {
	Identity importers.Identity
	ID       string
	Known    *importers.Known // nil: nothing is known of it
	Stored   *fhir.Resource   // as it is now; nil: it is not here
}

// Find tells where the resource of a head goes. It fails with Conflict when several versions are
// stored and the table does not say which is meant.
func (h *Head) Find(ctx context.Context, env importers.Env, w *importers.Writer) (*Place, error) {
	p := &Place{Identity: importers.Identity{Base: h.URL, Full: h.Version}}
	known, err := w.Find(ctx, p.Identity, h.Version == "")
	if err != nil {
		return nil, err
	}
	p.Known, p.ID = known, known.ID(h.kind.Type)
	if p.ID != "" {
		p.Stored, err = env.Store.Read(ctx, h.kind.Type, p.ID)
		if kind := fhir.KindOf(err); err != nil && kind != fhir.Gone && kind != fhir.NotFound {
			return nil, fmt.Errorf("read %s/%s: %w", h.kind.Type, p.ID, err)
		}
		return p, nil
	}
	found, err := definition.Find(ctx, env.Store, h.kind.Type, h.URL, h.Version)
	switch {
	case err != nil:
		return nil, err
	case len(found) > 1:
		return nil, fhir.Errorf(fhir.Conflict, "%d versions of %s are stored already; say which is meant in a column %q, or delete all but one", len(found), h.URL, h.kind.Word+" version")
	case len(found) == 1:
		p.Stored, p.ID, p.Known = found[0], found[0].ID, importers.Adopted(found[0])
		return p, nil
	}
	p.ID = w.ID(p.Identity)
	return p, nil
}
