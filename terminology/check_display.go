package terminology

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/terminology/compose"
)

// text is a text for a concept.
type text struct {
	language, value string
	base            bool   // the display
	use             string // JSON of a Coding
	standing        string // withdrawn, deprecated: no longer a good text
}

// texts are all texts for a concept.
type texts []text

// textsOf lists the texts of a concept that matter for a coding: where it has no display to
// check and no language is wanted, only the one to show.
func (k *checker) textsOf(e *entry, n uint32, given *compose.Given, language string, x *Coding) texts {
	if own := e.set.Display(n); x.Display == "" && len(k.langs) == 0 && given == nil && len(own) > 0 {
		return texts{{language: e.set.Meta().Language, value: string(own), base: true}}
	}
	return textsOf(k.v, e, n, given, language)
}

// textsOf lists the texts of a concept: what the value set gives, in its language, then
// those of the code system and its supplements.
func textsOf(v *view, e *entry, n uint32, given *compose.Given, language string) texts {
	var out texts
	if given != nil {
		out = givenTexts(given, language)
	}
	if display := string(e.set.Display(n)); display != "" {
		out = append(out, text{language: e.set.Meta().Language, value: display, base: true})
	}
	sys := v.systemOf(e)
	for d := range sys.Designations(n) {
		out = append(out, text{language: d.Language, value: string(d.Value), use: d.Use, standing: d.Standing()})
	}
	return out
}

func givenTexts(g *compose.Given, language string) texts {
	var out texts
	if g.Display != "" {
		out = append(out, text{language: language, value: strings.TrimSpace(g.Display), base: true})
	}
	for _, d := range g.Designations {
		out = append(out, text{language: d.Language, value: d.Value, use: d.Use})
	}
	return out
}

// preferred is the text to show: the best in a wanted language, else the display. It is that of
// displayOf, where there is nothing but what the code system says.
func (t texts) preferred(langs languages) string {
	own := ""
	for _, x := range t {
		if x.base && own == "" {
			own = x.value
		}
	}
	c := newChoice(langs, own)
	for _, x := range t {
		language := x.language
		if x.base {
			language = cmp.Or(language, assumedLanguage)
		}
		if x.standing == "" {
			c.offer(language, func() string { return x.value })
		}
	}
	return c.text
}

// speaks tells whether a text is in one of some languages; a text without language is in
// all of them, if it is the display.
func (x *text) speaks(langs languages) bool {
	if len(langs) == 0 || x.language == "" && x.base {
		return true
	}
	for _, l := range langs {
		if x.language != "" && fits(x.language, l) > 0 {
			return true
		}
	}
	return false
}

// has tells whether some text in one of some languages is the given one, but for case and spaces.
func (t texts) has(display string, langs languages) bool {
	for i := range t {
		if t[i].speaks(langs) && sameText(t[i].value, display) {
			return true
		}
	}
	return false
}

// exact tells whether some text is the given one, letter by letter.
func (t texts) exact(display string) bool {
	for i := range t {
		if t[i].value == display {
			return true
		}
	}
	return false
}

// display tells whether a text may stand as display: it has no use that says otherwise.
func (x *text) display() bool {
	if x.standing != "" {
		return false
	}
	if x.use == "" || x.base {
		return true
	}
	switch gjson.Get(x.use, "code").Str {
	case "preferredForLanguage", "display", "900000000000003001", "900000000000013009":
		return true
	}
	return false
}

// allowed lists the texts in some languages that may stand as display, each once.
func (t texts) allowed(langs languages) texts {
	var out texts
	for i := range t {
		if t[i].display() && t[i].speaks(langs) && !out.exact(t[i].value) {
			out = append(out, t[i])
		}
	}
	return out
}

// list writes texts for a message, each with its language.
func (t texts) list() string {
	var parts []string
	for _, x := range t {
		part := "'" + x.value + "'"
		if x.language != "" {
			part += " (" + x.language + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " or ")
}

// severity is that of a wrong display.
func (k *checker) severity() string {
	if k.checks.Lenient {
		return "warning"
	}
	return "error"
}

// languages is how messages show the wanted ones.
func (k *checker) languages() string {
	if len(k.langs) == 0 {
		return "--"
	}
	return strings.TrimSuffix(strings.Join(k.langs, ","), ","+onlyThese)
}

// displays checks the display of a coding that the value set has.
func (k *checker) displays(path string, x *Coding, m *match) {
	if x.Display == "" || len(m.texts) == 0 {
		return
	}
	if !m.texts.has(x.Display, k.langs) {
		k.wrongDisplay(path, x, m, k.severity())
		return
	}
	for _, t := range m.texts {
		if sameText(t.value, x.Display) && t.standing == "" {
			return
		}
	}
	for _, t := range m.texts {
		if t.standing != "" && sameText(t.value, x.Display) {
			var good []string
			for _, a := range m.texts.allowed(k.langs) {
				good = append(good, strconv.Quote(a.value))
			}
			k.add(Issue{"warning", "invalid", "display-comment", msgDisplayInactive, k.say(msgDisplayInactive, x.Display, x.Code, strings.Join(good, ","), t.standing), under(path, "display"), ""})
			return
		}
	}
}

// wrongDisplay says which displays are right.
func (k *checker) wrongDisplay(path string, x *Coding, m *match, severity string) {
	good := m.texts.allowed(k.langs)
	i := Issue{severity, "invalid", "invalid-display", msgDisplay, "", under(path, "display"), ""}
	own := m.texts.preferred(nil)
	switch {
	case len(good) == 1:
		i.Text = k.say(msgDisplay+"_one", x.Display, x.System, x.Code, good.list(), k.languages())
	case len(good) > 1:
		i.Text = k.say(msgDisplay+"_other", x.Display, x.System, x.Code, good.list(), k.languages(), strconv.Itoa(len(good)))
	case own == "":
		i.ID, i.Severity = msgDisplayNone, "warning"
		i.Text = k.say(msgDisplayNone, x.Display, x.System, x.Code)
	case m.texts.has(x.Display, languages{languageOf(m.e.set)}):
		i.ID, i.Severity = msgDisplayDefaultOK, "information"
		i.Text = k.say(msgDisplayDefaultOK, x.Display, x.System, x.Code, k.languages())
	default:
		i.ID = msgDisplayDefaultWrong
		i.Text = k.say(msgDisplayDefaultWrong, x.Display, x.System, x.Code, k.languages(), own)
	}
	k.blame(i)
}
