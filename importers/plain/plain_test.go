package plain_test

import (
	"archive/zip"
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/importers/importtest"
	"masjala/importers/plain"
)

// write writes a file.
func write(t *testing.T, data []byte) string {
	t.Helper()
	return importtest.File(t, "list.txt", data)
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	return importtest.Gzip(t, []byte(text))
}

func zipped(name, text string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for n, s := range map[string]string{"readme.pdf": "no", name: text} {
		w, _ := z.Create(n)
		w.Write([]byte(s))
	}
	z.Close()
	return b.Bytes()
}

func wanted(name string) bool { return strings.HasSuffix(name, ".txt") }

func TestLinesAndAll(t *testing.T) {
	const text = "\ufeffone\r\ntwo\n\nthree"
	for name, data := range map[string][]byte{"as it is": []byte(text), "gzip": gzipped(t, text), "zip": zipped("a/list.txt", text)} {
		t.Run(name, func(t *testing.T) {
			path := write(t, data)
			var got []string
			err := plain.Lines(path, wanted, func(n int, line []byte) error {
				if n != len(got)+1 {
					t.Errorf("line %d comes after %d", n, len(got))
				}
				got = append(got, string(line))
				return nil
			})
			if err != nil || strings.Join(got, "|") != "one|two||three" {
				t.Errorf("got %q, %v", got, err)
			}
			if all, err := plain.All(path, wanted); err != nil || string(all) != text {
				t.Errorf("got %q, %v", all, err)
			}
		})
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	whole := gzipped(t, strings.Repeat("a line of text\n", 1000))
	tests := map[string]struct {
		path string
		kind fhir.Kind
	}{
		"missing":            {filepath.Join(t.TempDir(), "none"), fhir.NotFound},
		"empty":              {write(t, nil), fhir.Invalid},
		"a folder":           {t.TempDir(), fhir.Invalid},
		"cut off":            {write(t, whole[:len(whole)-9]), fhir.Invalid},
		"only its beginning": {write(t, whole[:5]), fhir.Invalid},
		"zip without it":     {write(t, zipped("list.csv", "x")), fhir.Invalid},
		"zip cut off":        {write(t, zipped("list.txt", "x")[:40]), fhir.Invalid},
		"an endless line":    {write(t, bytes.Repeat([]byte("x"), 2<<20)), fhir.TooLarge},
		"lines without end":  {write(t, bytes.Repeat(gzipped(t, strings.Repeat("x", 1<<19-1)+"\n"), 1025)), fhir.TooLarge},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			err := plain.Lines(tc.path, wanted, func(int, []byte) error { return nil })
			if fhir.KindOf(err) != tc.kind {
				t.Errorf("got %v, want kind %d", err, tc.kind)
			}
		})
	}
}
