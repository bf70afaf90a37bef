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
	var list codings
	err := s.t.Members(ctx, ref, limit, list.add)
	return list, err
}

// Kin lists a code and up to limit-1 of those below or above it.
func (s valueSets) Kin(ctx context.Context, code search.Coding, below bool, limit int) ([]search.Coding, error) {
	var list codings
	err := s.t.Kin(ctx, code.System, code.Code, below, limit, list.add)
	return list, err
}

// codings collects what the terminology service lists.
type codings []search.Coding

func (l *codings) add(system, code string) {
	*l = append(*l, search.Coding{System: system, Code: code})
}
