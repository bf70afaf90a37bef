package terminology

import (
	"masjala/fhir"
)

// seen returns the catalog as a request sees it: with what it brings along, and at its date.
// It fails with Invalid for a date that is none.
func (s *Service) seen(req *Common) (*catalog, error) {
	c, err := s.at(req.Date)
	if err != nil {
		return nil, err
	}
	return s.with(c, req.Resources)
}

// at returns the catalog: all of it, or what was so at a date.
func (s *Service) at(date string) (*catalog, error) {
	c := s.now.Load()
	if date == "" {
		return c, nil
	}
	_, until, err := fhir.ParseDateTime(date)
	if err != nil {
		return nil, fhir.Errorf(fhir.Invalid, "Parameter date takes a dateTime such as 2024-05-31, not %q.", date).At("date")
	}
	n := &catalog{byID: map[string]*entry{}, byURL: map[address][]*entry{}, alias: c.alias, plans: newPlans(), date: date}
	for key, list := range c.byURL {
		for _, e := range list { // best first, as before
			if e.grammar != nil { // part of the program, whatever the date
				n.byURL[key] = append(n.byURL[key], e)
				continue
			}
			if from, _, err := fhir.ParseDateTime(e.info.Date); err == nil && from <= until {
				n.byURL[key] = append(n.byURL[key], e)
				n.byID[e.key()] = e
			}
		}
	}
	n.named()
	return n, nil
}
