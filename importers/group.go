package importers

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"masjala/importers/cell"
)

// mostGroups is how often a group of columns may be repeated.
const mostGroups = 99

// ordinals are the words by which headings number groups of columns, as [Key] makes them.
var ordinals = map[string]int{
	"first": 1, "premier": 1, "premiere": 1, "primeiro": 1, "primeira": 1, "primero": 1, "primera": 1, "kwanza": 1, "الاول": 1, "الاولى": 1,
	"second": 2, "seconde": 2, "deuxieme": 2, "segundo": 2, "segunda": 2, "pili": 2, "الثاني": 2, "الثانية": 2,
	"third": 3, "troisieme": 3, "terceiro": 3, "terceira": 3, "tercero": 3, "tercera": 3, "tatu": 3, "الثالث": 3, "الثالثة": 3,
	"fourth": 4, "quatrieme": 4, "quarto": 4, "quarta": 4, "cuarto": 4, "cuarta": 4, "nne": 4, "الرابع": 4, "الرابعة": 4,
	"fifth": 5, "cinquieme": 5, "quinto": 5, "quinta": 5, "tano": 5, "الخامس": 5, "الخامسة": 5,
}

// endings are what may stand behind the digits of an ordinal: 2nd, 2e, 2º.
var endings = []string{"", "st", "nd", "rd", "th", "e", "er", "ere", "re", "eme", "o", "a"}

// joining are the words of Swahili that join an ordinal to what it numbers: leseni ya pili.
var joining = []string{"ya", "wa", "la", "cha", "za"}

// ungrouped takes the number of a group off the key of a heading: "licence 2 number", "licence2 number",
// "second licence number" and "leseni ya pili". n is 0 when there is none. A first thing is one of several
// only where the heading begins or ends with the word.
func ungrouped(key string) (rest string, n int) {
	words := strings.Fields(key)
	for i, word := range words {
		stem, n := numbering(word)
		before := words[:i]
		if ordinals[word] > 0 {
			if stem, n = "", ordinals[word]; n == 1 && i > 0 && i < len(words)-1 {
				continue
			}
			if i > 1 && slices.Contains(joining, words[i-1]) {
				before = words[:i-1]
			}
		}
		left := slices.Clone(before)
		if stem != "" {
			left = append(left, stem)
		}
		if left = append(left, words[i+1:]...); n > 0 && len(left) > 0 {
			return strings.Join(left, " "), n
		}
	}
	return key, 0
}

// numbering reads the number that a word is or ends with: "2", "٢", "2nd", "licence2".
func numbering(word string) (stem string, n int) {
	if after := strings.TrimLeftFunc(word, unicode.IsDigit); len(after) < len(word) {
		if slices.Contains(endings, after) {
			n = small(word[:len(word)-len(after)], mostGroups)
		}
		return "", n
	}
	stem = strings.TrimRightFunc(word, unicode.IsDigit)
	return stem, small(word[len(stem):], mostGroups)
}

// small is a number from 1 to most in the digits of any script, 0 for anything else.
func small(digits string, most int) int {
	n, err := strconv.Atoi(cell.Western(digits))
	if err != nil || n < 1 || n > most {
		return 0
	}
	return n
}

// occurrences number the columns whose heading is repeated letter by letter: Licence number, Expiry,
// Licence number, Expiry. They are a group that is repeated only if two different headings of it are.
func occurrences(targets []Target, names []string) []int {
	out := make([]int, len(names))
	times, repeated := map[string]int{}, map[string]map[string]bool{}
	group := map[string]string{} // by key
	for i, name := range names {
		key := HeadKey(name)
		if times[key]++; times[key] > mostGroups || key == "" {
			continue
		}
		out[i] = times[key]
		if times[key] != 2 {
			continue
		}
		for t := range targets {
			if s, _ := headingScore(key, &targets[t]); s >= 0.9 && targets[t].Group != "" {
				if group[key] = targets[t].Group; repeated[group[key]] == nil {
					repeated[group[key]] = map[string]bool{}
				}
				repeated[group[key]][key] = true
			}
		}
	}
	for i, name := range names {
		if of := group[HeadKey(name)]; of == "" || len(repeated[of]) < 2 {
			out[i] = 1
		}
	}
	return out
}

// regroup numbers the groups of each kind 1, 2, …; 0 stands for 1. Numbers whose system no heading
// names have that of the first group.
func (m *Mapping) regroup(targets []Target) {
	kind, numbers := map[string]string{}, map[string][]int{}
	for _, t := range targets {
		kind[t.Name] = t.Group
	}
	for _, c := range m.Columns {
		if of := kind[c.Target]; of != "" && !slices.Contains(numbers[of], c.Group) {
			numbers[of] = append(numbers[of], c.Group)
		}
	}
	for i := range m.Columns {
		c := &m.Columns[i]
		if of := numbers[kind[c.Target]]; of != nil {
			slices.Sort(of)
			if c.Group = slices.Index(of, c.Group) + 1; c.Group == 1 {
				c.Group = 0
			}
		}
	}
	for i := range m.Columns {
		c := &m.Columns[i]
		first := slices.IndexFunc(m.Columns, func(o Column) bool { return o.Target == c.Target && o.Group == 0 })
		if _, _, named := systemIn(c.Heading); c.Group > 0 && first >= 0 && !named {
			c.System = m.Columns[first].System
		}
	}
}

// Nth is the number of the group of repeated columns that a column is in, from 1.
func (c *Column) Nth() int { return max(1, c.Group) }

// In returns the first cell of a target in a group of repeated columns that has a text, or the zero
// Cell. Groups count from 1.
func (r *Row) In(target string, group int) Cell {
	var blank Cell
	for _, i := range r.src.byKey[target] {
		if r.src.Columns[i].Nth() != group {
			continue
		}
		if r.cells[i].Text != "" {
			return r.cells[i]
		}
		blank = r.cells[i]
	}
	return blank
}

// Groups is the number of the last group in which some targets have columns, 0 when they have none.
func (s *Source) Groups(targets ...string) int {
	last := 0
	for i := range s.Columns {
		if c := &s.Columns[i]; slices.Contains(targets, c.Target) {
			last = max(last, c.Nth())
		}
	}
	return last
}

// ofGroup is what to say of two columns of a target, where groups may tell them apart.
func ofGroup(t *Target) string {
	if t.Group == "" {
		return ""
	}
	return " of each group"
}
