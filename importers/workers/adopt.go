package workers

import (
	"context"
	"fmt"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers"
)

// adopt finds the person of a row who came into the registry by another way: the one with
// one of the row's numbers. A person who has another number of the same system as the one
// the row is known by is somebody else: that is reported.
func (in *reader) adopt(ctx context.Context, d *draft) (*importers.Known, error) {
	for _, id := range d.identifiers {
		q, err := search.Parse(search.Request{Type: "Practitioner", Strict: true, DefaultCount: 2, MaxCount: 2,
			Pairs: []search.Pair{{Name: "identifier", Value: search.Escape(id.System) + "|" + search.Escape(id.Value)}, {Name: "_total", Value: "none"}}})
		if err != nil {
			return nil, err
		}
		page, err := in.env.Store.Search(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("look for person: %w", err)
		}
		if len(page.Matches) != 1 {
			continue
		}
		if p := page.Matches[0]; !in.contradicts(d, id, p) {
			return importers.Adopted(p), nil
		}
	}
	return nil, nil
}

// contradicts tells whether a stored person cannot be the one of a row, though both have an identifier.
func (in *reader) contradicts(d *draft, shared fhir.Identifier, p *fhir.Resource) bool {
	own := d.identifiers[0]
	for _, other := range p.Field("identifier").Array() {
		if other.Get("system").String() == own.System && other.Get("value").String() != own.Value {
			in.w.Issues.Add(importers.Issue{Row: d.row, Value: shared.Value, Severity: importers.Warning, Rule: "identifier-shared",
				Reason: fmt.Sprintf("%s and %s (%s) have the same number %s", d.display(), p.Field("name.0.family").String(), other.Get("value").String(), shared.Value),
				Fix:    "Correct the number, or make the two one; they were kept apart."})
			return true
		}
	}
	return false
}
