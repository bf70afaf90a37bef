package maps

import (
	"maps"
	"slices"
	"strings"

	"masjala/importers"
)

// equivalences are those of R4 (https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html).
// They speak of the target: wider means that it means more than the source.
var equivalences = []string{"relatedto", "equivalent", "equal", "wider", "subsumes", "narrower", "specializes", "inexact", "unmatched", "disjoint"}

// otherWords are what people and R5 write for them, by their keys.
var otherWords = keyed(map[string]string{
	"related to": "relatedto", "related": "relatedto", "lie a": "relatedto", "relacionado": "relatedto", "relacionado com": "relatedto", "relacionado con": "relatedto", "husiana": "relatedto", "مرتبط": "relatedto",
	"exact": "equivalent", "exact match": "equivalent", "same": "equivalent", "same as": "equivalent", "same meaning": "equivalent", "equivalente": "equivalent", "meme sens": "equivalent",
	"sawa": "equivalent", "مكافئ": "equivalent", "مطابق": "equal",
	"identical": "equal", "egal": "equal", "identique": "equal", "igual": "equal", "identico": "equal", "sawasawa": "equal",
	"broader": "wider", "broader than": "wider", "target is broader": "wider", "target is wider": "wider", "source is narrower than target": "wider", "more general": "wider",
	"plus large": "wider", "mais amplo": "wider", "mas amplio": "wider", "pana zaidi": "wider", "أوسع": "wider",
	"target is narrower": "narrower", "source is broader than target": "narrower", "more specific": "narrower", "plus etroit": "narrower", "mais restrito": "narrower", "mas estrecho": "narrower",
	"nyembamba zaidi": "narrower", "أضيق": "narrower",
	"specialises": "specializes", "approximate": "inexact", "partial": "inexact", "partial match": "inexact", "overlap": "inexact", "overlaps": "inexact", "inexacte": "inexact", "inexacto": "inexact", "inexato": "inexact",
	"si kamili": "inexact", "تقريبي": "inexact",
	"no match": "unmatched", "not matched": "unmatched", "not mapped": "unmatched", "no equivalent": "unmatched", "sans equivalent": "unmatched", "sem equivalente": "unmatched", "sin equivalente": "unmatched",
	"haina ulinganisho": "unmatched", "بدون مطابق": "unmatched",
	"not related": "disjoint", "not related to": "disjoint", "different": "disjoint", "disjunto": "disjoint", "distinct": "disjoint",
})

func keyed(words map[string]string) map[string]string {
	out := make(map[string]string, len(words))
	for w, code := range words {
		out[importers.Key(w)] = code
	}
	return out
}

// equivalence reads how close a counterpart is, "" for what is no word for it.
func equivalence(text string) string {
	key := importers.Key(text)
	switch {
	case strings.TrimSpace(text) == "=":
		return "equivalent"
	case slices.Contains(equivalences, key):
		return key
	}
	return otherWords[key]
}

// nearWords proposes what a text may have meant.
func nearWords(text string) string {
	return importers.DidYouMean(text, append(slices.Sorted(maps.Keys(otherWords)), equivalences...))
}
