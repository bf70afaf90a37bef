package storetest

import (
	"testing"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// Put stores resources, given as JSON with their ids, in one transaction. It goes past the
// registries, so that what they refuse can be stored.
func Put(tb testing.TB, s store.Store, resources ...string) {
	tb.Helper()
	err := s.Write(tb.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
		for _, text := range resources {
			r, err := fhir.Parse([]byte(text))
			if err != nil {
				return err
			}
			if _, err := tx.Put(&store.Draft{Resource: r, Entries: search.Extract(r)}, "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}
