package search

import (
	"slices"
	"strings"

	"masjala/fhir/structure"
)

// expression reads one path of the part of FHIRPath that Define takes, and follows it
// through the elements of a type.
type expression struct {
	typ string
	s   string
}

// unionOf splits an expression at each | outside of quotes.
func unionOf(s string) []string {
	var parts []string
	quoted, start := false, 0
	for i := range len(s) {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case s[i] == '|' && !quoted:
			parts = append(parts, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(s[start:]))
}

func (e *expression) wrong(format string, args ...any) error {
	return undefined("expression", "%q "+format, append([]any{clip(e.s)}, args...)...)
}

// lead is a path in our notation and the type of what it leads to.
type lead struct {
	path string
	of   *structure.Type
}

// read returns where the path leads: to one type, or to each type that can be chosen for the
// element it ends with. There is none when it is about another resource type.
func (e *expression) read() ([]lead, error) {
	steps, err := e.steps()
	if err != nil {
		return nil, err
	}
	if len(steps) < 2 {
		return nil, e.wrong("is not a resource type and an element of it, such as Practitioner.qualification.code")
	}
	if structure.Resource(steps[0]) == nil {
		return nil, e.wrong("does not begin with a resource type")
	}
	if steps[0] != e.typ {
		return nil, nil
	}
	of := structure.Resource(e.typ)
	var names []string
	for i := 1; i < len(steps); i++ {
		step := steps[i]
		if choice := slices.Index(of.Choices, step); choice >= 0 && i == len(steps)-1 {
			return choices(names, of, uint8(choice+1)), nil
		}
		if !strings.Contains(step, "(") && i+1 < len(steps) && strings.HasPrefix(steps[i+1], "ofType(") {
			i++
			step += strings.TrimPrefix(steps[i], ".")
		}
		if names, of, err = e.step(names, of, step); err != nil {
			return nil, err
		}
	}
	return []lead{{strings.Join(names, "."), of}}, nil
}

// choices are the elements among which a choice of a type is made, below a path.
func choices(names []string, of *structure.Type, choice uint8) (list []lead) {
	for i := range of.Elements {
		if el := &of.Elements[i]; el.Choice == choice {
			list = append(list, lead{strings.Join(append(slices.Clip(names), el.Name), "."), el.Type()})
		}
	}
	return list
}

// step follows one step: an element, a choice with its type, extension or where.
func (e *expression) step(names []string, of *structure.Type, step string) ([]string, *structure.Type, error) {
	name, argument, called := strings.Cut(strings.TrimSuffix(step, ")"), "(")
	filter := ""
	switch {
	case called && name == "extension":
		url, ok := quotedText(argument)
		if !ok {
			return nil, nil, e.wrong("needs the address of the extension in quotes: extension('http://…')")
		}
		name, filter = "extension", "[url="+url+"]"
	case called && name == "where":
		element, code, _ := strings.Cut(argument, "=")
		text, ok := quotedText(strings.TrimSpace(code))
		if element = strings.TrimSpace(element); !ok || len(names) == 0 || strings.Contains(names[len(names)-1], "[") || of.Find([]byte(element), 0) < 0 {
			return nil, nil, e.wrong("may filter by one element and its text once: where(system = 'phone')")
		}
		names[len(names)-1] += "[" + element + "=" + text + "]"
		return names, of, nil
	case called && strings.HasSuffix(name, "ofType") && argument != "":
		name = strings.TrimSuffix(name, "ofType") + strings.ToUpper(argument[:1]) + argument[1:]
	case called:
		return nil, nil, e.wrong("has the function %s; this server takes where, extension and ofType", clip(name))
	}
	at := of.Find([]byte(name), 0)
	if at < 0 && slices.Contains(of.Choices, name) {
		return nil, nil, e.wrong("leads to %s, which may be of several types; say which, as in %s.ofType(code)", name, name)
	}
	if at < 0 {
		return nil, nil, e.wrong("leads to %s, which %s does not have", clip(name), of.Name)
	}
	return append(names, name+filter), of.Elements[at].Type(), nil
}

// quotedText reads a text in single quotes that can stand in a path.
func quotedText(s string) (string, bool) {
	if len(s) < 3 || s[0] != '\'' || s[len(s)-1] != '\'' {
		return "", false
	}
	s = s[1 : len(s)-1]
	return s, !strings.ContainsAny(s, "'\\[]=")
}

// steps splits a path at its dots, outside of quotes and parentheses; "(path as Type)" and
// "path as Type" become "path.ofType(Type)".
func (e *expression) steps() ([]string, error) {
	s := e.s
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	if before, as, ok := strings.Cut(s, " as "); ok {
		s = strings.TrimSpace(before) + ".ofType(" + strings.TrimSpace(as) + ")"
	}
	s = strings.ReplaceAll(s, ".as(", ".ofType(")
	var steps []string
	quoted, depth, start := false, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '.' && depth == 0:
			steps = append(steps, s[start:i])
			start = i + 1
		}
	}
	steps = append(steps, s[start:])
	if quoted || depth != 0 {
		return nil, e.wrong("has a quote or a parenthesis that is not closed")
	}
	for _, step := range steps {
		if step == "" {
			return nil, e.wrong("has an empty step")
		}
	}
	return steps, nil
}
