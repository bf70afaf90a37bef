package place

import (
	"context"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// MaxDepth is how many levels a hierarchy may have.
const MaxDepth = 64

// Reader reads the current version of a resource; store.Tx is one, and [In] makes one.
type Reader interface {
	Read(typ, id string) (*fhir.Resource, error)
}

// In reads from a store.
func In(ctx context.Context, s store.Store) Reader { return reader{ctx, s} }

type reader struct {
	ctx   context.Context
	store store.Store
}

func (r reader) Read(typ, id string) (*fhir.Resource, error) { return r.store.Read(r.ctx, typ, id) }

// ParentID returns the id that partOf of a Location or Organization refers to, "" when it
// has none on this server.
func ParentID(r *fhir.Resource) string {
	id, ok := strings.CutPrefix(r.Field("partOf.reference").Str, r.Type+"/")
	if !ok {
		return ""
	}
	id, _, _ = strings.Cut(id, "/_history/")
	return id
}

// Ancestors returns what is above a Location or Organization, nearest first. It ends where
// a parent is not there. NotFound or Gone if the start is not; Conflict if the walk meets
// a cycle or is deeper than MaxDepth.
func Ancestors(r Reader, typ, id string) ([]*fhir.Resource, error) {
	start, err := r.Read(typ, id)
	if err != nil {
		return nil, err
	}
	return above(r, start)
}

func above(r Reader, start *fhir.Resource) ([]*fhir.Resource, error) {
	var out []*fhir.Resource
	for at := ParentID(start); at != ""; {
		if len(out) == MaxDepth || at == start.ID {
			return nil, fhir.Errorf(fhir.Conflict, "the places above %s form a circle or more than %d levels", start.Ref(), MaxDepth).At(start.Type + ".partOf")
		}
		parent, err := r.Read(start.Type, at)
		if absent(err) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, parent)
		at = ParentID(parent)
	}
	return out, nil
}

// IsAncestor tells whether ancestor is id itself or lies above it. What is not there has
// nothing above it.
func IsAncestor(r Reader, typ, ancestor, id string) (bool, error) {
	for range MaxDepth {
		if id == ancestor {
			return true, nil
		}
		res, err := r.Read(typ, id)
		if absent(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if id = ParentID(res); id == "" {
			return false, nil
		}
	}
	return false, fhir.Errorf(fhir.Conflict, "the places above %s/%s form a circle or more than %d levels", typ, id, MaxDepth).At(typ + ".partOf")
}

// Path returns the names from the top down to a Location or Organization, its own last.
func Path(r Reader, typ, id string) ([]string, error) {
	start, err := r.Read(typ, id)
	if err != nil {
		return nil, err
	}
	up, err := above(r, start)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(up)+1)
	for i := len(up) - 1; i >= 0; i-- {
		names = append(names, up[i].Field("name").String())
	}
	return append(names, start.Field("name").String()), nil
}

// Children calls fn for each Location or Organization directly below id; "" for those that
// have no parent. only restricts what is visited.
func Children(ctx context.Context, s store.Store, typ, id string, only Only, fn func(*fhir.Resource) error) error {
	pairs := []search.Pair{{Name: "partof", Value: typ + "/" + id}}
	if id == "" {
		pairs[0] = search.Pair{Name: "partof:missing", Value: "true"}
	}
	if only == Areas {
		pairs = append(pairs, search.Pair{Name: "type", Value: Types + "|jurisdiction"})
	}
	return each(ctx, s, typ, pairs, fn)
}

// Only restricts a walk.
type Only int

// What a walk may be restricted to.
const (
	Everything Only = iota
	Areas           // jurisdictions
)

// Types is the code system of IHE mCSD that tells facilities from jurisdictions.
const Types = "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types"

// IsArea tells whether a Location is a jurisdiction.
func IsArea(r *fhir.Resource) bool {
	for _, t := range r.Field("type").Array() {
		for _, c := range t.Get("coding").Array() {
			if c.Get("system").Str == Types && c.Get("code").Str == "jurisdiction" {
				return true
			}
		}
	}
	return false
}

// page is how many resources a walk reads at once.
const page = 500

func each(ctx context.Context, s store.Store, typ string, pairs []search.Pair, fn func(*fhir.Resource) error) error {
	q, err := search.Parse(search.Request{Type: typ, Pairs: pairs, Strict: true, MaxCount: page, DefaultCount: page})
	if err != nil {
		return err
	}
	q.Total = search.TotalNone
	for {
		found, err := s.Search(ctx, q)
		if err != nil {
			return err
		}
		for _, m := range found.Matches {
			if err := fn(m); err != nil {
				return err
			}
		}
		if found.Next == "" {
			return nil
		}
		q.Cursor = found.Next
	}
}

// Descendants returns everything below a Location or Organization, level by level, at most
// limit; TooCostly when there is more.
func Descendants(ctx context.Context, s store.Store, typ, id string, limit int) ([]*fhir.Resource, error) {
	var out []*fhir.Resource
	seen := map[string]bool{id: true}
	level := []string{id}
	for len(level) > 0 {
		var next []string
		for _, at := range level {
			err := Children(ctx, s, typ, at, Everything, func(r *fhir.Resource) error {
				if seen[r.ID] {
					return nil
				}
				if len(out) == limit {
					return fhir.Errorf(fhir.TooCostly, "more than %d lie below %s/%s; ask for a smaller area", limit, typ, id)
				}
				seen[r.ID] = true
				out = append(out, r)
				next = append(next, r.ID)
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
		level = next
	}
	return out, nil
}

func absent(err error) bool {
	kind := fhir.KindOf(err)
	return err != nil && (kind == fhir.NotFound || kind == fhir.Gone)
}
