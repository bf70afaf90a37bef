package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// without leaves out the rows of a parameter.
func without(entries []search.Entry, param string) []search.Entry {
	return slices.DeleteFunc(entries, func(e search.Entry) bool {
		return e.Param == param || strings.HasPrefix(e.Param, param+":")
	})
}

// reindexed adds and replaces index rows of what is stored.
func reindexed(t *testing.T, open Opener) {
	s := open(t, t.TempDir())
	r := &fhir.Resource{Type: "Organization", ID: "a", Body: []byte(`{"active":true,"type":[{"coding":[{"code":"prov"}],"text":"Provider"}],"name":"Kilifi"}`)}
	gone := &fhir.Resource{Type: "Organization", ID: "gone", Body: []byte(`{}`)}
	write(t, s, func(tx store.Tx) error {
		d := draft(r)
		d.Entries = without(d.Entries, "type")
		_, err := tx.Put(d, "PUT")
		if err == nil {
			_, err = tx.Put(draft(gone), "PUT")
		}
		return err
	})
	write(t, s, func(tx store.Tx) error { _, err := tx.Delete("Organization", "gone"); return err })
	seq := s.Seq()
	finds := func(query string, want int) {
		t.Helper()
		if p, err := s.Search(t.Context(), parse(t, "Organization", query)); err != nil || p.Total != want {
			t.Errorf("%s finds %+v, %v; want %d", query, p, err, want)
		}
	}
	check := func(types, names int) {
		t.Helper()
		finds("type=prov", types)
		finds("type:text=prov", types)
		finds("type:missing=true", 1-types)
		finds("name=kili", names)
		finds("name:missing=false", names)
		finds("active=true&_sort=name", 1)
	}
	check(0, 1)
	err := s.Write(t.Context(), tester, func(tx store.Tx) error {
		if err := tx.Reindex("Organization", "a", []string{"type"}, search.Extract(r)); err != nil {
			return err
		}
		return errChanged
	})
	if !errors.Is(err, errChanged) {
		t.Fatal(err)
	}
	check(0, 1)
	write(t, s, func(tx store.Tx) error { return tx.Reindex("Organization", "a", []string{"type"}, search.Extract(r)) })
	check(1, 1)
	write(t, s, func(tx store.Tx) error { return tx.Reindex("Organization", "a", []string{"name"}, nil) })
	check(1, 0)
	write(t, s, func(tx store.Tx) error { // several times in one transaction, and before a new version
		for _, params := range [][]string{{"name"}, {"type", "name"}, {"name"}} {
			if err := tx.Reindex("Organization", "a", params, search.Extract(r)); err != nil {
				return err
			}
		}
		return nil
	})
	check(1, 1)
	if got, err := s.Read(t.Context(), "Organization", "a"); err != nil || got.Version != 1 || s.Seq() != seq {
		t.Errorf("after indexing anew: %+v, %v and seq %d; want version 1 and seq %d", got, err, s.Seq(), seq)
	}
	write(t, s, func(tx store.Tx) error {
		if err := tx.Reindex("Organization", "a", []string{"type"}, nil); err != nil {
			return err
		}
		_, err := tx.Put(draft(r), "PUT")
		if err == nil {
			err = tx.Reindex("Organization", "a", []string{"name"}, nil)
		}
		return err
	})
	check(1, 0)
	for id, kind := range map[string]fhir.Kind{"gone": fhir.Gone, "none": fhir.NotFound} {
		err := s.Write(t.Context(), tester, func(tx store.Tx) error { return tx.Reindex("Organization", id, []string{"name"}, nil) })
		if fhir.KindOf(err) != kind {
			t.Errorf("indexing %s anew gives %v", id, err)
		}
	}
}
