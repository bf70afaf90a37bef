package ecl_test

import (
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/terminology/ecl"
)

func TestParseRefuses(t *testing.T) {
	const line = "Line 1, column "
	tests := map[string]struct{ expression, want string }{
		"nothing":                       {"", line + "1 of the expression: it ends here; expected a code, *, ^ or a bracket."},
		"only a comment":                {" /* x */", line + "9 of the expression: it ends here; expected a code, *, ^ or a bracket."},
		"no operand":                    {"<< ", line + "4 of the expression: it ends here; expected a code, *, ^ or a bracket."},
		"two operators":                 {"<< << a", line + `4 of the expression: found "<<"; expected a code, *, ^ or a bracket.`},
		"two operands":                  {"a b", line + `3 of the expression: found "b"; expected AND, OR, MINUS, a colon, a dot or the end.`},
		"half of a join":                {"a AND", line + "6 of the expression: it ends here; expected a code, *, ^ or a bracket."},
		"a word of the language":        {"AND a", line + `1 of the expression: found "AND"; expected a code, *, ^ or a bracket.`},
		"joins that do not mix":         {"a AND b\nOR c", `Line 2, column 1 of the expression: found "OR"; expected brackets: AND, OR and MINUS do not mix without.`},
		"minus twice":                   {"a MINUS b MINUS c", line + `11 of the expression: found "MINUS"; expected brackets: AND, OR and MINUS do not mix without.`},
		"a bracket that is not closed":  {"(a OR b", line + "8 of the expression: it ends here; expected AND, OR, a comma or what closes the bracket."},
		"a bracket that is not opened":  {"a)", line + `2 of the expression: found ")"; expected AND, OR, MINUS, a colon, a dot or the end.`},
		"a sign that is none":           {"a ! b", line + `3 of the expression: found "!"; expected AND, OR, MINUS, a colon, a dot or the end.`},
		"a character that is none":      {"\x01", line + `1 of the expression: found "\x01"; expected a code, *, ^ or a bracket.`},
		"no text encoding":              {"\xff", line + `1 of the expression: found "\xff"; expected a code, *, ^ or a bracket.`},
		"a quote that does not end":     {"'a", line + `1 of the expression: what begins here with "'" has no end.`},
		"a text that does not end":      {`a: b = "c\"`, line + `8 of the expression: what begins here with "\"" has no end.`},
		"a term that does not end":      {"a |term", line + `3 of the expression: what begins here with "|" has no end.`},
		"a comment that does not end":   {"a /* b", line + `3 of the expression: what begins here with "/" has no end.`},
		"a term without its code":       {"|term| a", line + `1 of the expression: found "|"; expected a code, *, ^ or a bracket.`},
		"two terms":                     {"a |b| |c|", line + `7 of the expression: found "|"; expected a code, *, ^ or a bracket.`},
		"no attribute":                  {"a:", line + "3 of the expression: it ends here; expected a code, *, ^ or a bracket."},
		"no comparison":                 {"a: b", line + "5 of the expression: it ends here; expected a comparison such as = or !=."},
		"no value":                      {"a: b =", line + `7 of the expression: it ends here; expected an expression, a #number or a "text" to compare with.`},
		"a value that is none":          {"a: b = ]", line + `8 of the expression: found "]"; expected an expression, a #number or a "text" to compare with.`},
		"an order of codes":             {"a: b > c", line + `8 of the expression: found "c"; expected a number such as #5 or #-2.5.`},
		"a number that is none":         {"a: b = #x", line + `8 of the expression: found "#"; expected a number such as #5 or #-2.5.`},
		"a number in reverse":           {"a: R b = #5", line + `10 of the expression: found "#5"; expected an expression, a #number or a "text" to compare with.`},
		"conditions that do not mix":    {"a: b = c, d = e OR f = g", line + `17 of the expression: found "OR"; expected brackets: AND, OR and MINUS do not mix without.`},
		"minus among conditions":        {"a: b = c MINUS d = e", line + `10 of the expression: found "MINUS"; expected brackets: AND, OR and MINUS do not mix without.`},
		"a set among conditions":        {"a: b = c AND << d", line + "18 of the expression: it ends here; expected a comparison such as = or !=."},
		"a group that is not closed":    {"a: {b = c", line + "10 of the expression: it ends here; expected AND, OR, a comma or what closes the bracket."},
		"a group in a group":            {"a: {b = c, [1..1] {d = e}}", line + `19 of the expression: found "{"; expected a code, *, ^ or a bracket.`},
		"conditions not closed":         {"a: (b = c", line + "10 of the expression: it ends here; expected AND, OR, a comma or what closes the bracket."},
		"texts not closed":              {`a: b = ("c" d)`, line + `13 of the expression: found "d"; expected AND, OR, a comma or what closes the bracket.`},
		"a cardinality without numbers": {"a: [x..1] b = c", line + `5 of the expression: found "x"; expected a cardinality such as [0..1] or [1..*].`},
		"a cardinality without an end":  {"a: [1..2 b = c", line + `10 of the expression: found "b"; expected a cardinality such as [0..1] or [1..*].`},
		"a cardinality of one number":   {"a: [1] b = c", line + `6 of the expression: found "]"; expected a cardinality such as [0..1] or [1..*].`},
		"a large cardinality":           {"a: [1..99999999999] b = c", line + `8 of the expression: found "99999999999"; expected a cardinality such as [0..1] or [1..*].`},
		"a cardinality for nothing":     {"a: [3..2] b = c", line + "4 of the expression: nothing can be at least 3 and at most 2 times."},
		"a compound with conditions":    {"a OR b: c = d", line + `7 of the expression: found ":"; expected AND, OR, MINUS, a colon, a dot or the end.`},
		"a filter":                      {`a {{ term = "x" }}`, line + "3 of the expression: filters and history supplements in {{ }} are not supported."},
		"history":                       {"a {{ + HISTORY }}", line + "3 of the expression: filters and history supplements in {{ }} are not supported."},
		"fields of a reference set":     {"^ [mapTarget] a", line + "3 of the expression: fields of reference sets are not supported."},
		"another scheme":                {"< LOINC#54486-6", line + "3 of the expression: codes of other schemes are not supported."},
		"another scheme in quotes":      {`"LOINC#54486-6"`, line + "1 of the expression: codes of other schemes are not supported."},
		"reversed in a group":           {"a: {R b = c}", line + "5 of the expression: reversed attributes in groups are not supported."},
		"what is found is long":         {"a " + strings.Repeat("é", 100), line + `3 of the expression: found "` + strings.Repeat("é", 60) + `…"; expected AND, OR, MINUS, a colon, a dot or the end.`},
		"identifiers around a dot":      {"123456789.987654321 x", line + `21 of the expression: found "x"; expected AND, OR, MINUS, a colon, a dot or the end.`},
	}
	for name, tc := range tests {
		_, err := ecl.Parse(tc.expression)
		if err == nil {
			t.Errorf("%s: %q is accepted", name, tc.expression)
		} else if fhir.KindOf(err) != fhir.Unprocessable || err.Error() != tc.want {
			t.Errorf("%s: %s, want %s", name, err, tc.want)
		}
	}
}

func TestParts(t *testing.T) {
	tests := map[string]struct{ expression, want string }{
		"a set":                {" << a |b| ", " << a |b| "},
		"both":                 {"<< a |b|, (c OR d)", "<< a |b|; (c OR d)"},
		"either":               {"a OR b", "a OR b"},
		"but not":              {"a MINUS < b /* c */", "a; * MINUS < b /* c */"},
		"in brackets":          {"(a MINUS b)", "(a MINUS b)"},
		"conditions":           {"<a: b = c, [0..1] {d = (e: f = g)}", "<a; *: b = c; *: [0..1] {d = (e: f = g)}"},
		"one of conditions":    {"a: b = c OR d = e", "a; *: b = c OR d = e"},
		"conditions of all":    {"*: b = c", "*; *: b = c"},
		"refined, in brackets": {"(a: b = c, d = e)", "(a: b = c, d = e)"},
		"a dot":                {"a . b", "a . b"},
	}
	for name, tc := range tests {
		x, err := ecl.Parse(tc.expression)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(x.Parts(), "; "); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

func TestParseIsBounded(t *testing.T) {
	tests := map[string]string{
		"brackets":            strings.Repeat("(", 30_000),
		"brackets of names":   "a: " + strings.Repeat("(", 30_000),
		"balanced brackets":   strings.Repeat("(", 61) + "a" + strings.Repeat(")", 61),
		"groups of sets":      strings.Repeat("a: {b = (", 40) + "c" + strings.Repeat(")}", 40),
		"a long expression":   strings.Repeat("a OR ", 20_000) + "a",
		"much between quotes": "'" + strings.Repeat("a", 70_000) + "'",
	}
	for name, expression := range tests {
		if _, err := ecl.Parse(expression); fhir.KindOf(err) != fhir.TooCostly {
			t.Errorf("%s: %v, want TooCostly", name, err)
		}
	}
	if _, err := ecl.Parse(strings.Repeat("(", 60) + "a" + strings.Repeat(")", 60)); err != nil {
		t.Errorf("60 brackets: %v", err)
	}
}

// FuzzECL reads and evaluates anything: it ends, without panic, in concepts or in an error
// for the user that tells a position within the text.
func FuzzECL(f *testing.F) {
	for _, s := range []string{
		"<< body MINUS < lung", "* : {site = << lung, [0..1] shape != *} OR [2..*] R site = (lung, heart)", "^ * . site",
		`finding : mark = ("a" "b\"") AND dose >= #-2.50`, "!!> (lung OR 'Grade II' |x|) /* c */", "descendantOf a: reverseOf b NOT = any", "[0..", "A#1",
	} {
		f.Add(s)
	}
	set := clinic(f)
	f.Fuzz(func(t *testing.T, expression string) {
		x, err := ecl.Parse(expression)
		if err == nil {
			if x.String() != expression {
				t.Errorf("%q became %q", expression, x)
			}
			var bits interface{ Count() int }
			if bits, err = x.Select(t.Context(), set); err == nil && bits.Count() > set.Len() {
				t.Errorf("%q selects %d of %d concepts", expression, bits.Count(), set.Len())
			}
		}
		if k := fhir.KindOf(err); err != nil && k != fhir.Unprocessable && k != fhir.TooCostly {
			t.Errorf("%q: error of kind %d: %v", expression, k, err)
		}
	})
}
