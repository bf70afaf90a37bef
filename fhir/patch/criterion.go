package patch

import (
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// holds evaluates a criterion of where(): comparisons with = or !=, exists() and empty(),
// joined by and, or and parentheses. As in FHIRPath, what is not there is neither equal nor
// unequal to anything.
func holds(p place, criterion string) (bool, *fhir.Error) {
	if err := p.spend(criterion); err != nil {
		return false, err
	}
	for _, alternative := range splitWord(criterion, "or") {
		ok, err := all(p, alternative)
		if ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// all evaluates criteria that are joined by and.
func all(p place, criteria string) (bool, *fhir.Error) {
	for _, c := range splitWord(criteria, "and") {
		ok, err := meets(p, strings.TrimSpace(c))
		if !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// meets evaluates one criterion.
func meets(p place, c string) (bool, *fhir.Error) {
	if inner, ok := strings.CutPrefix(c, "("); ok && strings.HasSuffix(inner, ")") {
		return holds(p, inner[:len(inner)-1])
	}
	for function, wanted := range map[string]bool{".exists()": true, ".empty()": false} {
		if path, ok := strings.CutSuffix(c, function); ok {
			found, err := evaluate(p, path)
			return err == nil && len(found) > 0 == wanted, err
		}
	}
	path, wanted, negated, err := comparison(c)
	if err != nil {
		return false, err
	}
	found, err := evaluate(p, path)
	if err != nil || len(found) == 0 {
		return false, err
	}
	equal, err := same(found, wanted)
	return equal != negated, err
}

// same tells whether what was found is the one value that a literal means.
func same(found []place, literal string) (bool, *fhir.Error) {
	text, quoted := text(literal)
	if !quoted && strings.ContainsAny(literal, " '()|") {
		return false, unread(literal)
	}
	if len(found) > 1 || found[0].node().kind != 's' {
		return false, nil
	}
	v := gjson.Parse(found[0].node().raw)
	if date, ok := strings.CutPrefix(literal, "@"); ok {
		text, quoted = date, true
	}
	if quoted {
		return v.Type == gjson.String && v.Str == text, nil
	}
	return v.Raw == literal, nil
}

// comparison parts "path = value".
func comparison(s string) (path, value string, negated bool, err *fhir.Error) {
	sign := -1
	outside(s, func(i int) {
		if sign < 0 && s[i] == '=' {
			sign = i
		}
	})
	if sign < 1 || s[sign-1] == '<' || s[sign-1] == '>' {
		return "", "", false, unread(s)
	}
	path, negated = strings.CutSuffix(strings.TrimSpace(s[:sign]), "!")
	return strings.TrimSpace(path), strings.TrimSpace(s[sign+1:]), negated, nil
}

func unread(criterion string) *fhir.Error {
	return fhir.Errorf(fhir.Unsupported, "the criterion %q is not supported in a patch; write element = 'value', element.exists() or element.empty(), joined by and, or and parentheses", clip(criterion))
}
