package concept

import (
	"encoding/binary"
	"sort"
	"strings"

	"github.com/tidwall/gjson"
)

// extensionSize is that of a record: whose it is, offset, length.
const extensionSize = 12

// standardsStatus is the extension that tells how far something may be relied on.
const standardsStatus = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status"

// extensions gathers the extensions of concepts, or of designations: a record for each that
// has some, by rising number.
type extensions struct {
	records []byte
	text    []byte
}

// add keeps the extensions of one, if it has any.
func (x *extensions) add(number uint32, json string) {
	if json == "" {
		return
	}
	for _, n := range []uint32{number, uint32(len(x.text)), uint32(len(json))} {
		x.records = binary.LittleEndian.AppendUint32(x.records, n)
	}
	x.text = append(x.text, json...)
}

// write writes the extensions of concepts and of designations, with their texts in one section.
func (x *extensions) write(w *writer, designations *extensions) {
	shift := uint32(len(x.text))
	for at := 4; at < len(designations.records); at += extensionSize {
		off := designations.records[at:]
		binary.LittleEndian.PutUint32(off, binary.LittleEndian.Uint32(off)+shift)
	}
	w.section(secExtension, x.records)
	w.section(secDesignationExtension, designations.records)
	w.section(secExtensionText, append(x.text, designations.text...))
}

// Extended tells whether any concept has extensions.
func (s *Set) Extended() bool { return len(s.sec[secExtension]) > 0 }

// Extensions returns the extensions of a concept, the JSON of a list; empty when it has none.
func (s *Set) Extensions(k uint32) []byte { return s.extension(secExtension, k) }

// extension finds the record of a number in a section.
func (s *Set) extension(section int, number uint32) []byte {
	records := s.sec[section]
	if len(records) == 0 {
		return nil
	}
	n := len(records) / extensionSize
	record := func(i int) u32s { return u32s(records[i*extensionSize:]) }
	i := sort.Search(n, func(i int) bool { return record(i).at(0) >= number })
	if i == n || record(i).at(0) != number {
		return nil
	}
	r := record(i)
	return s.sec[secExtensionText][r.at(1) : r.at(1)+r.at(2)]
}

// standing is the standards status, of a list of extensions, that says that something should
// no longer be used: deprecated or withdrawn; else empty.
func standing(json string) string {
	if json == "" {
		return ""
	}
	out := ""
	gjson.Parse(json).ForEach(func(_, e gjson.Result) bool {
		if e.Get("url").Str == standardsStatus {
			if v := e.Get("valueCode").Str; v == "deprecated" || v == "withdrawn" {
				out = strings.Clone(v)
			}
		}
		return out == ""
	})
	return out
}
