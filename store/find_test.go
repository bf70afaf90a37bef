package store_test

import (
	"errors"
	"fmt"
	"testing"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/storetest"
)

func TestEach(t *testing.T) {
	s := storetest.Open(t)
	const many = 450 // three pages
	for i := range many {
		storetest.Put(t, s, fmt.Sprintf(`{"resourceType":"Organization","id":"o%d","active":%v}`, i, i%3 == 0))
	}
	count := func(params ...search.Pair) (met map[string]int, err error) {
		met = map[string]int{}
		err = store.Each(t.Context(), s, "Organization", func(r *fhir.Resource) error {
			met[r.ID]++
			return nil
		}, params...)
		return met, err
	}
	cases := map[string]struct {
		params []search.Pair
		want   int
	}{
		"all":  {nil, many},
		"some": {[]search.Pair{{Name: "active", Value: "true"}}, many / 3},
		"none": {[]search.Pair{{Name: "name", Value: "nobody"}}, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			met, err := count(c.params...)
			if err != nil || len(met) != c.want {
				t.Fatalf("%d resources, %v; want %d", len(met), err, c.want)
			}
			for id, n := range met {
				if n != 1 {
					t.Errorf("%s came %d times", id, n)
				}
			}
		})
	}
	if _, err := count(search.Pair{Name: "colour", Value: "red"}); err == nil {
		t.Error("a parameter that is not known was accepted")
	}
	enough, calls := errors.New("enough"), 0
	err := store.Each(t.Context(), s, "Organization", func(*fhir.Resource) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("error %v after %d calls, want the error of the first", err, calls)
	}
}
