package fhirpkg_test

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/fhirpkg"
	"masjala/importers/importtest"
	"masjala/internal/testutil"
	"masjala/store"
)

func env(t *testing.T) importers.Env {
	t.Helper()
	return importtest.Env(t, "CodeSystem", "ValueSet", "ConceptMap", "NamingSystem")
}

// content is a small package: name in the archive → text.
var content = map[string]string{
	"package/package.json":               `{"name":"example","version":"1.0.0"}`,
	"package/.index.json":                `{"files":[]}`,
	"package/CodeSystem-colour.json":     `{"resourceType":"CodeSystem","id":"colour","url":"http://e.org/colour","version":"1","status":"active","content":"complete","concept":[{"code":"red"}]}`,
	"package/ValueSet-colour.json":       `{"resourceType":"ValueSet","id":"colour","url":"http://e.org/vs/colour","version":"1","status":"active"}`,
	"package/StructureDefinition-x.json": `{"resourceType":"StructureDefinition","id":"x","url":"http://e.org/x","name":"X","status":"draft","kind":"resource","abstract":false,"type":"Basic"}`,
	"package/Bundle-two.json": `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"CodeSystem","id":"size","url":"http://e.org/size","status":"active","content":"complete"}},` +
		`{"resource":{"resourceType":"ValueSet","id":"size","url":"http://e.org/vs/size","status":"active"}}]}`,
	"package/lines.ndjson":            "{\"resourceType\":\"ValueSet\",\"id\":\"l1\",\"url\":\"http://e.org/vs/l1\",\"status\":\"active\"}\n\n{\"resourceType\":\"ValueSet\",\"id\":\"l2\",\"url\":\"http://e.org/vs/l2\",\"status\":\"active\"}\n",
	"package/example/ValueSet-e.json": `{"resourceType":"ValueSet","id":"e","status":"draft"}`,
}

// tarred packs files.
func tarred(tb testing.TB, files map[string]string) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// tgz packs files into an archive on the disk.
func tgz(t *testing.T, files map[string]string) string {
	t.Helper()
	return importtest.File(t, "package.tgz", importtest.Gzip(t, tarred(t, files)))
}

func run(t *testing.T, e importers.Env, path string) *importers.Report {
	t.Helper()
	r, err := fhirpkg.Run(t.Context(), e, importers.Request{File: path, Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// refs lists what is stored.
func refs(t *testing.T, e importers.Env) []string {
	t.Helper()
	vs, err := e.Store.Changes(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, v := range vs {
		out = append(out, v.Resource.Ref())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestPackageAsArchiveAndAsFolder(t *testing.T) {
	testutil.Requirement(t, "TSF-1", "TSF-5")
	want := []string{"CodeSystem/colour", "CodeSystem/size", "ValueSet/colour", "ValueSet/l1", "ValueSet/l2", "ValueSet/size"}
	for name, path := range map[string]string{"archive": tgz(t, content), "folder": importtest.Folder(t, content)} {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			r := run(t, e, path)
			if diff := cmp.Diff(want, refs(t, e)); diff != "" {
				t.Error(diff)
			}
			if r.Of("CodeSystem").Create != 2 || r.Of("ValueSet").Create != 4 || r.Errors != 0 || r.Infos != 1 {
				t.Errorf("the report says %+v, issues %v", r.Counts, r.Issues)
			}
			before := e.Store.Seq()
			if again := run(t, e, path); again.Of("ValueSet").Unchanged != 4 || e.Store.Seq() != before {
				t.Errorf("a second import gave %+v and %d new versions", again.Counts, e.Store.Seq()-before)
			}
		})
	}
}

func TestVersionsSideBySide(t *testing.T) {
	testutil.Requirement(t, "TSF-3", "TSF-4")
	e := env(t)
	run(t, e, tgz(t, content))
	next := map[string]string{"package/CodeSystem-colour.json": strings.Replace(content["package/CodeSystem-colour.json"], `"version":"1"`, `"version":"2"`, 1)}
	if r := run(t, e, tgz(t, next)); r.Of("CodeSystem").Create != 1 {
		t.Errorf("another version gave %+v, want a creation", r.Counts)
	}
	old, err := e.Store.Read(t.Context(), "CodeSystem", "colour")
	if err != nil || old.Field("version").String() != "1" {
		t.Errorf("the first version is %v, %v", old, err)
	}
	before := e.Store.Seq()
	if r := run(t, e, tgz(t, next)); r.Of("CodeSystem").Unchanged != 1 || e.Store.Seq() != before {
		t.Errorf("the second version again gave %+v", r.Counts)
	}
	changed := map[string]string{"package/CodeSystem-colour.json": strings.Replace(next["package/CodeSystem-colour.json"], `"red"`, `"blue"`, 1)}
	if r := run(t, e, tgz(t, changed)); r.Of("CodeSystem").Update != 1 {
		t.Errorf("a correction of the second version gave %+v, want an update", r.Counts)
	}
}

// TestResourceWithoutAddressIsKnownByItsID: a naming system has no url in R4.
func TestResourceWithoutAddressIsKnownByItsID(t *testing.T) {
	e := env(t)
	system := func(name string) string {
		return tgz(t, map[string]string{"package/n.json": `{"resourceType":"NamingSystem","id":"n","name":"` + name + `","status":"active","kind":"codesystem","date":"2026-01-01",
			"uniqueId":[{"type":"uri","value":"http://e.org/n","preferred":true}]}`})
	}
	first, second := system("First"), system("Second")
	if r := run(t, e, first); r.Of("NamingSystem").Create != 1 {
		t.Errorf("the first import gave %+v, want a creation", r.Counts)
	}
	if r := run(t, e, first); r.Of("NamingSystem").Unchanged != 1 {
		t.Errorf("the same again gave %+v", r.Counts)
	}
	if r := run(t, e, second); r.Of("NamingSystem").Update != 1 {
		t.Errorf("another name gave %+v, want an update", r.Counts)
	}
	if err := e.Store.Erase(t.Context(), store.Cause{Actor: "test"}, "NamingSystem", "n"); err != nil {
		t.Fatal(err)
	}
	if r := run(t, e, first); r.Errors != 0 || r.Of("NamingSystem").Failed != 0 {
		t.Errorf("after it was erased: %+v", r.Counts)
	}
	if have, err := e.Store.Read(t.Context(), "NamingSystem", "n"); err != nil || have.Field("name").String() != "First" {
		t.Errorf("stored is %v, %v", have, err)
	}
}

func TestBadFilesStopNoOther(t *testing.T) {
	e := env(t)
	files := map[string]string{"package/a.json": `{"resourceType":"ValueSet","id":"a","status":"active"`, "package/b.json": `{"resourceType":"ValueSet","id":"b","url":"http://e.org/b","status":"active"}`,
		"package/c.json": `{"resourceType":"ValueSet","id":"c","status":null}`, "package/d.ndjson": "{}\n"}
	r := run(t, e, tgz(t, files))
	if r.Errors != 3 || len(refs(t, e)) != 1 {
		t.Errorf("got %d errors and %v stored, want 3 errors and ValueSet/b", r.Errors, refs(t, e))
	}
}

func TestPackagesThatCannotBeRead(t *testing.T) {
	whole, err := os.ReadFile(tgz(t, content))
	if err != nil {
		t.Fatal(err)
	}
	write := func(data []byte) string {
		return importtest.File(t, "p.tgz", data)
	}
	tests := map[string]struct {
		path string
		kind fhir.Kind
	}{
		"missing":        {filepath.Join(t.TempDir(), "none.tgz"), fhir.NotFound},
		"empty":          {write(nil), fhir.Invalid},
		"cut off":        {write(whole[:len(whole)/2]), fhir.Invalid},
		"gzip of no tar": {write(importtest.Gzip(t, []byte("hello"))), fhir.Invalid},
		"not a package":  {write([]byte("hello")), fhir.Invalid},
		"empty archive":  {tgz(t, nil), fhir.Invalid},
		"empty folder":   {t.TempDir(), fhir.Invalid},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			if _, err := fhirpkg.Run(t.Context(), e, importers.Request{File: tc.path}); fhir.KindOf(err) != tc.kind {
				t.Errorf("got %v (%d), want kind %d", err, fhir.KindOf(err), tc.kind)
			}
		})
	}
}

func TestDryRunStoresNothing(t *testing.T) {
	e := env(t)
	r, err := fhirpkg.Run(t.Context(), e, importers.Request{File: tgz(t, content), DryRun: true})
	if err != nil || r.Of("ValueSet").Create != 4 || e.Store.Seq() != 0 {
		t.Errorf("got %+v, %v and %d versions", r, err, e.Store.Seq())
	}
}
