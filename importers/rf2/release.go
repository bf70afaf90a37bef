package rf2

import (
	"cmp"
	"math"
	"slices"

	"masjala/importers"
)

// Concepts of the SNOMED CT model component that lines refer to.
const (
	isA            = 116680003
	inferred       = 900000000000011006
	fullyDefined   = 900000000000073002
	specifiedName  = 900000000000003001
	synonym        = 900000000000013009
	textDefinition = 900000000000550004
	preferred      = 900000000000548007
	acceptable     = 900000000000549004
	coreModule     = 900000000000207008
	modelModule    = 900000000000012004
	usEnglish      = 900000000000509007
)

// release is a snapshot in tables. Components refer to concepts by their place.
type release struct {
	issues   *importers.Issues
	concepts []conceptRow
	place    map[uint64]uint32 // of a concept in concepts
	modules  numbering
	newest   uint32 // effective time

	texts   [][]byte // of all terms and values, in blocks
	terms   []term   // by identifier, once read
	speech  names    // languages of terms
	uses    numbering
	dialect []dialect

	parents    []pair
	attributes []attribute
	types      numbering // of attributes
	members    []pair    // concept, number in refsets
	targets    []target
	refsets    numbering
	valued     map[uint64]string // type of an attribute: kind of its values

	needs map[uint64][]uint64 // module: modules that it depends on
}

// conceptRow is a concept without its texts.
type conceptRow struct {
	id        uint64
	effective uint32 // as a number: 20260101
	module    uint16
	active    bool
	defined   bool // sufficiently
}

// term is an active description or text definition.
type term struct {
	id       uint64
	marks    uint64 // two bits for each dialect
	text     uint32 // where it begins in texts
	concept  uint32
	size     uint16
	use      uint16
	language uint8
}

// Marks of a term in a dialect.
const (
	markAcceptable = 1
	markPreferred  = 2
	maxDialects    = 32
)

// mark is how good a term is in a dialect; 0 for one that is not used in it.
func (t *term) mark(dialect int) uint64 { return t.marks >> (2 * dialect) & 3 }

// pair is a concept and something that it has.
type pair struct{ concept, other uint32 }

// attribute is a relationship that is no is-a: to another concept, or to a value.
type attribute struct {
	concept uint32
	target  uint32 // place of a concept; of a value, where its text begins
	size    uint16 // of a value's text; 0 for a concept
	group   uint16
	kind    uint16
}

// target is where an association or a map leads to.
type target struct {
	concept uint32
	refset  uint32
	text    uint32 // where the code begins in texts
	size    uint16
	mapped  bool // the code is of another code system
}

// numbering gives numbers to identifiers in the order of their first use.
type numbering struct {
	byID map[uint64]uint32
	list []uint64
}

func (n *numbering) of(id uint64) uint32 {
	if i, ok := n.byID[id]; ok {
		return i
	}
	if n.byID == nil {
		n.byID = map[uint64]uint32{}
	}
	i := uint32(len(n.list))
	n.byID[id], n.list = i, append(n.list, id)
	return i
}

// names numbers texts likewise.
type names []string

func (n *names) of(name []byte) int {
	for i, have := range *n {
		if have == string(name) {
			return i
		}
	}
	*n = append(*n, string(name))
	return len(*n) - 1
}

// Texts are kept in blocks, so that none is moved when there are more.
const (
	textBlock  = 4 << 20
	textBlocks = (math.MaxUint32 + 1) / textBlock // more cannot be addressed
)

// full tells whether there may be no room for one more text.
func (r *release) full() bool { return len(r.texts) == textBlocks }

// keep puts a text, shorter than a block, away and returns where it begins.
func (r *release) keep(text []byte) uint32 {
	last := len(r.texts) - 1
	if last < 0 || len(r.texts[last])+len(text) > textBlock {
		r.texts = append(r.texts, make([]byte, 0, textBlock))
		last++
	}
	at := len(r.texts[last])
	r.texts[last] = append(r.texts[last], text...)
	return uint32(last*textBlock + at)
}

func (r *release) text(at uint32, size uint16) []byte {
	return r.texts[at/textBlock][at%textBlock:][:size]
}

// leading counts the first ones of a list, sorted by concept, that belong to one.
func leading[T any](list []T, concept uint32, of func(*T) uint32) int {
	n := 0
	for n < len(list) && of(&list[n]) == concept {
		n++
	}
	return n
}

// byConcept sorts lists so that what belongs to a concept stands together.
func (r *release) byConcept() {
	slices.SortFunc(r.terms, func(a, b term) int { return cmp.Or(cmp.Compare(a.concept, b.concept), cmp.Compare(a.id, b.id)) })
	inOrder := func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.concept, b.concept), cmp.Compare(a.other, b.other))
	}
	slices.SortFunc(r.parents, inOrder)
	slices.SortFunc(r.members, inOrder)
	r.members = slices.Compact(r.members)
	slices.SortFunc(r.attributes, func(a, b attribute) int {
		return cmp.Or(cmp.Compare(a.concept, b.concept), cmp.Compare(a.group, b.group), cmp.Compare(a.kind, b.kind), cmp.Compare(a.target, b.target))
	})
	slices.SortFunc(r.targets, func(a, b target) int {
		return cmp.Or(cmp.Compare(a.concept, b.concept), cmp.Compare(a.refset, b.refset), cmp.Compare(a.text, b.text))
	})
}
