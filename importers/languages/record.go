package languages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"masjala/fhir"
)

// field is one line of a record: its name and what stands after the colon.
type field struct{ name, value string }

// record is what stands between two lines of %%.
type record struct {
	line   int // of its first line; of JSON, its number
	fields []field
}

// get is the first value of a field; empty if there is none.
func (r *record) get(name string) string {
	for _, f := range r.fields {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// all are all values of a field.
func (r *record) all(name string) []string {
	var out []string
	for _, f := range r.fields {
		if f.name == name {
			out = append(out, f.value)
		}
	}
	return out
}

// controlled names the first field with a control character; empty if there is none.
func (r *record) controlled() string {
	for _, f := range r.fields {
		if strings.ContainsFunc(f.value, unicode.IsControl) {
			return f.name
		}
	}
	return ""
}

// parse reads all records. It fails with Invalid for what is neither of the two formats.
func parse(data []byte) ([]record, error) {
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, fhir.Errorf(fhir.Invalid, "the registry of languages is no UTF-8")
	}
	if t := bytes.TrimSpace(text); len(t) > 0 && t[0] == '[' {
		return parseJSON(t)
	}
	return parseJar(string(text))
}

// parseJar reads records of lines "Name: value", parted by lines of %%. A line that begins
// with a blank goes on with the one before.
func parseJar(text string) ([]record, error) {
	var out []record
	here := record{line: 1}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		switch {
		case line == "%%":
			if len(here.fields) > 0 {
				out = append(out, here)
			}
			here = record{line: number + 1}
		case strings.TrimSpace(line) == "":
		case (line[0] == ' ' || line[0] == '\t') && len(here.fields) > 0:
			here.fields[len(here.fields)-1].value += " " + strings.TrimSpace(line)
		case !ok:
			return nil, fhir.Errorf(fhir.Invalid, "line %d is no line of a registry of languages: it has no colon", number)
		default:
			here.fields = append(here.fields, field{strings.TrimSpace(name), strings.TrimSpace(value)})
		}
	}
	if len(here.fields) > 0 {
		out = append(out, here)
	}
	return out, nil
}

// parseJSON reads an array of objects whose members are the fields; several values of one
// field are an array.
func parseJSON(data []byte) ([]record, error) {
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fhir.Errorf(fhir.Invalid, "the registry of languages is no JSON list of records").Because(err)
	}
	out := make([]record, 0, len(list))
	for i, members := range list {
		r := record{line: i + 1}
		for name, raw := range members {
			var one string
			var many []string
			if json.Unmarshal(raw, &one) == nil {
				many = []string{one}
			} else if err := json.Unmarshal(raw, &many); err != nil {
				return nil, fhir.Errorf(fhir.Invalid, "record %d of the registry of languages has a %s that is no text", i+1, name).Because(err)
			}
			for _, v := range many {
				r.fields = append(r.fields, field{name, v})
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// subtag is what a record is about: a subtag, or a tag that was registered whole.
func (r *record) subtag() string {
	if s := r.get("Subtag"); s != "" {
		return s
	}
	return r.get("Tag")
}

// code is what the record is called in the code system: subtags of different types may be
// written alike.
func (r *record) code() string { return fmt.Sprintf("%s:%s", r.get("Type"), r.subtag()) }
