package fhirpkg_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFolderWithALargeFile imports a code system of more than one piece from a folder.
func TestFolderWithALargeFile(t *testing.T) {
	const concepts = 3000
	text := strings.Repeat("long text ", 100)
	var b strings.Builder
	b.WriteString(`{"resourceType":"CodeSystem","id":"large","url":"http://example.org/large","status":"active","content":"complete","concept":[`)
	for i := range concepts {
		fmt.Fprintf(&b, `{"code":"c%d","display":"%s%d"},`, i, text, i)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "CodeSystem-large.json"), []byte(strings.TrimSuffix(b.String(), ",")+"]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := env(t)
	run(t, e, dir)
	r, err := e.Store.Read(t.Context(), "CodeSystem", "large")
	if err != nil {
		t.Fatal(err)
	}
	if n := r.Field("concept.#").Int(); n != concepts {
		t.Errorf("%d concepts, want %d", n, concepts)
	}
	last := r.Field(fmt.Sprintf("concept.%d.display", concepts-1)).Str
	if want := fmt.Sprintf("%s%d", text, concepts-1); last != want {
		t.Errorf("the last display is %q, want %q", last, want)
	}
}
