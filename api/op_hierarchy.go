package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	tree "masjala/facility/place"
	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// Hierarchies answers what lies above and below Locations and Organizations;
// place.Hierarchies does.
type Hierarchies interface {
	Walk(context.Context, tree.Walk) (tree.Reached, error)
}

// Directory is what the operations on the directory answer from.
type Directory struct {
	Store       store.Store
	Hierarchies Hierarchies
	Now         func() time.Time
}

// hierarchyText documents the parameter that the operations on hierarchies share.
const hierarchyText = "The hierarchies to walk in, all at once: `partof` (also when there is none), or the code (`code` or `system|code`) of the " +
	"OrganizationAffiliations that make one: their organization is the parent, their participatingOrganization the child. " +
	"Repeats, and takes several with commas. Locations have `partof` only."

// HierarchyOperations returns $ancestors, $descendants and $members of Organization and
// Location, for Options.Operations (FRF-2, mCSD use case 4).
func HierarchyOperations(d Directory) []Operation {
	types := []string{"Organization", "Location"}
	in := DefinedParameter{Name: "hierarchy", Type: "string", Text: hierarchyText, Many: true}
	count := DefinedParameter{Name: "_count", Type: "integer", Text: "How many on a page: 50 when it is not there, 1,000 at most; 0 for the total alone."}
	after := DefinedParameter{Name: "_after", Type: "id", Text: "Where the page starts, as the link next has it: ids greater than this one."}
	out := DefinedParameter{Name: "return", Type: "Bundle", Out: true, Required: true}
	text := func(p DefinedParameter, s string) DefinedParameter {
		p.Text = s
		return p
	}
	return []Operation{
		{Name: "ancestors", Types: types, Level: AtInstance, Run: d.walk(tree.Walk{Up: true}), Own: &Definition{
			Title: "What lies above", Text: "All that lies above an Organization or Location, in one hierarchy or several, nearest first.",
			Parameters: []DefinedParameter{in, text(out, "A searchset of what lies above.")}}},
		{Name: "descendants", Types: types, Level: AtInstance, Run: d.walk(tree.Walk{}), Own: &Definition{
			Title: "What lies below", Text: "All that lies below an Organization or Location at any depth, in one hierarchy or several, each once, in the order of ids.",
			Parameters: []DefinedParameter{in, count, after, text(out, "A searchset of what lies below, with links to further pages.")}}},
		{Name: "members", Types: types, Level: AtInstance, Run: d.walk(tree.Walk{Depth: 1}), Own: &Definition{
			Title: "What lies directly below", Text: "What lies directly below an Organization or Location, in one hierarchy or several, each once, in the order of ids.",
			Parameters: []DefinedParameter{in, count, after, text(out, "A searchset of the members, with links to further pages.")}}},
	}
}

// Rows on a page of a walk.
const (
	walkPage    = 50
	maxWalkPage = 1000
)

// walk answers the operations on hierarchies.
func (d Directory) walk(like tree.Walk) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		w := like
		w.Type, w.ID, w.Count = call.Type, call.ID, walkPage
		in, err := parameters(call, "", "")
		if err != nil {
			return Answer{}, err
		}
		w.Kinds, w.After = in.split("hierarchy"), in.text("_after")
		if n := in.count("_count"); n != nil {
			w.Count = min(*n, maxWalkPage)
		}
		if call.Type == "Location" && !only(w.Kinds, tree.PartOf) {
			in.fail("hierarchy", "takes %s here: Locations have no other hierarchy, ask the Organizations that manage them", tree.PartOf)
		}
		if in.err != nil {
			return Answer{}, in.err
		}
		if _, err := d.Store.Read(ctx, w.Type, w.ID); err != nil {
			return Answer{}, err
		}
		found, err := d.Hierarchies.Walk(ctx, w)
		if err != nil {
			return Answer{}, err
		}
		return d.reached(ctx, call, w, found)
	}
}

// reached writes the searchset of a walk.
func (d Directory) reached(ctx context.Context, call *Call, w tree.Walk, found tree.Reached) (Answer, error) {
	now := d.Now()
	b := openBundle(nil, "searchset", now, now)
	b.total(found.Total)
	path := call.Type + "/" + call.ID + "/$" + nameOf(w)
	b.link("self", call.Base, path, call.Pairs, "")
	if found.More && len(found.IDs) > 0 {
		var next []search.Pair
		for _, kind := range w.Kinds {
			next = append(next, search.Pair{Name: "hierarchy", Value: kind})
		}
		next = append(next, search.Pair{Name: "_count", Value: strconv.Itoa(w.Count)},
			search.Pair{Name: "_after", Value: found.IDs[len(found.IDs)-1]})
		b.link("next", call.Base, path, next, "")
	}
	for _, id := range found.IDs {
		r, err := d.Store.Read(ctx, w.Type, id)
		if kind := fhir.KindOf(err); err != nil && (kind == fhir.NotFound || kind == fhir.Gone) {
			continue // deleted since the walk
		}
		if err != nil {
			return Answer{}, err
		}
		b.open()
		b.resource(call.Base, r, subset{})
		b.raw(`,"search":{"mode":"match"}}`)
	}
	return Answer{Body: b.close()}, nil
}

// split returns the values of a parameter that repeats or takes several with commas.
func (in *input) split(name string) []string {
	var out []string
	for _, v := range in.values(name) {
		for part := range strings.SplitSeq(v, ",") {
			if part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// only tells whether a list has no text but one.
func only(list []string, text string) bool {
	for _, s := range list {
		if s != text {
			return false
		}
	}
	return true
}

// nameOf is the operation that a walk answers.
func nameOf(w tree.Walk) string {
	switch {
	case w.Up:
		return "ancestors"
	case w.Depth == 1:
		return "members"
	}
	return "descendants"
}
