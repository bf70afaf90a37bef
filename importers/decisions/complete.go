package decisions

import (
	"slices"

	"masjala/fhir"
	"masjala/importers"
)

// Complete fills in what a report of the same list knows: the kind, what columns mean and
// where their codes come from; of twins, the key and what is stored, by the number of the row; of conflicts, which ones they are. It fails
// with Invalid for a column that the list does not have, a row that is no twin, and a conflict that there is not.
func (s *Set) Complete(r *importers.Report) error {
	areas := areasOf(r)
	for i := range s.Values {
		if err := s.Values[i].complete(r, areas); err != nil {
			return err
		}
	}
	for i := range s.Twins {
		if err := s.Twins[i].complete(r); err != nil {
			return err
		}
	}
	return s.completeConflicts(r)
}

func (v *Value) complete(r *importers.Report, areas newAreas) error {
	if v.Kind == "" {
		v.Kind = r.Kind
	}
	known := v.Target != ""
	if known && v.ValueSet+v.System != "" || v.takeFrom(r) || known {
		v.foresee(areas)
		return nil
	}
	var names []string
	for _, c := range r.Columns {
		names = append(names, c.Heading)
	}
	return fhir.Errorf(fhir.Invalid, "%s has no column %q that is used.%s", r.File, v.Column, importers.DidYouMean(v.Column, names))
}

// newAreas are the areas that a list brings, by what decisions may call them: the id behind an idMark, and
// the keys of the name and of the name behind those above it.
type newAreas map[string][]importers.NewArea

// idMark is in no key.
const idMark = "#"

func areasOf(r *importers.Report) newAreas {
	out := newAreas{}
	for _, a := range r.NewAreas {
		names := []string{idMark + a.Code, importers.Key(a.Display)}
		if a.Within != "" {
			names = append(names, importers.Key(a.Within+withinMark+a.Display))
		}
		for _, n := range names {
			out[n] = append(out[n], a)
		}
	}
	return out
}

// foresee notes the areas that the list brings and that the decision may mean.
func (v *Value) foresee(areas newAreas) {
	if v.Target != "area" {
		return
	}
	found := slices.Clone(areas[idMark+v.Code])
	for _, a := range areas[importers.Key(v.Code)] {
		if !slices.Contains(found, a) {
			found = append(found, a)
		}
	}
	v.coming = &coming{found}
}

// takeFrom fills in what a report knows of the column. It tells whether it has it.
func (v *Value) takeFrom(r *importers.Report) bool {
	for _, c := range r.Columns {
		if importers.HeadKey(c.Heading) == importers.HeadKey(v.Column) && r.Kind == v.Kind && (v.Target == "" || v.Target == c.Target) {
			v.Target, v.ValueSet = c.Target, c.ValueSet
			if c.ValueSet == "" {
				v.System = c.System
			}
			return true
		}
	}
	return false
}

func (t *Twin) complete(r *importers.Report) error {
	if t.Kind == "" {
		t.Kind = r.Kind
	}
	if t.Key != "" {
		return nil
	}
	for _, have := range r.Twins {
		if have.Row != t.Row {
			continue
		}
		t.Key, t.Name = have.Key, have.Name
		if t.Reference == "" {
			t.Reference = have.Reference
		}
		return nil
	}
	return fhir.Errorf(fhir.Invalid, "row %d of %s does not seem to be anything that is stored; there is nothing to decide", t.Row, r.File)
}

// Likely decides alike about every row of a report that is held or that seems to be something
// stored.
func Likely(r *importers.Report, v Verdict) []Twin {
	var out []Twin
	for _, t := range r.Twins {
		if t.Likely {
			out = append(out, Twin{Kind: r.Kind, Key: t.Key, Reference: t.Reference, Verdict: v, Row: t.Row, Name: t.Name})
		}
	}
	return out
}
