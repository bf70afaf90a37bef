package match

import "masjala/internal/linkage"

// scale is what comparing needs to know of all records together: which words and areas are
// common, and among how many records a partner is sought.
type scale struct {
	prior  float64
	words  *linkage.Rarity
	areas  map[string]int    // key → records that lie in it
	as     map[string]string // key → the key of the other list that it is a spelling of
	shared map[string]bool   // keys that both sides know
	all    int
}

// newScale counts two lists; b is nil for one list compared with itself. They are taken for
// part of so many records at least.
func newScale(a, b []*record, population int) *scale {
	s := &scale{words: linkage.NewRarity(), areas: map[string]int{}, as: map[string]string{}, shared: map[string]bool{}}
	other := b
	if b == nil {
		other = a
	}
	population = max(population, len(a), len(other))
	s.prior = linkage.Prior(population)
	s.unite(areasOf(a), areasOf(other))
	for _, list := range [][]*record{a, b} {
		for _, r := range list {
			s.add(r)
		}
	}
	s.words.AtLeast(2 * population)
	s.weigh(a)
	s.weigh(b)
	return s
}

// areasOf returns the keys of all areas of a list.
func areasOf(list []*record) map[string]bool {
	keys := map[string]bool{}
	for _, r := range list {
		for _, a := range r.areas {
			keys[a.key] = true
		}
	}
	return keys
}

// unite finds which areas both lists have, also under slightly different spellings.
func (s *scale) unite(a, b map[string]bool) {
	byLetter := map[byte][]string{}
	for k := range b {
		if a[k] {
			s.shared[k] = true
		} else {
			byLetter[k[0]] = append(byLetter[k[0]], k)
		}
	}
	for k := range a {
		if b[k] || len(k) < 5 {
			continue
		}
		limit := 1
		if len(k) >= 9 {
			limit = 2
		}
		best, found := limit+1, ""
		for _, o := range byLetter[k[0]] {
			if d := linkage.Distance([]rune(k), []rune(o), limit); d < best || d == best && d <= limit && o < found {
				best, found = d, o
			}
		}
		if found != "" {
			s.as[k], s.shared[found] = found, true
		}
	}
}

// add counts the words and areas of a record, and brings its areas to their common keys.
func (s *scale) add(r *record) {
	s.all++
	var all []linkage.Word
	for i := range r.names {
		all = append(all, r.names[i].words...)
	}
	s.words.Add(all)
	for i := range r.areas {
		if as := s.as[r.areas[i].key]; as != "" {
			r.areas[i].key = as
		}
		if !hasArea(r.areas[:i], r.areas[i].key) {
			s.areas[r.areas[i].key]++
		}
	}
}

// describing is how much a word that only describes counts, beside one that names.
const describing = 0.25

func (s *scale) weigh(list []*record) {
	for _, r := range list {
		for i := range r.names {
			n := &r.names[i]
			s.words.Weigh(n.words)
			for k := range min(len(n.words), 32) {
				if n.soft&(1<<k) != 0 {
					n.words[k].Weight *= describing
				}
			}
		}
	}
}

func hasArea(list []area, key string) bool {
	for i := range list {
		if list[i].key == key {
			return true
		}
	}
	return false
}
