package ecl

import (
	"fmt"
	"unicode/utf8"

	"masjala/fhir"
)

// What a reader of expressions can expect where something else stands.
const (
	wantConcept     = "expected a code, *, ^ or a bracket."
	wantOperator    = "expected AND, OR, MINUS, a colon, a dot or the end."
	wantClosing     = "expected AND, OR, a comma or what closes the bracket."
	wantBrackets    = "expected brackets: AND, OR and MINUS do not mix without."
	wantComparison  = "expected a comparison such as = or !=."
	wantValue       = "expected an expression, a #number or a \"text\" to compare with."
	wantNumber      = "expected a number such as #5 or #-2.5."
	wantCardinality = "expected a cardinality such as [0..1] or [1..*]."
)

// position tells line and column of an offset, from one, a column for each character.
func position(text string, offset int) (line, column int) {
	line, start := 1, 0
	for i := 0; i < offset; i++ {
		if text[i] == '\n' {
			line, start = line+1, i+1
		}
	}
	return line, utf8.RuneCountInString(text[start:offset]) + 1
}

// unexpected says what stands at an offset, nothing at the end, and what should.
func unexpected(text string, offset int, found, want string) *fhir.Error {
	line, column := position(text, offset)
	e := fhir.Errorf(fhir.Unprocessable, "Line %d, column %d of the expression: found %q;", line, column, found)
	if found == "" {
		e = fhir.Errorf(fhir.Unprocessable, "Line %d, column %d of the expression: it ends here;", line, column)
	}
	e.Text += " " + want
	e.Said = append(e.Said, fhir.Phrase{Key: want})
	return e
}

// fault is an error with a position before the other arguments of its format.
func fault(text string, offset int, kind fhir.Kind, format string, args ...any) *fhir.Error {
	line, column := position(text, offset)
	return fhir.Errorf(kind, format, append([]any{line, column}, args...)...)
}

func (x *Expression) noCode(c *code) error {
	return fault(x.text, c.offset(), fhir.Unprocessable, "Line %d, column %d of the expression: the code system does not have the code %q.", c.text)
}

func (x *Expression) noProperty(c *code) error {
	return fault(x.text, c.offset(), fhir.Unprocessable, "Line %d, column %d of the expression: the code system does not have the property %q.", c.text)
}

// costly says that evaluation was given up.
func costly() error {
	return fhir.Errorf(fhir.TooCostly, "The expression takes too much work to evaluate; narrow it.")
}

// shown is a number of characters at most, for messages.
func shown(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return fmt.Sprint(string([]rune(s)[:most]), "…")
}
