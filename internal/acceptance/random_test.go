package acceptance_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
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
}

// wanted are the elements that the profiles of mCSD want.
var wanted = map[string][]string{
	"Organization": {"name", "type"}, "Location": {"name", "status", "type"}, "Practitioner": {"name"}, "PractitionerRole": {"code"},
	"HealthcareService": {"name", "type"}, "OrganizationAffiliation": {"active", "code", "organization", "participatingOrganization"},
	"Endpoint": {"managingOrganization"},
}

// left are elements that a directory resource has no use for, or may not have.
var left = map[string]bool{"id": true, "meta": true, "text": true, "contained": true, "implicitRules": true, "modifierExtension": true,
	"network": true, "reference": true, "language": true}

// resource makes a resource that R4 and the profiles accept.
func (m *maker) resource(t *testing.T, typ string) *fhir.Resource {
	t.Helper()
	for range 1000 {
		o := m.object(structure.Resource(typ), 0, wanted[typ])
		m.made++
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
		}
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

// value makes one value, nil if it would be empty.
func (m *maker) value(e *structure.Element, depth int) any {
	t := e.Type()
	switch t.Name {
	case "Extension":
		return map[string]any{"url": m.uri(), "valueString": m.text()}
	case "Period":
		year := 1990 + m.IntN(30)
		return map[string]any{"start": fmt.Sprintf("%d-%02d-%02d", year, 1+m.IntN(12), 1+m.IntN(28)), "end": fmt.Sprint(year + 1 + m.IntN(5))}
	case "Reference":
		if len(e.Targets) == 0 {
			return map[string]any{"display": m.text()}
		}
		return map[string]any{"reference": fmt.Sprintf("%s/random-%d", e.Targets[m.IntN(len(e.Targets))], m.IntN(900))}
	case "ContactPoint":
		return map[string]any{"system": "phone", "value": fmt.Sprint(m.IntN(1e9)), "use": "work"}
	case "Location.position":
		return map[string]any{"longitude": json.Number(fmt.Sprintf("%.4f", m.Float64()*360-180)), "latitude": json.Number(fmt.Sprintf("%.6f", m.Float64()*180-90))}
	}
	if t.Primitive != structure.Complex {
		return m.primitive(e)
	}
	if o := m.object(t, depth+1, nil); len(o) > 0 {
		return o
	}
	return nil
}

func (m *maker) primitive(e *structure.Element) any {
	if codes := e.Codes(); codes != nil {
		return codes[m.IntN(len(codes))]
	}
	day := fmt.Sprintf("%d-%02d-%02d", 1950+m.IntN(80), 1+m.IntN(12), 1+m.IntN(28))
	switch e.Type().Primitive {
	case structure.Boolean:
		return m.IntN(2) == 0
	case structure.Integer, structure.UnsignedInt, structure.PositiveInt:
		return 1 + m.IntN(1000)
	case structure.Decimal:
		return json.Number(fmt.Sprintf("%.3f", m.Float64()*100))
	case structure.Date:
		return day[:[]int{4, 7, 10}[m.IntN(3)]]
	case structure.DateTime, structure.Instant:
		return day + "T23:59:59.50+03:00"
	case structure.Time:
		return fmt.Sprintf("%02d:%02d:00", m.IntN(24), m.IntN(60))
	case structure.Base64Binary:
		return "bWFzamFsYQ=="
	case structure.Code, structure.ID:
		return fmt.Sprintf("c%d", m.IntN(100))
	case structure.URI, structure.URL, structure.Canonical:
		return m.uri()
	case structure.OID:
		return "urn:oid:2.16.840.1"
	case structure.UUID:
		return "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
	}
	return m.text()
}

func (m *maker) uri() string { return fmt.Sprintf("http://example.org/%d", m.IntN(1000)) }

// text makes words of several scripts.
func (m *maker) text() string {
	words := []string{"Kituo", "cha", "afya", "Santé", "ጤና", "Hôpital", "St. Luke's", "\"A\"", "<b>", "&", "北", "1½"}
	var out []string
	for range 1 + m.IntN(3) {
		out = append(out, words[m.IntN(len(words))])
	}
	return strings.Join(out, " ")
}
