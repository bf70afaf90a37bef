package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"masjala/store"
	"masjala/store/storetest"
)

func TestEachValue(t *testing.T) {
	s := storetest.Open(t)
	const many = 25
	err := s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
		for i := range many {
			for _, prefix := range []string{"a/", "b/"} {
				if err := tx.SetValue("space", fmt.Sprintf("%s%02d", prefix, i), []byte{1}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		space, prefix string
		page, want    int
	}{
		"all":                 {"space", "", 10, 2 * many},
		"one at a time":       {"space", "a/", 1, many},
		"pages that are full": {"space", "b/", 5, many},
		"a page that is not":  {"space", "a/", 7, many},
		"all on one page":     {"space", "a/", 100, many},
		"none":                {"nothing", "", 10, 0},
	} {
		t.Run(name, func(t *testing.T) {
			last, n := "", 0
			err := store.EachValue(t.Context(), s, c.space, c.prefix, c.page, func(v store.Value) error {
				if n++; v.Key <= last || !strings.HasPrefix(v.Key, c.prefix) {
					t.Errorf("%s after %s", v.Key, last)
				}
				last = v.Key
				return s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error { return tx.SetValue(c.space, v.Key, []byte{2}) })
			})
			if err != nil || n != c.want {
				t.Errorf("%d values, %v; want %d", n, err, c.want)
			}
		})
	}
	enough, calls := errors.New("enough"), 0
	err = store.EachValue(t.Context(), s, "space", "", 10, func(store.Value) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("error %v after %d calls, want the error of the first", err, calls)
	}
}
