package app

import (
	"context"
	"strings"

	"masjala/fhir/search"
	"masjala/terminology"
)

// valueSets shows the terminology service to searches.
type valueSets struct{ t *terminology.Service }

// Members lists up to limit codings of the value set that a canonical or ValueSet/id names.
func (s valueSets) Members(ctx context.Context, valueSet string, limit int) ([]search.Coding, error) {
	ref := terminology.SetRef{URL: valueSet}
	if id, ok := strings.CutPrefix(valueSet, "ValueSet/"); ok {
		ref = terminology.SetRef{ID: id}
	}
	var list []search.Coding
	err := s.t.Members(ctx, ref, limit, func(system, code string) {
		list = append(list, search.Coding{System: system, Code: code})
	})
	return list, err
}
