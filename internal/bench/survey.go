package main

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// deep is the page that must not cost more than twice the first.
const deep = 1000

// survey is what has to be asked of a server before it can be measured: the addresses of
// pages of walks.
type survey struct {
	history []string // pages of the histories of types, newest first, the types in turns
	first   []string // first pages of searches
	deep    []string // page 1,000 of each of these walks
	beyond  []string // these pages and those after them
}

var surveyedTypes = []string{"Location", "Organization", "Practitioner", "PractitionerRole"}

var surveyedSearches = []string{
	"PractitionerRole?active=true", "Practitioner?active=true", "Practitioner?gender=female", "Practitioner?gender=male", "Location?status=active",
	"Organization?active=true", "PractitionerRole?role=RN", "PractitionerRole?role=EN", "PractitionerRole?role=CHW", "Location?type=facility",
}

// look surveys a server, by two walks at a time.
func look(ctx context.Context, server *process, header []byte) (s survey, err error) {
	pages := make([][]string, len(surveyedTypes)+len(surveyedSearches))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(2)
	for i := range pages {
		g.Go(func() error {
			c, err := dial(ctx, server.address)
			if err != nil {
				return err
			}
			defer c.conn.Close()
			w := &walker{client: c, header: header}
			if i < len(surveyedTypes) {
				pages[i], err = w.paths(ctx, "/fhir/"+surveyedTypes[i]+"/_history?_count=100", 10*deep)
			} else {
				pages[i], err = w.paths(ctx, "/fhir/"+surveyedSearches[i-len(surveyedTypes)]+rows, 3*deep)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return s, fmt.Errorf("survey: %w", err)
	}
	s.history = inTurns(pages[:len(surveyedTypes)])
	for _, p := range pages[len(surveyedTypes):] {
		if len(p) >= deep {
			s.first, s.deep, s.beyond = append(s.first, p[0]), append(s.deep, p[deep-1]), append(s.beyond, p[deep-1:]...)
		}
	}
	if len(s.deep) == 0 {
		return s, fmt.Errorf("no search has %d pages; take a larger scale", deep)
	}
	return s, nil
}

// inTurns takes from each list in turn.
func inTurns(lists [][]string) (all []string) {
	for i, more := 0, true; more; i++ {
		more = false
		for _, l := range lists {
			if i < len(l) {
				all, more = append(all, l[i]), true
			}
		}
	}
	return all
}

// shapes are the requests that a survey found.
func (s *survey) shapes() []shape {
	history := listed("history of a type, 100 versions", s.history)
	history.limit, history.uniform = 40, 160
	far := listed("page 1,000 of the same walks", s.deep)
	far.limit, far.uniform, far.beside = 2, 8, firstPage
	return []shape{history, listed(firstPage, s.first), far, listed("pages 1,000 to 3,000 of these walks", s.beyond)}
}

const firstPage = "page 1 of walks, 20 rows"
