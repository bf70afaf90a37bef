package terminology

import (
	"cmp"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"masjala/fhir"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// languages is what a reader wants, best first: language tags in lower case.
type languages []string

// onlyThese, as the last wish, says that no other language will do ("*;q=0").
const onlyThese = "!"

// parseLanguages reads displayLanguage or an Accept-Language header.
func parseLanguages(s string) languages {
	type wish struct {
		tag string
		q   float64
	}
	var wishes []wish
	only := false
	for part := range strings.SplitSeq(s, ",") {
		tag, rest, _ := strings.Cut(part, ";")
		w := wish{tag: strings.ToLower(strings.TrimSpace(tag)), q: 1}
		if v, ok := strings.CutPrefix(strings.TrimSpace(rest), "q="); ok {
			if q, err := strconv.ParseFloat(v, 64); err == nil {
				w.q = q
			}
		}
		only = only || w.tag == "*" && w.q == 0
		if w.tag != "" && w.tag != "*" && w.q > 0 {
			wishes = append(wishes, w)
		}
	}
	sort.SliceStable(wishes, func(i, j int) bool { return wishes[i].q > wishes[j].q })
	out := make(languages, 0, len(wishes))
	for _, w := range wishes {
		out = append(out, w.tag)
	}
	if only {
		out = append(out, onlyThese)
	}
	return out
}

// checkLanguage fails with Invalid for a displayLanguage that is no list of languages.
func checkLanguage(s string) error {
	for part := range strings.SplitSeq(s, ",") {
		tag, _, _ := strings.Cut(part, ";")
		if tag = strings.TrimSpace(tag); tag != "" && tag != "*" && !strings.ContainsFunc(tag[:1], unicode.IsLetter) {
			return failure(fhir.Invalid, msgLanguage, s).Coded("processing").Detailed("invalid-display")
		}
	}
	return nil
}

// fits tells how well a text in language have serves one who wants want: 2 the same, 1 the
// same language of another region, 0 not.
func fits(have, want string) int {
	if strings.EqualFold(have, want) {
		return 2
	}
	h, _, _ := strings.Cut(have, "-")
	w, _, _ := strings.Cut(want, "-")
	if strings.EqualFold(h, w) {
		return 1
	}
	return 0
}

// choice picks the text that fits the wishes best.
type choice struct {
	wanted languages
	rank   int // of the best so far: smaller is better
	text   string
}

func newChoice(wanted languages, fallback string) choice {
	if n := len(wanted); n > 0 && wanted[n-1] == onlyThese {
		fallback = ""
	}
	return choice{wanted: wanted, rank: 1 << 20, text: fallback}
}

// offer considers a text in a language; an empty one is none.
func (c *choice) offer(language string, text func() string) {
	if language == "" {
		return
	}
	for i, want := range c.wanted {
		fit := fits(language, want)
		if fit == 0 {
			continue
		}
		if rank := 3*i + 2 - fit; rank < c.rank {
			if t := text(); t != "" {
				c.rank, c.text = rank, t
			}
		}
		return
	}
}

// assumedLanguage is that of displays whose language nothing says: English, so that a synonym in
// English does not push the display aside.
const assumedLanguage = "en"

// languageOf is the language of the displays of a code system.
func languageOf(set *concept.Set) string { return cmp.Or(set.Meta().Language, assumedLanguage) }

// displayOf picks the display of a concept.
func displayOf(set *concept.Set, k uint32, wanted languages) string {
	own := string(set.Display(k))
	if len(wanted) == 0 {
		return own
	}
	c := newChoice(wanted, own)
	c.offer(languageOf(set), func() string { return own })
	for d := range set.Designations(k) {
		if d.Standing() == "" {
			c.offer(d.Language, func() string { return string(d.Value) })
		}
	}
	return c.text
}

// displayOfMember picks the display of a member of a value set: what the definition gives
// wins over the code system, unless only the latter has the wanted language.
func displayOfMember(m *compose.Member, wanted languages) string {
	own := ""
	if m.Given != nil {
		own = m.Given.Display
	}
	if own == "" && m.Known {
		own = string(m.System.Set.Display(m.Number))
	}
	if len(wanted) == 0 {
		return own
	}
	c := newChoice(wanted, own)
	if m.Given != nil {
		for _, d := range m.Given.Designations {
			c.offer(d.Language, func() string { return d.Value })
		}
	}
	if m.Known {
		set := m.System.Set
		c.offer(languageOf(set), func() string { return own })
		for d := range m.System.Designations(m.Number) {
			if d.Standing() == "" {
				c.offer(d.Language, func() string { return string(d.Value) })
			}
		}
	}
	return c.text
}
