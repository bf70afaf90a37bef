package terminology

import (
	"context"

	"masjala/fhir"
)

// Kin calls yield with a code and up to limit-1 of those below it in its code system, or
// above it: its ancestors of any degree. A code that the system does not have is alone.
// It fails with NotFound if the code system is not known.
func (s *Service) Kin(ctx context.Context, system, code string, below bool, limit int, yield func(system, code string)) error {
	op := "generalizes"
	if below {
		op = "is-a"
	}
	b := fhir.AppendString([]byte(`{"compose":{"include":[{"system":`), system)
	b = append(b, `,"filter":[{"property":"concept","op":"`+op+`","value":`...)
	b = append(fhir.AppendString(b, code), `}]}]}}`...)
	err := s.Members(ctx, SetRef{ValueSet: &fhir.Resource{Type: valueSet, Body: b}}, limit, yield)
	if fhir.KindOf(err) == fhir.Unprocessable { // the filter names a code that is not there
		yield(system, code)
		return nil
	}
	return err
}
