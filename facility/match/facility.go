package match

import (
	"cmp"
	"math"
	"strings"

	"masjala/internal/linkage"
)

// Facility is what is known of a facility, from a row of a list or from a resource.
type Facility struct {
	Name        string
	Others      []string // other names that it goes by
	Type        string   // as the list has it: "Dispensary"
	Areas       []string // that it lies in, from the top
	Position    *Position
	Identifiers []Identifier
	Phones      []string
}

// Position is a point on the globe, in degrees.
type Position struct{ Lat, Lon float64 }

// record is a Facility ready to be compared.
type record struct {
	names  []name
	kinds  []Kind // of its type, else of its name
	grade  string // of that, "" when it tells none
	areas  []area
	at     *Position
	ids    []Identifier
	phones []string
}

// name is one name of a facility: its words without those that say what it is.
type name struct {
	words []linkage.Word
	soft  uint32 // a bit for each word that only describes
	kinds []Kind
	grade string
}

// area is a place that a facility lies in.
type area struct {
	key  string // folded, without the word for the sort of area
	text string
}

// prepare makes a record. The weights of words are not set yet.
func prepare(f *Facility) *record {
	r := &record{ids: f.Identifiers}
	if p := f.Position; p != nil && (p.Lat != 0 || p.Lon != 0) && math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180 {
		r.at = p
	}
	seen := map[string]bool{}
	for _, text := range append([]string{f.Name}, f.Others...) {
		folded := linkage.Fold(text)
		if folded == "" || seen[folded] || len(r.names) == mostNames {
			continue
		}
		seen[folded] = true
		r.names = append(r.names, words().read(folded))
	}
	sort := words().read(linkage.Fold(f.Type))
	if len(sort.kinds) == 0 && len(r.names) > 0 {
		sort = r.names[0]
	}
	r.kinds, r.grade = sort.kinds, sort.grade
	for _, a := range f.Areas {
		if key := areaKey(a); key != "" {
			r.areas = append(r.areas, area{key, strings.TrimSpace(a)})
		}
	}
	for _, p := range f.Phones {
		if p = phoneKey(p); p != "" {
			r.phones = append(r.phones, p)
		}
	}
	return r
}

// mostNames is how many names of one facility are compared.
const mostNames = 4

// read separates the words of a folded name. A name of which nothing would be left ("District
// Hospital") keeps what describes it, or else what it is.
func (v *vocabulary) read(folded string) name {
	parts := strings.Fields(folded)
	var n name
	var kept, described []string
	for i := 0; i < len(parts); {
		k, width := v.kindAt(parts[i:])
		if width > 0 && !(i == 0 && v.initials(parts, width)) {
			n.kinds = append(n.kinds, k)
			n.grade = cmp.Or(v.grade[strings.Join(parts[i:i+width], " ")], n.grade)
			i += width
			continue
		}
		w := v.canonical(parts, i)
		i++
		if v.filler[w] || v.counts[w] && i < len(parts) && v.isNumber(parts, i) {
			continue
		}
		kept = append(kept, w)
		if v.soft[w] {
			described = append(described, w)
		}
	}
	if len(kept) == 0 {
		kept = parts
	}
	n.words = linkage.Words(strings.Join(kept, " "))
	if len(described) < len(n.words) {
		for i := range min(len(n.words), 32) {
			if v.soft[n.words[i].Text] {
				n.soft |= 1 << i
			}
		}
	}
	return n
}

// canonical is the canonical word for one of the words of a name. "UN" is a one at the end of a name only, and
// "I" not as an initial: "I. K. Patel", but "Kivu I", "Kivu N° I" and "Kivu I H/C".
func (v *vocabulary) canonical(parts []string, at int) string {
	w := parts[at]
	switch as := v.as[w]; {
	case as == "":
	case w == "un" && at < len(parts)-1:
	case w == "i" && v.initial(parts, at):
	default:
		return as
	}
	return w
}

// initial tells whether a letter is the first of a name, or stands beside another that is neither a word for
// a number ("N°") nor the beginning of a kind ("H/C").
func (v *vocabulary) initial(parts []string, at int) bool {
	if at == 0 || isLetter(parts, at-1) && !(at > 1 && v.counts[parts[at-1]]) {
		return true
	}
	if !isLetter(parts, at+1) {
		return false
	}
	_, width := v.kindAt(parts[at+1:])
	return width == 0
}

// isLetter tells whether there is a word of one letter of the alphabet.
func isLetter(parts []string, at int) bool {
	return at < len(parts) && len(parts[at]) == 1 && parts[at][0] > '9'
}

// isNumber tells whether a word is a number, in digits, as a word or roman.
func (v *vocabulary) isNumber(parts []string, at int) bool {
	return linkage.Words("x " + v.canonical(parts, at))[1].Number
}

// initials tells whether the letters that a name begins with, which may stand for a kind, are somebody's:
// "C. M. Patel Hospital" says at its end what it is, "C.M. de Kila" does not.
func (v *vocabulary) initials(parts []string, width int) bool {
	for at := range width {
		if !isLetter(parts, at) {
			return false
		}
	}
	for at := width + 1; at < len(parts); at++ {
		if k, n := v.kindAt(parts[at:]); n > 0 && v.level[k] > 0 {
			return true
		}
	}
	return false
}

// kindAt finds the longest phrase for a kind that words begin with.
func (v *vocabulary) kindAt(parts []string) (k Kind, width int) {
	for n := min(v.longest, len(parts)); n > 0; n-- {
		if k, ok := v.phrases[strings.Join(parts[:n], " ")]; ok {
			return k, n
		}
	}
	if as := v.misspelt(parts[0]); as != "" && !v.soft[v.as[parts[0]]] {
		return v.phrases[as], 1
	}
	return "", 0
}

// areaKey folds the name of an area, without the words for its sort and without spaces. The northern division
// of a town keeps its sort, so that it is not the north of the country.
func areaKey(text string) string {
	parts := strings.Fields(linkage.Fold(text))
	key, sort := "", ""
	for _, p := range parts {
		if words().small[p] {
			sort = p
		}
		if !words().affix[p] {
			if as := words().as[p]; as != "" {
				p = as
			}
			key += p
		}
	}
	if key == "" {
		return strings.Join(parts, "")
	}
	if words().axis[key] > 0 || key == "central" {
		key += sort
	}
	return key
}

// phoneKey is the part of a telephone number that does not depend on how the country is
// written: its last eight digits.
func phoneKey(text string) string {
	digits := make([]byte, 0, len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits = append(digits, c)
		case c == 'O' || c == 'o':
			digits = append(digits, '0')
		}
	}
	if len(digits) < 7 {
		return ""
	}
	return string(digits[max(0, len(digits)-8):])
}

// metres is the distance of two points on a sphere.
func metres(a, b *Position) float64 {
	const radius, degree = 6_371_000, math.Pi / 180
	north, east := (b.Lat-a.Lat)*degree/2, (b.Lon-a.Lon)*degree/2
	h := math.Sin(north)*math.Sin(north) + math.Cos(a.Lat*degree)*math.Cos(b.Lat*degree)*math.Sin(east)*math.Sin(east)
	return 2 * radius * math.Asin(math.Min(1, math.Sqrt(h)))
}
