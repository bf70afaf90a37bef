package profile

import (
	"bytes"
	"strconv"

	"masjala/fhir"
)

// span: rng-2, a range must not end below its beginning, as far as its units are the same.
func (c *checker) span(object []byte, path string) {
	low, high := fhir.Member(object, "low"), fhir.Member(object, "high")
	if !bytes.Equal(fhir.Member(low, "code"), fhir.Member(high, "code")) || !bytes.Equal(fhir.Member(low, "unit"), fhir.Member(high, "unit")) {
		return
	}
	from, err := strconv.ParseFloat(string(fhir.Member(low, "value")), 64)
	to, err2 := strconv.ParseFloat(string(fhir.Member(high, "value")), 64)
	if err == nil && err2 == nil && from > to {
		c.blame(path, "ends below its beginning (rng-2)")
	}
}

// ratio: rat-1, both parts or none, and then an extension that says more.
func (c *checker) ratio(object []byte, path string) {
	above, below := fhir.Member(object, "numerator") != nil, fhir.Member(object, "denominator") != nil
	if above != below || !above && fhir.Member(object, "extension") == nil {
		c.blame(path, "must have a numerator and a denominator (rat-1)")
	}
}

// namingSystem: nsd-1, a root has no UUID, and nsd-2, one preferred identifier of a type.
func (c *checker) namingSystem(object []byte, path string) {
	root := fhir.Unquote(fhir.Member(object, "kind")) == "root"
	preferred := map[string]bool{}
	n := 0
	for id := range fhir.Items(fhir.Member(object, "uniqueId")) {
		at := path + ".uniqueId[" + strconv.Itoa(n) + "]"
		typ := fhir.Unquote(fhir.Member(id, "type"))
		if root && typ == "uuid" {
			c.blame(at, "is a UUID, which a root cannot have (nsd-1)")
		}
		if string(fhir.Member(id, "preferred")) == "true" {
			if preferred[typ] {
				c.blame(at, "is preferred, and another %s is, too (nsd-2)", typ)
			}
			preferred[typ] = true
		}
		n++
	}
}

// searchParameter: spd-1 and spd-2.
func (c *checker) searchParameter(object []byte, path string) {
	if has(object, "xpath") && !has(object, "xpathUsage") {
		c.blame(path, "has an xpath, so it must have an xpathUsage (spd-1)")
	}
	if has(object, "chain") && fhir.Unquote(fhir.Member(object, "type")) != "reference" {
		c.blame(path, "has chain names, which only one of type reference may have (spd-2)")
	}
}

// invariants checks those of R4 that much in the field breaks, so that Check does not
// refuse it: cmd-1, txt-2 and the namespace of a narrative.
func (c *conformer) invariants() {
	if div := fhir.Unquote(fhir.Member(fhir.Member(c.resource.Body, "text"), "div")); div != "" {
		c.narrative(div)
	}
	if c.resource.Type == "ConceptMap" {
		c.comments()
	}
}

func (c *conformer) narrative(div string) {
	path := c.at("text.div")
	namespace, shows := fhir.ReadNarrative(div)
	if !namespace {
		c.note("error", "invariant", path, "is not in the namespace of XHTML; write <div xmlns=\"http://www.w3.org/1999/xhtml\">")
	}
	if !shows {
		c.note("error", "invariant", path, "shows nothing: it has neither text nor an image (txt-2)")
	}
}

// comments: cmd-1, what is narrower or inexact needs a comment.
func (c *conformer) comments() {
	g := 0
	for group := range fhir.Items(fhir.Member(c.resource.Body, "group")) {
		e := 0
		for element := range fhir.Items(fhir.Member(group, "element")) {
			t := 0
			for target := range fhir.Items(fhir.Member(element, "target")) {
				switch fhir.Unquote(fhir.Member(target, "equivalence")) {
				case "narrower", "inexact":
					if !has(target, "comment") {
						c.note("error", "invariant", item(item(item(c.at("group"), g)+".element", e)+".target", t), "is narrower or inexact, so it must have a comment (cmd-1)")
					}
				}
				t++
			}
			e++
		}
		g++
	}
}
