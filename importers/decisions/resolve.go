package decisions

import (
	"context"
	"fmt"
	"strings"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers"
	"masjala/store"
)

const (
	// comingSystem says in a table that an area is one which the list brings.
	comingSystem = AreaSystem + ":new"
	// AreaSystem stands for the logical ids of the Locations of areas, as codes.
	AreaSystem = "urn:masjala:area"
	// StatusSystem is of the codes of Location.status, which the target "status" of facilities means.
	StatusSystem = "http://hl7.org/fhir/location-status"
)

// Statuses are the codes of Location.status.
var Statuses = []importers.Coding{
	{System: StatusSystem, Code: "active", Display: "Active"},
	{System: StatusSystem, Code: "suspended", Display: "Suspended"},
	{System: StatusSystem, Code: "inactive", Display: "Inactive"},
}

// lastRuns is how many imports are looked through for a column.
const lastRuns = 200

// complete fills in what the last import that had the column knew of it.
func (k *keeper) complete(ctx context.Context, v *Value) (err error) {
	if v.Target != "" || v.Kind == "" {
		return nil
	}
	if k.runs == nil {
		if k.runs, err = importers.Runs(ctx, k.env.Store, lastRuns); err != nil {
			return err
		}
	}
	for _, r := range k.runs {
		if v.takeFrom(r) {
			break
		}
	}
	return nil
}

// resolve finds the code or area that a decision names. It fails with Invalid when there is none.
func (k *keeper) resolve(ctx context.Context, v *Value) (importers.Coding, error) {
	switch {
	case v.Code == importers.NoCode:
		return importers.Coding{Code: importers.NoCode}, nil
	case v.Target == "area":
		return k.area(ctx, v)
	case v.Target == "status" && v.Kind == "facilities":
		return among(importers.CoderOf(Statuses), v)
	case v.ValueSet != "":
		coder, err := k.members(ctx, v.ValueSet)
		if err != nil {
			return importers.Coding{}, err
		}
		return among(coder, v)
	case v.System != "":
		return k.ofSystem(ctx, v)
	}
	return importers.Coding{}, fhir.Errorf(fhir.Invalid, "column %q has neither a value set nor a code system, so that %q cannot be a code in it", v.Column, v.Code)
}

// among finds a code or name among those that are allowed.
func among(coder *importers.Coder, v *Value) (importers.Coding, error) {
	if c, ok := coder.Find(v.Code); ok && (v.System == "" || v.System == c.System || v.Target == "status") {
		return c, nil
	}
	return importers.Coding{}, fhir.Errorf(fhir.Invalid, "%q, decided for %q of column %q, is not one of the codes of the column.%s",
		v.Code, v.Text, v.Column, importers.Meant(coder.Near(v.Code, 3)))
}

// members reads the codes of a value set, once.
func (k *keeper) members(ctx context.Context, valueSet string) (*importers.Coder, error) {
	if c := k.coders[valueSet]; c != nil {
		return c, nil
	}
	if k.env.Codes == nil {
		return nil, fhir.Errorf(fhir.Invalid, "the value set %s cannot be looked into, because no terminology is at hand", valueSet)
	}
	c, err := importers.NewCoder(ctx, k.env.Codes, valueSet)
	if err != nil {
		return nil, err
	}
	if k.coders == nil {
		k.coders = map[string]*importers.Coder{}
	}
	k.coders[valueSet] = c
	return c, nil
}

// ofSystem finds a concept of a code system that is made of a column's values. One that is
// not stored yet, because no list was imported, gets the code that the import will give it.
func (k *keeper) ofSystem(ctx context.Context, v *Value) (importers.Coding, error) {
	found, err := store.Find(ctx, k.env.Store, "CodeSystem", 1, search.Pair{Name: "url", Value: search.Escape(v.System)})
	if err != nil {
		return importers.Coding{}, fmt.Errorf("read code system %s: %w", v.System, err)
	}
	if len(found) == 0 {
		return importers.Coding{System: v.System, Code: importers.Slug(v.Code), Display: v.Code}, nil
	}
	return among(importers.CoderOf(Concepts(found[0])), v)
}

// Concepts reads the concepts of the highest level of a stored code system.
func Concepts(r *fhir.Resource) []importers.Coding {
	var out []importers.Coding
	url := r.Field("url").Str
	for _, c := range r.Field("concept").Array() {
		out = append(out, importers.Coding{System: url, Code: c.Get("code").Str, Display: c.Get("display").Str})
	}
	return out
}

// alias is another name that an area gets.
type alias struct {
	location *fhir.Resource
	name     string
}

// area finds the area that a decision names by the id of its Location or by its name.
func (k *keeper) area(ctx context.Context, v *Value) (importers.Coding, error) {
	id := strings.TrimPrefix(v.Code, "Location/")
	r, err := k.env.Store.Read(ctx, "Location", id)
	if kd := fhir.KindOf(err); err != nil && kd != fhir.NotFound && kd != fhir.Gone && kd != fhir.Invalid {
		return importers.Coding{}, err
	}
	if err != nil || !place.IsArea(r) {
		if r, err = k.areaCalled(ctx, v); err != nil {
			return importers.Coding{}, err
		}
		if r == nil {
			return v.areaComing()
		}
	}
	k.aliases = append(k.aliases, alias{r, v.Text})
	return importers.Coding{System: AreaSystem, Code: r.ID, Display: r.Field("name").Str}, nil
}

// areaComing is the only area that the list itself brings and that a decision can mean.
func (v *Value) areaComing() (importers.Coding, error) {
	var areas []importers.NewArea
	if v.coming != nil {
		areas = v.coming.areas
	}
	switch len(areas) {
	case 1:
		return importers.Coding{System: AreaSystem, Code: areas[0].Code, Display: areas[0].Display}, nil
	case 0:
		return importers.Coding{}, fhir.Errorf(fhir.Invalid, "%q, decided for %q of column %q, is no area here, and none that the list brings; give its name as it is stored or in the list, or the id of its Location", v.Code, v.Text, v.Column)
	}
	a := areas[0]
	return importers.Coding{}, fhir.Errorf(fhir.Invalid, "the list brings %d areas called %q; say which one %q of column %q means, such as %q", len(areas), v.Code, v.Text, v.Column, a.Within+withinMark+a.Display)
}

// areaCalled finds the only area here of a name, nil when there is none.
func (k *keeper) areaCalled(ctx context.Context, v *Value) (*fhir.Resource, error) {
	found, err := store.Find(ctx, k.env.Store, "Location", 50, search.Pair{Name: "name:exact", Value: search.Escape(v.Code)},
		search.Pair{Name: "type", Value: place.Types + "|jurisdiction"})
	if err != nil {
		return nil, fmt.Errorf("look for area %q: %w", v.Code, err)
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, nil
	}
	return nil, fhir.Errorf(fhir.Invalid, "%d areas are called %q; give the id of the Location that %q of column %q means, such as %s", len(found), v.Code, v.Text, v.Column, found[0].ID)
}

// named makes the drafts of areas that get another name: of the Location and the Organization.
func (k *keeper) named(ctx context.Context) ([]*store.Draft, error) {
	bodies := map[string]*fhir.Resource{}
	var order []string
	for _, a := range k.aliases {
		org, err := manager(ctx, k.env.Store, a.location)
		if err != nil {
			return nil, err
		}
		changed := false
		for _, r := range []*fhir.Resource{org, a.location} {
			if r == nil {
				continue
			}
			if have := bodies[r.Ref()]; have != nil {
				r = have
			}
			next, ok, err := withAlias(r, a.name)
			if err != nil || !ok {
				if err != nil {
					return nil, err
				}
				continue
			}
			if bodies[r.Ref()] == nil {
				order = append(order, r.Ref())
				k.base[r.Ref()] = r.Version
			}
			bodies[r.Ref()], changed = next, true
		}
		if changed {
			k.out.Aliases++
		}
	}
	var out []*store.Draft
	for _, ref := range order {
		d, err := k.env.Registries.Prepare(ctx, bodies[ref])
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}
