package terminology

import (
	"slices"
	"testing"
)

func TestCompareVersions(t *testing.T) {
	for _, rising := range [][]string{
		{"", "1", "1.0", "1.2", "1.10", "2", "10"},
		{"4.0.0-ballot", "4.0.0", "4.0.1-snapshot1", "4.0.1", "4.1.0"},
		{"2023-12", "2024-01", "2024-01-15", "2025"},
		{"20230131", "20230731", "20240131"},
		{"v1", "v2", "v10"},
	} {
		for i := range rising {
			for j := range rising {
				got := compareVersions(rising[i], rising[j])
				if want := i - j; got > 0 != (want > 0) || got < 0 != (want < 0) {
					t.Errorf("compareVersions(%q, %q) = %d, want the sign of %d", rising[i], rising[j], got, want)
				}
			}
		}
	}
}

func TestParseLanguages(t *testing.T) {
	tests := map[string][]string{
		"":                          {},
		"fr":                        {"fr"},
		"fr-CA, en;q=0.5, *;q=0.1":  {"fr-ca", "en"},
		"en;q=0.2,sw;q=0.9,fr;q=x":  {"fr", "sw", "en"},
		"en;q=0, pt":                {"pt"},
		" ; , ,,de":                 {"de"},
		"en-US,en;q=0.9,sw-KE;q=.8": {"en-us", "en", "sw-ke"},
	}
	for text, want := range tests {
		if got := parseLanguages(text); !slices.Equal(got, want) {
			t.Errorf("parseLanguages(%q) = %q, want %q", text, got, want)
		}
	}
}
