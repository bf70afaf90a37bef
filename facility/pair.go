package facility

import (
	"context"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/store"
)

// Pair is a facility or a jurisdiction: an Organization and the Location it manages.
type Pair struct {
	Organization *fhir.Resource
	Location     *fhir.Resource
}

// PairDraft is a Pair that was checked and is ready to be stored.
type PairDraft struct {
	organization, location *store.Draft
}

// PreparePair checks both halves and that they belong together. Both need ids. It fails with
// Unprocessable when the Location is not managed by the Organization.
func (r *Registry) PreparePair(ctx context.Context, p Pair) (*PairDraft, error) {
	if localID(p.Location.Field("managingOrganization.reference").Str, "Organization") != p.Organization.ID {
		return nil, fhir.Errorf(fhir.Unprocessable, "%s must be managed by %s", p.Location.Ref(), p.Organization.Ref()).At("Location.managingOrganization")
	}
	org, err := r.Prepare(ctx, p.Organization)
	if err != nil {
		return nil, err
	}
	loc, err := r.Prepare(ctx, p.Location)
	if err != nil {
		return nil, err
	}
	return &PairDraft{organization: org, location: loc}, nil
}

// Save stores both halves of a pair and returns them as stored. It fails as Put does.
func (r *Registry) Save(ctx context.Context, tx store.Tx, d *PairDraft) (Pair, error) {
	org, err := r.Put(ctx, tx, d.organization, "PUT")
	if err != nil {
		return Pair{}, err
	}
	loc, err := r.Put(ctx, tx, d.location, "PUT")
	if err != nil {
		return Pair{}, err
	}
	return Pair{Organization: org, Location: loc}, nil
}

// Move puts a facility or area under another area; id and parent are those of Locations.
// The Organizations that manage them move along, when both are there.
//
// It fails with NotFound or Gone when one is not there and with Conflict when parent lies
// below id.
func (r *Registry) Move(ctx context.Context, tx store.Tx, id, parent string) error {
	child, err := tx.Read("Location", id)
	if err != nil {
		return err
	}
	above, err := tx.Read("Location", parent)
	if err != nil {
		return err
	}
	if err := r.under(ctx, tx, child, above.ID); err != nil {
		return err
	}
	org, err := manager(tx, child)
	if err != nil || org == nil {
		return err
	}
	orgAbove, err := manager(tx, above)
	if err != nil || orgAbove == nil {
		return err
	}
	return r.under(ctx, tx, org, orgAbove.ID)
}

// under stores r with another parent, unless it lies there already.
func (r *Registry) under(ctx context.Context, tx store.Tx, res *fhir.Resource, parent string) error {
	if place.ParentID(res) == parent {
		return nil
	}
	moved, err := fhir.Parse((&fhir.Resource{Type: res.Type, ID: res.ID, Meta: res.Meta,
		Body: withMember(res.Body, "partOf", `{"reference":"`+res.Type+"/"+parent+`"}`)}).JSON())
	if err != nil {
		return err
	}
	d, err := r.Prepare(ctx, moved)
	if err != nil {
		return err
	}
	_, err = r.Put(ctx, tx, d, "PUT")
	return err
}

// manager returns the Organization that manages a Location, nil when it is not there.
func manager(tx store.Tx, location *fhir.Resource) (*fhir.Resource, error) {
	id := localID(location.Field("managingOrganization.reference").Str, "Organization")
	if id == "" {
		return nil, nil
	}
	org, err := tx.Read("Organization", id)
	if kind := fhir.KindOf(err); err != nil && (kind == fhir.NotFound || kind == fhir.Gone) {
		return nil, nil
	}
	return org, err
}
