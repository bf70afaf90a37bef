package match

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/linkage"
	"masjala/store"
)

// Finder finds the facilities of a registry that a resource may mean. It is safe for
// concurrent use.
type Finder struct{ store store.Store }

// NewFinder returns one that looks in s.
func NewFinder(s store.Store) *Finder { return &Finder{store: s} }

// What one question costs at most.
const (
	perSearch  = 40  // resources that one search brings
	mostSought = 12  // words that are looked for
	population = 500 // a registry is taken to have this many, so that a small one is not believed blindly
)

// Find returns the Locations or Organizations, of the type of r, that may be the same
// facility, best first, at most so many. It looks at those alone that searches by
// identifier, words of the name and parts of them, and surroundings bring. It fails when
// the store cannot be read.
func (f *Finder) Find(ctx context.Context, r *fhir.Resource, most int) ([]linkage.Found[*fhir.Resource], error) {
	wanted, err := FromResource(ctx, f.store, r)
	if err != nil {
		return nil, err
	}
	b := block{store: f.store, typ: r.Type, seen: map[string]*fhir.Resource{}, in: map[string]int{}}
	if err := b.gather(ctx, r, &wanted); err != nil {
		return nil, err
	}
	records := []*record{prepare(&wanted)}
	for _, c := range b.found {
		is, err := FromResource(ctx, f.store, c)
		if err != nil {
			return nil, err
		}
		records = append(records, prepare(&is))
	}
	count, err := f.store.Count(ctx, r.Type)
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
	typ   string
	seen  map[string]*fhir.Resource
	found []*fhir.Resource
	in    map[string]int // word → resources that have it, as far as was seen
}

// gather searches by all that the facility wanted has.
func (b *block) gather(ctx context.Context, r *fhir.Resource, wanted *Facility) error {
	for _, id := range wanted.Identifiers[:min(10, len(wanted.Identifiers))] {
		if _, err := b.search(ctx, search.Pair{Name: "identifier", Value: token(id)}); err != nil {
			return err
		}
	}
	near := search.Pair{}
	if p := wanted.Position; p != nil && b.typ == "Location" {
		at := fmt.Sprintf("%g|%g|", p.Lat, p.Lon)
		if _, err := b.search(ctx, search.Pair{Name: "near", Value: at + "2|km"}); err != nil {
			return err
		}
		near = search.Pair{Name: "near", Value: at + "30|km"}
	} else if ref := r.Field("partOf.reference").Str; strings.HasPrefix(ref, b.typ+"/") {
		near = search.Pair{Name: "partof", Value: ref}
	} else if area := areaWord(r); area != "" {
		near = search.Pair{Name: "address", Value: area}
	}
	sought := spellings(append([]string{wanted.Name}, wanted.Others...))
	if len(sought) > 1 { // those that have the first words together, however common each is
		if _, err := b.search(ctx, contains(sought[0]), contains(sought[1])); err != nil {
			return err
		}
	}
	for _, word := range sought[:min(mostSought, len(sought))] {
		if err := b.word(ctx, word, near); err != nil {
			return err
		}
	}
	return nil
}

// word searches for a word, and for its halves, because a slip spoils one of them only. A
// word that too many have is sought nearby as well.
func (b *block) word(ctx context.Context, word string, near search.Pair) error {
	n, err := b.search(ctx, contains(word))
	if err != nil {
		return err
	}
	b.in[linkage.Fold(word)] = n
	if n == perSearch && near.Name != "" {
		if _, err := b.search(ctx, contains(word), near); err != nil {
			return err
		}
	}
	letters := []rune(word)
	if n >= 3 {
		return nil
	}
	if near.Name != "" && len(letters) >= 3 {
		if _, err := b.search(ctx, contains(string(letters[:3])), near); err != nil {
			return err
		}
	}
	if len(letters) < 6 {
		return nil
	}
	half := len(letters) / 2
	for _, part := range []string{string(letters[:half]), string(letters[half:])} {
		params := []search.Pair{contains(part)}
		n, err := b.search(ctx, params...)
		if err == nil && n == perSearch && near.Name != "" {
			_, err = b.search(ctx, append(params, near)...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// search adds what meets the parameters and tells how many do.
func (b *block) search(ctx context.Context, params ...search.Pair) (int, error) {
	list, err := store.Find(ctx, b.store, b.typ, perSearch, params...)
	for _, r := range list {
		if b.seen[r.ID] == nil {
			b.seen[r.ID] = r
			b.found = append(b.found, r)
		}
	}
	return len(list), err
}

// scale judges rarity from what the searches brought: a word that filled a search is common.
func (b *block) scale(records []*record, count int) *scale {
	s := newScale(records[:1], records[1:], 0)
	s.prior, s.all = linkage.Prior(count), count
	for i := range records[0].names {
		for _, w := range records[0].names[i].words {
			in, sought := b.in[w.Text]
			switch {
			case !sought: // a word that many names have, in one of its spellings
				in = count / 50
			case in >= perSearch:
				in = max(in, count/50)
			}
			s.words.Set(w.Text, in, count)
		}
	}
	for key, n := range s.areas { // among candidates, an area is far more common than among all
		s.areas[key] = max(2, n, count/200)
	}
	s.weigh(records)
	return s
}

// areaWord is the first word of the lowest area in the address of what is sought, by which
// addresses are found.
func areaWord(r *fhir.Resource) string {
	areas := addressed(r)
	if len(areas) == 0 {
		return ""
	}
	for _, w := range strings.Fields(areas[len(areas)-1]) {
		if folded := linkage.Fold(w); len(folded) >= 3 && !words().affix[folded] {
			return escape.Replace(w)
		}
	}
	return ""
}

var escape = strings.NewReplacer(`\`, `\\`, `,`, `\,`, `|`, `\|`, `$`, `\$`)

func contains(word string) search.Pair {
	return search.Pair{Name: "name:contains", Value: escape.Replace(word)}
}

// spellings are the words of names as they are written, without those that say what a
// facility is or that join others, unless a name has no others; longer ones first.
func spellings(names []string) []string {
	var out, others []string
	for _, n := range names {
		parts := strings.FieldsFunc(search.Fold(n), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) && r != '\'' && r != '’'
		})
		for _, p := range parts {
			folded := linkage.Fold(p)
			_, kind := words().phrases[folded]
			switch {
			case len([]rune(p)) < 3 || slices.Contains(out, p) || words().filler[folded]:
			case kind || words().as[folded] != "" || words().misspelt(folded) != "":
				others = append(others, p)
			default:
				out = append(out, p)
			}
		}
	}
	if len(out) == 0 {
		out = others
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return out
}
