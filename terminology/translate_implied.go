package terminology

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/terminology/concept"
)

// implied is a concept map that nobody wrote: one between the concepts of a code system and
// the values of a property that they have (https://hl7.org/fhir/R4/snomedct.html#implicit-cm).
type implied struct {
	e           *entry
	property    string
	equivalence string
}

// association tells how targets relate to sources in association reference sets of SNOMED CT,
// by the table of that page.
var association = map[string]string{
	"900000000000523009": "inexact",    // possibly equivalent to
	"900000000000526001": "equivalent", // replaced by
	"900000000000527005": "equal",      // same as
	"900000000000530003": "inexact",    // alternative
}

// implied finds the map of an address system?fhir_cm=code: the code system, or an edition of
// it, declares a property of that uri. Nil for any other address.
func (c *catalog) implied(url, version string) *implied {
	base, code, ok := strings.Cut(url, "?fhir_cm=")
	if !ok {
		return nil
	}
	e := c.edition(base, version)
	if e == nil || e.set == nil {
		return nil
	}
	uri := concept.MapURI(e.info.URL, code)
	declared := e.set.Meta().Properties
	i := slices.IndexFunc(declared, func(d concept.Declared) bool { return d.URI == uri })
	if i < 0 {
		return nil
	}
	m := &implied{e: e, property: declared[i].Code, equivalence: association[code]}
	if m.equivalence == "" {
		m.equivalence = "relatedto"
	}
	return m
}

// implied adds the matches of a map that nobody wrote.
func (t *translator) implied(m *implied, canonical string, x *Coding) {
	n := &m.e.info
	if x.System != "" && !t.v.c.same(x.System, n.URL) {
		return
	}
	if t.req.Reverse {
		for k := range m.e.set.With(m.property, x.Code).All() {
			t.out.Matches = append(t.out.Matches, Match{Equivalence: m.equivalence, Source: canonical,
				Concept: t.coding(n.URL, n.Version, string(m.e.set.Code(k)), "")})
		}
		return
	}
	k, ok := m.e.set.Find(x.Code)
	if !ok {
		return
	}
	for p := range m.e.set.Properties(k) {
		if p.Code == m.property {
			t.out.Matches = append(t.out.Matches, Match{Equivalence: m.equivalence, Source: canonical, Concept: t.value(&p, n)})
		}
	}
}

// value makes the target that a property names: a code of the same system, one of another, or
// a text of which nothing more is known.
func (t *translator) value(p *concept.Property, n *info) *Coding {
	switch p.Kind {
	case concept.KindCode:
		return t.coding(n.URL, n.Version, string(p.Value), "")
	case concept.KindCoding:
		text := gjson.ParseBytes(p.Value)
		return t.coding(text.Get("system").String(), "", text.Get("code").String(), text.Get("display").String())
	}
	return &Coding{Code: string(p.Value)}
}
