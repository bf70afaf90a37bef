package terminology

import (
	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/terminology/compose"
)

// Clearance tells which value sets a caller may look into (SVCM, security considerations).
type Clearance uint8

const (
	Anonymous Clearance = iota // nobody knows who calls: open value sets only
	SignedIn                   // known, but not cleared: open value sets only
	Cleared                    // restricted value sets too
)

// confidentiality is the code system of the labels that restrict a resource; those of a
// restricted one are R and V.
const confidentiality = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

// restricted tells whether a security label of a resource restricts who may see it.
func restricted(r *fhir.Resource) bool {
	found := false
	gjson.GetBytes(r.Meta, "security").ForEach(func(_, label gjson.Result) bool {
		code := label.Get("code").Str
		found = found || label.Get("system").Str == confidentiality && (code == "R" || code == "V")
		return !found
	})
	return found
}

// admit fails with Unauthenticated or Forbidden when an entry is a restricted value set and
// the caller is not cleared.
func (v *view) admit(e *entry) error {
	if !e.info.Restricted || v.clearance == Cleared {
		return nil
	}
	if v.clearance == Anonymous {
		return fhir.Errorf(fhir.Unauthenticated, "The value set %s is restricted. Sign in as one who may use it.", e.canonical())
	}
	return fhir.Errorf(fhir.Forbidden, "The value set %s is restricted, and you are not among those who may use it.", e.canonical())
}

// admitAll is admit for all value sets that a plan imports.
func (v *view) admitAll(p *compose.Plan) error {
	if v.clearance == Cleared {
		return nil
	}
	for _, canonical := range p.ValueSets {
		url, version := split(canonical, "")
		if e := v.c.find(valueSet, url, version); e != nil {
			if err := v.admit(e); err != nil {
				return err
			}
		}
	}
	return nil
}
