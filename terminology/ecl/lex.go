package ecl

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"masjala/fhir"
)

// kind is what a token is.
type kind uint8

const (
	end    kind = iota
	word        // a code as it is, or a word of the language
	quoted      // a code between single quotes
	number      // after its #
	text        // between double quotes
	symbol
)

// token is a piece of an expression. Terms and comments are left out.
type token struct {
	kind kind
	at   int
	text string // without quotes and #
	end  int

	termed bool // a term between bars follows
}

// symbols are the signs of the language, longer ones before those that begin them.
var symbols = []string{
	"!!>", "!!<", "<<!", ">>!", "<<", ">>", "<!", ">!", "<=", ">=", "<>", "!=", "..", "{{", "}}",
	"<", ">", "=", "(", ")", "[", "]", "{", "}", ":", ",", ".", "*", "^", "+", "!",
}

// signs cannot stand in a code without quotes. A dot can between other characters.
const signs = "()[]{}:,=<>!^*|\"'#"

// lexer splits an expression into tokens.
type lexer struct {
	src  string
	at   int
	list []token
}

// lex splits an expression. It fails with Unprocessable for quotes that do not end.
func lex(src string) ([]token, error) {
	l := &lexer{src: src}
	for {
		if err := l.blank(); err != nil {
			return nil, err
		}
		if l.at == len(src) {
			l.list = append(l.list, token{kind: end, at: l.at, end: l.at})
			return l.list, nil
		}
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		l.list, l.at = append(l.list, t), t.end
	}
}

// blank passes over white space, comments, and the term of the code before.
func (l *lexer) blank() error {
	for l.at < len(l.src) {
		rest := l.src[l.at:]
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case unicode.IsSpace(r):
			l.at += size
		case strings.HasPrefix(rest, "/*"):
			if err := l.pass(2, "*/"); err != nil {
				return err
			}
		case r == '|' && l.termable():
			if err := l.pass(1, "|"); err != nil {
				return err
			}
			l.list[len(l.list)-1].termed = true
		default:
			return nil
		}
	}
	return nil
}

// termable tells whether a term can follow: after a code that has none.
func (l *lexer) termable() bool {
	if len(l.list) == 0 {
		return false
	}
	t := &l.list[len(l.list)-1]
	return (t.kind == word || t.kind == quoted) && !t.termed
}

// pass passes over all up to some closing sign and that.
func (l *lexer) pass(begin int, closing string) error {
	i := strings.Index(l.src[l.at+begin:], closing)
	if i < 0 {
		return l.endless()
	}
	l.at += begin + i + len(closing)
	return nil
}

func (l *lexer) endless() error {
	return fault(l.src, l.at, fhir.Unprocessable, "Line %d, column %d of the expression: what begins here with %q has no end.", l.src[l.at:l.at+1])
}

// next reads a token.
func (l *lexer) next() (token, error) {
	switch c := l.src[l.at]; {
	case c == '"' || c == '\'':
		return l.quoted(c)
	case c == '#':
		return l.number()
	}
	if n := l.code(); n > 0 {
		return l.token(word, n), nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(l.src[l.at:], s) {
			return l.token(symbol, len(s)), nil
		}
	}
	_, size := utf8.DecodeRuneInString(l.src[l.at:])
	return token{}, unexpected(l.src, l.at, l.src[l.at:l.at+size], wantConcept)
}

func (l *lexer) token(k kind, size int) token {
	return token{kind: k, at: l.at, text: l.src[l.at : l.at+size], end: l.at + size}
}

// code measures a code without quotes: up to white space, a sign, or a comment. A dot belongs
// to it if a character of the code follows, unless identifiers of SNOMED CT stand on both sides.
func (l *lexer) code() int {
	n := 0
	rest := l.src[l.at:]
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		switch {
		case r == utf8.RuneError && size == 1, unicode.IsSpace(r), unicode.IsControl(r), strings.ContainsRune(signs, r), strings.HasPrefix(rest[n:], "/*"):
			return n
		case r == '.' && !inCode(rest, n):
			return n
		case r == '+' && n == 0:
			return n
		}
		n += size
	}
	return n
}

// inCode tells whether the dot at n belongs to the code before it.
func inCode(s string, n int) bool {
	if n == 0 || n+1 == len(s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[n+1:])
	if r == '.' || unicode.IsSpace(r) || strings.ContainsRune(signs, r) {
		return false
	}
	after := s[n+1:]
	if i := strings.IndexFunc(after, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		after = after[:i]
	}
	return !identifier(s[:n]) || !identifier(after)
}

// identifier tells whether a text looks like an identifier of SNOMED CT.
func identifier(s string) bool {
	return len(s) >= 6 && len(s) <= 18 && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}

// quoted reads a text between quotes, where \ takes the meaning from the character behind it.
func (l *lexer) quoted(quote byte) (token, error) {
	var b strings.Builder
	for i := l.at + 1; i < len(l.src); i++ {
		switch c := l.src[i]; {
		case c == quote:
			k := text
			if quote == '\'' {
				k = quoted
			}
			return token{kind: k, at: l.at, text: b.String(), end: i + 1}, nil
		case c == '\\' && i+1 < len(l.src):
			i++
			b.WriteByte(l.src[i])
		default:
			b.WriteByte(c)
		}
	}
	return token{}, l.endless()
}

// number reads # and a decimal number.
func (l *lexer) number() (token, error) {
	rest := l.src[l.at+1:]
	n := 0
	if n < len(rest) && (rest[n] == '-' || rest[n] == '+') {
		n++
	}
	whole := digits(rest[n:])
	n += whole
	if n < len(rest) && rest[n] == '.' && whole > 0 {
		if d := digits(rest[n+1:]); d > 0 {
			n += 1 + d
		}
	}
	if whole == 0 {
		return token{}, unexpected(l.src, l.at, "#", wantNumber)
	}
	return token{kind: number, at: l.at, text: rest[:n], end: l.at + 1 + n}, nil
}

// digits counts the digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
