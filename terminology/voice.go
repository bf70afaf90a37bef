package terminology

import (
	"embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"masjala/fhir"
)

// voice is the catalogue of messages in one language, by key: the id of a message, whose
// text has {0}, {1} … for its arguments, or the English format of an error, whose text has
// its verbs.
type voice map[string]string

// catalogues holds a file for each language: lines of key, tab and text.
//
//go:embed messages/*.tsv
var catalogues embed.FS

// voices are the catalogues by language, read on first use.
var voices = sync.OnceValue(func() map[string]voice {
	out := map[string]voice{"en": english}
	files, err := catalogues.ReadDir("messages")
	if err != nil {
		return out
	}
	for _, f := range files {
		text, err := catalogues.ReadFile("messages/" + f.Name())
		if err != nil {
			continue
		}
		v := voice{}
		for line := range strings.Lines(string(text)) {
			if key, said, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
				v[key] = said
			}
		}
		out[strings.TrimSuffix(f.Name(), ".tsv")] = v
	}
	return out
})

// voiceOf is the catalogue of the first of some languages that there is one for, else the
// English one. It takes what displayLanguage and Accept-Language hold.
func voiceOf(language string) voice {
	if language == "" {
		return english
	}
	for _, tag := range parseLanguages(language) {
		primary, _, _ := strings.Cut(tag, "-")
		if v := voices()[primary]; v != nil {
			return v
		}
	}
	return english
}

// say writes a message with its arguments.
func (v voice) say(id string, args ...string) string {
	text := v[id]
	if text == "" {
		text = english[id]
	}
	room := len(text)
	for _, a := range args {
		room += len(a)
	}
	var b strings.Builder
	b.Grow(room)
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		number, after, _ := strings.Cut(rest, "}")
		if i, err := strconv.Atoi(number); err == nil && i < len(args) {
			b.WriteString(args[i])
		}
		text = after
	}
}

// phrase writes a phrase; false if the catalogue does not have it.
func (v voice) phrase(p fhir.Phrase) (string, bool) {
	if _, ours := english[p.Key]; ours {
		args := make([]string, len(p.Args))
		for i, a := range p.Args {
			args[i] = fmt.Sprint(a)
		}
		return v.say(p.Key, args...), true
	}
	format, ok := v[p.Key]
	if !ok {
		return "", false
	}
	return fmt.Sprintf(format, p.Args...), true
}

// text is what an error says in the language of the catalogue, as far as that has its words.
func (v voice) text(e *fhir.Error) string {
	var all []string
	for _, p := range e.Said {
		said, ok := v.phrase(p)
		if !ok {
			return e.Text
		}
		all = append(all, said)
	}
	if len(all) == 0 {
		return e.Text
	}
	return sentences(all)
}

// sentences joins what is said, with a full stop where a sentence lacks the end that another
// one follows.
func sentences(all []string) string {
	text := ""
	for i, said := range all {
		if i > 0 && !strings.ContainsAny(text[max(0, len(text)-1):], ".;:,?!") {
			text += "."
		}
		if i > 0 {
			text += " "
		}
		text += said
	}
	return text
}

// Localize returns an error as one who wants some languages should read it. The languages
// are as in displayLanguage or Accept-Language. Errors that are not for users stay as they are.
func Localize(err error, language string) error {
	e, ok := errors.AsType[*fhir.Error](err)
	if !ok || language == "" {
		return err
	}
	text := voiceOf(language).text(e)
	if text == e.Text {
		return err
	}
	local := *e
	local.Text = text
	return &local
}

// failure is an error with a message of the catalogue.
func failure(kind fhir.Kind, id string, args ...string) *fhir.Error {
	e := &fhir.Error{Kind: kind, Text: say(id, args...)}
	e.Said = append(e.Said, phraseOf(id, args))
	return e
}

// also adds a further sentence to an error.
func also(e *fhir.Error, id string, args ...string) *fhir.Error {
	c := *e
	c.Text = sentences([]string{c.Text, say(id, args...)})
	c.Said = append(c.Said[:len(c.Said):len(c.Said)], phraseOf(id, args))
	return &c
}

func phraseOf(id string, args []string) fhir.Phrase {
	p := fhir.Phrase{Key: id}
	for _, a := range args {
		p.Args = append(p.Args, a)
	}
	return p
}
