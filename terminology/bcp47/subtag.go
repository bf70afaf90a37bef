package bcp47

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// bibliographic are the codes of ISO 639-2/B whose languages have another code in ISO 639-1.
// RFC 5646, section 2.2.1, has that other one registered.
var bibliographic = strings.Fields("alb arm baq bur chi cze dut fre geo ger gre ice mac mao may per rum slo tib wel")

// unregistered are the codes of regions that are no subtags: those that ISO 3166-1 withdrew
// before there were tags with regions (ISO 3166-3), and UK, which it only reserves.
var unregistered = strings.Fields("ct dy fq hv jt mi nh nq pc pu pz rh uk vd wk")

// extended are the extended languages by the language that must stand before (RFC 5646,
// section 2.2.2): members of its macrolanguage in ISO 639-3. Those of sgn are not listed.
var extended = map[string][]string{
	"ar":  strings.Fields("aao abh abv acm acq acw acx acy adf aeb aec afb ajp apc apd arb arq ars ary arz auz avl ayh ayl ayn ayp bbz pga shu ssh"),
	"kok": {"gom", "knn"},
	"lv":  {"ltg", "lvs"},
	"ms":  strings.Fields("bjn btj bve bvu coa dup hji jak jax kvb kvr kxd lce lcf liw max meo mfa mfb min mqg msi mui orn ors pel pse tmw urk vkk vkt xmm zlm zmi zsm"),
	"sw":  {"swc", "swh"},
	"uz":  {"uzn", "uzs"},
	"zh":  strings.Fields("cdo cjy cmn cnp cpx csp czh czo gan hak hnm hsn luh lzh mnp nan sjc wuu yue"),
}

// grandfathered are the tags that were registered whole before RFC 4646, as its successor
// RFC 5646 lists them in the grammar of section 2.1: first the irregular ones.
var grandfathered = []string{
	"en-GB-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo", "i-navajo",
	"i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-BE-FR", "sgn-BE-NL", "sgn-CH-DE",
	"art-lojban", "cel-gaulish", "no-bok", "no-nyn", "zh-guoyu", "zh-hakka", "zh-min", "zh-min-nan", "zh-xiang",
}

// asRegistered writes a grandfathered tag as it was registered; empty for any other text.
func (r *Registry) asRegistered(tag string) string {
	if r != nil {
		if x := r.records[registered("grandfathered", tag)]; x != nil {
			return x.Subtag
		}
		return ""
	}
	i := slices.IndexFunc(grandfathered, func(g string) bool { return strings.EqualFold(g, tag) })
	if i < 0 {
		return ""
	}
	return grandfathered[i]
}

// The functions below tell whether a subtag in lower case is registered as what they say.

func (r *Registry) isLanguage(s string) bool {
	if r != nil {
		return r.find("language", s) != nil
	}
	b, err := language.ParseBase(s)
	return err == nil && b.String() == s && !slices.Contains(bibliographic, s)
}

// isExtended looks for an extended language behind a language.
func (r *Registry) isExtended(s, before string) bool {
	if r != nil {
		x := r.find("extlang", s)
		return x != nil && slices.Contains(x.Prefixes, before)
	}
	if before == "sgn" {
		return len(s) == 3 && r.isLanguage(s)
	}
	return slices.Contains(extended[before], s)
}

func (r *Registry) isScript(s string) bool {
	if r != nil {
		return r.find("script", s) != nil
	}
	_, err := language.ParseScript(s)
	return err == nil
}

// isRegion does not take codes of three letters, nor numbers of countries that have letters.
func (r *Registry) isRegion(s string) bool {
	if r != nil {
		return r.find("region", s) != nil
	}
	x, err := language.ParseRegion(s)
	return err == nil && strings.EqualFold(x.String(), s) && !slices.Contains(unregistered, s)
}

func (r *Registry) isVariant(s string) bool {
	if r != nil {
		return r.find("variant", s) != nil
	}
	_, err := language.ParseVariant(s)
	return err == nil
}
