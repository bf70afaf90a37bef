package sheet

import (
	"bytes"
	"errors"
	"strings"
	"unicode"

	"masjala/fhir"
)

// content is what the first bytes of a file show it to be.
type content int

const (
	contentText content = iota
	contentZip
	contentGzip
	contentCompound // the container of .xls, and of workbooks with a password
	contentHTML
	contentXML
	contentJSON
	contentPDF
	contentBinary
)

// sniff classes a file by its first bytes.
func sniff(head []byte) content {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return contentZip
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return contentGzip
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}):
		return contentCompound
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return contentPDF
	}
	return sniffText(head)
}

func sniffText(head []byte) content {
	if encodingOf(head) == utf16le || encodingOf(head) == utf16be {
		return contentText
	}
	text := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(string(head), "\ufeff")))
	switch {
	case strings.IndexByte(text, 0) >= 0:
		return contentBinary
	case strings.HasPrefix(text, "<") && strings.Contains(text, "urn:oasis:names:tc:opendocument"):
		return contentXML
	case strings.HasPrefix(text, "<!doctype html"), strings.HasPrefix(text, "<html"), strings.HasPrefix(text, "<table"),
		strings.HasPrefix(text, "<") && (strings.Contains(text, "<table") || strings.Contains(text, "<body")):
		return contentHTML
	case strings.HasPrefix(text, "<?xml"), strings.HasPrefix(text, "<") && strings.Contains(text, "xmlns"):
		return contentXML
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "[{"):
		return contentJSON
	}
	return contentText
}

// isText tells whether a content is text of some sort.
func (c content) isText() bool {
	return c == contentText || c == contentHTML || c == contentXML || c == contentJSON
}

func (c content) err() error {
	what := map[content]string{
		contentZip:    "it is a workbook or archive inside a .gz; unpack it first",
		contentGzip:   "it is packed twice; unpack it first",
		contentXML:    "it is an XML file, not a table; save it as .xlsx or CSV",
		contentJSON:   "it is a JSON file, but neither GeoJSON nor metadata of DHIS2; ask for the table as .xlsx or CSV",
		contentPDF:    "it is a PDF; ask for the table as .xlsx or CSV",
		contentBinary: "it is no table that this program knows; save it as .xlsx or CSV",
	}[c]
	return fhir.Errorf(fhir.Invalid, "%s", what)
}

// refuse puts the file's name before a reason that may be shown.
func (b *Book) refuse(err error) error {
	if e, ok := errors.AsType[*fhir.Error](err); ok {
		c := *e
		c.Text = b.Name + " cannot be imported: " + e.Text
		return &c
	}
	return fhir.Errorf(fhir.Invalid, "%s cannot be imported: it is damaged or incomplete; ask the sender for it again", b.Name).Because(err)
}

func isBlank(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) && r != '\u200b' && r != '\ufeff' {
			return false
		}
	}
	return true
}
