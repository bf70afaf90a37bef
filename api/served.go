package api

import (
	"slices"

	"masjala/fhir"
	"masjala/fhir/search"
)

// offered leaves out operations of types that are not served.
func (s *Server) offered(list []Operation) []Operation {
	if !s.partial {
		return list
	}
	var left []Operation
	for _, op := range list {
		types := slices.DeleteFunc(slices.Clone(op.Types), func(t string) bool { return s.known[t] == "" })
		if len(op.Types) > 0 && len(types) == 0 {
			continue
		}
		op.Types = types
		left = append(left, op)
	}
	return left
}

// servedOnly keeps a search to types that are served: one of several types to those of them,
// and its _has to what their resources refer to. It fails with NotFound as a request for
// another type does, and with Invalid for _has.
func (s *Server) servedOnly(q *search.Query) error {
	if !s.partial {
		return nil
	}
	if err := s.servedSources(q.Where); err != nil || q.Type != "" {
		return err
	}
	if len(q.Types) == 0 {
		q.Types = s.types
	}
	for _, t := range q.Types {
		if s.known[t] == "" {
			return unserved(t)
		}
	}
	return nil
}

// servedSources refuses _has about resources that are not served: which there are would show.
func (s *Server) servedSources(conditions []search.Condition) error {
	for i := range conditions {
		c := &conditions[i]
		below := []search.Condition{}
		for _, target := range c.Chain {
			below = append(below, target.Cond)
		}
		switch {
		case c.Has != nil && s.known[c.Has.Type] == "":
			return fhir.Errorf(fhir.Invalid, "Search parameter \"_has\": this server does not hold resources of type %q.", c.Has.Type)
		case c.Has != nil:
			below = append(below, c.Has.Cond)
		case c.Group != nil:
			below = c.Group.Of
		}
		if err := s.servedSources(below); err != nil {
			return err
		}
	}
	return nil
}
