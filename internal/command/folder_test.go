package command_test

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/command"
)

// A tar must not reach a file outside of its folder, whatever names it holds.
func TestFolderStaysInItsPlace(t *testing.T) {
	headers := map[string]tar.Header{
		"parent":   {Name: "../escaped", Typeflag: tar.TypeReg},
		"absolute": {Name: "/escaped", Typeflag: tar.TypeReg},
		"inner":    {Name: "a/../../escaped", Typeflag: tar.TypeReg},
		"link":     {Name: "a", Linkname: "/etc", Typeflag: tar.TypeSymlink},
		"device":   {Name: "a", Typeflag: tar.TypeChar},
	}
	for name, header := range headers {
		t.Run(name, func(t *testing.T) {
			var archive bytes.Buffer
			w := tar.NewWriter(&archive)
			if err := w.WriteHeader(&header); err != nil {
				t.Fatal(err)
			}
			w.Close()
			body := "--x\r\nContent-Disposition: form-data; name=folder; filename=\"../../f\"\r\n\r\n" + archive.String() + "\r\n--x--\r\n"
			dir := filepath.Join(t.TempDir(), "a", "b")
			_, err := command.Receive("x", "multipart/form-data; boundary=x", strings.NewReader(body), dir)
			if fhir.KindOf(err) != fhir.Invalid {
				t.Errorf("got %v, want Invalid", err)
			}
			for _, up := range []string{dir, filepath.Dir(dir), filepath.Dir(filepath.Dir(dir))} {
				if _, err := os.Lstat(filepath.Join(up, "escaped")); err == nil {
					t.Errorf("a file was written to %s", up)
				}
			}
		})
	}
}
