package rf2

import (
	"strconv"
	"strings"
)

// dialect is a language reference set.
type dialect struct {
	refset   uint64
	tag      string
	language int // of most of its terms, a number in speech
	count    []int
}

// aliases are the tags of language reference sets, after the table of dialect aliases in the
// specification of the Expression Constraint Language, appendix C.
var aliases = map[uint64]string{
	554461000005103: "da-DK", 32570271000036106: "en-AU", 19491000087109: "en-CA", 900000000000508004: "en-GB",
	21000220103: "en-IE", 271000210107: "en-NZ", 281000210109: "en-NZ-x-pat", usEnglish: "en-US", 608771002: "en-x-gmdn",
	999001261000000100: "en-x-nhs-clinical", 999000671000001103: "en-x-nhs-dmd", 999000691000001104: "en-x-nhs-pharmacy",
	999000681000001101: "en-GB-x-drug", 999001251000000103: "en-GB-x-ext", 450828004: "es", 5641000179103: "es-UY",
	71000181105: "et-EE", 722130004: "de", 722131000: "fr", 21000172104: "fr-BE", 20581000087109: "fr-CA", 722129009: "ja",
	291000210106: "mi", 31000172101: "nl-BE", 31000146106: "nl-NL", 61000202103: "nb-NO", 91000202106: "nn-NO",
	46011000052107: "sv-SE", 722128001: "zh",
}

// tagOf is the tag for the terms of a language reference set: its alias, else the language
// with the identifier in the form of https://build.fhir.org/ig/HL7/UTG (x-sctlang).
func tagOf(refset uint64, language string) string {
	if tag := aliases[refset]; tag != "" {
		return tag
	}
	digits, tag := strconv.FormatUint(refset, 10), language+"-x-sctlang"
	for ; len(digits) > 8; digits = digits[8:] {
		tag += "-" + digits[:8]
	}
	return tag + "-" + digits
}

// nameDialects gives each dialect its language, that of most of its terms, and its tag.
func (r *release) nameDialects() {
	for i := range r.dialect {
		d := &r.dialect[i]
		d.count = make([]int, len(r.speech))
	}
	for i := range r.terms {
		t := &r.terms[i]
		for k := range r.dialect {
			if t.mark(k) != 0 {
				r.dialect[k].count[t.language]++
			}
		}
	}
	for i := range r.dialect {
		d := &r.dialect[i]
		for l, n := range d.count {
			if n > d.count[d.language] {
				d.language = l
			}
		}
		if len(r.speech) > 0 {
			d.tag = tagOf(d.refset, r.speech[d.language])
		}
	}
}

// choose returns the places of the dialects whose preferred terms become displays, best
// first: those that the wishes name by tag, language or identifier, then US English, then
// the others in the order in which they were read. It also returns a wish that names none.
func (r *release) choose(wishes []string) (order []int, unknown string) {
	taken := make([]bool, len(r.dialect))
	take := func(fits func(d *dialect) bool) bool {
		found := false
		for i := range r.dialect {
			if fits(&r.dialect[i]) {
				found = true
				if !taken[i] {
					taken[i] = true
					order = append(order, i)
				}
			}
		}
		return found
	}
	for _, w := range wishes {
		if !take(func(d *dialect) bool {
			return strings.EqualFold(d.tag, w) || strings.EqualFold(r.speech[d.language], w) || strconv.FormatUint(d.refset, 10) == w
		}) {
			unknown = w
		}
	}
	take(func(d *dialect) bool { return d.refset == usEnglish })
	take(func(*dialect) bool { return true })
	return order, unknown
}
