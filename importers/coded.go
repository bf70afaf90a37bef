package importers

import (
	"context"
	"fmt"

	"masjala/fhir"
	"masjala/importers/near"
	"masjala/store"
)

// maxMembers is how many codes a value set may have for its names to be matched with cells.
const maxMembers = 50_000

// Coder finds the code that a cell means among the codes of one value set, by code or by
// name. It is safe for concurrent use once made.
type Coder struct {
	ValueSet string
	byKey    map[string]Coding
	near     *near.Index
}

// NewCoder reads the codes of a value set. It fails with NotFound when there is none of that
// URL, with TooCostly when it has too many codes to match names with.
func NewCoder(ctx context.Context, codes Codes, valueSet string) (*Coder, error) {
	members, err := codes.Members(ctx, valueSet, "", maxMembers+1)
	if err != nil {
		return nil, fmt.Errorf("read codes of %s: %w", valueSet, err)
	}
	if len(members) > maxMembers {
		return nil, fhir.Errorf(fhir.TooCostly, "the value set %s has more than %d codes; map the column to a smaller one", valueSet, maxMembers)
	}
	c := &Coder{ValueSet: valueSet, byKey: make(map[string]Coding, 2*len(members)), near: near.New(Key)}
	for _, m := range members {
		if _, taken := c.byKey[Key(m.Display)]; !taken && Key(m.Display) != "" {
			c.byKey[Key(m.Display)] = m
		}
		c.near.Add(m.Display)
	}
	for _, m := range members { // a code is sure, a name may be another code's spelling
		c.byKey[Key(m.Code)] = m
	}
	return c, nil
}

// Find returns the coding that a text names by its code or display; case, accents and
// punctuation do not count.
func (c *Coder) Find(text string) (Coding, bool) {
	m, ok := c.byKey[Key(text)]
	return m, ok
}

// Near proposes up to n displays that a text may have meant.
func (c *Coder) Near(text string, n int) []string { return c.near.Find(text, n) }

// FindValueSet looks for the stored value set that a column draws from, given how many rows
// have each of its values: the one whose codes or names cover most rows, if those are more
// than half of all and two different values at least. It returns "" when there is none.
func FindValueSet(ctx context.Context, s store.Store, codes Codes, values map[string]int) (string, error) {
	best, most := "", 0
	for _, rows := range values {
		most += rows
	}
	most /= 2
	err := store.Each(ctx, s, "ValueSet", func(r *fhir.Resource) error {
		url := r.Field("url").String()
		if hits := hits(ctx, codes, url, values); hits > most || hits == most && best != "" && url < best {
			best, most = url, hits
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("read value sets: %w", err)
	}
	return best, nil
}

// hits counts the rows whose value a value set knows; 0 for one that knows a single value,
// cannot be expanded or is large.
func hits(ctx context.Context, codes Codes, url string, values map[string]int) int {
	members, err := codes.Members(ctx, url, "", 2001)
	if url == "" || err != nil || len(members) > 2000 {
		return 0
	}
	known := map[string]bool{}
	for _, m := range members {
		known[Key(m.Code)], known[Key(m.Display)] = true, true
	}
	different, rows := 0, 0
	for v, n := range values {
		if known[Key(v)] {
			different++
			rows += n
		}
	}
	if different < 2 {
		return 0
	}
	return rows
}
