package terminology

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
)

// TestNoteOfALargeCodeSystem holds what is noted of a code system to be the same however many
// concepts it has, and wherever they stand.
func TestNoteOfALargeCodeSystem(t *testing.T) {
	system := func(concepts int) *fhir.Resource {
		var list []string
		for i := range concepts {
			list = append(list, fmt.Sprintf(`{"code":"c%d","display":"\"Concept\" }], %d","definition":%q}`, i, i, strings.Repeat("long ", 20)))
		}
		r, err := fhir.Parse([]byte(`{"resourceType":"CodeSystem","id":"large","content":"complete","date":"2026-01-02","concept":[` + strings.Join(list, ",") + `],
			"experimental":true,"language":"fr","name":"Large","title":"A \"large\" one","status":"active","url":"http://example.org/large","version":"2","versionNeeded":true,
			"valueSet":"http://example.org/large/vs","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status","valueCode":"trial-use"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	large := system(1000)
	if len(large.Body) <= largeBody {
		t.Fatalf("the code system has just %d bytes", len(large.Body))
	}
	want := info{URL: "http://example.org/large", Version: "2", Name: "Large", Title: `A "large" one`, Status: "active", Date: "2026-01-02", Content: "complete",
		ValueSet: "http://example.org/large/vs", Language: "fr", Standing: "trial-use", Experimental: true, VersionNeeded: true}
	for name, r := range map[string]*fhir.Resource{"small": system(1), "large": large} {
		if d := cmp.Diff(want, note(r), cmp.AllowUnexported(info{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
