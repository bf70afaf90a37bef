package xls

import (
	"errors"
	"io"

	"masjala/fhir"
	"masjala/importers/sheet/compound"
	"masjala/importers/sheet/grid"
)

// maxSheets bounds how many sheets a book may list.
const maxSheets = 4096

// versions of the format, as BOF tells them.
const (
	biff5 = 0x0500
	biff8 = 0x0600
)

// place is where a sheet begins in the stream.
type place struct {
	info grid.Info
	at   int64
}

// Book is an opened workbook. It is safe for concurrent use.
type Book struct {
	stream  *io.SectionReader
	version int
	page    uint16 // code page of the texts of BIFF5
	from04  bool   // days count from 1904
	strings []string
	codes   map[int]string // number format: its code
	formats []grid.Format  // by position of the cell's style
	styles  []int          // number format of each style
	sheets  []place
}

var (
	errNoBook    = fhir.Errorf(fhir.Invalid, "it is an old Office file but not a workbook; save the table as .xlsx or CSV")
	errEncrypted = fhir.Errorf(fhir.Invalid, "it is protected by a password; remove the password and save it again")
	errCutOff    = fhir.Errorf(fhir.Invalid, "it is an old workbook (.xls) that is damaged or incomplete; ask the sender for it again")
	errTooOld    = fhir.Errorf(fhir.Invalid, "it is a workbook of a time before Excel 5.0; open it and save it as .xlsx")
)

// Open reads what the sheets of a workbook share. It fails with Invalid, in words for the
// sender, when the file holds no workbook, is encrypted, cut off or damaged.
func Open(r io.ReaderAt, size int64) (*Book, error) {
	file, err := compound.Open(r, size)
	if err != nil {
		return nil, errCutOff
	}
	if file.Has("EncryptedPackage") {
		return nil, errEncrypted
	}
	name := "Workbook"
	if !file.Has(name) {
		name = "Book"
	}
	if !file.Has(name) {
		return nil, errNoBook
	}
	b := &Book{page: 1252, codes: map[int]string{}}
	if b.stream, err = file.Stream(name); err != nil {
		return nil, errCutOff
	}
	if err := b.globals(); err != nil {
		return nil, plain(err)
	}
	b.formats = make([]grid.Format, len(b.styles))
	for i, id := range b.styles {
		code, own := b.codes[id]
		if !own {
			code = grid.Builtin(id)
		}
		b.formats[i] = grid.ParseFormat(code)
	}
	if len(b.sheets) == 0 {
		return nil, fhir.Errorf(fhir.Invalid, "it has no sheet")
	}
	return b, nil
}

// plain turns errors of reading into one that may be shown.
func plain(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, compound.ErrDamaged) {
		return errCutOff
	}
	return err
}

// Sheets lists the sheets in the order of the book.
func (b *Book) Sheets() []grid.Info {
	out := make([]grid.Info, len(b.sheets))
	for i, s := range b.sheets {
		out[i] = s.info
	}
	return out
}

// globals reads the records before the first sheet.
func (b *Book) globals() error {
	in := newRecords(b.stream)
	rec, err := in.next()
	if err != nil {
		return err
	}
	if rec.id != recBOF || len(rec.data) < 4 {
		return errTooOld
	}
	if b.version = int(le16(rec.data, 0)); b.version != biff5 && b.version != biff8 {
		return errTooOld
	}
	for {
		rec, err := in.next()
		if err != nil {
			return err
		}
		switch rec.id {
		case recEOF:
			return nil
		case recFilePass:
			return errEncrypted
		case recSST:
			if err := b.readStrings(in, rec); err != nil {
				return err
			}
		default:
			if err := b.global(rec); err != nil {
				return err
			}
		}
	}
}

// global reads one record that all sheets share.
func (b *Book) global(rec record) error {
	p := &parts{list: [][]byte{rec.data}}
	switch rec.id {
	case recCodePage:
		b.page = uint16(p.u16())
	case recDateMode:
		b.from04 = p.u16() == 1
	case recFormat, recFormatOld:
		id := p.u16()
		if b.version == biff8 {
			b.codes[id] = p.text(p.u16())
		} else {
			b.codes[id] = decode(p.take(int(p.u8())), b.page)
		}
	case recXF:
		p.skip(2)
		b.styles = append(b.styles, p.u16())
	case recBoundSheet:
		s := place{at: int64(p.u32())}
		s.info.Hidden = p.u8() != 0
		if kind := p.u8(); kind != 0 { // a chart or macros
			return nil
		}
		if n := int(p.u8()); b.version == biff8 {
			s.info.Name = p.text(n)
		} else {
			s.info.Name = decode(p.take(n), b.page)
		}
		if len(b.sheets) >= maxSheets {
			return errCutOff
		}
		b.sheets = append(b.sheets, s)
	}
	if p.bad {
		return errCutOff
	}
	return nil
}

// readStrings reads the strings that cells refer to by number.
func (b *Book) readStrings(in *records, rec record) error {
	list, err := in.continued(rec.data)
	if err != nil {
		return err
	}
	p := &parts{list: list}
	p.skip(4)
	for n := p.u32(); n > 0 && p.more(); n-- {
		b.strings = append(b.strings, p.text(p.u16()))
	}
	if p.bad {
		return errCutOff
	}
	return nil
}
