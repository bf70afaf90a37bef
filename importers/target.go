package importers

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Target is something a column may mean in one kind of list.
type Target struct {
	Name     string
	Title    string         // what it is, for a reader of the mapping
	Synonyms []string       // headings it goes by, as HeadKey makes them
	Ranks    map[string]int // targets with levels: heading to rank, smaller is higher
	Many     bool           // several columns may mean it
	Levels   bool           // its columns have levels
	Needed   bool           // a list without it cannot be imported
	Main     string         // its columns say in other languages what those of that target say
	Group    string         // its columns and those of the others of the same may be repeated together: Licence 1 number, Licence 1 issuer, …
	Years    bool           // it may have a column for each year: Beds 2021, Beds 2022
	System   string         // URI proposed for identifiers and codes; "{slug}" is the column's name
	Literal  bool           // what means something else elsewhere is what it says: the codes NA, 1.0 and ١

	Marks string // what may part several values in one cell, the likelier first

	// Looks tells whether a value can be one; nil when anything can. A column whose values
	// mostly cannot is not proposed.
	Looks func(string) bool

	// Sure tells whether a heading can mean nothing else, as those of tables that this program
	// writes; nil when none can. Its row holds the headings, whatever other rows look like.
	Sure func(heading string) bool
}

// sure tells whether a text is a heading of one of the targets and nothing else.
func sure(targets []Target, text string) bool {
	return slices.ContainsFunc(targets, func(t Target) bool { return t.means(text) })
}

func (t *Target) means(heading string) bool { return t.Sure != nil && t.Sure(heading) }

// score tells how surely a heading means the target: 3 when it can mean nothing else. group is the
// number in the heading of a group that is repeated, else 1.
func (t *Target) score(heading, key string) (score float64, rank, group int) {
	if t.means(heading) {
		return 3, 0, 1
	}
	score, rank = headingScore(key, t)
	if t.Years {
		return t.dated(key)
	}
	if t.Group != "" {
		if rest, n := ungrouped(key); n > 0 {
			if s, _ := headingScore(rest, t); s >= score && s > 0 {
				return s, rank, n
			}
		}
	}
	return score, rank, 1
}

// HeadKey folds a heading as Key does and parts wordsRunTogetherLikeThis.
func HeadKey(s string) string {
	var b strings.Builder
	before := ' '
	for _, r := range s {
		if unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before)) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before = r
	}
	return Key(b.String())
}

// candidate is a possible meaning of a column.
type candidate struct {
	column, target int
	rank           int
	group          int // that is repeated; with years, the year
	score          float64
}

// Propose maps columns to targets by their headings and sample values (rows of cells).
// Columns that mean nothing known stay in the mapping without a target.
func Propose(kind string, targets []Target, names []string, samples [][]string) *Mapping {
	exported := slices.Contains(names, VersionHeading)
	chosen := assign(candidates(targets, names, samples, exported), targets)
	m := &Mapping{Kind: kind, Null: NullWords()}
	if exported {
		m.Null = []string{} // the list says what it shows
	} else {
		order(chosen, targets, samples)
	}
	for c, name := range names {
		col := Column{Heading: name}
		if name == "" || slices.Index(names, name) != c {
			col.At = c + 1
		}
		if k, ok := chosen[c]; ok {
			t := &targets[k.target]
			col.mean(t, k.rank, k.group)
			if !exported {
				col.Split = splitMark(t, samples, c)
			}
		}
		if name != "" || col.Target != "" {
			m.Columns = append(m.Columns, col)
		}
	}
	number(m)
	m.regroup(targets)
	m.translate(targets)
	return m
}

// candidates are the possible meanings of columns, the surest first. An export says what its columns
// are, whatever stands in them.
func candidates(targets []Target, names []string, samples [][]string, exported bool) []candidate {
	var cands []candidate
	nth := occurrences(targets, names)
	for c, name := range names {
		title, _, _ := systemIn(name)
		key := HeadKey(title)
		if key == "" {
			continue
		}
		for t := range targets {
			s, rank, group := targets[t].score(name, key)
			if main := slices.IndexFunc(targets, func(o Target) bool { return o.Name == targets[t].Main }); main >= 0 {
				s = targets[main].translated(name, exported)
			}
			if s > 0 {
				if !exported {
					s *= valueScore(&targets[t], samples, c)
				}
				if s >= 0.5 {
					cands = append(cands, candidate{c, t, rank, max(group, nth[c]), s})
				}
			}
		}
	}
	slices.SortStableFunc(cands, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.column, b.column))
	})
	return cands
}

// mean gives a column a meaning.
func (c *Column) mean(t *Target, rank, group int) {
	c.Target, c.Level = t.Name, rank
	name := HeadKey(c.Heading)
	if t.Years && group > 1 {
		c.Year = group
	}
	if t.Group != "" {
		c.Group = group
		name, _ = ungrouped(name)
	}
	c.System = strings.ReplaceAll(t.System, "{slug}", Slug(name))
	if _, system, ok := systemIn(c.Heading); ok {
		c.System = system
	}
}

// assign gives each column its best meaning that is still free.
func assign(cands []candidate, targets []Target) map[int]candidate {
	chosen, taken, ranks := map[int]candidate{}, map[[2]int]bool{}, map[[2]int]bool{}
	for _, k := range cands {
		_, done := chosen[k.column]
		t := &targets[k.target]
		if t.Group == "" && !t.Years {
			k.group = 1
		}
		if done || (taken[[2]int{k.target, k.group}] && !t.Many) || (t.Levels && ranks[[2]int{k.target, k.rank}]) {
			continue
		}
		chosen[k.column] = k
		taken[[2]int{k.target, k.group}] = true
		ranks[[2]int{k.target, k.rank}] = true
	}
	return chosen
}

// number turns ranks into levels 1, 2, … for each target that has them.
func number(m *Mapping) {
	ranks := map[string][]int{}
	for _, c := range m.Columns {
		if c.Level > 0 {
			ranks[c.Target] = append(ranks[c.Target], c.Level)
		}
	}
	for _, r := range ranks {
		slices.Sort(r)
	}
	for i, c := range m.Columns {
		if c.Level > 0 {
			at, _ := slices.BinarySearch(ranks[c.Target], c.Level)
			m.Columns[i].Level = at + 1
		}
	}
}

// headingScore compares a heading with the names of a target.
func headingScore(key string, t *Target) (score float64, rank int) {
	for i, s := range t.Synonyms {
		score = max(score, nameScore(key, s)*(1-float64(i)/1000)) // of two headings the earlier synonym wins
	}
	for s, r := range t.Ranks {
		if v := nameScore(key, s); v > score || (v == score && v > 0 && r < rank) {
			score, rank = v, r
		}
	}
	return score, rank
}

// nameScore is 1 for equal names, less for one inside the other or spelled nearly the same.
func nameScore(key, synonym string) float64 {
	switch {
	case key == synonym:
		return 1
	case withMore(key, synonym):
		return 0.6 + 0.3*float64(len(synonym))/float64(len(key))
	case len(key) >= 6 && len(synonym) >= 6 && sameLetters(key, synonym):
		if l := Likeness(key, synonym); l >= 0.85 {
			return 0.9 * l
		}
	}
	return 0
}

// withMore tells whether a key begins or ends with the words of a synonym and has more.
func withMore(key, synonym string) bool {
	more := len(key) - len(synonym)
	return more > 0 && (key[len(synonym)] == ' ' && strings.HasPrefix(key, synonym) || key[more-1] == ' ' && strings.HasSuffix(key, synonym))
}

// sameLetters tells, at little cost, whether two keys can have a likeness of 0.85: no more than
// 15 of 100 letters are in one of them only. Letters of other alphabets may count as one another.
func sameLetters(a, b string) bool {
	x, y := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	long := max(x, y)
	if (long-min(x, y))*100 > 15*long {
		return false
	}
	var count [128]uint16
	for _, r := range a {
		count[r%128]++
	}
	both := 0
	for _, r := range b {
		if count[r%128] > 0 {
			count[r%128]--
			both++
		}
	}
	return (long-both)*100 <= 15*long
}

// valueScore weighs a heading by what the column holds: little when values cannot be meant.
func valueScore(t *Target, samples [][]string, column int) float64 {
	if t.Looks == nil {
		return 1
	}
	filled, fit := 0, 0
	for _, row := range samples {
		if column >= len(row) {
			continue
		}
		v := Clean(row[column])
		if v == "" || slices.ContainsFunc(nullWords, func(w string) bool { return strings.EqualFold(w, v) }) {
			continue
		}
		filled++
		if t.Looks(v) {
			fit++
		}
	}
	if filled == 0 || fit*2 >= filled {
		return 1
	}
	return 0.4
}

// KnownHeading returns a function for [sheet.FindHead] that tells how surely a text is a
// heading of one of the targets.
func KnownHeading(targets []Target) func(string) float64 {
	scores := map[string]float64{} // values of a list are often the same
	return func(text string) float64 {
		if sure(targets, text) {
			return 1
		}
		key := HeadKey(text)
		if key == "" || len(key) > 60 {
			return 0
		}
		best, ok := scores[key]
		if !ok {
			for i := range targets {
				s, _ := headingScore(key, &targets[i])
				best = max(best, s)
			}
			scores[key] = best
		}
		return best
	}
}
