package importers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMerge(t *testing.T) {
	const none = ""
	tests := map[string]struct {
		base, theirs, ours string
		merged             string
		changed, conflicts []string
	}{
		"nothing changed":            {`{"a":1,"b":2}`, `{"a":1,"b":2}`, `{"a":1,"b":2}`, `{"a":1,"b":2}`, nil, nil},
		"changed there":              {`{"a":1,"b":2}`, `{"a":5,"b":2}`, `{"a":1,"b":2}`, `{"a":5,"b":2}`, []string{"a"}, nil},
		"changed here":               {`{"a":1,"b":2}`, `{"a":1,"b":2}`, `{"a":7,"b":2}`, `{"a":7,"b":2}`, nil, nil},
		"both, different fields":     {`{"a":1,"b":2}`, `{"a":1,"b":5}`, `{"a":7,"b":2}`, `{"a":7,"b":5}`, []string{"b"}, nil},
		"both, alike":                {`{"a":1}`, `{"a":5}`, `{"a":5}`, `{"a":5}`, nil, nil},
		"both, differently":          {`{"a":1}`, `{"a":5}`, `{"a":7}`, `{"a":7}`, nil, []string{"a"}},
		"new there":                  {`{"a":1}`, `{"a":1,"c":3}`, `{"a":1}`, `{"a":1,"c":3}`, []string{"c"}, nil},
		"new here":                   {`{"a":1}`, `{"a":1}`, `{"a":1,"d":4}`, `{"a":1,"d":4}`, nil, nil},
		"gone there":                 {`{"a":1,"b":2}`, `{"a":1}`, `{"a":1,"b":2}`, `{"a":1}`, []string{"b"}, nil},
		"gone here":                  {`{"a":1,"b":2}`, `{"a":1,"b":2}`, `{"a":1}`, `{"a":1}`, nil, nil},
		"gone there, changed here":   {`{"a":1,"b":2}`, `{"a":1}`, `{"a":1,"b":3}`, `{"a":1,"b":3}`, nil, []string{"b"}},
		"gone here, changed there":   {`{"a":1,"b":2}`, `{"a":1,"b":3}`, `{"a":1}`, `{"a":1}`, nil, []string{"b"}},
		"without base: theirs count": {none, `{"a":5}`, `{"a":1,"b":2}`, `{"a":5,"b":2}`, []string{"a"}, nil},
		"without base: identifiers":  {none, `{"identifier":[{"system":"s","value":"1"}]}`, `{"identifier":[{"system":"t","value":"2"},{"system":"s","value":"1"}]}`, `{"identifier":[{"system":"t","value":"2"},{"system":"s","value":"1"}]}`, nil, nil},
		"a new identifier":           {none, `{"identifier":[{"system":"s","value":"3"}]}`, `{"identifier":[{"system":"t","value":"2"},{"system":"s","value":"1"}]}`, `{"identifier":[{"system":"s","value":"3"},{"system":"s","value":"1"},{"system":"t","value":"2"}]}`, []string{"identifier s"}, nil},
		"a telephone and a mail": {`{"telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a"}]}`, `{"telecom":[{"system":"phone","value":"2"},{"system":"email","value":"a"}]}`, `{"x":1,"telecom":[{"system":"email","value":"b"},{"system":"phone","value":"1"}]}`,
			`{"x":1,"telecom":[{"system":"phone","value":"2"},{"system":"email","value":"b"}]}`, []string{"telecom phone"}, nil},
		"only the telephone disagrees": {`{"telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a"}]}`, `{"telecom":[{"system":"phone","value":"2"},{"system":"email","value":"b"}]}`, `{"telecom":[{"system":"phone","value":"3"},{"system":"email","value":"a"}]}`,
			`{"telecom":[{"system":"phone","value":"3"},{"system":"email","value":"b"}]}`, []string{"telecom email"}, []string{"telecom phone"}},
		"the town of an address":        {`{"address":{"text":"A","city":"B"}}`, `{"address":{"text":"A","city":"C"}}`, `{"address":{"text":"Z","city":"B"}}`, `{"address":{"text":"Z","city":"C"}}`, []string{"address city"}, nil},
		"the town of the only address":  {`{"address":[{"text":"A","city":"B"}]}`, `{"address":[{"text":"A"}]}`, `{"address":[{"text":"Z","city":"B"}]}`, `{"address":[{"text":"Z"}]}`, []string{"address city"}, nil},
		"several addresses are one":     {`{"address":[{"text":"A"}]}`, `{"address":[{"text":"C"}]}`, `{"address":[{"text":"A"},{"text":"B"}]}`, `{"address":[{"text":"A"},{"text":"B"}]}`, nil, []string{"address"}},
		"an address that goes":          {`{"address":{"text":"A"}}`, `{}`, `{"address":{"text":"A"}}`, `{}`, []string{"address text"}, nil},
		"types without systems are one": {`{"type":[{"text":"A"}]}`, `{"type":[{"text":"B"}]}`, `{"type":[{"text":"C"}]}`, `{"type":[{"text":"C"}]}`, nil, []string{"type"}},
		"the order here is kept":        {`{"a":1,"b":2}`, `{"b":2,"a":5}`, `{"a":1,"b":2}`, `{"a":5,"b":2}`, []string{"a"}, nil},
		"names of members are quoted":   {`{}`, `{"_a":{"x":"}\""}}`, `{}`, `{"_a":{"x":"}\""}}`, []string{"_a"}, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var base []byte
			if tc.base != none {
				base = []byte(tc.base)
			}
			merged, changes, conflicts := merge(base, []byte(tc.theirs), []byte(tc.ours))
			if string(merged) != tc.merged {
				t.Errorf("merged %s, want %s", merged, tc.merged)
			}
			if diff := cmp.Diff(tc.changed, fields(changes)); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.conflicts, fields(conflicts)); diff != "" {
				t.Errorf("conflicts (-want +got):\n%s", diff)
			}
		})
	}
}

func fields(cs []Change) []string {
	var out []string
	for _, c := range cs {
		out = append(out, strings.TrimSpace(c.Field+" "+c.Part))
	}
	return out
}
