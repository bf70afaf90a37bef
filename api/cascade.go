package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/fhir/structure"
	"masjala/store"
)

// cascadeName is the parameter of a DELETE that says what becomes of resources that belong
// to the one deleted. FHIR does not define it; update clients send _cascade=delete.
const cascadeName = "_cascade"

// maxCascade is how many resources are deleted with one.
const maxCascade = 1000

// cascade reads _cascade of a deletion, and returns the query without it.
func (x *exchange) cascade() (on bool, rest string, err error) {
	for _, p := range x.pairs {
		if p.Name != cascadeName {
			continue
		}
		if p.Value != "delete" && p.Value != "none" {
			return false, "", fhir.Errorf(fhir.Invalid, "Parameter %s takes delete or none, not %q.", cascadeName, clip(p.Value))
		}
		on = p.Value == "delete"
	}
	var parts []string
	for part := range strings.SplitSeq(x.raw, "&") {
		if name, _, _ := strings.Cut(part, "="); name != cascadeName {
			parts = append(parts, part)
		}
	}
	return on, strings.Join(parts, "&"), nil
}

// deletion makes the change that a DELETE of an id, or of what criteria meet, asks for.
func (x *exchange) deletion() (*change, error) {
	cascade, rest, err := x.cascade()
	if err != nil {
		return nil, err
	}
	c := &change{verb: http.MethodDelete, typ: x.typ, id: x.id, ifMatch: x.header.ifMatch, cascade: cascade}
	if x.place == typePlace {
		c.conditional, c.condition = true, rest
	}
	return c, nil
}

// holder is a reference by which resources of a type belong to others.
type holder struct {
	typ string
	ref *search.Parameter
}

// holders lists by which references resources belong to one of a type: those of elements
// that cannot repeat, such as the Organization that manages a Location. What a list of
// references names, such as the locations of a role, can do without one of them.
func (s *Server) holders(typ string) []holder {
	var all []holder
	for _, source := range s.types {
		t := structure.Resource(source)
		for _, p := range search.Parameters(source) {
			if p.Kind != search.Reference || !slices.Contains(p.Targets, typ) || len(p.Path) != 1 {
				continue
			}
			at := t.Find([]byte(p.Path[0]), 0)
			if at >= 0 && !t.Elements[at].Many && strings.HasPrefix(p.URL, "http://hl7.org/fhir/SearchParameter/") {
				all = append(all, holder{source, p})
			}
		}
	}
	return all
}

// removeBelonging deletes what belongs to a resource, however far, the farthest first. It
// fails with TooCostly when that is too much, and with Conflict when some of it may not be deleted.
func (w *work) removeBelonging(c *change, tx store.Tx) error {
	found, err := w.belonging(c.typ, c.target(), tx)
	if err != nil {
		return err
	}
	c.with = nil
	for _, r := range slices.Backward(found) {
		if _, err := w.s.opt.Registries.Delete(w.x.ctx, tx, r.Type, r.ID); err != nil && !absent(err) {
			return err
		}
		c.with = append(c.with, r.Ref())
	}
	return nil
}

// belonging finds what belongs to a resource, level by level.
func (w *work) belonging(typ, id string, tx store.Tx) ([]*fhir.Resource, error) {
	var found []*fhir.Resource
	seen := map[string]bool{typ + "/" + id: true}
	holders := map[string][]holder{}
	next := &fhir.Resource{Type: typ, ID: id}
	for i := 0; ; i++ {
		if _, known := holders[next.Type]; !known {
			holders[next.Type] = w.s.holders(next.Type)
		}
		for _, h := range holders[next.Type] {
			list, err := tx.Find(h.query(next), maxCascade+1)
			if err != nil {
				return nil, err
			}
			for _, r := range list {
				if seen[r.Ref()] {
					continue
				}
				seen[r.Ref()] = true
				if found = append(found, r); len(found) > maxCascade {
					return nil, fhir.Errorf(fhir.TooCostly, "More than %d resources belong to %s/%s; delete some of them first.", maxCascade, typ, id)
				}
				if w.s.kept(r.Type) {
					return nil, fhir.Errorf(fhir.Conflict, "%s belongs to %s/%s, and this server deletes no %s. Make it inactive, or belong to another.", r.Ref(), typ, id, r.Type)
				}
			}
		}
		if i == len(found) {
			return found, nil
		}
		next = found[i]
	}
}

// query asks for what belongs to a resource.
func (h holder) query(r *fhir.Resource) *search.Query {
	return &search.Query{Type: h.typ, Where: []search.Condition{{Param: h.ref, Values: []search.Value{{RefType: r.Type, RefID: r.ID}}}}}
}

// toldWith says what was deleted with the resource.
func (c *change) toldWith() []fhir.Issue {
	var issues []fhir.Issue
	for _, ref := range slices.Backward(c.with) {
		issues = append(issues, fhir.Issue{Severity: "information", Code: "informational", Text: fmt.Sprintf("%s was deleted with it.", ref)})
	}
	return issues
}

// kept tells whether the settings forbid to delete resources of a type (MD-130-4).
func (s *Server) kept(typ string) bool { return slices.Contains(s.opt.Keep, typ) }

// mayDelete refuses deletions of types that the settings keep.
func (s *Server) mayDelete(c *change) error {
	if c.verb != http.MethodDelete || !s.kept(c.typ) {
		return nil
	}
	return fhir.Errorf(fhir.NotAllowed, "This server deletes no %s. Update it with a status that says it is not in use any more.", c.typ)
}

// allowedFor lists the methods that the address of an exchange takes, for the header Allow.
func (s *Server) allowedFor(x *exchange) string {
	list := allowed(x.place)
	if s.kept(x.typ) {
		list = strings.TrimPrefix(strings.ReplaceAll(list, ", "+http.MethodDelete, ""), http.MethodDelete+", ")
	}
	return list
}
