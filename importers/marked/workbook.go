package marked

import (
	"encoding/xml"
	"errors"
	"fmt"
	"iter"

	"masjala/fhir"
)

// workbook is the parts of a workbook that tie its sheets together.
type workbook struct {
	*archive
	name       string // of the part of the workbook
	raw        []byte
	types      []byte // [Content_Types].xml
	rels       *relations
	relations  string // namespace of relations, which may be that of strict workbooks
	stylesPart string
	list       []bookSheet
}

// bookSheet is a sheet as the workbook lists it.
type bookSheet struct {
	Name string     `xml:"name,attr"`
	ID   int        `xml:"sheetId,attr"`
	Attr []xml.Attr `xml:",any,attr"`
}

// typesPart lists the types of all parts.
const typesPart = "[Content_Types].xml"

// readWorkbook reads the parts of the book itself.
func readWorkbook(a *archive) (*workbook, error) {
	b := &workbook{archive: a, relations: relSpace}
	top, err := a.relationsOf("")
	if err != nil {
		return nil, err
	}
	if _, b.name = top.find("officeDocument"); b.name == "" {
		b.name = "xl/workbook.xml"
	}
	if b.raw, err = a.read(b.name); err != nil {
		return nil, err
	}
	if b.types, err = a.read(typesPart); err != nil {
		return nil, err
	}
	if b.raw == nil || b.types == nil {
		return nil, fhir.Errorf(fhir.Invalid, "the file is not a whole workbook")
	}
	if b.rels, err = a.relationsOf(b.name); err != nil {
		return nil, err
	}
	var in struct {
		Sheets struct {
			Sheet []bookSheet `xml:"sheet"`
		} `xml:"sheets"`
	}
	if err := xml.Unmarshal(b.raw, &in); err != nil {
		return nil, fhir.Errorf(fhir.Invalid, "the part %s of the workbook cannot be read", b.name).Because(err)
	}
	b.list = in.Sheets.Sheet
	for _, s := range b.list {
		for _, x := range s.Attr {
			if x.Name.Local == "id" && x.Name.Space == strictRels {
				b.relations = strictRels
			}
		}
	}
	return b, nil
}

// sheet returns the part of a sheet.
func (b *workbook) sheet(name string) (string, error) {
	for _, s := range b.list {
		if s.Name == name {
			if part := b.partOf(s); part != "" {
				return part, nil
			}
		}
	}
	return "", fhir.Errorf(fhir.NotFound, "the workbook has no sheet called %q any more", name)
}

func (b *workbook) partOf(s bookSheet) string {
	for _, x := range s.Attr {
		if x.Name.Local != "id" {
			continue
		}
		return b.rels.target(x.Value)
	}
	return ""
}

// ownSheet returns the part of one of our sheets, which is added if need be.
func (b *workbook) ownSheet(name string) (string, error) {
	if part, err := b.sheet(name); err == nil {
		return part, nil
	}
	part := b.free("xl/worksheets/masjala%d.xml")
	id := b.rels.add(b.relations+"/worksheet", part)
	b.declare(part, sheetType)
	highest := 0
	for _, s := range b.list {
		highest = max(highest, s.ID)
	}
	b.list = append(b.list, bookSheet{Name: name, ID: highest + 1})
	sheets, err := inside(b.raw, "sheets")
	if err != nil {
		return "", err
	}
	if sheets.from < 0 {
		return "", errSheet
	}
	entry := fmt.Sprintf(`<%ssheet xmlns:mj="%s" name="%s" sheetId="%d" mj:id="%s"/>`, sheets.prefix, b.relations, escape(name), highest+1, id)
	out := append([]byte{}, b.raw[:sheets.innerTo]...)
	b.raw = append(append(out, entry...), b.raw[sheets.innerTo:]...)
	return part, nil
}

// styles reads the part of styles, which is added if need be.
func (b *workbook) styles() (*styles, error) {
	_, b.stylesPart = b.rels.find("styles")
	raw, err := b.read(b.stylesPart)
	if err != nil {
		return nil, err
	}
	if raw == nil {
		if b.stylesPart == "" {
			b.stylesPart = "xl/styles.xml"
			b.rels.add(b.relations+"/styles", b.stylesPart)
			b.declare(b.stylesPart, stylesType)
		}
		raw = []byte(plainStyles)
	}
	s, err := readStyles(raw)
	if errors.Is(err, errNoStyles) {
		return nil, fhir.Errorf(fhir.Invalid, "%s; save it anew with a spreadsheet program", err)
	}
	return s, err
}

// declare states the type of a new part.
func (b *workbook) declare(part, kind string) {
	b.types = appendChild(b.types, "Override", `PartName="/`+part+`" ContentType="`+kind+`"`)
}

// parts gives the parts that changed, by name.
func (b *workbook) parts() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		_ = yield(b.name, b.raw) && yield(b.rels.name(), b.rels.raw) && yield(typesPart, b.types)
	}
}

// free is the first name of a pattern that no part has; it is taken then.
func (a *archive) free(pattern string) string {
	for n := 1; ; n++ {
		name := fmt.Sprintf(pattern, n)
		if _, taken := a.byName[name]; !taken {
			a.byName[name] = nil
			return name
		}
	}
}
