package facilities_test

import (
	"testing"

	"masjala/internal/testutil"
)

// Blanks of ordinary lists stay blanks.
func TestMessAreasThatAreNotKnown(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	for name, tc := range map[string]struct{ lines, areas string }{
		"one of two":             {"Province,Nom FOSA\nKwilu,PS A\n,PS B\n", "/Kwilu "},
		"an area comes again":    {"Province,Nom FOSA\nKwilu,PS A\n,PS B\nBas,PS C\n,PS D\n,PS E\nKwilu,PS F\n,PS G\n", "/Kwilu  /Bas   /Kwilu "},
		"headings on every page": {"Province,Nom FOSA\nKwilu,PS A\n,PS B\nProvince,Nom FOSA\n,PS C\nProvince,Nom FOSA\nBas,PS D\n,PS E\n", "/Kwilu /Kwilu /Kwilu /Bas /Bas"},
		"again in another area":  {"Province,Zone de santé,Nom FOSA\nKwilu,Nord,PS A\n,,PS B\n,Sud,PS C\nBas,Nord,PS D\n,,PS E\n", "/Kwilu/Nord /Kwilu/Nord /Kwilu/Sud /Bas/Nord /Bas/Nord"},
	} {
		t.Run(name, func(t *testing.T) {
			if areas, r := planned(t, tc.lines); areas != tc.areas {
				t.Errorf("areas %q, want %q; findings %v", areas, tc.areas, rules(r))
			}
		})
	}
}
