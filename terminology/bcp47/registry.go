package bcp47

import (
	_ "embed"
	"sort"
	"strings"
)

// table holds a line for each registered subtag, in the order of the alphabet: kind and
// subtag, name, preferred value or prefix, flag.
//
//go:embed subtags.tsv
var table string

// Kinds of subtags, as the table writes them.
const (
	kindLanguage      = 'l'
	kindExtended      = 'e'
	kindScript        = 's'
	kindRegion        = 'r'
	kindVariant       = 'v'
	kindGrandfathered = 'g'
)

// entry is a line of the table.
type entry struct {
	subtag, name string
	more         string // preferred value; of an extended language, the language before it
	common       bool   // a language of ISO 639-1 or 639-2
}

// find looks for a subtag in lower case.
func find(kind byte, subtag string) (entry, bool) {
	key := string(kind) + " " + subtag
	at := sort.Search(len(table), func(i int) bool { return line(i) >= key })
	start := strings.LastIndexByte(table[:min(at, len(table))], '\n') + 1
	for _, from := range []int{start, next(start)} {
		if from < len(table) && keyOf(table[from:]) == key {
			return parse(table[from:]), true
		}
	}
	if reserved(kind, subtag) {
		return entry{subtag: subtag, name: "Private use"}, true
	}
	return entry{}, false
}

// line is the key of the line that holds the i-th byte.
func line(i int) string { return keyOf(table[strings.LastIndexByte(table[:i], '\n')+1:]) }

// next is where the line after the one at start begins.
func next(start int) int {
	if end := strings.IndexByte(table[min(start, len(table)):], '\n'); end >= 0 {
		return start + end + 1
	}
	return len(table)
}

func keyOf(line string) string {
	key, _, _ := strings.Cut(line, "\t")
	return key
}

func parse(rest string) entry {
	line, _, _ := strings.Cut(rest, "\n")
	f := strings.SplitN(line, "\t", 4)
	return entry{subtag: f[0][2:], name: f[1], more: f[2], common: f[3] == "c"}
}

// reserved tells whether a subtag lies in a range that is left to private agreement.
func reserved(kind byte, s string) bool {
	between := func(low, high string) bool { return len(s) == len(low) && s >= low && s <= high }
	switch kind {
	case kindLanguage:
		return between("qaa", "qtz")
	case kindScript:
		return between("qaaa", "qabx")
	case kindRegion:
		return between("qm", "qz") || between("xa", "xz")
	}
	return false
}

// Language is a language by its primary subtag.
type Language struct{ Code, Name string }

// Common lists the languages of ISO 639-1 and 639-2, by code.
func Common() []Language {
	var out []Language
	for rest := table; rest != ""; rest = rest[next0(rest):] {
		if rest[0] != kindLanguage {
			continue
		}
		if e := parse(rest); e.common {
			out = append(out, Language{e.subtag, e.name})
		}
	}
	return out
}

// next0 is where the second line of a text begins.
func next0(text string) int {
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		return end + 1
	}
	return len(text)
}
