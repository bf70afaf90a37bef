package place

import (
	"strings"

	"masjala/fhir/search"
)

// affixes are words that name the sort of an area, in the languages of most lists. They say
// nothing that the level does not say, and lists add and drop them at will.
var affixes = map[string]bool{
	"district": true, "districts": true, "county": true, "region": true, "province": true, "prefecture": true,
	"ward": true, "municipality": true, "metropolitan": true, "council": true, "commune": true, "governorate": true,
	"departement": true, "department": true, "provincia": true, "distrito": true, "municipio": true, "regiao": true,
	"cercle": true, "wilaya": true, "mkoa": true, "wilaya ya": true, "kata": true, "constituency": true, "subcounty": true,
	"subdistrict": true, "chiefdom": true, "zone": true, "woreda": true, "lga": true, "state": true,
}

// fillers join an affix to a name: "Province du Nord", "Mkoa wa Arusha".
var fillers = map[string]bool{"of": true, "de": true, "du": true, "des": true, "la": true, "le": true, "do": true, "da": true, "wa": true, "ya": true}

// Key folds a place's name for comparison: case, accents and punctuation go. The words stay.
func Key(name string) string {
	folded := search.Fold(strings.ReplaceAll(name, "’", "'"))
	var b strings.Builder
	for w := range strings.FieldsFuncSeq(folded, func(r rune) bool { return strings.ContainsRune(" -_/.,;:()[]\"*", r) }) {
		if w = strings.ReplaceAll(w, "'", ""); w == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// Core is a Key without the words that name the sort of area ("nakuru" for "Nakuru County").
// A name that has no other words keeps them.
func Core(name string) string {
	words := strings.Fields(Key(name))
	first, last := 0, len(words)
	for last > 1 && affixes[words[last-1]] {
		last--
	}
	for first < last-1 && affixes[words[first]] {
		first++
		for first < last-1 && fillers[words[first]] {
			first++
		}
	}
	if first == last {
		return strings.Join(words, " ")
	}
	return strings.Join(words[first:last], " ")
}
