package api

import (
	"slices"

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

// servedOnly keeps a search of several types to those that are served. It fails as a request
// for one of the others does.
func (s *Server) servedOnly(q *search.Query) error {
	if !s.partial || q.Type != "" {
		return nil
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
