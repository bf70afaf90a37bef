package decisions

import (
	"masjala/fhir"
	"masjala/importers"
)

// Complete fills in what a report of the same list knows: the kind, what columns mean and
// where their codes come from; of twins, the key and what is stored, by the number of the row; of conflicts, which ones they are. It fails
// with Invalid for a column that the list does not have, a row that is no twin, and a conflict that there is not.
func (s *Set) Complete(r *importers.Report) error {
	for i := range s.Values {
		if err := s.Values[i].complete(r); err != nil {
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

func (v *Value) complete(r *importers.Report) error {
	if v.Kind == "" {
		v.Kind = r.Kind
	}
	known := v.Target != ""
	if known && v.ValueSet+v.System != "" || v.takeFrom(r) || known {
		v.foresee(r)
		return nil
	}
	var names []string
	for _, c := range r.Columns {
		names = append(names, c.Heading)
	}
	return fhir.Errorf(fhir.Invalid, "%s has no column %q that is used.%s", r.File, v.Column, importers.DidYouMean(v.Column, names))
}

// foresee notes the areas that the list of a report brings and that the decision may mean: by the id,
// the name, or the name behind those above it.
func (v *Value) foresee(r *importers.Report) {
	if v.Target != "area" {
		return
	}
	v.coming = &coming{}
	for _, a := range r.NewAreas {
		if a.Code == v.Code || importers.Key(a.Display) == importers.Key(v.Code) || a.Within != "" && importers.Key(a.Within+withinMark+a.Display) == importers.Key(v.Code) {
			v.coming.areas = append(v.coming.areas, a)
		}
	}
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
