package terminology_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/terminology"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a whole answer with testdata/name.json.
func golden(t *testing.T, name string, body []byte) {
	t.Helper()
	r, err := fhir.Parse(body)
	if err == nil {
		err = profile.Check(r)
	}
	if err != nil {
		t.Errorf("%s is not a valid resource: %v", name, err)
	}
	var got bytes.Buffer
	if err := json.Indent(&got, body, "", " "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestWholeAnswers(t *testing.T) {
	s, _ := service(t, animals, animals2, loose, mammals, pets, counts, maps[2], naming)
	ctx := t.Context()
	d, err := s.Lookup(ctx, terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog"})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "lookup", d.JSON())
	v, err := s.ValidateInSet(ctx, terminology.ValidateInSetRequest{SetRef: terminology.SetRef{ID: "pets"}, System: animalURL, Code: "dog", Display: "Cat"})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "validate-wrong-display", v.JSON())
	v, err = s.ValidateCode(ctx, terminology.ValidateCodeRequest{URL: animalURL, Code: "dgo"})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "validate-unknown", v.JSON())
	x, err := s.Expand(ctx, terminology.ExpandRequest{
		SetRef: terminology.SetRef{ID: "pets"}, IncludeDesignations: true, Language: "fr", Count: count(2),
		Echo: []terminology.Echo{{Name: "includeDesignations", Type: "Boolean", Value: "true"}, {Name: "displayLanguage", Type: "Code", Value: "fr"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	fixed := bytes.Replace(x.JSON(), now.UTC().AppendFormat(nil, fhir.Instant), []byte("2026-11-22T10:00:00.000Z"), 1)
	golden(t, "expand", fixed)
	tr, err := s.Translate(ctx, terminology.TranslateRequest{ID: "legs", System: animalURL, Code: "bat"})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "translate", tr.JSON())
	c, err := s.Capabilities(ctx)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "capabilities", bytes.Replace(c, now.UTC().AppendFormat(nil, fhir.Instant), []byte("2026-11-22T10:00:00.000Z"), 1))
}
