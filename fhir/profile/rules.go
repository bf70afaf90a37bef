package profile

import (
	"bytes"
	"strconv"

	"masjala/fhir"
	"masjala/fhir/structure"
)

// rules checks the invariants of a type that the object alone can break.
func (c *checker) rules(t *structure.Type, object []byte, path string) {
	switch t.Name {
	case "Extension":
		c.extension(object, path)
	case "Period":
		c.period(object, path)
	case "Reference":
		c.reference(object, path)
	case "ContactPoint":
		c.needs(object, path, "value", "system", "cpt-2")
	case "Attachment":
		c.needs(object, path, "data", "contentType", "att-1")
	case "Quantity", "Age", "Count", "Distance", "Duration":
		c.needs(object, path, "code", "system", "qty-3")
	case "Range":
		c.span(object, path)
	case "Ratio":
		c.ratio(object, path)
	case "NamingSystem":
		c.namingSystem(object, path)
	case "SearchParameter":
		c.searchParameter(object, path)
	case "Organization":
		c.organization(object, path)
	case "Location.position":
		c.degrees(object, path, "latitude", 90)
		c.degrees(object, path, "longitude", 180)
	case "CodeSystem":
		c.codeSystem(object, path)
	case "ValueSet.compose.include":
		c.include(object, path)
	case "ValueSet.expansion.contains":
		c.contains(object, path)
	case "ConceptMap.group.unmapped":
		c.unmapped(object, path)
	}
}

// needs blames an object that has one element without the other.
func (c *checker) needs(object []byte, path, one, other, rule string) {
	if has(object, one) && !has(object, other) {
		c.blame(path, "has a %s, so it must have a %s too (%s)", one, other, rule)
	}
}

// extension: ext-1, a value or extensions, not both.
func (c *checker) extension(object []byte, path string) {
	value, nested := false, false
	for name := range fhir.Members(object) {
		switch {
		case string(name) == "extension":
			nested = true
		case len(name) > 6 && (string(name[:5]) == "value" || string(name[:6]) == "_value"):
			value = true
		}
	}
	if value == nested {
		c.blame(path, "must have either a value or extensions (ext-1)")
	}
}

// period: per-1, it must not end before it starts.
func (c *checker) period(object []byte, path string) {
	start, _, err := fhir.ParseDateTime(fhir.Unquote(fhir.Member(object, "start")))
	_, end, err2 := fhir.ParseDateTime(fhir.Unquote(fhir.Member(object, "end")))
	if err == nil && err2 == nil && start > end {
		c.blame(path, "ends before it starts (per-1)")
	}
}

// reference: ref-1, what it points to inside of the resource must be there.
func (c *checker) reference(object []byte, path string) {
	ref := fhir.Unquote(fhir.Member(object, "reference"))
	if len(ref) < 2 || ref[0] != '#' {
		return
	}
	for item := range fhir.Items(fhir.Member(c.holder, "contained")) {
		if fhir.Unquote(fhir.Member(item, "id")) == ref[1:] {
			return
		}
	}
	c.blame(path, "points to %s, which the resource does not contain (ref-1)", ref)
}

// contained: dom-2 to dom-5, what a resource inside of another may not have, and that
// something must point to it, or it to what holds it.
func (c *checker) contained(object []byte, path string) {
	if fhir.Member(object, "contained") != nil {
		c.blame(path, "must not contain resources itself (dom-2)")
	}
	meta := fhir.Member(object, "meta")
	switch {
	case fhir.Member(meta, "versionId") != nil || fhir.Member(meta, "lastUpdated") != nil:
		c.blame(path+".meta", "must not have a versionId or lastUpdated (dom-4)")
	case fhir.Member(meta, "security") != nil:
		c.blame(path+".meta", "must not have security labels (dom-5)")
	}
	id := fhir.Unquote(fhir.Member(object, "id"))
	if !bytes.Contains(c.holder, []byte(`"#`+id+`"`)) && !bytes.Contains(object, []byte(`"reference":"#"`)) {
		c.blame(path, "is pointed to by nothing (dom-3)")
	}
}

// organization: org-1, a name or an identifier; org-2 and org-3, nothing of a home.
func (c *checker) organization(object []byte, path string) {
	if !has(object, "name") && !has(object, "identifier") {
		c.blame(path, "must have a name or an identifier (org-1)")
	}
	c.notHome(object, path, "address", "org-2")
	c.notHome(object, path, "telecom", "org-3")
}

func (c *checker) notHome(object []byte, path, name, rule string) {
	n := 0
	for item := range fhir.Items(fhir.Member(object, name)) {
		if fhir.Unquote(fhir.Member(item, "use")) == "home" {
			c.blame(path+"."+name+"["+strconv.Itoa(n)+"]", "must not be of use home (%s)", rule)
		}
		n++
	}
}

// degrees checks an angle against its bound. R4 leaves this to WGS84, which it names.
func (c *checker) degrees(object []byte, path, name string, most float64) {
	value := fhir.Member(object, name)
	if value == nil {
		return
	}
	if v, err := strconv.ParseFloat(string(value), 64); err != nil || v < -most || v > most {
		c.blame(path+"."+name, "is %s, which is not between -%g and %g degrees", value, most, most)
	}
}

// codeSystem: csd-1, each code once.
func (c *checker) codeSystem(object []byte, path string) {
	c.codes(map[string]bool{}, fhir.Member(object, "concept"), path)
}

func (c *checker) codes(seen map[string]bool, concepts []byte, path string) {
	n := 0
	for concept := range fhir.Items(concepts) {
		at := path + ".concept[" + strconv.Itoa(n) + "]"
		code := fhir.Unquote(fhir.Member(concept, "code"))
		if seen[code] {
			c.blame(at+".code", "is %q, which another concept has already (csd-1)", code)
		}
		seen[code] = true
		c.codes(seen, fhir.Member(concept, "concept"), at)
		n++
	}
}

// include: vsd-1, vsd-2 and vsd-3.
func (c *checker) include(object []byte, path string) {
	system, sets := has(object, "system"), has(object, "valueSet")
	concept, filter := has(object, "concept"), has(object, "filter")
	switch {
	case !system && !sets:
		c.blame(path, "must have a system or a valueSet (vsd-1)")
	case !system && (concept || filter):
		c.blame(path, "has concepts or filters, so it must have a system (vsd-2)")
	}
	if concept && filter {
		c.blame(path, "must not have both concepts and filters (vsd-3)")
	}
}

// contains: vsd-6, vsd-9 and vsd-10.
func (c *checker) contains(object []byte, path string) {
	code := has(object, "code")
	switch {
	case !code && !has(object, "display"):
		c.blame(path, "must have a code or a display (vsd-6)")
	case !code && string(fhir.Member(object, "abstract")) != "true":
		c.blame(path, "must have a code, because it is not abstract (vsd-9)")
	case code && !has(object, "system"):
		c.blame(path, "has a code, so it must have a system (vsd-10)")
	}
}

// unmapped: cmd-2 and cmd-3.
func (c *checker) unmapped(object []byte, path string) {
	switch mode := fhir.Unquote(fhir.Member(object, "mode")); {
	case mode == "fixed" && !has(object, "code"):
		c.blame(path, "has the mode fixed, so it must have a code (cmd-2)")
	case mode == "other-map" && !has(object, "url"):
		c.blame(path, "has the mode other-map, so it must have a url (cmd-3)")
	}
}
