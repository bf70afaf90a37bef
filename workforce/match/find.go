package match

import (
	"context"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/linkage"
	"masjala/store"
)

// Finder finds the Practitioners of a registry that a resource may mean. It is safe for
// concurrent use.
type Finder struct{ store store.Store }

// NewFinder returns one that looks in s.
func NewFinder(s store.Store) *Finder { return &Finder{store: s} }

// What one question costs at most.
const (
	perSearch  = 40
	population = 500 // a registry is taken to have this many, so that a small one is not believed blindly
)

// Find returns the Practitioners that may be the same person as r, best first, at most so
// many. It looks at those alone that searches by identifier, licence, telephone, mail, date
// of birth and words of the name bring. It fails when the store cannot be read.
func (f *Finder) Find(ctx context.Context, r *fhir.Resource, most int) ([]linkage.Found[*fhir.Resource], error) {
	wanted := FromResource(r)
	b := block{store: f.store, seen: map[string]bool{}, in: map[string]int{}}
	if err := b.gather(ctx, &wanted); err != nil {
		return nil, err
	}
	records := []*record{prepare(&wanted)}
	for _, c := range b.found {
		is := FromResource(c)
		records = append(records, prepare(&is))
	}
	count, err := f.store.Count(ctx, "Practitioner")
	if err != nil {
		return nil, err
	}
	s := b.scale(records, max(count, population))
	judge := func(i int) linkage.Verdict { return s.compare(records[0], records[i+1]) }
	id := func(r *fhir.Resource) string { return r.ID }
	return linkage.Rank(b.found, Limits, judge, id, most), nil
}

// block gathers the resources that are worth comparing.
type block struct {
	store store.Store
	seen  map[string]bool
	found []*fhir.Resource
	in    map[string]int // word → resources that have it, as far as was seen
}

// gather searches by all that the worker wanted has.
func (b *block) gather(ctx context.Context, w *Worker) error {
	var asked [][]search.Pair
	ask := func(params ...search.Pair) { asked = append(asked, params) }
	for _, id := range w.Identifiers[:min(10, len(w.Identifiers))] {
		ask(search.Pair{Name: "identifier", Value: token(id)})
		ask(search.Pair{Name: "qualification-identifier", Value: token(id)})
	}
	for _, p := range w.Phones[:min(3, len(w.Phones))] {
		ask(search.Pair{Name: "phone", Value: escape.Replace(p)})
	}
	for _, e := range w.Emails[:min(3, len(w.Emails))] {
		ask(search.Pair{Name: "email", Value: escape.Replace(e)})
	}
	for _, params := range asked {
		if _, err := b.search(ctx, params...); err != nil {
			return err
		}
	}
	return b.byName(ctx, w)
}

// byName searches for the words of names by pairs, which few people share, then one by one,
// as they are written and as they sound.
func (b *block) byName(ctx context.Context, w *Worker) error {
	sought := spellings(w.Names)
	for i := range sought {
		for j := range i {
			if _, err := b.search(ctx, part(sought[j]), part(sought[i])); err != nil {
				return err
			}
			sounds := []search.Pair{{Name: "phonetic", Value: escape.Replace(sought[j])}, {Name: "phonetic", Value: escape.Replace(sought[i])}}
			if _, err := b.search(ctx, sounds...); err != nil {
				return err
			}
		}
	}
	for _, word := range sought {
		n, err := b.search(ctx, part(word))
		if err != nil {
			return err
		}
		b.in[linkage.Fold(word)] = n
		if n < 3 {
			if _, err := b.search(ctx, search.Pair{Name: "phonetic", Value: escape.Replace(word)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// search adds what meets the parameters and tells how many do.
func (b *block) search(ctx context.Context, params ...search.Pair) (int, error) {
	list, err := store.Find(ctx, b.store, "Practitioner", perSearch, params...)
	for _, r := range list {
		if !b.seen[r.ID] {
			b.seen[r.ID] = true
			b.found = append(b.found, r)
		}
	}
	return len(list), err
}

// scale judges rarity from what the searches brought: a word that filled a search is common.
func (b *block) scale(records []*record, count int) *scale {
	s := newScale(records[:1], records[1:], 0)
	s.prior = linkage.Prior(count)
	for _, n := range records[0].names {
		for i := range n {
			in := b.in[n[i].Text]
			if in >= perSearch {
				in = max(in, count/100)
			}
			s.words.Set(n[i].Text, in, count)
		}
	}
	s.weigh(records)
	return s
}

var escape = strings.NewReplacer(`\`, `\\`, `,`, `\,`, `|`, `\|`, `$`, `\$`)

// token writes an identifier as a search takes it; one without a system is sought in all.
func token(id Identifier) string {
	if id.System == "" {
		return escape.Replace(id.Value)
	}
	return escape.Replace(id.System) + "|" + escape.Replace(id.Value)
}

// part searches for a name that begins with a word.
func part(word string) search.Pair { return search.Pair{Name: "name", Value: escape.Replace(word)} }

// mostSought is how many words of names are looked for.
const mostSought = 5

// spellings are the words of names as they are written, without titles, particles and
// initials, each once.
func spellings(names []string) []string {
	var out []string
	for _, n := range names {
		for _, p := range strings.Fields(search.Fold(n)) {
			p = strings.Trim(p, ".,;")
			folded := linkage.Fold(p)
			if len([]rune(p)) >= 2 && !titles[folded] && !particles[folded] && !slices.Contains(out, p) && len(out) < mostSought {
				out = append(out, p)
			}
		}
	}
	return out
}
