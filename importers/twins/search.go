package twins

import (
	"context"
	"fmt"
	"slices"

	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/internal/linkage"
	"masjala/store"
)

// Population is how many facilities or persons a registry is taken to have at least, so that
// a small one is not believed blindly.
const Population = 500

// Matcher is how records of one sort are compared.
type Matcher[R any] struct {
	// Among gives the pairs of rows and what is stored that may mean the same.
	Among func(ctx context.Context, rows, stored []R, population int, apart func(row, stored int) bool) ([]linkage.Pair, error)
	// Identifiers are those of a record, to be read and replaced.
	Identifiers func(*R) *[]linkage.Identifier
	Limits      linkage.Limits
}

// Search is the rows of one list that nothing is known of. A nil Search takes no rows.
type Search[R any] struct {
	by     Matcher[R]
	book   *decisions.Book
	issues *importers.Issues
	rows   []row
	stored []stored
	left   int                    // rows beyond Most
	found  map[int]importers.Twin // by row; nil until Run

	rowRecords, storedRecords []R // of rows and stored
}

// Most is how many rows are looked for, and among how many resources. Half as many of both take
// some 550 MB of memory, so many twice that, and a few minutes.
const Most = 200_000

// New begins a search among the resources of a type; nil when there are none. With more than Most
// there is no search, either, which becomes a finding. So do rows beyond Most.
func New[R any](ctx context.Context, s store.Store, typ string, by Matcher[R], book *decisions.Book, issues *importers.Issues) (*Search[R], error) {
	n, err := s.Count(ctx, typ)
	if err != nil || n == 0 {
		return nil, err
	}
	if n > Most {
		issues.Add(importers.Issue{Severity: importers.Info, Rule: "twins-not-sought", Reason: fmt.Sprintf("there are %d resources of type %s, too many to look for rows among them", n, typ),
			Fix: "Rows that are not known are imported as new; compare parts of the list with masjala match."})
		return nil, nil
	}
	return &Search[R]{by: by, book: book, issues: issues}, nil
}

// Open tells whether rows are taken in: there is something to look among, and Run was not called yet.
func (s *Search[R]) Open() bool { return s != nil && s.found == nil }

// Of returns what a row may mean, after Run.
func (s *Search[R]) Of(row int) (importers.Twin, bool) {
	if s == nil {
		return importers.Twin{}, false
	}
	t, ok := s.found[row]
	return t, ok
}

type row struct {
	number    int
	key, name string
}

type stored struct{ reference, name string }

// Row takes in a row; key is what decisions on it are kept under. It returns false when there are
// too many rows.
func (s *Search[R]) Row(number int, key, name string, r R) bool {
	if len(s.rows) == Most {
		s.left++
		return false
	}
	s.rows, s.rowRecords = append(s.rows, row{number, key, name}), append(s.rowRecords, r)
	return true
}

// Stored takes in something stored that no row of the list means.
func (s *Search[R]) Stored(reference, name string, r R) {
	s.stored, s.storedRecords = append(s.stored, stored{reference, name}), append(s.storedRecords, r)
}

// Run finds for each row what it may mean. It ends early with the error of ctx.
func (s *Search[R]) Run(ctx context.Context) error {
	s.found = map[int]importers.Twin{}
	if s.left > 0 {
		s.issues.Add(importers.Issue{Severity: importers.Warning, Rule: "twins-not-sought", Reason: fmt.Sprintf("%d rows that are not known were not looked for among what is stored: it was enough with the %d before them", s.left, Most),
			Fix: "They were imported as new; import the list in parts, or compare it with masjala match."})
	}
	if len(s.rows) == 0 || len(s.stored) == 0 {
		return nil
	}
	defer func() { s.rows, s.stored, s.rowRecords, s.storedRecords = nil, nil, nil, nil }()
	s.trust()
	pairs, err := s.by.Among(ctx, s.rowRecords, s.storedRecords, Population, s.apart)
	if err != nil {
		return fmt.Errorf("compare rows with what is stored: %w", err)
	}
	better := map[int]int{} // stored → the row that has it
	for _, p := range linkage.Assign(pairs, s.by.Limits) {
		s.found[s.rows[p.A].number] = s.twin(&p)
		better[p.B] = s.rows[p.A].number
	}
	for i := range pairs { // the surest first: rows of which another one fits better
		p := &pairs[i]
		n := s.rows[p.A].number
		if _, has := s.found[n]; has || p.Bits < s.by.Limits.Accept {
			continue
		}
		p.Band = linkage.Review
		p.Evidence = append(slices.Clip(p.Evidence), linkage.Evidence{About: "rival", Text: fmt.Sprintf("row %d fits better", better[p.B])})
		s.found[n] = s.twin(p)
	}
	return nil
}

// twin is a pair as it is reported.
func (s *Search[R]) twin(p *linkage.Pair) importers.Twin {
	r, to := &s.rows[p.A], &s.stored[p.B]
	return importers.Twin{Row: r.number, Key: r.key, Name: r.name, Reference: to.reference, Stored: to.name,
		Likely: p.Band == linkage.Accept, Score: p.Score(), Why: p.Explain(), Decision: string(s.book.Verdict(r.key, to.reference))}
}

// apart tells whether somebody decided that a row is something else.
func (s *Search[R]) apart(a, b int) bool {
	return s.book.HasTwins() && s.book.Verdict(s.rows[a].key, s.stored[b].reference) == decisions.Different
}

// trust leaves records the identifiers alone that a row and something stored share: offices
// number their lists by themselves and call all numbers Code, so that different ones say nothing.
func (s *Search[R]) trust() {
	all := func(list []R) map[linkage.Identifier]bool {
		in := map[linkage.Identifier]bool{}
		for i := range list {
			for _, id := range *s.by.Identifiers(&list[i]) {
				in[id] = true
			}
		}
		return in
	}
	keep := func(list []R, in map[linkage.Identifier]bool) {
		for i := range list {
			ids := s.by.Identifiers(&list[i])
			*ids = slices.DeleteFunc(*ids, func(id linkage.Identifier) bool { return !in[id] })
		}
	}
	inRows, inStored := all(s.rowRecords), all(s.storedRecords)
	keep(s.rowRecords, inStored)
	keep(s.storedRecords, inRows)
}
