package importers

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// finder gives the current resources that a query meets to yield, until that returns false.
type finder func(q *search.Query, yield func(*fhir.Resource) bool) error

// foresee tells what apply would do.
func (u *undoer) foresee(ctx context.Context, s *step) error {
	if s.draft != nil {
		u.back[s.ref] = true
		return nil
	}
	return u.check(s, u.found(ctx, s.ref))
}

// found is a finder of what names a resource outside of transactions, where what would be gone
// still is. It passes over what would have its former content again, and that does not name it.
func (u *undoer) found(ctx context.Context, ref string) finder {
	return func(q *search.Query, yield func(*fhir.Resource) bool) error {
		for {
			page, err := u.env.Store.Search(ctx, q)
			if err != nil {
				return err
			}
			for _, m := range page.Matches {
				if u.back[m.Ref()] {
					former, err := u.decide(ctx, m.Ref())
					if err != nil {
						return err
					}
					if former.draft != nil && !bytes.Contains(former.draft.Resource.Body, []byte(`"`+ref+`"`)) {
						continue
					}
				}
				if !yield(m) {
					return nil
				}
			}
			if page.Next == "" {
				return nil
			}
			q.Cursor = page.Next
		}
	}
}

// foundIn is a finder in a transaction, where only what goes with it still is.
func foundIn(tx store.Tx) finder {
	return func(q *search.Query, yield func(*fhir.Resource) bool) error {
		for _, limit := range []int{q.Count, together + 1} { // the first is enough, but where many go at once
			matches, err := tx.Find(q, limit)
			if err != nil {
				return err
			}
			for _, m := range matches {
				if !yield(m) {
					return nil
				}
			}
			if len(matches) < limit {
				return nil
			}
		}
		return nil
	}
}

// check keeps a resource that would be deleted while another one that stays names it.
func (u *undoer) check(s *step, find finder) error {
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
	by := ""
	err = find(q, func(m *fhir.Resource) bool {
		if !u.gone[m.Ref()] {
			by = m.Ref()
		}
		return by == ""
	})
	if err != nil {
		return "", fmt.Errorf("look for what names %s: %w", ref, err)
	}
	return by, nil
}
