package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// fixture makes resources of a small country, the same ones for the same seed. References
// may lead to what is not there, and partOf may run in circles.
type fixture struct{ r *rand.Rand }

func newFixture(seed uint64) *fixture { return &fixture{rand.New(rand.NewPCG(seed, 7))} }

func (f *fixture) pick(list ...string) string { return list[f.r.IntN(len(list))] }

// maybe returns text most of the time.
func (f *fixture) maybe(text string) string {
	if f.r.IntN(4) == 0 {
		return ""
	}
	return text
}

var (
	placeNames = []string{"St. Mary", "Élise", "Kilifi County", "Kilifi", "Mnarani Clinic", "保健所", "North", "north", "Nord-Süd", "A", ""}
	cities     = []string{"Nairobi", "Nakuru", "Mombasa", "São Paulo", ""}
)

// object joins the members that are not empty.
func object(members ...string) string {
	kept := members[:0]
	for _, m := range members {
		if m != "" {
			kept = append(kept, m)
		}
	}
	return "{" + strings.Join(kept, ",") + "}"
}

// id is the id of one of n resources.
func (f *fixture) id(n int) string { return fmt.Sprintf("r-%d", f.r.IntN(n)) }

// name is a member with a random text, none when the text is empty.
func (f *fixture) text(member string, from []string) string {
	if s := f.pick(from...); s != "" {
		return fmt.Sprintf("%q:%q", member, s)
	}
	return ""
}

func (f *fixture) identifier() string {
	return fmt.Sprintf(`"identifier":[{"system":"http://example.org/%s","value":"%d"},{"value":"%d"}]`,
		f.pick("mfl", "dhis"), f.r.IntN(30), f.r.IntN(30))
}

func (f *fixture) types() string {
	return fmt.Sprintf(`"type":[{"coding":[{"system":"http://example.org/%s","code":"%s","display":"%s"}],"text":"%s"}]`,
		f.pick("a", "b"), f.pick("prov", "dept", "govt"), f.pick("Provider", "Department"), f.pick("Community unit", "Office"))
}

// resource makes a random resource; n is how many ids of each type there are.
func (f *fixture) resource(typ string, n int) *fhir.Resource {
	r := &fhir.Resource{Type: typ, ID: f.id(n)}
	ref := func(member, target string) string {
		version := f.pick("", "", "", "/_history/1", "/_history/2")
		return f.maybe(fmt.Sprintf(`%q:{"reference":"%s/%s%s"}`, member, target, f.id(n+n/4+1), version))
	}
	var body string
	switch typ {
	case "Organization":
		body = object(f.maybe(f.identifier()), f.maybe(fmt.Sprintf(`"active":%t`, f.r.IntN(2) == 0)), f.maybe(f.types()),
			f.text("name", placeNames), ref("partOf", "Organization"),
			f.maybe(fmt.Sprintf(`"address":[{"city":%q}]`, f.pick(cities...))))
	case "Location":
		body = object(f.maybe(f.identifier()), fmt.Sprintf(`"status":%q`, f.pick("active", "suspended", "inactive")),
			f.text("name", placeNames), f.maybe(f.types()), f.position(), ref("managingOrganization", "Organization"), ref("partOf", "Location"))
	case "PractitionerRole":
		body = object(f.maybe(f.identifier()), f.period(), ref("organization", "Organization"),
			f.maybe(fmt.Sprintf(`"location":[{"reference":"Location/%s"},{"reference":"Location/%s"}]`, f.id(n), f.id(n))))
	case "ValueSet":
		body = object(fmt.Sprintf(`"url":"http://example.org/%s"`, f.pick("fhir", "fhir/", "fhir/vs", "fhir/vs/1", "fhirx")),
			f.maybe(`"date":"`+f.pick("2020", "2021-03", "2021-03-04", "2021-03-04T05:06:07Z")+`"`), f.maybe(f.context()), fmt.Sprintf(`"status":%q`, f.pick("active", "draft")))
	}
	r.Body = []byte(body)
	if f.r.IntN(3) == 0 {
		r.Meta = []byte(fmt.Sprintf(`{"tag":[{"system":"urn:t","code":%q}]}`, f.pick("x", "y")))
	}
	return r
}

func (f *fixture) position() string {
	lat := []float64{-1.28, -1.3, -16.8, 89.97, -89.99, 0}[f.r.IntN(6)] + float64(f.r.IntN(20))/1000
	lon := []float64{36.8, 36.9, 179.99, -179.99, 0, 10}[f.r.IntN(6)] + float64(f.r.IntN(9))/1000
	return f.maybe(fmt.Sprintf(`"position":{"longitude":%.4f,"latitude":%.4f}`, lon, lat))
}

func (f *fixture) context() string {
	var list []string
	for range 2 {
		value := fmt.Sprintf(`"valueQuantity":{"value":%d,"system":"urn:u","code":"a"}`, f.r.IntN(9))
		if f.r.IntN(2) == 0 {
			value = fmt.Sprintf(`"valueCodeableConcept":{"coding":[{"system":"urn:v","code":%q}]}`, f.pick("x", "y"))
		}
		list = append(list, fmt.Sprintf(`{"code":{"system":"urn:c","code":%q},%s}`, f.pick("focus", "age"), value))
	}
	return `"useContext":[` + strings.Join(list, ",") + `]`
}

func (f *fixture) period() string {
	start := f.maybe(fmt.Sprintf(`"start":"20%02d-0%d"`, 15+f.r.IntN(8), 1+f.r.IntN(9)))
	end := f.maybe(fmt.Sprintf(`"end":"20%02d"`, 20+f.r.IntN(8)))
	return f.maybe(`"period":` + object(start, end))
}

// fixtureTypes are the types a fixture makes.
var fixtureTypes = []string{"Organization", "Location", "PractitionerRole", "ValueSet"}

// draft gives a resource its index rows.
func draft(r *fhir.Resource) *store.Draft {
	return &store.Draft{Resource: r, Entries: search.Extract(r)}
}
