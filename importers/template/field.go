package template

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers"
	"masjala/store"
)

// Field is what a kind of list knows of a column of its templates.
type Field struct {
	Target   string // which the importer takes the column for
	Heading  Words
	Sort     Sort
	Required bool
}

// ErrEnough ends a walk over the registry that has seen enough of it.
var ErrEnough = errors.New("enough was seen")

// Synonyms adds the headings of templates to those that targets go by.
func Synonyms(targets []importers.Target, fields []Field) []importers.Target {
	for i := range targets {
		for _, f := range fields {
			if f.Target != targets[i].Name {
				continue
			}
			for _, heading := range f.Heading {
				if key := importers.HeadKey(heading); !slices.Contains(targets[i].Synonyms, key) {
					targets[i].Synonyms = append(targets[i].Synonyms, key)
				}
			}
		}
	}
	return targets
}

// Ranks adds headings with a number in them, for the levels from 1 to deepest, to the ranks of a target.
func Ranks(ranks map[string]int, heading Words, deepest int) map[string]int {
	for level := 1; level <= deepest; level++ {
		for _, text := range heading.Number(level) {
			ranks[importers.HeadKey(text)] = level
		}
	}
	return ranks
}

// Number puts a number into each text.
func (w Words) Number(n int) Words {
	out := make(Words, len(w))
	for i, text := range w {
		out[i] = fmt.Sprintf(text, n)
	}
	return out
}

// Choices are the texts between semicolons in a language.
func Choices(w Words, lang string) []string { return strings.Split(w.In(lang), ";") }

// Lists are what the cells of columns choose from, by target.
type Lists map[string][]string

// most is how many texts a list may have.
const most = 20_000

// Seen are the values of a target that the registry has, with their code system.
type Seen struct {
	systems importers.Widths
	values  map[string]bool
}

// Add takes a value, if it is one.
func (s *Seen) Add(system, value string) {
	if value == "" {
		return
	}
	if s.values == nil {
		s.values = map[string]bool{}
	}
	s.values[value] = true
	if system != "" {
		s.systems.Count(system)
	}
}

// Fill makes the lists of targets: the members of the value set that was named for one, else of the
// one that the commonest code system has for all its codes, else the values that were seen.
func (l Lists) Fill(ctx context.Context, env importers.Env, seen map[string]*Seen, named map[string]string) error {
	for target := range named {
		if seen[target] == nil {
			return fhir.Errorf(fhir.Invalid, "no value set can be named for %q, only for %s", target, strings.Join(slices.Sorted(maps.Keys(seen)), ", "))
		}
	}
	for target, s := range seen {
		url, given := named[target]
		if !given {
			var err error
			if url, err = valueSetOf(ctx, env.Store, s.systems.First()); err != nil {
				return err
			}
		}
		names, err := members(ctx, env, url)
		switch {
		case err != nil && (given || fhir.KindOf(err) == fhir.Internal):
			return err
		case err != nil || len(names) == 0:
			names = slices.Sorted(maps.Keys(s.values))
		}
		l[target] = names[:min(len(names), most)]
	}
	return nil
}

// valueSetOf is the value set of all codes of a stored code system, "" when it names none.
func valueSetOf(ctx context.Context, s store.Store, system string) (url string, err error) {
	if system == "" {
		return "", nil
	}
	err = store.Each(ctx, s, "CodeSystem", func(r *fhir.Resource) error {
		url = r.Field("valueSet").Str
		return nil
	}, search.Pair{Name: "url", Value: search.Escape(system)})
	return url, err
}

// members are the names of what a value set holds.
func members(ctx context.Context, env importers.Env, url string) ([]string, error) {
	if url == "" || env.Codes == nil {
		return nil, nil
	}
	codes, err := env.Codes.Members(ctx, url, "", most)
	if err != nil {
		return nil, fmt.Errorf("read the codes of %s: %w", url, err)
	}
	var names []string
	taken := map[string]bool{}
	for _, c := range codes {
		name := c.Display
		if name == "" {
			name = c.Code
		}
		if !taken[name] {
			names = append(names, name)
		}
		taken[name] = true
	}
	return names, nil
}

// New makes the template of a kind of list from its columns.
func New(lang, sheet string, fields []Field, lists Lists) *Book {
	b := &Book{Lang: lang, Sheet: sheet}
	for _, f := range fields {
		b.Columns = append(b.Columns, Column{Heading: f.Heading.In(lang), Sort: f.Sort, Required: f.Required, List: lists[f.Target]})
	}
	return b
}
