package search

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a filter may consist of at most.
const (
	maxFilterTests = 200 // comparisons
	maxFilterDepth = 20  // parentheses within parentheses
)

// test is a part of a filter (https://hl7.org/fhir/R4/search_filter.html): other parts that
// are joined, or a comparison.
type test struct {
	join Join
	of   []*test

	path    []step
	op      string
	opAt    int
	value   string
	valueAt int
}

// step is one name of a path, with the filter in brackets after it.
type step struct {
	name  string
	at    int
	where *test
}

// filterReader reads the text of a filter. The grammar of R4: filters are joined by "and"
// and "or" from the left to the right, neither binds closer; "not" stands before parentheses.
type filterReader struct {
	s     string
	i     int
	tests int
}

// readFilter reads a filter; an error says at which character it is wrong.
func readFilter(s string) (*test, error) {
	f := &filterReader{s: s}
	t, err := f.filter(0)
	if err != nil {
		return nil, err
	}
	if f.blanks(); f.i < len(f.s) {
		return nil, f.wrong(f.i, "%q is left over; comparisons are joined by and or or", clip(f.s[f.i:]))
	}
	return t, nil
}

// wrong makes the error for what stands at a byte.
func (f *filterReader) wrong(at int, format string, args ...any) error {
	return wrongAt(f.s, at, format, args...)
}

// wrongAt refuses a filter at a byte, which it tells as a character counted from 1.
func wrongAt(filter string, at int, format string, args ...any) error {
	n := utf8.RuneCountInString(filter[:min(at, len(filter))]) + 1
	return refuse(filterName, "at character %d, "+format, append([]any{n}, args...)...)
}

// filterName is the parameter that carries a filter.
const filterName = "_filter"

func (f *filterReader) blanks() {
	for f.i < len(f.s) {
		r, n := utf8.DecodeRuneInString(f.s[f.i:])
		if !unicode.IsSpace(r) {
			return
		}
		f.i += n
	}
}

// filter reads parts and what joins them.
func (f *filterReader) filter(depth int) (*test, error) {
	if depth > maxFilterDepth {
		return nil, f.wrong(f.i, "there are more than %d parentheses within each other", maxFilterDepth)
	}
	left, err := f.part(depth)
	for err == nil {
		join := f.joiner()
		if join == 0 {
			return left, nil
		}
		var right *test
		if right, err = f.part(depth); err != nil {
			break
		}
		if left.join == join {
			left.of = append(left.of, right)
		} else {
			left = &test{join: join, of: []*test{left, right}}
		}
	}
	return nil, err
}

// joiner reads and or or; 0 when there is neither.
func (f *filterReader) joiner() Join {
	f.blanks()
	for word, join := range map[string]Join{"and": AllOf, "or": AnyOf} {
		if f.word() == word {
			f.i += len(word)
			return join
		}
	}
	return 0
}

// word returns the letters that come next.
func (f *filterReader) word() string {
	end := f.i
	for end < len(f.s) && nameChar(f.s[end]) {
		end++
	}
	return f.s[f.i:end]
}

func nameChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// part reads a comparison, or a filter in parentheses with or without not.
func (f *filterReader) part(depth int) (*test, error) {
	f.blanks()
	start := f.i
	negated := f.word() == "not"
	if negated {
		f.i += len("not")
		f.blanks()
	}
	if f.i >= len(f.s) || f.s[f.i] != '(' {
		if negated {
			return nil, f.wrong(start, "not stands before parentheses: not (…)")
		}
		return f.comparison(depth)
	}
	open := f.i
	f.i++
	inner, err := f.filter(depth + 1)
	if err != nil {
		return nil, err
	}
	if f.blanks(); f.i >= len(f.s) || f.s[f.i] != ')' {
		return nil, f.wrong(f.i, "the parenthesis of character %d is not closed", utf8.RuneCountInString(f.s[:open])+1)
	}
	f.i++
	if negated {
		return &test{join: NoneOf, of: []*test{inner}}, nil
	}
	return &test{join: AllOf, of: []*test{inner}}, nil // its own part, so that what follows does not join it
}

// comparison reads path operation value.
func (f *filterReader) comparison(depth int) (*test, error) {
	if f.tests++; f.tests > maxFilterTests {
		return nil, f.wrong(f.i, "there are more than %d comparisons", maxFilterTests)
	}
	t := &test{}
	var err error
	if t.path, err = f.pathOf(depth); err != nil {
		return nil, err
	}
	if err := f.gap("the name"); err != nil {
		return nil, err
	}
	t.op, t.opAt = f.word(), f.i
	if !strings.Contains(filterOps, " "+t.op+" ") || t.op == "" {
		return nil, f.wrong(f.i, "%q is none of the operations%s", clip(t.op), strings.TrimRight(filterOps, " "))
	}
	f.i += len(t.op)
	if err := f.gap("the operation"); err != nil {
		return nil, err
	}
	t.valueAt = f.i
	t.value, err = f.valueOf()
	return t, err
}

// filterOps are the operations of a filter.
const filterOps = " eq ne co sw ew gt lt ge le ap sa eb pr po ss sb in ni re "

// gap reads the blanks that must stand after something.
func (f *filterReader) gap(after string) error {
	at := f.i
	if f.blanks(); f.i == at {
		return f.wrong(f.i, "a blank is missing after %s; write name operation value, such as name co \"clinic\"", after)
	}
	return nil
}

// pathOf reads names joined by dots; a filter in brackets may stand before a dot.
func (f *filterReader) pathOf(depth int) ([]step, error) {
	var path []step
	for {
		s := step{name: f.word(), at: f.i}
		if s.name == "" || s.name[0] == '-' || s.name[0] >= '0' && s.name[0] <= '9' {
			return nil, f.wrong(f.i, "the name of a search parameter is missing")
		}
		if len(path) == maxDepth {
			return nil, f.wrong(f.i, "the path has more than %d steps", maxDepth)
		}
		f.i += len(s.name)
		if f.i < len(f.s) && f.s[f.i] == '[' {
			f.i++
			var err error
			if s.where, err = f.filter(depth + 1); err != nil {
				return nil, err
			}
			if f.blanks(); f.i+1 >= len(f.s) || f.s[f.i:f.i+2] != "]." {
				return nil, f.wrong(f.i, "a filter in brackets ends with ] and a dot")
			}
			f.i++
		}
		path = append(path, s)
		if f.i >= len(f.s) || f.s[f.i] != '.' {
			return path, nil
		}
		f.i++
	}
}

// valueOf reads a JSON string, or all up to a blank, ) or ].
func (f *filterReader) valueOf() (string, error) {
	start := f.i
	if f.i < len(f.s) && f.s[f.i] == '"' {
		for f.i++; f.i < len(f.s) && f.s[f.i] != '"'; f.i++ {
			if f.s[f.i] == '\\' {
				f.i++
			}
		}
		var s string
		if f.i = min(f.i+1, len(f.s)); json.Unmarshal([]byte(f.s[start:f.i]), &s) != nil {
			return "", f.wrong(start, "the text is not closed by a quotation mark, or has a \\ that JSON does not know")
		}
		return s, nil
	}
	end := strings.IndexFunc(f.s[f.i:], func(r rune) bool { return unicode.IsSpace(r) || r == ')' || r == ']' })
	if end < 0 {
		end = len(f.s) - f.i
	}
	f.i += end
	if end == 0 {
		return "", f.wrong(start, "the value is missing")
	}
	return f.s[start:f.i], nil
}
