package importers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/importers"
)

func TestEdit(t *testing.T) {
	tests := map[string]struct {
		base, theirs, ours string
		was                string // "": ours
		companion          bool
		want               string
		conflicts          int
	}{
		"nothing changed":                 {base: `{"name":"A"}`, theirs: `{"name":"A"}`, ours: `{"name":"B","x":1}`, want: `{"name":"B","x":1}`},
		"a text":                          {base: `{"name":"A"}`, theirs: `{"name":"C"}`, ours: `{"x":1,"name":"A"}`, want: `{"x":1,"name":"C"}`},
		"a text that goes":                {base: `{"name":"A"}`, theirs: `{}`, ours: `{"name":"A","x":1}`, want: `{"x":1}`},
		"a text that comes":               {base: `{}`, theirs: `{"name":"A"}`, ours: `{"x":1}`, want: `{"x":1,"name":"A"}`},
		"inside of an object":             {base: `{"p":{"a":1,"b":2}}`, theirs: `{"p":{"a":1,"b":3}}`, ours: `{"p":{"a":1,"b":2,"c":4}}`, want: `{"p":{"a":1,"b":3,"c":4}}`},
		"an item that means one":          {base: `{"i":[{"system":"s","value":"1"}]}`, theirs: `{"i":[{"system":"s","value":"2"}]}`, ours: `{"i":[{"value":"0"},{"use":"old","system":"s","value":"1"}]}`, want: `{"i":[{"value":"0"},{"use":"old","system":"s","value":"2"}]}`},
		"an item that goes":               {base: `{"i":[{"value":"1"}]}`, theirs: `{}`, ours: `{"i":[{"value":"0"},{"value":"1"}]}`, want: `{"i":[{"value":"0"}]}`},
		"the last item":                   {base: `{"i":["a"]}`, theirs: `{}`, ours: `{"i":["a"],"x":1}`, want: `{"x":1}`},
		"an item that comes":              {base: `{"i":["a"]}`, theirs: `{"i":["a","b"]}`, ours: `{"i":["z","a"]}`, want: `{"i":["z","a","b"]}`},
		"an item that is there":           {base: `{"i":["a"]}`, theirs: `{"i":["a","b"]}`, ours: `{"i":["b","a"]}`, want: `{"i":["b","a"]}`},
		"another code":                    {base: `{"t":[{"coding":[{"code":"1"}]}]}`, theirs: `{"t":[{"coding":[{"code":"2"}]}]}`, ours: `{"t":[{"coding":[{"code":"1"},{"code":"x"}],"text":"one"}]}`, want: `{"t":[{"coding":[{"code":"2"}]}]}`},
		"another reference":               {base: `{"l":[{"reference":"L/1","display":"one"}]}`, theirs: `{"l":[{"reference":"L/2"}]}`, ours: `{"l":[{"reference":"L/1"},{"reference":"L/3"}]}`, want: `{"l":[{"reference":"L/2"},{"reference":"L/3"}]}`},
		"changed on both sides":           {base: `{"name":"A","x":1}`, theirs: `{"name":"C","x":2}`, was: `{"name":"A","x":1}`, ours: `{"name":"B","x":1}`, want: `{"name":"B","x":2}`, conflicts: 1},
		"changed on both sides alike":     {base: `{"name":"A"}`, theirs: `{"name":"B"}`, was: `{"name":"A"}`, ours: `{"name":"B"}`, want: `{"name":"B"}`},
		"a companion that was otherwise":  {base: `{"name":"A"}`, theirs: `{"name":"C"}`, ours: `{"name":"B"}`, companion: true, want: `{"name":"B"}`},
		"a companion that was the same":   {base: `{"name":"A"}`, theirs: `{"name":"C"}`, ours: `{"name":"A"}`, companion: true, want: `{"name":"C"}`},
		"a companion that lacks it":       {base: `{"a":[{"text":"A"}]}`, theirs: `{"a":[{"text":"C"}]}`, ours: `{"x":1}`, companion: true, want: `{"x":1}`},
		"a companion that lacks the item": {base: `{"i":[{"system":"s","value":"1"}]}`, theirs: `{"i":[{"system":"s","value":"2"}]}`, ours: `{"i":[{"system":"t","value":"1"}]}`, companion: true, want: `{"i":[{"system":"t","value":"1"}]}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.was == "" {
				tc.was = tc.ours
			}
			got, changes, conflicts := importers.Edit([]byte(tc.base), []byte(tc.theirs), []byte(tc.was), []byte(tc.ours), tc.companion)
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Error(diff)
			}
			if len(conflicts) != tc.conflicts || (len(changes) == 0) != (tc.want == tc.ours) {
				t.Errorf("changes %v, conflicts %v", changes, conflicts)
			}
		})
	}
}

func TestVersionsInCells(t *testing.T) {
	for text, want := range map[string][]int64{"v3": {3}, "v12.0": {12, 0}, "": nil, "3": nil, "v": nil, "v1,2": nil, "v-1": nil} {
		got := importers.Versions(text)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		if want != nil && importers.VersionText(want...) != text {
			t.Errorf("%v is written as %q, want %q", want, importers.VersionText(want...), text)
		}
	}
}
