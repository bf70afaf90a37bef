package acceptance_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/fhir/structure"
)

// maker makes resources of which only the rules are known, not the sense: all that the
// structure tables allow, the same for one seed.
type maker struct {
	*rand.Rand
	made int
	bare bool // contain nothing
}

// wanted are the elements that the profiles of mCSD want.
var wanted = map[string][]string{
	"Organization": {"name", "type"}, "Location": {"name", "status", "type"}, "Practitioner": {"name"}, "PractitionerRole": {"code"},
	"HealthcareService": {"name", "type"}, "OrganizationAffiliation": {"active", "code", "organization", "participatingOrganization"},
	"Endpoint": {"managingOrganization"},
}

// left are elements that are made apart, or that the profiles forbid.
var left = map[string]bool{"id": true, "meta": true, "text": true, "contained": true, "implicitRules": true, "modifierExtension": true,
	"network": true, "reference": true, "extension": true, "language": true}

// resource makes a resource that R4 and the profiles accept.
func (m *maker) resource(t *testing.T, typ string) *fhir.Resource {
	t.Helper()
	for range 1000 {
		o := m.object(structure.Resource(typ), 0, wanted[typ])
		m.made++
		m.adorn(typ, o)
		o["resourceType"], o["id"] = typ, fmt.Sprintf("random-%d", m.made)
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		r, err := fhir.Parse(data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if profile.Check(r) == nil && !broken(profile.Conform(r)) {
			return r
		}
	}
	t.Fatalf("no valid %s in 1,000", typ)
	return nil
}

func broken(found []fhir.Issue) bool {
	for _, i := range found {
		if i.Severity == "error" {
			return true
		}
	}
	return false
}

// object makes an object of a type with the elements that must be there and some others.
func (m *maker) object(t *structure.Type, depth int, must []string) map[string]any {
	o := map[string]any{}
	chosen := map[uint8]bool{}
	for i := range t.Elements {
		e := &t.Elements[i]
		needed := e.Min > 0
		for _, name := range must {
			needed = needed || e.Name == name
		}
		switch {
		case left[e.Name] || e.Type().IsResource || e.Type().Open || e.Choice > 0 && chosen[e.Choice]:
			continue
		case !needed && (depth > 3 || m.IntN(10) > 3-depth):
			continue
		}
		chosen[e.Choice] = e.Choice > 0
		if v := m.element(e, depth); v != nil {
			o[e.Name] = v
			m.accompany(o, e, v)
		}
	}
	if depth > 0 && m.IntN(12) == 0 {
		o["extension"] = []any{m.extension(0)}
	}
	return o
}

func (m *maker) element(e *structure.Element, depth int) any {
	if !e.Many {
		return m.value(e, depth)
	}
	var list []any
	for range 1 + m.IntN(2) {
		if v := m.value(e, depth); v != nil {
			list = append(list, v)
		}
	}
	if list == nil {
		return nil
	}
	return list
}
