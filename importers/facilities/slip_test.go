package facilities_test

import (
	"strings"
	"testing"

	"masjala/importers"
)

func TestAreaThatMayBeMisspelled(t *testing.T) {
	tests := map[string]struct {
		rows []any // districts, one facility each
		want string
	}{
		"a letter lacks":            {[]any{"Nakuru", "Nakuru", "Nakru"}, `Did you mean "Nakuru"`},
		"letters swapped":           {[]any{"Nakuru", "Nakuru", "Nakuur"}, `Did you mean "Nakuru"`},
		"in a longer name":          {[]any{"Kila Mashariki", "Kila Mashariki", "Kila Masharki"}, `Did you mean "Kila Mashariki"`},
		"points of the compass":     {[]any{"Kila East", "Kila East", "Kila West"}, ""},
		"numbers":                   {[]any{"Ward no 11", "Ward no 11", "Ward no 12"}, ""},
		"short names":               {[]any{"Kila", "Kila", "Kira"}, ""},
		"another word":              {[]any{"Kila", "Kila", "Kila Mjini"}, ""},
		"names with nothing common": {[]any{"Nakuru", "Nakuru", "Kisumu"}, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			rows := [][]any{{"District", "Name"}}
			for i, d := range tc.rows {
				rows = append(rows, []any{d, string(rune('A' + i))})
			}
			r := run(t, newEnv(t), importers.Request{File: text(t, rows)})
			got := ""
			for _, g := range r.Issues {
				if g.Rule == "area-near" {
					got = g.First[0].Fix
				}
			}
			if (got == "") != (tc.want == "") || !strings.Contains(got, tc.want) {
				t.Errorf("fix %q, want %q", got, tc.want)
			}
		})
	}
}

func TestAreaLikeOneThatIsStored(t *testing.T) {
	env := newEnv(t)
	list := func(district, name string) string { return text(t, [][]any{{"District", "Name"}, {district, name}}) }
	run(t, env, importers.Request{File: list("Nakuru", "A")})
	r := run(t, env, importers.Request{File: list("Nakru District", "B")})
	if rules(r)["area-near"] != 1 || r.Of("areas").Create != 1 {
		t.Errorf("issues %v, counts %+v", rules(r), r.Counts)
	}
	if r := run(t, env, importers.Request{File: list("Nakru District", "B")}); rules(r)["area-near"] != 0 {
		t.Errorf("the area is there now, but: %v", rules(r))
	}
}
