package decisions

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/store"
)

// space is where the store keeps twins, and which ConceptMaps hold values.
const space = "import/decisions"

// Keys of the space: the ConceptMaps of a kind, and the twins of a kind by the key of the row.
func mapsOf(kind string) string  { return "map/" + kind + "/" }
func twinsOf(kind string) string { return "twin/" + kind + "/" }

// Book is all that was decided for one kind of list. It does not change and is safe for
// concurrent use.
type Book struct {
	maps  []*values
	twins map[string][]Twin // by key of the row
}

// Open reads the decisions for a kind of list. It fails when the store cannot be read.
func Open(ctx context.Context, s store.Store, kind string) (*Book, error) {
	b := &Book{twins: map[string][]Twin{}}
	err := each(ctx, s, mapsOf(kind), func(v store.Value) error {
		r, err := s.Read(ctx, "ConceptMap", string(v.Data))
		if k := fhir.KindOf(err); err != nil && (k == fhir.NotFound || k == fhir.Gone) {
			return nil // somebody deleted it: then nothing is decided any more
		}
		if err != nil {
			return err
		}
		parts := strings.Split(strings.TrimPrefix(v.Key, mapsOf(kind)), "/")
		if len(parts) != 2 {
			return nil
		}
		b.maps = append(b.maps, readValues(r, kind, parts[0], parts[1]))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read decisions on values: %w", err)
	}
	err = each(ctx, s, twinsOf(kind), func(v store.Value) error {
		var t Twin
		if err := json.Unmarshal(v.Data, &t); err != nil {
			return fmt.Errorf("%s: %w", v.Key, err)
		}
		b.twins[t.Key] = append(b.twins[t.Key], t)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read decisions on twins: %w", err)
	}
	return b, nil
}

// each calls fn for every value of the space whose key has a prefix.
func each(ctx context.Context, s store.Store, prefix string, fn func(store.Value) error) error {
	return store.EachValue(ctx, s, space, prefix, 1000, fn)
}

// Value returns what was decided about a spelling in a column: first for the heading itself,
// then for others of the same target, if those agree. The code is [importers.NoCode] when it
// was decided that there is none. within is "" for all but areas.
func (b *Book) Value(target, heading, within, text string) (importers.Coding, bool) {
	key, list := keyOf(within, text), importers.Slug(heading)
	var found *importers.Coding
	agree := true
	for _, m := range b.maps {
		c, ok := m.of[key]
		if !ok || m.target != target {
			continue
		}
		if m.list == list {
			return c.Coding, true
		}
		if found == nil {
			found = &c.Coding
		}
		agree = agree && found.System == c.System && found.Code == c.Code
	}
	if found == nil || !agree {
		return importers.Coding{}, false
	}
	return *found, true
}

// Judge tells what a spelling means among the codes of its column: as was decided, else as is
// certain. Where neither, or where what was decided is no code any more, it gives candidates.
// The State is "" for what needs no word: the spelling is the code or the name of one.
func (b *Book) Judge(coder *importers.Coder, v importers.Value) importers.Value {
	sure, list := coder.Judge(v.Text)
	if c, ok := b.Value(v.Target, v.Column, v.Within, v.Text); ok {
		if have, ok := coder.Find(c.Code); ok && have.System == c.System {
			c = have
		} else if !none(&c) {
			v.State, v.Chosen, v.Candidates = importers.Stale, &c, list
			return v
		}
		v.State, v.Chosen = importers.Decided, &c
		return v
	}
	v.Chosen, v.Candidates = sure, list
	switch {
	case sure == nil:
		v.State = importers.Doubtful
	case list != nil:
		v.State = importers.Taken
	}
	return v
}

// Twins returns what was decided about a row.
func (b *Book) Twins(key string) []Twin { return b.twins[key] }

// Verdict is what was decided about a row and a stored resource, "" when nothing.
func (b *Book) Verdict(key, reference string) Verdict {
	i := slices.IndexFunc(b.twins[key], func(t Twin) bool { return t.Reference == reference })
	if i < 0 {
		return ""
	}
	return b.twins[key][i].Verdict
}

// HasTwins tells whether anything was decided about rows.
func (b *Book) HasTwins() bool { return len(b.twins) > 0 }

// keyOf folds a spelling and the areas above it.
func keyOf(within, text string) string { return importers.Key(within) + "\x00" + importers.Key(text) }
