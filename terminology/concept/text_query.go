package concept

import (
	"strings"
	"unicode"

	"masjala/fhir/search"
)

// Reach says how far a word that is looked for may be from one that is found. Each takes
// what the one before takes.
type Reach uint8

const (
	// Begins wants words that begin with it.
	Begins Reach = iota
	// Within also takes words that have it inside, if it has four letters or more.
	Within
	// OneEdit also takes words that begin with it but for one letter that is wrong, missing,
	// too many or swapped with the next, if it has four letters or more and no digit. The
	// first of fewer than six letters is right.
	OneEdit
	// TwoEdits takes two such letters, if it has eight letters or more. The first is right.
	TwoEdits
	// Reaches is how many there are.
	Reaches
)

const (
	freeFirst  = 6  // letters from which on the first may be wrong
	twoEdits   = 8  // letters from which on two may be wrong
	mostEdited = 64 // letters up to which any may be wrong
	mostWords  = 32 // of a query; more are left out
)

// Query is a text that concepts are found by. It may be used by one goroutine at a time.
type Query struct {
	words     []string
	letters   [][]rune // of the words
	languages []string // of the reader, best first
	text      string   // folded
	same      []byte   // as sameText gives it
	code      string   // squeezed, if the query may be a code
	row       rows
}

// NewQuery makes a query of what somebody typed who reads some languages (BCP 47), best
// first. It is nil for a text that is blank.
func NewQuery(text string, languages []string) *Query {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	q := &Query{languages: languages, text: search.Fold(text), words: Words(nil, text)}
	q.words = q.words[:min(len(q.words), mostWords)]
	for _, w := range q.words {
		q.letters = append(q.letters, []rune(w))
	}
	q.same = sameText(nil, q.words)
	if !strings.ContainsRune(q.text, ' ') {
		q.code = string(squeezed(nil, []byte(q.text)))
	}
	return q
}

// edits tells how many letters of the i-th word may be wrong, and whether the first may.
func (q *Query) edits(i int, reach Reach) (n int, first bool) {
	letters := len(q.letters[i])
	if reach < OneEdit || letters < shortest || letters > mostEdited || strings.ContainsFunc(q.words[i], unicode.IsDigit) {
		return 0, true
	}
	if reach == TwoEdits && letters >= twoEdits {
		return 2, false
	}
	return 1, letters >= freeFirst
}

// fragment tells whether the i-th word may stand inside a word.
func (q *Query) fragment(i int) bool { return len(q.letters[i]) >= shortest }

// Found is how good a text is as an answer: the least is the best.
type Found uint8

const (
	// AsWhole is a code or a text that is the same as the query.
	AsWhole Found = iota
	// AsCode is a code that begins with the query.
	AsCode
	// AsBeginning is a display of which the first word is what the first word of the query
	// looks for, with all others.
	AsBeginning
	// AsDisplay is a display with all words.
	AsDisplay
	// AsSynonym is all else: words that only a designation has, or the code.
	AsSynonym
	// Grades is how many there are.
	Grades
)

// is tells whether a text has the words of the query and no others, in their order.
func (q *Query) is(text string) bool {
	return len(q.same) > 0 && string(sameText(nil, Words(nil, text))) == string(q.same)
}
