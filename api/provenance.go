package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/fhir/structure"
	"masjala/importers/provenance"
	"masjala/store"
)

// provenances are where the places of a type are for the type Provenance, which is made when it is
// asked for and can only be read and searched.
var provenances = map[place]place{typePlace: provenancePlace, typeSearch: provenanceSearch, instancePlace: provenanceInstance}

// locateProvenance takes apart what follows that type.
func locateProvenance(rest string) (target, error) {
	t, err := locateIn(provenance.Type, rest)
	if err != nil {
		return t, err
	}
	at, ok := provenances[t.place]
	if !ok {
		return target{}, fhir.Errorf(fhir.NotFound, "There is nothing at this address below %s; it is read and searched.", provenance.Type)
	}
	t.place = at
	return t, nil
}

// provenance reads on behalf of who asks: who may read a resource may read where it comes from, and
// persons are named to admins and to themselves.
func (s *Server) provenance(x *exchange) *provenance.Reader {
	who := x.who
	return &provenance.Reader{Store: s.opt.Store, Types: s.types, Knows: func(actor string) bool {
		return who.Role.allows(RoleAdmin) || actor == who.Name
	}}
}

// readProvenance answers GET [base]/Provenance/id. It has no version to compare: what is told
// depends on who asks.
func (s *Server) readProvenance(x *exchange) error {
	r, err := s.provenance(x).Read(x.ctx, x.id)
	if err != nil {
		return err
	}
	return s.showPart(x, r)
}

// searchProvenance answers GET and POST searches of Provenance.
func (s *Server) searchProvenance(x *exchange) error {
	if err := s.form(x); err != nil {
		return err
	}
	q, shape, err := s.provenanceQuery(x)
	if err != nil {
		return err
	}
	if q.Cursor, err = opened(x.control.cursor, x.typ, shape.Used); err != nil {
		return err
	}
	shape.Cursor = q.Cursor
	found, err := s.provenance(x).Search(x.ctx, q)
	if err != nil {
		return err
	}
	s.searchset(x, shape, &store.Page{Matches: found.Resources, Total: found.Total, Next: found.Next, Updated: found.Updated})
	return nil
}

// provenanceQuery reads the parameters of such a search: what is asked for, and in shape what the
// answer looks like.
func (s *Server) provenanceQuery(x *exchange) (q *provenance.Query, shape *search.Query, err error) {
	q = &provenance.Query{}
	var asked, shaping []search.Pair
	for _, p := range x.pairs {
		if p.Value == "" {
			continue
		}
		if presents(p.Name) {
			shaping = append(shaping, p)
			continue
		}
		known, err := s.provenanceParam(x, q, asked, p)
		switch {
		case err != nil:
			return nil, nil, err
		case known:
			asked = append(asked, p)
		case x.prefer.strict:
			return nil, nil, fhir.Errorf(fhir.Invalid, "Search parameter %q: it is not a search parameter of %s that this server has; the request wants unknown parameters refused.", clip(p.Name), provenance.Type)
		}
	}
	shape, err = search.Parse(search.Request{Pairs: shaping, Strict: x.prefer.strict, MaxCount: s.opt.Limits.MaxPage, DefaultCount: s.opt.Limits.Page})
	if err != nil {
		return nil, nil, err
	}
	shape.Used = append(asked, shape.Used...)
	q.Count = shape.Count
	return q, shape, nil
}

// provenanceParam reads a parameter that chooses, after those that were asked already; it is not
// known when there is none of that name. What it cannot have is refused, as in other searches: left
// out, it would find what was not asked for.
func (s *Server) provenanceParam(x *exchange, q *provenance.Query, asked []search.Pair, p search.Pair) (known bool, err error) {
	head, _, chained := strings.Cut(p.Name, ".")
	name, modifier, _ := strings.Cut(head, ":")
	again := func(a search.Pair) bool { return a.Name == name || strings.HasPrefix(a.Name, name+":") }
	dated := name == "recorded" || name == "_lastUpdated"
	switch {
	case !dated && name != "_id" && name != "target" && name != "entity":
		return false, nil
	case chained, modifier != "" && (dated || name == "_id"):
		err = fhir.Errorf(fhir.Invalid, "Search parameter %q: a search of %s takes no such modifier, and nothing after a dot.", clip(p.Name), provenance.Type)
	case strings.Contains(p.Value, ","), !dated && slices.ContainsFunc(asked, again):
		err = fhir.Errorf(fhir.Invalid, "Search parameter %q has several values; a search of %s takes one.", clip(p.Name), provenance.Type)
	case name == "_id":
		q.ID = p.Value
	case name == "target":
		err = s.target(x, q, modifier, p.Value)
	case name == "entity":
		err = entity(q, modifier, p.Value)
	default:
		err = recorded(&q.Recorded, p)
	}
	return true, err
}

// target reads what a Provenance is of: "Location/1", "Location/1/_history/2", with the address of
// this server or without, or the id alone where the modifier says the type.
func (s *Server) target(x *exchange, q *provenance.Query, modifier, value string) error {
	if modifier != "" && structure.Resource(modifier) == nil {
		return fhir.Errorf(fhir.Invalid, "Search parameter \"target\": the modifier %q is not the type of a resource.", clip(modifier))
	}
	ref, _ := relative(s.base(x), value)
	if strings.Contains(ref, ":") { // on another server
		q.Nothing = true
		return nil
	}
	ref, version, versioned := strings.Cut(ref, "/_history/")
	typ, id, typed := strings.Cut(ref, "/")
	if !typed {
		typ, id = modifier, typ
	}
	if typ == "" || !fhir.ValidID(id) {
		return fhir.Errorf(fhir.Invalid, "Search parameter \"target\": %q is no resource; write one as Location/123, or as Location/123/_history/2 for one version of it.", clip(value))
	}
	q.Type, q.Target = typ, id
	if versioned {
		n, err := strconv.ParseInt(version, 10, 64)
		q.Version = n
		q.Nothing = q.Nothing || err != nil || n < 1
	}
	q.Nothing = q.Nothing || modifier != "" && modifier != typ
	return nil
}

// recorded narrows when a version was made. Both ends are included.
func recorded(when *store.Interval, p search.Pair) error {
	text, prefix := p.Value, "eq"
	if len(text) > 2 && text[0] >= 'a' && text[0] <= 'z' {
		prefix, text = text[:2], text[2:]
	}
	asked, err := interval(text)
	if err != nil {
		return about(p.Name, err)
	}
	switch prefix {
	case "eq":
	case "ge":
		asked.To = time.Time{}
	case "gt", "sa":
		asked.From, asked.To = asked.To.Add(time.Millisecond), time.Time{}
	case "le":
		asked.From = time.Time{}
	case "lt", "eb":
		asked.From, asked.To = time.Time{}, asked.From.Add(-time.Millisecond)
	default:
		return fhir.Errorf(fhir.Invalid, "Parameter %s takes the prefixes eq, ge, gt, sa, le, lt and eb, not %q.", clip(p.Name), clip(prefix))
	}
	if asked.From.After(when.From) {
		when.From = asked.From
	}
	if when.To.IsZero() || !asked.To.IsZero() && asked.To.Before(when.To) {
		when.To = asked.To
	}
	return nil
}

// entity reads which import a version comes from.
func entity(q *provenance.Query, modifier, value string) error {
	run, ok := provenance.Import(value)
	if modifier != "identifier" || !ok {
		return fhir.Errorf(fhir.Invalid, "Search parameter \"entity\": imports are found by their name, as entity:identifier=%s|20261123T053753.141Z-a0888a70.", provenance.ImportSystem)
	}
	q.Run = run
	return nil
}

// mostProvenance is how many Provenances a page of another type includes at most.
const mostProvenance = 1000

// withProvenance includes those of the matches of a page (_revinclude=Provenance:target).
func (s *Server) withProvenance(x *exchange, page *store.Page) error {
	list, err := s.provenance(x).Of(x.ctx, page.Matches, mostProvenance)
	page.Included = append(page.Included, list...)
	return err
}

// describeProvenance tells what the server does with the type.
func describeProvenance() resource {
	return resource{
		Type: provenance.Type, Profile: "http://hl7.org/fhir/StructureDefinition/" + provenance.Type,
		Documentation: "There is one of each version of each resource, made when it is asked for of what is kept of the version: who, when, why, and which list, sheet and row an import took it from.",
		Interaction:   []code{{"read"}, {"search-type"}}, Versioning: "no-version",
		ConditionalRead: "not-supported", ConditionalDelete: "not-supported", ReferencePolicy: []string{"literal"},
		SearchParam: []searchParam{
			{Name: "_id", Definition: "http://hl7.org/fhir/SearchParameter/Resource-id", Type: "token"},
			{Name: "_lastUpdated", Definition: "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated", Type: "date"},
			{Name: "target", Definition: "http://hl7.org/fhir/SearchParameter/Provenance-target", Type: "reference", Documentation: "One resource, or one version of it."},
			{Name: "recorded", Definition: "http://hl7.org/fhir/SearchParameter/Provenance-recorded", Type: "date"},
			{Name: "entity", Definition: "http://hl7.org/fhir/SearchParameter/Provenance-entity", Type: "reference",
				Documentation: "With the modifier :identifier and the name of an import: what it made, in the order in which it did."},
		},
	}
}
