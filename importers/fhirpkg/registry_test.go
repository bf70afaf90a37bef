package fhirpkg_test

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/fhirpkg"
	"masjala/importers/importtest"
	"masjala/internal/testutil"
)

// published is a package of the test registry.
type published struct{ version, needs, code string }

// registry serves packages as registries do. change may answer a request otherwise, and tells
// whether it did.
func registry(t *testing.T, packages map[string]published, change func(w http.ResponseWriter, r *http.Request) bool) (*httptest.Server, *[]string) {
	t.Helper()
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		if change != nil && change(w, r) {
			return
		}
		name, file, archive := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		p, ok := packages[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		text := fmt.Sprintf(`{"resourceType":"CodeSystem","id":"%s","url":"http://e.org/%s","version":"1","status":"active","content":"complete","concept":[{"code":"%s"}]}`, name, name, p.code)
		tgz := importtest.Gzip(t, tarred(t, map[string]string{"package/CodeSystem-a.json": text}))
		if archive {
			if file != p.version+".tgz" {
				t.Errorf("the archive %s was asked for", file)
			}
			w.Write(tgz)
			return
		}
		sum := sha1.Sum(tgz)
		fmt.Fprintf(w, `{"name":"%s","dist-tags":{"latest":"%s"},"versions":{"0.9.0":{"dist":{"tarball":"http://%s/%s/0.9.0.tgz"}},"%s":{"dependencies":{%s},"dist":{"tarball":"http://%s/%s/%s.tgz","shasum":"%s"}}}}`,
			name, p.version, r.Host, name, p.version, p.needs, r.Host, name, p.version, hex.EncodeToString(sum[:]))
	}))
	t.Cleanup(s.Close)
	return s, &asked
}

var world = map[string]published{
	"top":    {"5.0.1", `"middle":"2.1.x","base":"4.0.1"`, "t"},
	"middle": {"2.1.10", `"base":"4.0.1","top":"5.0.1"`, "m"}, // a circle
	"base":   {"4.0.1", ``, "b"},
	"lost":   {"1.0.0", `"nowhere":"1.0.0"`, "l"},
	"odd":    {"1.0.0", `"base":"https://e.org/x.tgz"`, "o"},
}

func TestPackageByName(t *testing.T) {
	testutil.Requirement(t, "TSF-1")
	for name, want := range map[string][]string{
		"top@5.0.1":     {"CodeSystem/base", "CodeSystem/middle", "CodeSystem/top"},
		"top#latest":    {"CodeSystem/base", "CodeSystem/middle", "CodeSystem/top"},
		"middle@2.1.x":  {"CodeSystem/base", "CodeSystem/middle", "CodeSystem/top"},
		"base@latest":   {"CodeSystem/base"},
		"middle@latest": {"CodeSystem/base", "CodeSystem/middle", "CodeSystem/top"},
	} {
		t.Run(name, func(t *testing.T) {
			empty, _ := registry(t, nil, nil)
			full, asked := registry(t, world, nil)
			from := fhirpkg.Registry{URLs: []string{empty.URL, full.URL + "/"}}
			e := env(t)
			r, err := from.Import(t.Context(), e, importers.Request{Actor: "test"}, name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, refs(t, e)); diff != "" {
				t.Error(diff)
			}
			if r.File != name || r.Of("CodeSystem").Create != len(want) || len(*asked) > 2*len(want)+2 {
				t.Errorf("the report says %+v after %v", r.Counts, *asked)
			}
		})
	}
}

func TestPackagesThatCannotBeFetched(t *testing.T) {
	other, reached := registry(t, world, nil)
	tgz := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, ".tgz") }
	tests := map[string]struct {
		name   string
		change func(w http.ResponseWriter, r *http.Request) bool
		kind   fhir.Kind
	}{
		"no such package":        {"none@1.0.0", nil, fhir.NotFound},
		"no such version":        {"base@3.0.0", nil, fhir.NotFound},
		"no version of the kind": {"base@3.x", nil, fhir.NotFound},
		"no name":                {"../base@1", nil, fhir.Invalid},
		"a need that is nowhere": {"lost@1.0.0", nil, fhir.NotFound},
		"a need by address":      {"odd@1.0.0", nil, fhir.Invalid},
		"an archive that is not there": {"base@4.0.1", func(w http.ResponseWriter, r *http.Request) bool {
			if tgz(r) {
				http.NotFound(w, r)
			}
			return tgz(r)
		}, fhir.NotFound},
		"a cut line": {"base@4.0.1", func(w http.ResponseWriter, r *http.Request) bool {
			if !tgz(r) {
				return false
			}
			w.Header().Set("Content-Length", "1000")
			w.Write([]byte("half"))
			return true
		}, fhir.Invalid},
		"half a listing": {"base@4.0.1", func(w http.ResponseWriter, r *http.Request) bool {
			w.Write([]byte(`{"versions":{`))
			return true
		}, fhir.Invalid},
		"another archive than the checksum says": {"base@4.0.1", func(w http.ResponseWriter, r *http.Request) bool {
			if tgz(r) {
				w.Write(importtest.Gzip(t, tarred(t, content)))
			}
			return tgz(r)
		}, fhir.Invalid},
		"a redirect to another host": {"base@4.0.1", func(w http.ResponseWriter, r *http.Request) bool {
			if tgz(r) {
				http.Redirect(w, r, other.URL+r.URL.Path, http.StatusFound)
			}
			return tgz(r)
		}, fhir.Forbidden},
		"an archive on another host": {"base@4.0.1", func(w http.ResponseWriter, r *http.Request) bool {
			if !tgz(r) {
				fmt.Fprintf(w, `{"versions":{"4.0.1":{"dist":{"tarball":"%s/base/4.0.1.tgz"}}}}`, other.URL)
			}
			return !tgz(r)
		}, fhir.Forbidden},
		"an archive in a file": {"base@4.0.1", func(w http.ResponseWriter, r *http.Request) bool {
			w.Write([]byte(`{"versions":{"4.0.1":{"dist":{"tarball":"file:///etc/passwd"}}}}`))
			return true
		}, fhir.Forbidden},
		"redirects without end": {"base@4.0.1", func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
			return true
		}, fhir.Busy},
		"an error of the registry": {"base@4.0.1", func(w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(http.StatusBadGateway)
			return true
		}, fhir.Busy},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s, _ := registry(t, world, tc.change)
			from, e := fhirpkg.Registry{URLs: []string{s.URL}}, env(t)
			_, err := from.Import(t.Context(), e, importers.Request{}, tc.name)
			if fhir.KindOf(err) != tc.kind || e.Store.Seq() != 0 {
				t.Errorf("got %v (%d), want kind %d and nothing stored", err, fhir.KindOf(err), tc.kind)
			}
		})
	}
	if len(*reached) > 0 {
		t.Errorf("a host that is not in the settings was asked for %v", *reached)
	}
	for urls, kind := range map[string]fhir.Kind{"": fhir.Forbidden, "registry": fhir.Invalid, "http://127.0.0.1:1": fhir.Busy} {
		from := fhirpkg.Registry{URLs: strings.Fields(urls)}
		if _, err := from.Import(t.Context(), env(t), importers.Request{}, "base@4.0.1"); fhir.KindOf(err) != kind {
			t.Errorf("with the registries %q: %v, want kind %d", urls, err, kind)
		}
	}
}

// A registry that the settings name with https is not left for http, though the host is the same.
func TestNoWayFromHTTPSToHTTP(t *testing.T) {
	for name, change := range map[string]func(w http.ResponseWriter, r *http.Request){
		"by a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://"+r.Host+r.URL.Path, http.StatusFound)
		},
		"by the address of an archive": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `{"versions":{"4.0.1":{"dist":{"tarball":"http://%s/base/4.0.1.tgz"}}}}`, r.Host)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewTLSServer(http.HandlerFunc(change))
			defer s.Close()
			from := fhirpkg.Registry{URLs: []string{s.URL}, Client: s.Client()}
			_, err := from.Import(t.Context(), env(t), importers.Request{}, "base@4.0.1")
			if fhir.KindOf(err) != fhir.Forbidden || !strings.Contains(err.Error(), "https to http") {
				t.Errorf("got %v, want that it is forbidden", err)
			}
		})
	}
}

// full is a disk without room.
type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

// What goes wrong with our disk says nothing of the archive.
func TestFailuresOfTheDisk(t *testing.T) {
	for name, tc := range map[string]struct {
		err  error
		kind fhir.Kind
	}{
		"full":          {&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, fhir.Full},
		"over a quota":  {syscall.EDQUOT, fhir.Full},
		"anything else": {fs.ErrClosed, fhir.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fhirpkg.Disk(full{tc.err}).Write([]byte("x"))
			if fhir.KindOf(err) != tc.kind || !errors.Is(err, tc.err) {
				t.Errorf("got %v (%d), want kind %d", err, fhir.KindOf(err), tc.kind)
			}
		})
	}
}
