package terminology

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"masjala/fhir"
)

// languagesSpoken are those that the service speaks beside English.
var languagesSpoken = []string{"ar", "es", "fr", "pt", "sw"}

var placeholder = regexp.MustCompile(`\{[0-9]\}|%(\[[0-9]\])?[a-z]`)

func placeholders(s string) []string {
	list := placeholder.FindAllString(s, -1)
	slices.Sort(list)
	return list
}

// TestCataloguesAreComplete holds every language to the keys of English and of the others,
// with the same places for arguments.
func TestCataloguesAreComplete(t *testing.T) {
	all := map[string]string{}
	for id, text := range english {
		all[id] = text
	}
	for _, language := range languagesSpoken {
		v := voices()[language]
		if v == nil {
			t.Fatalf("there is no catalogue for %s", language)
		}
		for key := range v {
			if _, ours := english[key]; !ours {
				all[key] = key // a format is its own English
			}
		}
	}
	if len(voices()) != len(languagesSpoken)+1 {
		t.Errorf("%d catalogues, want English and %v", len(voices()), languagesSpoken)
	}
	for _, language := range languagesSpoken {
		v := voices()[language]
		for key, text := range all {
			said, ok := v[key]
			switch {
			case !ok || strings.TrimSpace(said) == "":
				t.Errorf("%s does not say %q", language, key)
			case !slices.Equal(placeholders(said), placeholders(text)):
				t.Errorf("%s of %q has the places %v, want %v", language, key, placeholders(said), placeholders(text))
			case said == text:
				t.Errorf("%s of %q is the English text", language, key)
			}
		}
	}
}

// TestFormatsAreInTheCatalogue finds formats in the catalogues that no error is made of, so
// that a changed sentence is not forgotten there.
func TestFormatsAreInTheCatalogue(t *testing.T) {
	written := map[string]bool{}
	for _, dir := range []string{".", "compose", "ecl"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if s, err := strconv.Unquote(lit.Value); err == nil {
						written[s] = true
					}
				}
				return true
			})
		}
	}
	for key := range voices()["sw"] {
		if _, ours := english[key]; !ours && !written[key] {
			t.Errorf("no error is made of %q", key)
		}
	}
}

func TestVoiceOfLanguages(t *testing.T) {
	tests := map[string]struct{ wanted, said string }{
		"none":                   {"", "Did you mean x?"},
		"French":                 {"fr", "Vouliez-vous dire x ?"},
		"of a region":            {"pt-BR", "Quis dizer x?"},
		"in other letters":       {"SW-ke", "Je, ulimaanisha x?"},
		"the second":             {"de, es;q=0.8, en;q=0.5", "¿Quiso decir x?"},
		"by weight":              {"fr;q=0.2, ar", "هل تقصد x؟"},
		"English before others":  {"en-GB, fr", "Did you mean x?"},
		"what nobody speaks":     {"tlh", "Did you mean x?"},
		"what is no language":    {";;q=,,*", "Did you mean x?"},
		"a language not at all":  {"fr;q=0, es", "¿Quiso decir x?"},
		"only German, if at all": {"de, *;q=0", "Did you mean x?"},
	}
	for name, tc := range tests {
		if got := voiceOf(tc.wanted).say(msgNearest, "x"); got != tc.said {
			t.Errorf("%s: %q, want %q", name, got, tc.said)
		}
	}
}

func TestErrorsAreLocalized(t *testing.T) {
	two := also(failure(fhir.NotFound, msgUnknownCode, "a", "urn:a"), msgNearest, "b")
	tests := map[string]struct {
		err            error
		language, text string
	}{
		"a message":           {failure(fhir.Invalid, msgNoCode), "fr", "Aucun code à valider (cherché : coding | codeableConcept | code+system | code+inferSystem dans les paramètres)"},
		"a format":            {fhir.Errorf(fhir.NotFound, "There is no %s with the id %q.", "ValueSet", "v"), "es", `No hay ValueSet con el id "v".`},
		"two sentences":       {two, "sw", "Msimbo 'a' haujulikani katika CodeSystem 'urn:a'. Je, ulimaanisha b?"},
		"in English":          {two, "en", two.Text},
		"what nobody put in":  {fhir.Errorf(fhir.Invalid, "Nobody translated %d.", 7), "fr", "Nobody translated 7."},
		"not for users":       {os.ErrNotExist, "fr", os.ErrNotExist.Error()},
		"a percent sign":      {fhir.Errorf(fhir.NotFound, "There is no %s with the id %q.", "%d", "100%"), "pt", `Não há %d com o id "100%".`},
		"a brace in argument": {failure(fhir.NotFound, msgUnknownSet, "{0}{1}"), "fr", "Aucune définition du jeu de valeurs '{0}{1}' n'a été trouvée"},
	}
	for name, tc := range tests {
		if got := Localize(tc.err, tc.language); got.Error() != tc.text || fhir.KindOf(got) != fhir.KindOf(tc.err) {
			t.Errorf("%s: %q, want %q", name, got, tc.text)
		}
	}
	if Localize(nil, "fr") != nil {
		t.Error("nothing became an error")
	}
}
