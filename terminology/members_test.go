package terminology_test

import (
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

func TestMembers(t *testing.T) {
	testutil.Requirement(t, "R4-S5")
	s, _ := service(t, animals, vs("four", `{"include":[`+filtered("legs", "=", "4")+`]}`),
		vs("two", `{"include":[{"system":"http://example.org/cs/gone","concept":[{"code":"b"},{"code":"a"}]}]}`))
	list := func(ref terminology.SetRef, limit int) (string, error) {
		var got []string
		err := s.Members(t.Context(), ref, limit, func(system, code string) {
			got = append(got, strings.TrimPrefix(system, "http://example.org/cs/")+"|"+code)
		})
		return strings.Join(got, " "), err
	}
	tests := map[string]struct {
		ref   terminology.SetRef
		limit int
		want  string
	}{
		"by address":                          {terminology.SetRef{URL: "http://example.org/vs/four"}, 10, "animals|dog animals|puppy animals|auroch"},
		"by id":                               {terminology.SetRef{ID: "four"}, 10, "animals|dog animals|puppy animals|auroch"},
		"no more than asked for":              {terminology.SetRef{ID: "four"}, 2, "animals|dog animals|puppy"},
		"codes of a system that is not there": {terminology.SetRef{ID: "two"}, 10, "gone|b gone|a"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := list(tc.ref, tc.limit); err != nil || got != tc.want {
				t.Errorf("Members = %q, %v; want %q", got, err, tc.want)
			}
		})
	}
	for _, ref := range []terminology.SetRef{{URL: "http://example.org/vs/none"}, {ID: "none"}} {
		if got, err := list(ref, 10); fhir.KindOf(err) != fhir.NotFound {
			t.Errorf("Members(%+v) = %q, %v; want not found", ref, got, err)
		}
	}
}
