package index

import "masjala/fhir/search"

// Row is one index row as the store keeps it (numbers are those of the store's
// dictionaries). Which fields count depends on Kind:
//
//	Token      Text code, A system
//	String     Text folded, More as written
//	Reference  Text id or address, A target type (0: elsewhere)
//	URI        Text
//	Position   A cell, X latitude, Y longitude
//
// Of other kinds counts only that there is one.
type Row struct {
	Kind       search.Kind
	Param      int64
	Text, More string
	A          int64
	X, Y       float64
}

// Doc is the current state of one resource.
type Doc struct {
	RID     uint32
	Type    uint8 // number of the resource type, not 0
	Seq     int64 // of the current version
	Deleted bool
	ID      string // logical id
	Rows    []Row  // nil when Deleted
}

// Depth says how deep the text of a String parameter is indexed.
type Depth uint8

// The depths of a text.
const (
	Prefixes Depth = iota + 1 // its beginning
	Parts                     // any part of it, at several times the space
)

// Text tells the depth of the String parameters that a base indexes, by their number. The
// text of others is not searched here.
type Text map[int64]Depth
