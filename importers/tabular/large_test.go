package tabular_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
)

// large is a resource whose content is an item so many times, each with its own number.
func large(t *testing.T, before, item, after string, n int) *fhir.Resource {
	t.Helper()
	var b strings.Builder
	b.WriteString(before)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strings.ReplaceAll(item, "#", "c"+strconv.Itoa(i)))
	}
	r, err := fhir.Parse([]byte(b.String() + after))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A row costs the same in a large resource as in a small one: reading past all other rows for each
// would take these minutes.
func TestRowsOfLargeResources(t *testing.T) {
	const n = 30_000
	head := `"id":"x","url":"http://e.org/x","status":"active"`
	for name, r := range map[string]*fhir.Resource{
		"CodeSystem": large(t, `{"resourceType":"CodeSystem",`+head+`,"content":"complete","concept":[`, `{"code":"#","display":"The code #"}`, `]}`, n),
		"ValueSet":   large(t, `{"resourceType":"ValueSet",`+head+`,"compose":{"include":[{"system":"http://e.org/a","concept":[`, `{"code":"#","display":"The code #"}`, `]}]}}`, n),
		"ConceptMap": large(t, `{"resourceType":"ConceptMap",`+head+`,"group":[{"source":"http://e.org/a","target":"http://e.org/b","element":[`,
			`{"code":"#","target":[{"code":"#","equivalence":"equal"}]}`, `]}]}`, n),
	} {
		t.Run(name, func(t *testing.T) {
			began, rows := time.Now(), 0
			table, err := ways[name].table(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := table.Write(func([]string) error { rows++; return nil }); err != nil || rows != n {
				t.Fatal(rows, err)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("%d rows took %v", n, took)
			}
		})
	}
}
