package geo

import (
	"context"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/store"
)

// Grade is how the position of a facility and its declared area agree.
type Grade string

const (
	Inside     Grade = "inside"      // the position is in the area
	Outside    Grade = "outside"     // it is not
	NoPosition Grade = "no-position" // the facility has no position
	NoBoundary Grade = "no-boundary" // no area above the facility has a boundary
)

// Finding is the result of checking the position of one facility (GEO-4).
type Finding struct {
	Location string // id of the facility's Location
	Grade    Grade
	Area     string   // id of the area that was checked against: the nearest one above that has a boundary
	Metres   float64  // Outside: how far from the area's boundary
	In       []string // ids of the Locations whose boundary holds the position
}

// Checker checks positions against boundaries. It is safe for concurrent use.
type Checker struct {
	store store.Store
	index *Index
}

// NewChecker returns a Checker of the Locations in s, whose boundaries x has.
func NewChecker(s store.Store, x *Index) *Checker { return &Checker{store: s, index: x} }

// Check grades the position of a Location against the areas that it lies in by partOf. It
// fails with NotFound or Gone when the Location is not there.
func (c *Checker) Check(ctx context.Context, id string) (Finding, error) {
	r, err := c.store.Read(ctx, "Location", id)
	if err != nil {
		return Finding{}, err
	}
	return c.grade(ctx, r)
}

func (c *Checker) grade(ctx context.Context, r *fhir.Resource) (Finding, error) {
	f := Finding{Location: r.ID, Grade: NoBoundary}
	declared, err := c.declared(ctx, r, &f)
	if err != nil {
		return f, err
	}
	lat, lon, ok := Position(r)
	if !ok {
		f.Grade = NoPosition
		return f, nil
	}
	if f.In, err = c.index.Containing(ctx, lat, lon); err != nil {
		return f, err
	}
	switch {
	case declared == nil:
	case declared.Contains(lat, lon):
		f.Grade = Inside
	default:
		f.Grade, f.Metres = Outside, declared.Distance(lat, lon)
	}
	return f, nil
}

// declared returns the boundary of the nearest area above a Location that has one.
func (c *Checker) declared(ctx context.Context, r *fhir.Resource, f *Finding) (*Area, error) {
	id := place.ParentID(r)
	for range place.MaxDepth {
		if id == "" || id == r.ID {
			break
		}
		area, err := c.index.Area(ctx, id)
		if err != nil || area != nil {
			f.Area = id
			return area, err
		}
		parent, err := c.store.Read(ctx, "Location", id)
		if kind := fhir.KindOf(err); err != nil && (kind == fhir.NotFound || kind == fhir.Gone) {
			break
		}
		if err != nil {
			return nil, err
		}
		id = place.ParentID(parent)
	}
	return nil, nil
}

// Report checks the Locations of ids in turn and calls fn with each finding, until fn or a
// check fails. What is not there is left out.
func (c *Checker) Report(ctx context.Context, ids []string, fn func(Finding) error) error {
	for _, id := range ids {
		f, err := c.Check(ctx, id)
		if kind := fhir.KindOf(err); err != nil && (kind == fhir.NotFound || kind == fhir.Gone) {
			continue
		}
		if err == nil {
			err = fn(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
