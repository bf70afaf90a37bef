package sqlite_test

import (
	"strings"
	"testing"
)

// A list of resources that another parameter found must be looked up for each row, not
// walked for each row: with thousands of both the second takes minutes.
func TestListsAreTestsOnly(t *testing.T) {
	s := loaded(t, 5000)
	for _, shape := range []struct{ typ, query string }{
		{"Organization", "_has:Location:organization:status=active&name:contains=e"},
		{"Organization", "_has:Location:organization:status=active&name:contains=e&_sort=name"},
		{"Location", "organization.name:contains=e&name:contains=e"},
		{"Location", "organization.active=true&name:contains=health"},
		{"Location", "status=active&name=k"},
	} {
		plans, err := s.Plans(t.Context(), query(t, shape.typ, shape.query))
		if err != nil {
			t.Fatalf("%s?%s: %v", shape.typ, shape.query, err)
		}
		for text, plan := range plans {
			for _, step := range plan {
				if strings.Contains(step, "AND rowid=?") {
					t.Errorf("%s?%s walks a list for each row: %s\n%s", shape.typ, shape.query, step, text)
				}
			}
		}
	}
}
