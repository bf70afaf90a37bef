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

// A version is found by its number and by its place in the order of commits, whatever became of it.
func TestVersionOf(t *testing.T) {
	s := storetest.Open(t)
	by := store.Cause{Actor: "test", Reason: "looked at"}
	for _, body := range []string{`{"resourceType":"Organization","id":"a","name":"A"}`, `{"resourceType":"Organization","id":"b"}`, `{"resourceType":"Organization","id":"a","name":"B"}`} {
		storetest.Put(t, s, body)
	}
	if err := s.Erase(t.Context(), by, "Organization", "a"); err != nil { // makes version 3
		t.Fatal(err)
	}
	for number, verb := range []string{1: "PUT", 2: "PUT", 3: "DELETE"} {
		if number == 0 {
			continue
		}
		v, err := store.VersionOf(t.Context(), s, "Organization", "a", int64(number))
		if err != nil || v.Resource.Version != int64(number) || v.Verb != verb || v.Erased != (number < 3) || v.Resource.Updated.IsZero() {
			t.Fatalf("version %d: %+v, %v", number, v, err)
		}
		at, err := store.VersionAt(t.Context(), s, v.Seq)
		if err != nil || at.Resource.Ref() != "Organization/a" || at.Resource.Version != v.Resource.Version || at.Cause != v.Cause {
			t.Errorf("at %d: %+v, %v; want version %d", v.Seq, at, err, number)
		}
		if number == 3 && v.Cause != by {
			t.Errorf("the erasure was by %+v, want %+v", v.Cause, by)
		}
	}
	for _, number := range []int64{-1, 0, 4} {
		if v, err := store.VersionOf(t.Context(), s, "Organization", "a", number); fhir.KindOf(err) != fhir.NotFound {
			t.Errorf("version %d: %+v, %v; want that there is none", number, v, err)
		}
		if v, err := store.VersionAt(t.Context(), s, s.Seq()+number+1); number != -1 && fhir.KindOf(err) != fhir.NotFound {
			t.Errorf("at %d: %+v, %v; want that there is none", s.Seq()+number+1, v, err)
		}
	}
	if _, err := store.VersionOf(t.Context(), s, "Organization", "nobody", 1); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("a version of what never was: %v", err)
	}
}
