package terminology

import (
	"masjala/fhir"
)

// at returns the catalog as a request wants it: all of it, or what was so at a date. It
// fails with Invalid for a date that is none.
func (s *Service) at(date string) (*catalog, error) {
	c := s.now.Load()
	if date == "" {
		return c, nil
	}
	_, until, err := fhir.ParseDateTime(date)
	if err != nil {
		return nil, fhir.Errorf(fhir.Invalid, "Parameter date takes a dateTime such as 2024-05-31, not %q.", date).At("date")
	}
	n := &catalog{byID: map[string]*entry{}, byURL: map[string][]*entry{}, alias: c.alias, plans: newPlans(), date: date}
	for key, list := range c.byURL {
		for _, e := range list { // best first, as before
			if from, _, err := fhir.ParseDateTime(e.info.Date); err == nil && from <= until {
				n.byURL[key] = append(n.byURL[key], e)
				n.byID[e.key()] = e
			}
		}
	}
	return n, nil
}
