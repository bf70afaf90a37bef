package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/definition"
)

// canonical is what a resource is known by beside its id: url|version, or "".
func canonical(r *fhir.Resource) string {
	url := r.Field("url").String()
	if url == "" {
		return ""
	}
	return url + "|" + r.Field("version").String()
}

// find returns the stored resource that r is a newer copy of, nil if there is none, and the id
// that r will be stored under: that of the copy, else its own when it is free, else one made of
// its canonical, so that several versions of a code system live side by side (TSF-3).
func (in *Intake) find(ctx context.Context, r *fhir.Resource) (*fhir.Resource, string, error) {
	want := canonical(r)
	if want != "" {
		have, err := in.byCanonical(ctx, r)
		if err != nil || have != nil {
			return have, idOf(have), err
		}
	}
	if !fhir.ValidID(r.ID) {
		return nil, madeID(r, want), nil
	}
	if other, taken := in.seen[r.Ref()]; taken && other != want {
		return nil, madeID(r, want), nil
	}
	have, err := in.occupant(ctx, r)
	switch {
	case err != nil:
		return nil, "", err
	case have == nil:
		return nil, r.ID, nil
	case canonical(have) == want:
		return have, r.ID, nil
	}
	return nil, madeID(r, want), nil
}

func idOf(r *fhir.Resource) string {
	if r == nil {
		return ""
	}
	return r.ID
}

// byCanonical looks for a stored resource of the same url and version.
func (in *Intake) byCanonical(ctx context.Context, r *fhir.Resource) (*fhir.Resource, error) {
	found, err := definition.Find(ctx, in.env.Store, r.Type, r.Field("url").String(), r.Field("version").String())
	if err != nil {
		return nil, err
	}
	for _, have := range found {
		switch {
		case canonical(have) != canonical(r):
		case len(found) == 1:
			return have, nil
		default:
			return definition.Read(ctx, in.env.Store, have)
		}
	}
	return nil, nil
}

// madeID makes an id that the same resource always gets.
func madeID(r *fhir.Resource, canonical string) string {
	if canonical == "" {
		canonical = string(r.Body)
	}
	sum := sha256.Sum256([]byte(r.Type + "\x00" + canonical))
	base := r.ID
	if !fhir.ValidID(base) || len(base) > 40 {
		base = importers.Slug(r.Field("name").String())
	}
	if id := base + "-" + hex.EncodeToString(sum[:8]); fhir.ValidID(id) {
		return id
	}
	return hex.EncodeToString(sum[:16])
}
