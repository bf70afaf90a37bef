package search_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"masjala/fhir/search"
	"masjala/internal/testutil"

	"github.com/google/go-cmp/cmp"
)

// definition is what the tests read of a SearchParameter.
type definition struct {
	URL        string   `json:"url"`
	Code       string   `json:"code"`
	Base       []string `json:"base"`
	Type       string   `json:"type"`
	Expression string   `json:"expression"`
	Target     []string `json:"target"`
}

// definitionsOfR4 returns the SearchParameters of R4 and mCSD by canonical address.
func definitionsOfR4(t *testing.T) map[string]definition {
	t.Helper()
	spec := filepath.Join(testutil.Reference(t), "spec")
	byURL := map[string]definition{}
	file, err := os.Open(filepath.Join(spec, "fhir-r4", "search-parameters.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var d definition
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		byURL[d.URL] = d
	}
	ihe, err := filepath.Glob(filepath.Join(spec, "ihe", "mcsd", "search", "*.json"))
	if err != nil || len(ihe) == 0 {
		t.Fatalf("no SearchParameters of mCSD: %v", err)
	}
	for _, name := range ihe {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var d definition
		if err := json.Unmarshal(raw, &d); err != nil {
			t.Fatal(err)
		}
		byURL[d.URL] = d
	}
	return byURL
}

// Beyond the definition: ConceptMap's uri parameters find canonicals too, since SVCM
// asks for maps by the address of a value set however it was written.
var wider = []string{"ConceptMap?source-uri", "ConceptMap?target-uri"}

// Of R5: R4 has the extension that it looks at, but no parameter for it.
var later = []string{"Location?contains"}

func TestParametersAgreeWithTheirDefinitions(t *testing.T) {
	byURL := definitionsOfR4(t)
	for _, typ := range append(search.Types(), "") {
		for _, p := range search.Parameters(typ) {
			if typ != "" && p.Type == "" {
				continue
			}
			name := typ + "?" + p.Name
			if strings.HasPrefix(p.URL, "urn:masjala:") { // of this program
				continue
			}
			d, ok := byURL[p.URL]
			if slices.Contains(later, name) && !ok {
				continue
			}
			if !ok {
				t.Errorf("%s: nothing defines %s", name, p.URL)
				continue
			}
			if d.Code != p.Name || d.Type != p.Kind.TypeCode() {
				t.Errorf("%s is %s %s, defined as %s %s", name, p.Kind.TypeCode(), p.Name, d.Type, d.Code)
			}
			if typ != "" && !slices.Contains(d.Base, typ) {
				t.Errorf("%s: %s is not defined for %s", name, p.URL, typ)
			}
			if p.Kind == search.Reference && !slices.Equal(p.Targets, d.Target) && !strings.HasPrefix(p.URL, "http://hl7.org/fhir/SearchParameter/clinical") {
				t.Errorf("%s refers to %v, defined as %v", name, p.Targets, d.Target)
			}
			if want := paths(d.Expression, typ); typ != "" && !slices.Contains(wider, name) && !cmp.Equal(plainPaths(p.Path), want) {
				t.Errorf("%s looks at %v, defined as %v", name, plainPaths(p.Path), want)
			}
		}
	}
}

var (
	choice    = regexp.MustCompile(`\((\S+) as (\w+)\)`)
	condition = regexp.MustCompile(`\.where\((\w+)='(\w+)'\)`)
	extension = regexp.MustCompile(`^\(?extension\('([^']+)'\)\.value\.ofType\((\w+)\)\)?$`)
)

// paths rewrites the parts of a FHIRPath expression that are about typ to our notation.
func paths(expression, typ string) []string {
	if m := extension.FindStringSubmatch(expression); m != nil {
		return []string{"extension[url=" + m[1] + "].value" + m[2]}
	}
	var out []string
	for part := range strings.SplitSeq(expression, " | ") {
		part = choice.ReplaceAllStringFunc(strings.TrimSpace(part), func(s string) string {
			m := choice.FindStringSubmatch(s)
			return m[1] + strings.ToUpper(m[2][:1]) + m[2][1:]
		})
		part = condition.ReplaceAllString(part, "[$1=$2]")
		if rest, ok := strings.CutPrefix(part, typ+"."); ok {
			out = append(out, rest)
		}
	}
	return out
}

// plainPaths drops the sign for elements that repeat within themselves.
func plainPaths(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = strings.ReplaceAll(p, "+", "")
	}
	return out
}

func TestEveryParameterOfR4IsSupported(t *testing.T) {
	for _, d := range definitionsOfR4(t) {
		for _, typ := range d.Base {
			if slices.Contains(search.Types(), typ) && search.Lookup(typ, d.Code) == nil {
				t.Errorf("%s?%s is not supported", typ, d.Code)
			}
		}
	}
}

func TestParametersThatIHEAsksFor(t *testing.T) {
	testutil.Requirement(t, "MD-90-4", "SV-95-1")
	row := regexp.MustCompile("(?m)^\\| `([\\w-]+)` \\|")
	text, err := os.ReadFile(filepath.Join(testutil.Reference(t), "spec", "mcsd-profiles.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _ := strings.Cut(string(text), "## 4. Search parameters")
	rows := 0
	for section := range strings.SplitSeq(tables, "\n### ") {
		typ, body, _ := strings.Cut(section, "\n")
		if !slices.Contains(search.Types(), typ) {
			continue
		}
		for _, m := range row.FindAllStringSubmatch(body, -1) {
			rows++
			if search.Lookup(typ, m[1]) == nil {
				t.Errorf("%s?%s is not supported", typ, m[1])
			}
		}
	}
	if rows < 90 {
		t.Errorf("read %d rows of the tables, want all of them", rows)
	}
	for _, typ := range []string{"CodeSystem", "ValueSet", "ConceptMap"} {
		for _, name := range []string{"_id", "_lastUpdated", "status", "identifier", "name", "description", "title", "url", "version", "publisher"} {
			if search.Lookup(typ, name) == nil {
				t.Errorf("%s?%s is not supported", typ, name)
			}
		}
	}
}

func TestParametersAreDocumented(t *testing.T) {
	for _, typ := range search.Types() {
		seen := map[string]bool{}
		for _, p := range search.Parameters(typ) {
			if seen[p.Name] {
				t.Errorf("%s?%s is there twice", typ, p.Name)
			}
			seen[p.Name] = true
			if search.Lookup(typ, p.Name) != p {
				t.Errorf("Lookup(%s, %s) gives another parameter", typ, p.Name)
			}
			if p.Documentation() == "" || strings.Contains(p.Documentation(), "+") {
				t.Errorf("%s?%s is documented as %q", typ, p.Name, p.Documentation())
			}
		}
	}
	for _, name := range []string{"Patient", "organization"} {
		if search.Parameters(name) != nil || search.Lookup(name, "name") != nil {
			t.Errorf("%s has parameters", name)
		}
	}
}
