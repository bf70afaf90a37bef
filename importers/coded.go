package importers

import (
	"context"
	"fmt"
	"math"

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
	byName   map[string][]Coding // by display
	bySame   map[string][]Coding // by what the display means, see Synonyms
	same     func(string) string
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
	c := CoderOf(members)
	c.ValueSet = valueSet
	return c, nil
}

// CoderOf finds codes among some that are given.
func CoderOf(members []Coding) *Coder {
	c := &Coder{byKey: make(map[string]Coding, 2*len(members)), byName: make(map[string][]Coding, len(members)), near: near.New(Key)}
	for _, m := range members {
		c.Add(m)
	}
	for _, m := range members { // a code is sure, a name may be another code's spelling
		c.byKey[Key(m.Code)] = m
	}
	return c
}

// Add takes in one more code by its name, while nobody else uses the coder.
func (c *Coder) Add(m Coding) {
	key := Key(m.Display)
	if _, taken := c.byKey[key]; !taken && key != "" {
		c.byKey[key] = m
	}
	c.byName[m.Display] = append(c.byName[m.Display], m)
	c.near.Add(m.Display)
}

// Synonyms lets the coder know texts that mean the same although they are spelled otherwise:
// those for which meaning gives the same text. It gives "" for a text that it knows nothing of.
func (c *Coder) Synonyms(meaning func(string) string) {
	c.same, c.bySame = meaning, map[string][]Coding{}
	for name, members := range c.byName {
		if m := meaning(name); m != "" {
			c.bySame[m] = append(c.bySame[m], members...)
		}
	}
}

// Slips returns the members that a text may be, misspelled, best first.
func (c *Coder) Slips(text string) []Candidate {
	var list []Candidate
	key := Key(text)
	for _, name := range c.near.Find(text, 2*mostCandidates) {
		for _, m := range c.byName[name] {
			if Slip(key, Key(name)) {
				list = append(list, Alike(text, m))
			}
		}
	}
	return Rank(list)
}

// Alike is a candidate whose display is spelled nearly as a text.
func Alike(text string, m Coding) Candidate {
	l := math.Round(100*Likeness(Key(text), Key(m.Display))) / 100
	return Candidate{Coding: m, Score: l, Why: fmt.Sprintf("%.2f alike", l)}
}

// Judge tells what a text means: the coding when that is certain, nil when it is not, and
// what it may mean, best first. It is certain when code or name are equal but for case,
// accents and punctuation, and when one member alone is the same but for a slip of the pen.
func (c *Coder) Judge(text string) (*Coding, []Candidate) {
	if m, ok := c.Find(text); ok {
		return &m, nil
	}
	var list []Candidate
	var sure []Coding
	if c.same != nil {
		for _, m := range c.bySame[c.same(text)] {
			list = append(list, Candidate{Coding: m, Score: 0.95, Why: "another word for it"})
		}
	}
	key := Key(text)
	for _, name := range c.near.Find(text, 2*mostCandidates) {
		for _, m := range c.byName[name] {
			list = append(list, Alike(text, m))
			if Slip(key, Key(name)) {
				sure = append(sure, m)
			}
		}
	}
	if list = Rank(list); len(sure) == 1 {
		return &sure[0], list
	}
	return nil, list
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
