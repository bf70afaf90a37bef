package fhirpkg_test

import (
	"bytes"
	"testing"

	"masjala/fhir"
	"masjala/importers/fhirpkg"
	"masjala/importers/importtest"
)

// Whatever an archive holds, it is read or refused with an error that the user may see.
func FuzzArchive(f *testing.F) {
	for _, files := range []map[string]string{content, {"package/../../escape.json": "{}"}, nil} {
		f.Add(tarred(f, files))
	}
	f.Add([]byte("{}"))
	f.Add([]byte{0x1f, 0x8b, 8})
	f.Fuzz(func(t *testing.T, tar []byte) {
		for _, data := range [][]byte{tar, importtest.Gzip(t, tar)} {
			err := fhirpkg.Walk(bytes.NewReader(data), int64(len(data)), func(name string, _ int) {
				if name == "" {
					t.Fatal("a file has no name")
				}
			})
			if err != nil && fhir.KindOf(err) == fhir.Internal {
				t.Fatal(err)
			}
		}
	})
}
