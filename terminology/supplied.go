package terminology

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"sync"

	"masjala/fhir"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// supplied are the resources that a request brings along (tx-resource, TX-3). They are seen
// by that request only, and win over what is stored under the same address.
//
// The concept sets made of code systems are kept for the next request that brings the same
// content, up to a bound; no answer depends on whether they are.
type supplied struct {
	mu   sync.Mutex
	sets map[[sha256.Size]byte]*concept.Set
	size int // concepts in sets
}

const (
	maxSupplied         = 1000    // resources in one request
	maxSuppliedConcepts = 200_000 // concepts of one request's code system, and of all that are kept
)

// with returns the catalog as a request with some resources sees it. It fails with Invalid
// for resources that are no terminology, and with TooCostly if they are too many.
func (s *Service) with(c *catalog, list []*fhir.Resource) (*catalog, error) {
	if len(list) == 0 {
		return c, nil
	}
	if len(list) > maxSupplied {
		return nil, fhir.Errorf(fhir.TooCostly, "The request brings %d resources; at most %d are allowed.", len(list), maxSupplied).At("tx-resource")
	}
	changes := make(map[string]*entry, len(list))
	for i, r := range list {
		if !slices.Contains(s.Types(), r.Type) {
			return nil, fhir.Errorf(fhir.Invalid, "The parameter tx-resource takes code systems, value sets and concept maps, not a %s.", r.Type).At("tx-resource")
		}
		e, err := s.bring(r, i)
		if err != nil {
			return nil, err
		}
		changes[e.key()] = e
	}
	n := c.with(changes)
	n.date = c.date
	return n, nil
}

// bring makes the entry of a resource that a request brings; its id is none that can be stored.
func (s *Service) bring(r *fhir.Resource, i int) (*entry, error) {
	e := &entry{typ: r.Type, id: fmt.Sprintf("#%d", i), info: note(r), body: r.Body}
	e.info.Written = math.MaxInt64 - int64(i)
	if e.typ != codeSystem {
		return e, nil
	}
	if e.info.Content != "not-present" && e.info.Content != "supplement" {
		set, err := s.supplied.set(r.Body)
		if err != nil {
			return nil, err
		}
		e.set = set
	}
	e.system = &compose.System{URL: e.info.URL, Version: e.info.Version, Set: e.set, Partial: e.partial()}
	return e, nil
}

// set makes the concept set of a code system, or finds it.
func (x *supplied) set(body []byte) (*concept.Set, error) {
	key := sha256.Sum256(body)
	x.mu.Lock()
	set := x.sets[key]
	x.mu.Unlock()
	if set != nil {
		return set, nil
	}
	src, err := concept.Read(bytes.Clone(body))
	if err != nil {
		return nil, err
	}
	if src.Len() > maxSuppliedConcepts {
		return nil, fhir.Errorf(fhir.TooCostly, "A code system of the request has %d concepts; at most %d are allowed. Load it instead.", src.Len(), maxSuppliedConcepts).At("tx-resource")
	}
	if set, err = concept.Build(src); err != nil {
		return nil, err
	}
	x.keep(key, set)
	return set, nil
}

// lazily is the concept set of a supplement, made on its first use; nil if it cannot be.
func (x *supplied) lazily(v *view, e *entry) *concept.Set {
	body, err := v.body(context.Background(), e)
	if err != nil {
		return nil
	}
	set, err := x.set(body)
	if err != nil {
		return nil
	}
	return set
}

// keep keeps a set, in the place of others when there are many.
func (x *supplied) keep(key [sha256.Size]byte, set *concept.Set) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.sets == nil {
		x.sets = map[[sha256.Size]byte]*concept.Set{}
	}
	for other, old := range x.sets {
		if x.size+set.Len() <= maxSuppliedConcepts {
			break
		}
		delete(x.sets, other)
		x.size -= old.Len()
	}
	if x.sets[key] == nil {
		x.sets[key] = set
		x.size += set.Len()
	}
}
