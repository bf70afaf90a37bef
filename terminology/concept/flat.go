package concept

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// u32s is a list of 32-bit numbers in a section.
type u32s []byte

func (u u32s) at(i uint32) uint32 { return binary.LittleEndian.Uint32(u[4*i:]) }
func (u u32s) len() uint32        { return uint32(len(u) / 4) }

// Set is an immutable set of concepts. It is safe for concurrent use. Byte slices that its
// methods return belong to the set: they may not be changed, and may not be used once the
// set can no longer be reached.
type Set struct {
	hash Hash
	info details
	n    uint32
	mask uint32
	size int64 // of the file

	mapped []byte // the file as it is mapped; nil when the heap holds it
	sec    [sections][]byte

	status  []string // properties that tell the status of concepts
	lengths lengths  // of the codes of a large set
}

// newSet checks data, the content of a flat file, and makes a set of it.
func newSet(hash Hash, data []byte) (*Set, error) {
	sec, err := split(data)
	if err != nil {
		return nil, err
	}
	s := &Set{hash: hash, sec: sec, size: int64(len(data))}
	if err := json.Unmarshal(sec[secMeta], &s.info); err != nil {
		return nil, fmt.Errorf("read the head: %w", err)
	}
	s.n = uint32(s.info.Count)
	s.mask = u32s(sec[secTable]).len() - 1
	s.status, s.lengths = s.statuses(), s.lengthsOf()
	return s, nil
}

// Hash is the name of the set.
func (s *Set) Hash() Hash { return s.hash }

// Meta is what the concepts' meaning depends on. It must not be changed.
func (s *Set) Meta() *Meta { return &s.info.Meta }

// Len tells how many concepts the set has. Their numbers are those below.
func (s *Set) Len() int { return int(s.n) }

// text returns the k-th text of a pair of sections.
func (s *Set) text(id, start int, k uint32) []byte {
	t := u32s(s.sec[start])
	return s.sec[id][t.at(k):t.at(k+1)]
}

// Code returns the code of a concept as it was written.
func (s *Set) Code(k uint32) []byte { return s.text(secCode, secCodeStart, k) }

// Display returns the display of a concept; it may be empty.
func (s *Set) Display(k uint32) []byte { return s.text(secDisplay, secDisplayStart, k) }

// Definition returns the definition of a concept; it may be empty.
func (s *Set) Definition(k uint32) []byte { return s.text(secDefinition, secDefinitionStart, k) }

// Inactive tells whether a concept is no longer in use.
func (s *Set) Inactive(k uint32) bool { return s.sec[secFlags][k]&flagInactive != 0 }

// Abstract tells whether a concept is for grouping only, not to be chosen.
func (s *Set) Abstract(k uint32) bool { return s.sec[secFlags][k]&flagAbstract != 0 }

// hashCode is FNV-1a, stirred so that the low bits depend on all of the code.
func hashCode(code []byte) uint32 {
	h := uint64(14695981039346656037)
	for _, c := range code {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return uint32(h ^ h>>32 ^ h>>15)
}

// Find returns the number of the concept with a code; where the system does not tell cases
// apart, in any case.
func (s *Set) Find(code string) (uint32, bool) {
	if s.n == 0 {
		return 0, false
	}
	if !s.info.Meta.CaseSensitive {
		return s.findFolded(code)
	}
	var buf [64]byte
	slots := u32s(s.sec[secTable])
	for at := hashCode(append(buf[:0], code...)) & s.mask; ; at = (at + 1) & s.mask {
		k := slots.at(at)
		if k == 0 {
			return 0, false
		}
		if string(s.Code(k-1)) == code {
			return k - 1, true
		}
	}
}

func (s *Set) findFolded(code string) (uint32, bool) {
	want := strings.ToLower(code)
	slots := u32s(s.sec[secTable])
	found, any := uint32(0), false
	for at := hashCode([]byte(want)) & s.mask; ; at = (at + 1) & s.mask {
		k := slots.at(at)
		if k == 0 {
			return found, any
		}
		have := s.Code(k - 1)
		if string(have) == code {
			return k - 1, true
		}
		if !any && string(bytes.ToLower(have)) == want {
			found, any = k-1, true
		}
	}
}

// Designation is another text for a concept.
type Designation struct {
	Language string // BCP 47; empty when not said
	Use      string // JSON of a Coding; empty when not said
	Value    []byte

	Extensions []byte // JSON of the list of its extensions; empty when there are none
}

// Standing is the standards status that says that a designation is no longer a good text,
// deprecated or withdrawn; else empty.
func (d *Designation) Standing() string { return standing(string(d.Extensions)) }

// Designations calls yield with each designation of a concept until it returns false. It
// can be ranged over.
func (s *Set) Designations(k uint32) func(yield func(Designation) bool) {
	return func(yield func(Designation) bool) {
		start := u32s(s.sec[secDesignationStart])
		for i := start.at(k); i < start.at(k+1); i++ {
			r := u32s(s.sec[secDesignation][i*designationSize:])
			d := Designation{Language: s.info.Languages[r.at(0)], Use: s.info.Uses[r.at(1)]}
			d.Value = s.sec[secDesignationText][r.at(2) : r.at(2)+r.at(3)]
			d.Extensions = s.extension(secDesignationExtension, i)
			if !yield(d) {
				return
			}
		}
	}
}

// Property is a value of a concept.
type Property struct {
	Code  string
	Kind  uint8  // KindCode and so on
	Group uint16 // the relationship group that it belongs to; zero for none
	Value []byte // text of the value; of a Coding its JSON
}

// Properties calls yield with each property of a concept until it returns false. It can be
// ranged over.
func (s *Set) Properties(k uint32) func(yield func(Property) bool) {
	return func(yield func(Property) bool) {
		start := u32s(s.sec[secPropertyStart])
		for i := start.at(k); i < start.at(k+1); i++ {
			r := u32s(s.sec[secProperty][i*propertySize:])
			p := Property{Code: s.info.Properties[r.at(0)], Kind: uint8(r.at(1)), Group: uint16(r.at(1) >> groupShift)}
			p.Value = s.sec[secPropertyText][r.at(2) : r.at(2)+r.at(3)]
			if !yield(p) {
				return
			}
		}
	}
}

// Used tells whether any concept has a value for a property.
func (s *Set) Used(property string) bool { return slices.Contains(s.info.Properties, property) }

// Languages lists the languages that designations are in.
func (s *Set) Languages() []string { return s.info.Languages[1:] }
