package storetest

import (
	"context"
	"testing"

	"masjala/store"
)

// Opener opens the store in a directory, anew or again. The store's clock must stand
// still at Start.
type Opener func(t testing.TB, dir string) store.Store

type contextType = context.Context

// Run holds the stores that open opens to what package store promises.
func Run(t *testing.T, open Opener) {
	tests := map[string]func(*testing.T, Opener){
		"versions go on after a deletion":    versions,
		"a failing job hurts nobody":         isolation,
		"of conflicting writes one wins":     conflicts,
		"cancelled callers":                  cancelled,
		"a write is seen once acknowledged":  fresh,
		"subscribers":                        subscriptions,
		"closed and opened again":            reopened,
		"bookkeeping":                        bookkeeping,
		"life of a transaction":              lifetime,
		"random writes":                      randomWrites,
		"histories":                          histories,
		"feed":                               feed,
		"erasure":                            erased,
		"searches find what the model finds": searches,
		"sorted searches":                    sorting,
		"distances":                          distances,
		"paging while writes go on":          pagingDuringWrites,
		"includes":                           includes,
		"many values":                        manyValues,
		"search across types":                acrossTypes,
		"indexed anew":                       reindexed,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, closing(open)) })
	}
}

// closing closes each store when its test ends.
func closing(open Opener) Opener {
	return func(t testing.TB, dir string) store.Store {
		t.Helper()
		s := open(t, dir)
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		return s
	}
}

var tester = store.Cause{Actor: "tester", Reason: "test"}

// write runs fn in a transaction that must succeed.
func write(t testing.TB, s store.Store, fn func(tx store.Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), tester, fn); err != nil {
		t.Fatal(err)
	}
}
