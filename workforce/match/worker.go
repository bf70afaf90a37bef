package match

import (
	"strings"

	"masjala/internal/linkage"
)

// Identifier is a value and the system that gives it its meaning.
type Identifier = linkage.Identifier

// Worker is what is known of a person, from a row of a list or from a Practitioner.
type Worker struct {
	Names       []string // each whole, its parts in whatever order
	Birth       string   // a date of FHIR, perhaps only its year or month
	Gender      string   // a code of FHIR
	Identifiers []Identifier
	Phones      []string
	Emails      []string
}

// record is a Worker ready to be compared.
type record struct {
	names  [][]linkage.Word
	birth  string
	gender string
	ids    []Identifier
	phones []string
	emails []string
}

// mostNames is how many names of one person are compared.
const mostNames = 4

// titles stand before and after names and say nothing.
var titles = wordSet(`dr doctor dokta docteur doutor prof professor mr mrs ms miss mister sr sra srta senhor senhora monsieur madame mme mlle m bwana bi bibi mzee ndugu sheikh shaikh hajj haji hajia alhaji alhaja
chief eng engr rev reverend sister bro nurse md phd bsc msc rn cho co mo junior jr senior ii iii esq ato w ro weyzero woizero`)

// particles join parts of names: they come and go.
var particles = wordSet(`al el ul bin ben bint ibn abu ould ag de da do dos das di du van von der den le la wa ya ole arap mac mc o y e`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// prepare makes a record. The weights of words are not set yet.
func prepare(w *Worker) *record {
	r := &record{birth: w.Birth, gender: w.Gender, ids: w.Identifiers}
	if r.gender != "male" && r.gender != "female" {
		r.gender = ""
	}
	seen := map[string]bool{}
	for _, text := range w.Names {
		folded := linkage.Fold(text)
		if folded == "" || seen[folded] || len(r.names) == mostNames {
			continue
		}
		seen[folded] = true
		r.names = append(r.names, nameWords(folded))
	}
	for _, p := range w.Phones {
		if p = phoneKey(p); p != "" {
			r.phones = append(r.phones, p)
		}
	}
	for _, e := range w.Emails {
		if e = strings.ToLower(strings.TrimSpace(e)); strings.Contains(e, "@") {
			r.emails = append(r.emails, e)
		}
	}
	return r
}

// nameWords are the words of a folded name without titles, unless it has nothing else.
func nameWords(folded string) []linkage.Word {
	var out []linkage.Word
	parts := strings.Fields(folded)
	for _, p := range parts {
		if !titles[p] {
			out = append(out, linkage.NewWord(p))
		}
	}
	if len(out) == 0 {
		for _, p := range parts {
			out = append(out, linkage.NewWord(p))
		}
	}
	return out
}

// phoneKey is the part of a telephone number that does not depend on how the country is
// written: its last eight digits.
func phoneKey(text string) string {
	digits := make([]byte, 0, len(text))
	for i := range len(text) {
		if c := text[i]; c >= '0' && c <= '9' {
			digits = append(digits, c)
		}
	}
	if len(digits) < 7 {
		return ""
	}
	return string(digits[max(0, len(digits)-8):])
}
