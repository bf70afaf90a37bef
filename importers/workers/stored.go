package workers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers"
	"masjala/store"
)

// sites are the facilities of stored posts, each read once.
type sites struct {
	store store.Store
	byID  map[string]*place
}

func newSites(s store.Store) *sites { return &sites{store: s, byID: map[string]*place{}} }

// of returns the facility of a stored post, nil when it names none.
func (s *sites) of(ctx context.Context, role *fhir.Resource) (*place, error) {
	id, ok := strings.CutPrefix(role.Field("location.0.reference").Str, "Location/")
	if !ok {
		return nil, nil
	}
	if at := s.byID[id]; at != nil {
		return at, nil
	}
	at := &place{location: id}
	r, err := s.store.Read(ctx, "Location", id)
	switch kind := fhir.KindOf(err); {
	case err == nil:
		at.name, at.code = r.Field("name").Str, r.Field("identifier.0.value").Str
		at.organization = strings.TrimPrefix(r.Field("managingOrganization.reference").Str, "Organization/")
	case kind != fhir.NotFound && kind != fhir.Gone:
		return nil, err
	}
	s.byID[id] = at
	return at, nil
}

// rolesOf reads the posts of a person, in the order of their ids.
func rolesOf(ctx context.Context, s store.Store, person string, fn func(*fhir.Resource) error) error {
	err := store.Each(ctx, s, "PractitionerRole", fn, search.Pair{Name: "practitioner", Value: "Practitioner/" + person}, search.Pair{Name: "_sort", Value: "_id"})
	if err != nil {
		return fmt.Errorf("read the posts of %s: %w", person, err)
	}
	return nil
}

// draftOf is what a row would say of a stored person and one of the posts; role may be nil, at is
// the facility of the post.
func draftOf(person, role *fhir.Resource, at *place) *draft {
	d := &draft{stored: true, gender: person.Field("gender").Str, birth: person.Field("birthDate").Str}
	d.namesOf(person.Field("name"))
	for _, i := range person.Field("identifier").Array() {
		if v := i.Get("value").Str; v != "" {
			d.identifiers = append(d.identifiers, fhir.Identifier{System: i.Get("system").Str, Value: v})
		}
	}
	for _, t := range person.Field("telecom").Array() {
		p := importers.Phone{Value: t.Get("value").Str}
		p.Written = p.Value
		for _, e := range t.Get("_value.extension").Array() {
			if e.Get("url").Str == importers.OriginalText {
				p.Written = e.Get("valueString").Str
			}
		}
		switch t.Get("system").Str {
		case "phone":
			d.phones = append(d.phones, p)
		case "email":
			d.emails = append(d.emails, p.Value)
		}
	}
	if a := person.Field("address.0"); a.Exists() {
		d.address = fhir.Address{Use: a.Get("use").Str, City: a.Get("city").Str}
		if line := a.Get("line.0").Str; line != "" {
			d.address.Line = []string{line}
		}
	}
	for _, q := range person.Field("qualification").Array() {
		d.licences = append(d.licences, licenceOf(q))
	}
	if role != nil {
		d.place = at
		d.cadre, d.specialty = conceptOf(role.Field("code.0")), conceptOf(role.Field("specialty.0"))
		d.start, d.end = role.Field("period.start").Str, role.Field("period.end").Str
	}
	return d
}

// namesOf takes the official name, else the first, and the maiden name.
func (d *draft) namesOf(names gjson.Result) {
	var chosen gjson.Result
	for _, n := range names.Array() {
		switch use := n.Get("use").Str; {
		case use == "maiden":
			d.maiden = n.Get("family").Str
		case !chosen.Exists() || use == "official" && chosen.Get("use").Str != "official":
			chosen = n
		}
	}
	d.use, d.family, d.text = chosen.Get("use").Str, chosen.Get("family").Str, chosen.Get("text").Str
	for _, g := range chosen.Get("given").Array() {
		d.givens = append(d.givens, g.Str)
	}
	d.given, d.prefix, d.suffix = strings.Join(d.givens, " "), chosen.Get("prefix.0").Str, chosen.Get("suffix.0").Str
}

func licenceOf(q gjson.Result) licence {
	l := licence{number: q.Get("identifier.0.value").Str, system: q.Get("identifier.0.system").Str, issuer: q.Get("issuer.display").Str,
		from: q.Get("period.start").Str, until: q.Get("period.end").Str, code: conceptOf(q.Get("code"))}
	l.kind = shown(l.code)
	return l
}

// conceptOf reads a CodeableConcept, nil when there is none.
func conceptOf(v gjson.Result) *fhir.CodeableConcept {
	var c fhir.CodeableConcept
	if !v.IsObject() || json.Unmarshal([]byte(v.Raw), &c) != nil {
		return nil
	}
	return &c
}

// shown is how a table shows a concept: by its display, which all have who know the code.
func shown(c *fhir.CodeableConcept) string {
	switch {
	case c == nil:
		return ""
	case len(c.Coding) > 0 && c.Coding[0].Display != "":
		return c.Coding[0].Display
	case c.Text == "" && len(c.Coding) > 0:
		return c.Coding[0].Code
	}
	return c.Text
}
