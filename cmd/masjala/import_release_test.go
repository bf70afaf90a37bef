package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// An import that fails hands on what it found up to then.
func TestFindingsOfAnImportThatFails(t *testing.T) {
	data, release, out := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "issues.xlsx")
	if err := os.WriteFile(filepath.Join(release, "sct2_Concept_Delta_INT_20260101.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := masjala(t, "import", "rf2", release, "--data", data, "--issues", out)
	if got.status != statusFailed {
		t.Errorf("status %d, want %d", got.status, statusFailed)
	}
	has(t, got.err, "has no snapshot of concepts")
	book, err := excelize.OpenFile(out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if reason, err := book.GetCellValue("Issues", "H2"); err != nil || reason != "file-no-snapshot" {
		t.Errorf("the first finding is %q, %v", reason, err)
	}
}

// A package is fetched by its name from the registry of the settings, and from no other.
func TestImportPackageByName(t *testing.T) {
	const resource = `{"resourceType":"CodeSystem","id":"hue","url":"http://e.org/hue","version":"1","status":"active","content":"complete","concept":[{"code":"red"}]}`
	var tgz bytes.Buffer
	z := gzip.NewWriter(&tgz)
	w := tar.NewWriter(z)
	w.WriteHeader(&tar.Header{Name: "package/CodeSystem-hue.json", Mode: 0o600, Size: int64(len(resource)), Typeflag: tar.TypeReg})
	w.Write([]byte(resource))
	w.Close()
	z.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/e.colours":
			fmt.Fprintf(w, `{"versions":{"1.0.0":{"dist":{"tarball":"http://%s/e.colours/1.0.0"}}}}`, r.Host)
		case "/e.colours/1.0.0":
			w.Write(tgz.Bytes())
		default:
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	settings := write(t, "masjala.yaml", "terminology:\n  package_registries: ["+s.URL+"]\n")
	dir := t.TempDir()
	if out := done(t, "import", "package", "e.colours@1.0.0", "--data", dir, "--config", settings); !strings.Contains(out, "e.colours@1.0.0: 1 files") {
		t.Errorf("it says %s", out)
	}
	if out := done(t, "lookup", "http://e.org/hue", "red", "--data", dir); !strings.Contains(out, "red") {
		t.Errorf("what was imported is %s", out)
	}
	if o := masjala(t, "import", "package", "e.colours@1.0.0", "--data", dir); o.status == statusDone || !strings.Contains(o.err, "package_registries") {
		t.Errorf("without a registry in the settings: status %d, %s", o.status, o.err)
	}
	if o := masjala(t, "import", "package", "e.colours@2.0.0", "--data", dir, "--config", settings); o.status == statusDone || !strings.Contains(o.err, "e.colours@2.0.0") {
		t.Errorf("a version that is not there: status %d, %s", o.status, o.err)
	}
}

// What releases need beside the file is passed on.
func TestImportReleases(t *testing.T) {
	dir := t.TempDir()
	order := fmt.Sprintf("%05d %-7s %d %-60s %s\n", 1, "A00", 0, "Cholera", "Cholera") + fmt.Sprintf("%05d %-7s %d %-60s %s\n", 2, "A009", 1, "Cholera, unspecified", "Cholera, unspecified")
	out := done(t, "import", "icd10cm", write(t, "order.txt", order), "--version", "2026", "--jurisdiction", "KE", "--copyright", "free", "--data", dir)
	if !strings.Contains(out, "2 lines") {
		t.Errorf("it says %s", out)
	}
	if out := done(t, "lookup", "http://hl7.org/fhir/sid/icd-10-cm", "A00.9", "--version", "2026", "--data", dir); !strings.Contains(out, "Cholera, unspecified") {
		t.Errorf("what was imported is %s", out)
	}
	registry := "File-Date: 2026-02-01\n%%\nType: language\nSubtag: xa\nDescription: Alphaic\nAdded: 2005-10-16\n"
	if out := done(t, "import", "languages", write(t, "registry", registry), "--data", dir); !strings.Contains(out, "1 records") {
		t.Errorf("it says %s", out)
	}
	if out := done(t, "lookup", "urn:ietf:bcp:47", "xa", "--data", dir); !strings.Contains(out, "Alphaic") {
		t.Errorf("the language is %s", out)
	}
	if o := masjala(t, "import", "rf2", write(t, "release.zip", "x"), "--data", dir); o.status == statusDone || !strings.Contains(o.err, "zip") {
		t.Errorf("no release: status %d, %s", o.status, o.err)
	}
}

// A folder may be named by a link to it, whether a server reads it or the command itself.
func TestImportThroughALink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a right there that few have")
	}
	folder := t.TempDir()
	const resource = `{"resourceType":"CodeSystem","id":"hue","url":"http://e.org/hue","version":"1","status":"active","content":"complete","concept":[{"code":"red"}]}`
	if err := os.Mkdir(filepath.Join(folder, "package"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "package", "CodeSystem-hue.json"), []byte(resource), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "colours")
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	for _, how := range []string{"the command", "a server"} {
		if how == "a server" {
			serveProgram(t, data)
		}
		if out := done(t, "import", "package", link, "--data", data); !strings.Contains(out, "colours: 1 files") {
			t.Errorf("%s: %s", how, out)
		}
	}
}
