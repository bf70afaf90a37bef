package importers

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"
)

// tongues are the words by which headings name a language, as [Key] makes them.
var tongues = tonguesOf(`
en english anglais ingles kiingereza الانجليزية الانكليزية
fr french francais frances kifaransa الفرنسية
pt portuguese portugais portugues kireno البرتغالية
es spanish espagnol espanhol espanol castellano kihispania الاسبانية
sw swahili kiswahili suajili السواحيلية
ar arabic arabe kiarabu العربية عربي
am amharic amharique
om oromo oromiffa
so somali somalia kisomali الصومالية
ti tigrinya
rw kinyarwanda
rn kirundi
lg luganda
ln lingala
mg malagasy malgache
ha hausa haoussa
yo yoruba
ig igbo
wo wolof
zu zulu isizulu
xh xhosa isixhosa
af afrikaans
st sesotho
tn setswana
sn shona chishona
ny chichewa chinyanja
hi hindi
ne nepali
bn bengali bangla
ur urdu
`)

func tonguesOf(table string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		words := strings.Fields(line)
		for _, w := range words[1:] {
			out[w] = words[0]
		}
	}
	return out
}

// inLanguage are the words that join a name to its language: name in French, jina kwa Kiswahili.
var inLanguage = []string{"in", "en", "em", "kwa", "ya", "la", "le"}

var (
	bracketed = regexp.MustCompile(`^(.*\S)\s*[\[(]\s*([^\])]+?)\s*[\])]$`)
	shortTag  = regexp.MustCompile(`^[A-Za-z]{2}([-_][A-Za-z0-9]{2,8})*$`)
	anyTag    = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)
)

// IsLanguage tells whether a text has the form of a tag of BCP 47, as columns name languages.
func IsLanguage(tag string) bool { return anyTag.MatchString(tag) }

// InLanguage parts a heading that names a language, by a word of six languages or by a tag: "Name (fr)", "Nom (français)",
// "French name", "name_en". lang is "" when it names none.
func InLanguage(heading string) (rest, lang string) {
	if m := bracketed.FindStringSubmatch(strings.TrimSpace(heading)); m != nil {
		if lang := tongues[Key(m[2])]; lang != "" {
			return m[1], lang
		}
		if tag, err := language.Parse(m[2]); err == nil && shortTag.MatchString(m[2]) {
			return m[1], tag.String()
		}
	}
	words := strings.Fields(HeadKey(heading))
	for i, w := range words {
		if after, ok := strings.CutPrefix(w, "بال"); ok {
			w = "ال" + after
		}
		if lang := tongues[w]; lang != "" {
			left := words[:i:i]
			if i > 1 && slices.Contains(inLanguage, words[i-1]) {
				left = words[: i-1 : i-1]
			}
			return strings.Join(append(left, words[i+1:]...), " "), lang
		}
	}
	if last := len(words) - 1; last > 0 && slices.Contains([]string{"en", "fr", "pt", "es", "sw", "ar"}, words[last]) {
		return strings.Join(words[:last], " "), words[last]
	}
	return heading, ""
}

// spoken are words of headings that tell which language a heading is in.
var spoken = map[string]string{"name": "en", "facility": "en", "nom": "fr", "nome": "pt", "nombre": "es", "jina": "sw"}

// spokenIn is the language that a heading is written in, "" where nothing tells.
func spokenIn(heading string) string {
	for _, r := range heading {
		switch {
		case unicode.Is(unicode.Arabic, r):
			return "ar"
		case unicode.Is(unicode.Ethiopic, r):
			return "am"
		}
	}
	for _, word := range strings.Fields(HeadKey(heading)) {
		if lang := spoken[word]; lang != "" {
			return lang
		}
	}
	return ""
}

// tongue tells which language a heading of a target is in, and whether it says so itself; "" when the
// target has no such heading. Exports write tags as they are stored.
func (t *Target) tongue(heading string, exported bool) (lang string, said bool) {
	if m := bracketed.FindStringSubmatch(heading); exported && m != nil && IsLanguage(m[2]) && t.exactly(m[1]) {
		return m[2], true
	}
	rest, lang := InLanguage(heading)
	switch {
	case lang != "" && t.exactly(rest):
		return lang, true
	case lang == "" && t.exactly(heading):
		return spokenIn(heading), false
	}
	return "", false
}

// translated scores a heading as one that means in another language what a target means: surely
// where it names the language, else unless it is the main one.
func (t *Target) translated(heading string, exported bool) float64 {
	switch lang, said := t.tongue(heading, exported); {
	case said:
		return 0.98
	case lang != "":
		return 0.6
	}
	return 0
}

// translate says of the columns that mean the same in several languages which is the main one: the first
// that names no language, else the first of all. A further one in its language means nothing, unless
// its heading says so.
func (m *Mapping) translate(targets []Target) {
	exported := slices.ContainsFunc(m.Columns, func(c Column) bool { return c.Heading == VersionHeading })
	for i := range targets {
		t := &targets[i]
		of := slices.IndexFunc(targets, func(o Target) bool { return o.Name == t.Main })
		if of < 0 {
			continue
		}
		var all []heading
		for c := range m.Columns {
			if col := &m.Columns[c]; col.Target == t.Name || col.Target == t.Main {
				h := heading{column: col, main: col.Target == t.Main}
				h.lang, h.said = targets[of].tongue(col.Heading, exported)
				all = append(all, h)
			}
		}
		main := mainOf(all)
		for c, h := range all {
			switch {
			case c == main:
				h.column.Target = t.Main
			case h.said || h.lang != "" && h.lang != all[main].lang:
				h.column.Target, h.column.Language = t.Name, h.lang
			default:
				h.column.Target = ""
			}
		}
	}
}

// heading is a column of which there are several in different languages.
type heading struct {
	column *Column
	main   bool   // it was taken for the main one
	lang   string // "" where nothing tells
	said   bool   // the heading says the language
}

// mainOf is the position of the main one.
func mainOf(all []heading) int {
	taken := slices.IndexFunc(all, func(h heading) bool { return h.main })
	if taken >= 0 && all[taken].lang == "" {
		return taken
	}
	first := slices.IndexFunc(all, func(h heading) bool {
		return !h.said && (taken < 0 || h.main || h.lang != all[taken].lang)
	})
	return max(first, 0)
}

// exactly tells whether a heading is one of the names of the target, or spelled nearly so.
func (t *Target) exactly(heading string) bool {
	s, _ := headingScore(HeadKey(heading), t)
	return s >= 0.85
}
