package api_test

import (
	"fmt"
	"strings"
	"testing"

	"masjala/internal/testutil"
)

// A link of a page goes on with the question it was made for, and with no other.
func TestPageOfAnotherQuestionIsRefused(t *testing.T) {
	testutil.Requirement(t, "R4-S2", "MD-91-9")
	s := serve(t, nil)
	for i := range 6 {
		s.must("PUT", fmt.Sprintf("/Organization/o%d", i), org(fmt.Sprintf("o%d", i), "North"))
		s.must("PUT", fmt.Sprintf("/Location/l%d", i), fmt.Sprintf(`{"resourceType":"Location","id":"l%d","name":"North"}`, i))
	}
	cursorOf := func(path string) string {
		next := s.must("GET", path, "").get(`link.#(relation=="next").url`)
		_, cursor, ok := strings.Cut(next, "_cursor=")
		if !ok {
			t.Fatalf("GET %s: next is %q, want one with a cursor", path, next)
		}
		return cursor
	}
	search, sorted, history := cursorOf("/Organization?name=north&_count=2"), cursorOf("/Organization?_sort=name&_count=2"), cursorOf("/Organization/_history?_count=2")
	tests := map[string]struct {
		path   string
		status int
	}{
		"the same question":              {"/Organization?name=north&_count=2&_cursor=" + search, 200},
		"shorter pages":                  {"/Organization?name=north&_count=1&_cursor=" + search, 200},
		"another part of what is found":  {"/Organization?name=north&_elements=name&_cursor=" + search, 200},
		"another type":                   {"/Location?name=north&_count=2&_cursor=" + search, 400},
		"another condition":              {"/Organization?name=south&_count=2&_cursor=" + search, 400},
		"no condition":                   {"/Organization?_cursor=" + search, 400},
		"one condition more":             {"/Organization?name=north&active=true&_cursor=" + search, 400},
		"another order":                  {"/Organization?_sort=-name&_count=2&_cursor=" + sorted, 400},
		"a history by that of a search":  {"/Organization/_history?_cursor=" + search, 400},
		"the same history":               {"/Organization/_history?_count=3&_cursor=" + history, 200},
		"the history of another type":    {"/Location/_history?_count=2&_cursor=" + history, 400},
		"the history of a resource":      {"/Organization/o1/_history?_cursor=" + history, 400},
		"the history of all":             {"/_history?_cursor=" + history, 400},
		"a history since another moment": {"/Organization/_history?_since=2020-01-01&_cursor=" + history, 400},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if a := s.do("GET", tc.path, ""); a.status != tc.status {
				t.Errorf("GET %s = %d, want %d", tc.path, a.status, tc.status)
			}
		})
	}
}
