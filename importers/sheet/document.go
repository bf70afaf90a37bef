package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"

	"masjala/fhir"
	"masjala/importers/sheet/ods"
)

// errOpenDocument tells that an archive is an OpenDocument file.
var errOpenDocument = errors.New("an OpenDocument file")

// openDocument opens an OpenDocument spreadsheet; the file stays open until Close.
func (b *Book) openDocument(path string) error {
	b.Format = OpenDocument
	z, err := zip.OpenReader(path)
	if err != nil {
		return b.refuse(err)
	}
	content := func() (io.ReadCloser, error) { return z.Open("content.xml") }
	locked, err := encrypted(&z.Reader)
	if err == nil && locked {
		err = fhir.Errorf(fhir.Invalid, "it is protected by a password; remove the password and save it again")
	}
	var book *ods.Book
	if err == nil {
		book, err = ods.Open(content)
	}
	if err != nil {
		return errors.Join(b.refuse(err), z.Close())
	}
	b.close = z.Close
	b.adopt(book)
	return nil
}

// encrypted tells whether the list of parts says that they are.
func encrypted(z *zip.Reader) (bool, error) {
	r, err := z.Open("META-INF/manifest.xml")
	if err != nil {
		return false, nil // old files have no list, and no password
	}
	defer r.Close()
	list, err := io.ReadAll(io.LimitReader(r, 4<<20))
	return bytes.Contains(list, []byte("encryption-data")), err
}
