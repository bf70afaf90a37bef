package importers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
)

// finder finds at most limit current resources that a query meets.
type finder func(q *search.Query, limit int) ([]*fhir.Resource, error)

// found is a finder outside of transactions.
func (u *undoer) found(ctx context.Context) finder {
	return func(q *search.Query, limit int) ([]*fhir.Resource, error) {
		q.Count = limit
		page, err := u.env.Store.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		return page.Matches, nil
	}
}

// check keeps a resource that would be deleted while another one that stays names it.
func (u *undoer) check(s *step, find finder) error {
	if s.draft != nil {
		return nil
	}
	typ, _, _ := strings.Cut(s.ref, "/")
	for _, source := range search.Types() {
		if !u.env.Registries.Has(source) {
			continue
		}
		for _, p := range search.Parameters(source) {
			if p.Kind != search.Reference || !slices.Contains(p.Targets, typ) {
				continue
			}
			by, err := u.namedBy(source, p, s.ref, find)
			if err != nil {
				return err
			}
			if by != "" {
				s.keep = by + " names it"
				return nil
			}
		}
	}
	return nil
}

// namedBy returns a resource of a type that names another by a reference and stays, "" when there is none.
func (u *undoer) namedBy(source string, p *search.Parameter, ref string, find finder) (string, error) {
	const most = 50
	q, err := search.Parse(search.Request{Type: source, Strict: true, MaxCount: most, DefaultCount: most, Pairs: []search.Pair{{Name: p.Name, Value: ref}}})
	if err != nil {
		return "", fmt.Errorf("look for what names %s: %w", ref, err)
	}
	matches, err := find(q, most)
	if err != nil {
		return "", fmt.Errorf("look for what names %s: %w", ref, err)
	}
	for _, m := range matches {
		if !u.gone[m.Ref()] {
			return m.Ref(), nil
		}
	}
	return "", nil
}
