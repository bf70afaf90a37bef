package marked

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"masjala/fhir"
)

// Namespaces and types of parts and relations (ECMA-376 part 1, annex A).
const (
	mainSpace  = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relSpace   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	strictRels = "http://purl.oclc.org/ooxml/officeDocument/relationships"

	sheetType  = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
	notesType  = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
	stylesType = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
	boxesType  = "application/vnd.openxmlformats-officedocument.vmlDrawing"
)

// maxPart is how large the parts may be that are read whole: all but sheets.
const maxPart = 64 << 20

// relation is an entry of a part with relations.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// relations are those of one part.
type relations struct {
	of   string // name of the part they belong to
	raw  []byte
	list []relation
}

// archive is a workbook with the parts that will replace its own.
type archive struct {
	zip      *zip.Reader
	byName   map[string]*zip.File
	replaced map[string]bool // written by us; not copied
}

func newArchive(z *zip.Reader) *archive {
	a := &archive{zip: z, byName: map[string]*zip.File{}, replaced: map[string]bool{}}
	for _, f := range z.File {
		a.byName[strings.TrimPrefix(f.Name, "/")] = f
	}
	return a
}

// read returns a part, nil when there is none.
func (a *archive) read(name string) ([]byte, error) {
	f := a.byName[name]
	if f == nil {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("read %s of the workbook: %w", name, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err != nil {
		return nil, fmt.Errorf("read %s of the workbook: %w", name, err)
	}
	if len(data) > maxPart {
		return nil, fhir.Errorf(fhir.TooLarge, "the part %s of the workbook has more than %d MB", name, maxPart>>20)
	}
	return data, nil
}

// relationsOf reads the relations of a part; a part without any has an empty list.
func (a *archive) relationsOf(part string) (*relations, error) {
	r := &relations{of: part}
	raw, err := a.read(r.name())
	if err != nil {
		return nil, err
	}
	if raw == nil {
		raw = []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
			`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>`)
	}
	var in struct {
		Relationship []relation
	}
	if err := xml.Unmarshal(raw, &in); err != nil {
		return nil, fhir.Errorf(fhir.Invalid, "the part %s of the workbook cannot be read", r.name()).Because(err)
	}
	r.raw, r.list = raw, in.Relationship
	return r, nil
}

// name is the part that holds the relations; those of the archive itself are in _rels/.rels.
func (r *relations) name() string {
	if r.of == "" {
		return "_rels/.rels"
	}
	return path.Join(path.Dir(r.of), "_rels", path.Base(r.of)+".rels")
}

// find returns the part that a relation of a type leads to, "" when there is none.
func (r *relations) find(kind string) (id, part string) {
	for _, l := range r.list {
		if strings.HasSuffix(l.Type, "/"+kind) {
			return l.ID, r.part(l.Target)
		}
	}
	return "", ""
}

// target is the part that a relation leads to, "" when there is no such relation.
func (r *relations) target(id string) string {
	for _, l := range r.list {
		if l.ID == id {
			return r.part(l.Target)
		}
	}
	return ""
}

// relationID is the relation that a tag of a sheet names, whatever the prefix of the namespace.
func relationID(tag []byte) string {
	_, rest, ok := bytes.Cut(tag, []byte(":id="))
	if !ok || len(rest) < 2 {
		return ""
	}
	value, _, _ := bytes.Cut(rest[1:], rest[:1])
	return string(value)
}

// part is the name of the part that a target means.
func (r *relations) part(target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return path.Join(path.Dir(r.of), target)
}

// add adds a relation to a part and returns its id.
func (r *relations) add(kind, part string) string {
	id := ""
	for n := len(r.list) + 1; ; n++ {
		if id = "rIdM" + strconv.Itoa(n); !bytes.Contains(r.raw, []byte(`"`+id+`"`)) {
			break
		}
	}
	r.list = append(r.list, relation{ID: id, Type: kind, Target: "/" + part})
	r.raw = appendChild(r.raw, "Relationship", fmt.Sprintf(`Id="%s" Type="%s" Target="%s"`, id, kind, "/"+part))
	return id
}

// appendChild adds an empty element, in the namespace of the root, as the last child of the root.
func appendChild(part []byte, name, attributes string) []byte {
	root := rootOf(part)
	child := "<" + root.prefix() + name + " " + attributes + "/>"
	if root.kind == empty {
		at := bytes.Index(part, root.raw)
		open := append(bytes.TrimRight(bytes.Clone(root.raw[:len(root.raw)-2]), " "), '>')
		out := append(append([]byte{}, part[:at]...), open...)
		out = fmt.Appendf(out, "%s</%s%s>", child, root.prefix(), root.name)
		return append(out, part[at+len(root.raw):]...)
	}
	at := bytes.LastIndex(part, []byte("</"))
	if at < 0 {
		return part
	}
	out := append([]byte{}, part[:at]...)
	return append(append(out, child...), part[at:]...)
}

// rootOf is the tag of a part's root.
func rootOf(part []byte) token {
	s := newScanner(bytes.NewReader(part))
	for {
		t, err := s.next()
		if err != nil {
			return token{}
		}
		if t.kind == start || t.kind == empty {
			t.raw = bytes.Clone(t.raw)
			return t
		}
	}
}
