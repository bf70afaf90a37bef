package sqlite_test

import (
	"testing"

	"masjala/fhir/search"
	"masjala/store/storetest"
)

// Conditions joined by and in a filter stand side by side with the others of the query, also
// where the order by distance has to leave one of them out.
func TestNearWithConditionsJoinedInAFilter(t *testing.T) {
	s := storetest.Open(t)
	for id, body := range map[string]string{
		"here":  `"name":"A","status":"active","position":{"longitude":36.8,"latitude":-1.28}`,
		"other": `"name":"A","status":"inactive","position":{"longitude":36.8,"latitude":-1.28}`,
		"far":   `"name":"A","status":"active","position":{"longitude":30,"latitude":-1.28}`,
	} {
		storetest.Put(t, s, `{"resourceType":"Location","id":"`+id+`",`+body+`}`)
	}
	for name, pairs := range map[string][]search.Pair{
		"filter after near":  {{Name: "near", Value: "-1.28|36.8|5|km"}, {Name: "_filter", Value: "status eq active and name eq a"}},
		"filter before near": {{Name: "_filter", Value: "status eq active and name eq a"}, {Name: "near", Value: "-1.28|36.8|5|km"}},
		"another between":    {{Name: "name", Value: "a"}, {Name: "_filter", Value: "status eq active and name sw a"}, {Name: "near", Value: "-1.28|36.8|5|km"}},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := search.Parse(search.Request{Type: "Location", Pairs: pairs, DefaultCount: 10, MaxCount: 10, Strict: true})
			if err != nil {
				t.Fatal(err)
			}
			page, err := s.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Matches) != 1 || page.Matches[0].ID != "here" || page.Total != 1 {
				t.Errorf("got %d of %d matches, want the one that is active and near", len(page.Matches), page.Total)
			}
		})
	}
}
