package search_test

import (
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
)

func TestParametersThatWouldChooseOtherResourcesAreRefused(t *testing.T) {
	testutil.Requirement(t, "R4-S16", "R4-S3")
	for _, request := range []string{
		"Location?_content=malaria", "Location?_text=malaria", "Location?_list=42", "?_query=current", "Location?_text:contains=x",
		"Location?_contained=true", "Location?_contained=both", "Location?_contained=maybe", "Location?_contained:exact=false",
		"Location?_containedType=box", "?_list=$current-allergies",
	} {
		if _, err := parse(t, request, false); fhir.KindOf(err) != fhir.Invalid {
			t.Errorf("%s = %v, want Invalid", request, err)
		}
	}
	for _, request := range []string{"Location?_contained=false&name=x", "Location?name=x&_containedType=contained", "Location?name=x&_contained="} {
		q, err := parse(t, request, false)
		if err != nil || len(q.Where) != 1 {
			t.Errorf("%s = %+v, %v, want one condition", request, q, err)
		}
	}
}

func TestSortByDistance(t *testing.T) {
	testutil.Requirement(t, "R4-S14")
	tests := map[string]struct {
		used    string
		ignored int
	}{
		"Location?near=1|2&_sort=near":      {"near", 0},
		"Location?_sort=near&near=1|2":      {"near", 0},
		"Location?near=1|2&_sort=near,name": {"near", 0},
		"Location?near=1|2&_sort=-near":     {"", 1},
		"Location?near=1|2&_sort=name,near": {"name", 1},
		"Location?name=x&_sort=near":        {"", 1},
	}
	for request, tc := range tests {
		q, err := parse(t, request, false)
		if err != nil {
			t.Errorf("%s: %v", request, err)
			continue
		}
		used := ""
		for _, p := range q.Used {
			if p.Name == "_sort" {
				used = p.Value
			}
		}
		if used != tc.used || len(q.Ignored) != tc.ignored {
			t.Errorf("%s sorts by %q and ignores %v, want %q and %d", request, used, q.Ignored, tc.used, tc.ignored)
		}
	}
}
