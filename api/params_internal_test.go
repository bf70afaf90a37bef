package api

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir/search"
)

func TestReadPairs(t *testing.T) {
	tests := map[string]struct {
		raw  string
		want []search.Pair
		ctl  control
		bad  bool
	}{
		"nothing":                 {raw: ""},
		"order is kept":           {raw: "b=1&a=2&b=3", want: []search.Pair{{Name: "b", Value: "1"}, {Name: "a", Value: "2"}, {Name: "b", Value: "3"}}},
		"plus and percent":        {raw: "a+b=c%2Bd%20e", want: []search.Pair{{Name: "a b", Value: "c+d e"}}},
		"equals in the value":     {raw: "a=b=c", want: []search.Pair{{Name: "a", Value: "b=c"}}},
		"no value":                {raw: "a&b=", want: []search.Pair{{Name: "a"}, {Name: "b"}}},
		"empty parts":             {raw: "&&a=1&", want: []search.Pair{{Name: "a", Value: "1"}}},
		"controls are taken out":  {raw: "_format=json&a=1&_pretty=true&_cursor=x&_back=y", want: []search.Pair{{Name: "a", Value: "1"}}, ctl: control{"json", true, "x", "y"}},
		"escaped control":         {raw: "%5fformat=json", ctl: control{format: "json"}},
		"percent without digits":  {raw: "a=%", bad: true},
		"percent with one digit":  {raw: "a=%4", bad: true},
		"percent with no digits":  {raw: "a=%gg", bad: true},
		"bytes that are not UTF8": {raw: "a=%ff", bad: true},
		"raw bytes likewise":      {raw: "a=\xff", bad: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var ctl control
			got, err := readPairs(nil, tc.raw, &ctl)
			if (err != nil) != tc.bad {
				t.Fatalf("readPairs(%q) = %v, want an error: %v", tc.raw, err, tc.bad)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("readPairs(%q) (-want +got):\n%s", tc.raw, diff)
			}
			if ctl != tc.ctl {
				t.Errorf("controls = %+v, want %+v", ctl, tc.ctl)
			}
		})
	}
}

// What is written into a link is read from it again.
func FuzzPairs(f *testing.F) {
	for _, s := range []string{"name", "a&b=c+d%", "ü 衛生", "\x00\n", "http://x?y#z|1"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		query := string(appendPair(nil, name, value))
		if strings.ContainsAny(query, "&# \"<>\\") {
			t.Fatalf("appendPair(%q, %q) = %q, which a URL cannot hold", name, value, query)
		}
		var ctl control
		got, err := readPairs(nil, query, &ctl)
		if utf8.ValidString(name) && utf8.ValidString(value) {
			if err != nil {
				t.Fatalf("readPairs(%q) = %v", query, err)
			}
			if len(got) == 1 && (got[0].Name != name || got[0].Value != value) {
				t.Fatalf("%q=%q came back as %v", name, value, got)
			}
		}
	})
}

func FuzzLocate(f *testing.F) {
	for _, s := range []string{"", "/", "Location", "Location/a/_history/1", "Location/$x", "%2e%2e/a", "Location//", "//", "Location/%00", "$", "Location/a/$"} {
		f.Add(s)
	}
	s := &Server{known: map[string]string{"Location": "Location"}}
	f.Fuzz(func(t *testing.T, path string) {
		got, err := s.locate(path)
		if err == nil && got.place >= places {
			t.Fatalf("locate(%q) = %+v, which is no place", path, got)
		}
		if err == nil && got.place == instancePlace && (got.typ != "Location" || got.id == "") {
			t.Fatalf("locate(%q) = %+v, want a type and an id", path, got)
		}
	})
}

func FuzzNegotiate(f *testing.F) {
	f.Add("json", "")
	f.Add("", "application/fhir+json;q=0.3, */*;q=x")
	f.Fuzz(func(t *testing.T, wish, accept string) {
		c, err := negotiate(wish, accept)
		if c.format == nil || c.label == "" {
			t.Fatalf("negotiate(%q, %q) = %+v, %v: an answer always has a format", wish, accept, c, err)
		}
		prefer(accept)
		_, _ = bodyFormat(accept)
	})
}

func TestMatchesTag(t *testing.T) {
	for list, want := range map[string]bool{
		`W/"3"`: true, `"3"`: true, "3": true, "*": true, `W/"1", W/"3"`: true, `W/"33"`: false, `"abc"`: false, "": false, `W/`: false,
	} {
		if got := matchesTag(list, 3); got != want {
			t.Errorf("matchesTag(%s, 3) = %v, want %v", list, got, want)
		}
	}
}
