package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"masjala/importers"
	"masjala/importers/codes"
	"masjala/importers/facilities"
	"masjala/importers/maps"
	"masjala/importers/valuesets"
	"masjala/importers/workers"
)

func TestGuideNamesEveryTarget(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "importing.md"))
	if err != nil {
		t.Fatal(err)
	}
	for kind, targets := range map[string][]importers.Target{
		"facilities": facilities.Targets(), "workers": workers.Targets, "codes": codes.Targets,
		"valuesets": valuesets.Targets, "expansions": valuesets.ExpansionTargets, "maps": maps.Targets,
	} {
		for _, target := range targets {
			if !strings.Contains(string(text), "| `"+target.Name+"` | "+target.Title) {
				t.Errorf("docs/importing.md lacks the target %q of %s: %s", target.Name, kind, target.Title)
			}
		}
	}
}
