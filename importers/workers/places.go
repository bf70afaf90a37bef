package workers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers"
	"masjala/importers/cell"
	"masjala/importers/near"
	"masjala/store"
)

// place is a facility that a post can be at.
type place struct {
	location, organization string // ids
	name                   string
	code                   string // first identifier, of a place that a stored post is at
	area                   string // folded names from the address
	partOf                 string // id of the Location above it
}

// places finds facilities by identifier and by name.
type places struct {
	byIdentifier map[string]*place   // value, folded; nil when several facilities share it
	byName       map[string][]*place // folded name or alias
	areas        map[string]area     // jurisdictions by id of their Location
	near         *near.Index
}

// area is a jurisdiction that facilities lie in.
type area struct{ name, partOf string } // folded name, id of the Location above it

// page is how many facilities are read at a time.
const page = 1000

// loadPlaces reads every facility and jurisdiction of the store.
func loadPlaces(ctx context.Context, s store.Store) (*places, error) {
	p := &places{byIdentifier: map[string]*place{}, byName: map[string][]*place{}, areas: map[string]area{}, near: near.New(importers.Key)}
	q, err := search.Parse(search.Request{Type: "Location", Strict: true, MaxCount: page, DefaultCount: page,
		Pairs: []search.Pair{{Name: "type", Value: types + "facility," + types + "jurisdiction"}, {Name: "_total", Value: "none"}}})
	if err != nil {
		return nil, err
	}
	for {
		found, err := s.Search(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("read facilities: %w", err)
		}
		for _, r := range found.Matches {
			p.add(r)
		}
		if found.Next == "" {
			return p, nil
		}
		q.Cursor = found.Next
	}
}

// types is the code system that tells facilities from jurisdictions (mCSD 4.0, section 3).
const types = "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types|"

// add takes one facility or jurisdiction in.
func (p *places) add(r *fhir.Resource) {
	above := strings.TrimPrefix(r.Field("partOf.reference").String(), "Location/")
	if slices.ContainsFunc(r.Field("type.#.coding.#.code|@flatten").Array(), func(c gjson.Result) bool { return c.String() == "jurisdiction" }) {
		p.areas[r.ID] = area{importers.Key(r.Field("name").String()), above}
		return
	}
	at := &place{location: r.ID, name: r.Field("name").String(), partOf: above}
	if ref := r.Field("managingOrganization.reference").String(); strings.HasPrefix(ref, "Organization/") {
		at.organization = strings.TrimPrefix(ref, "Organization/")
	}
	at.area = importers.Key(r.Field("address.state").String() + " " + r.Field("address.district").String() + " " + r.Field("address.city").String())
	for _, id := range r.Field("identifier.#.value").Array() {
		key := importers.Key(id.String())
		if other, taken := p.byIdentifier[key]; taken && (other == nil || other.location != at.location) {
			p.byIdentifier[key] = nil
			continue
		}
		p.byIdentifier[key] = at
	}
	names := append(r.Field("alias").Array(), r.Field("name"))
	for _, n := range names {
		if key := importers.Key(n.String()); key != "" && !slices.Contains(p.byName[key], at) {
			p.byName[key] = append(p.byName[key], at)
			p.near.Add(n.String())
		}
	}
}

// countryOf tells which country a text names.
var countryOf = cell.Countries(importers.Key)

// country is the ISO 3166 code of the country that a facility lies in, "" when no area above it
// is called like one.
func (p *places) country(at *place) string {
	for id, n := at.partOf, 0; id != "" && n < deepest; n++ {
		if code := countryOf(p.areas[id].name); code != "" {
			return code
		}
		id = p.areas[id].partOf
	}
	return ""
}

// padded gives a code back the zeros that it lost in front, if one facility has it with zeros.
func (p *places) padded(code string) (string, bool) {
	return cell.RestoreZeros(code, 6, func(c string) bool { return p.byIdentifier[importers.Key(c)] != nil })
}

// found is what looking for a facility gave.
type found struct {
	place *place
	why   string   // when place is nil: what is wrong
	near  []string // when place is nil: names that could be meant
}

// find looks a facility up by code, else by name; areas tell apart facilities of one name.
func (p *places) find(code, name string, areas []string) found {
	if code != "" {
		if at := p.byIdentifier[importers.Key(code)]; at != nil {
			return found{place: at}
		}
		if name == "" {
			return found{why: fmt.Sprintf("no facility has the code %q.", code)}
		}
	}
	same := p.byName[importers.Key(name)]
	switch in := p.within(same, areas); {
	case len(in) == 1:
		return found{place: in[0]}
	case len(same) > 1:
		return found{why: fmt.Sprintf("%d facilities are called %q; give the facility code or the district.", len(same), name)}
	}
	return found{why: fmt.Sprintf("no facility is called %q.", name), near: p.near.Find(name, 3)}
}

// within keeps the facilities that lie in one of the row's areas; without areas, all. When
// none does, the row's areas say nothing that can be trusted and all stay.
func (p *places) within(all []*place, areas []string) []*place {
	if len(all) < 2 {
		return all
	}
	wanted := map[string]bool{}
	for _, a := range areas {
		if k := importers.Key(a); k != "" {
			wanted[k] = true
		}
	}
	var in []*place
	for _, at := range all {
		if p.lies(at, wanted) {
			in = append(in, at)
		}
	}
	if len(in) == 0 {
		return all
	}
	return in
}

// deepest is how many areas a facility may lie in, one in the other.
const deepest = 32

// lies tells whether a facility lies in a wanted area, by the areas above it or by its address.
func (p *places) lies(at *place, wanted map[string]bool) bool {
	for k := range wanted {
		if strings.Contains(" "+at.area+" ", " "+k+" ") {
			return true
		}
	}
	for id, n := at.partOf, 0; id != "" && n < deepest; n++ {
		if wanted[p.areas[id].name] {
			return true
		}
		id = p.areas[id].partOf
	}
	return false
}
