package compose

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"masjala/fhir"
)

const (
	maxPattern = 2000       // length of a regular expression
	maxSteps   = 50_000_000 // steps of its program times concepts that it is held against
)

// pattern makes a regular expression that meets whole texts. It runs in a time that grows
// with the text and with its own size only; it fails with TooCostly where even that is too
// much for a number of concepts, and with Unprocessable if it is none.
func pattern(text string, concepts int) (*regexp.Regexp, error) {
	if len(text) > maxPattern {
		return nil, fhir.Errorf(fhir.TooCostly, "The regular expression of a filter has %d characters; at most %d are allowed.", len(text), maxPattern).At(pathFilter + ".value")
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err == nil {
		var program *syntax.Prog
		if program, err = syntax.Compile(tree.Simplify()); err == nil && len(program.Inst) > max(1000, maxSteps/max(1, concepts)) {
			return nil, fhir.Errorf(fhir.TooCostly, "The regular expression %q of a filter takes %d steps for each of %d concepts, which is too much.", text, len(program.Inst), concepts).At(pathFilter + ".value")
		}
	}
	if err != nil {
		return nil, wrongPattern(text, err)
	}
	re, err := regexp.Compile(`^(?:` + tree.String() + `)$`) // not of text, which could close the bracket
	if err != nil {
		return nil, wrongPattern(text, err)
	}
	return re, nil
}

func wrongPattern(text string, err error) error {
	return fhir.Errorf(fhir.Unprocessable, "The regular expression %q of a filter cannot be used: %s.", text, reason(err)).At(pathFilter + ".value")
}

// reason is what the parser of regular expressions says, without the expression.
func reason(err error) string {
	text := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	text, _, _ = strings.Cut(text, ":")
	return text
}
