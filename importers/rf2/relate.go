package rf2

import (
	"math"
	"strconv"

	"masjala/importers"
)

// from finds the concept that an inferred relationship is about. Others are passed over:
// stated ones, which inference has used, and additional ones, which do not define.
func (r *reader) from(f [][]byte) (uint32, bool) {
	if string(f[8]) != strconv.Itoa(inferred) {
		r.idle++
		return 0, false
	}
	return r.known(f[4])
}

// relationship reads an inferred relationship between concepts.
func (r *reader) relationship(f [][]byte) {
	from, ok := r.from(f)
	if !ok {
		return
	}
	to, ok := r.known(f[5])
	if !ok {
		return
	}
	if string(f[7]) == strconv.Itoa(isA) {
		r.parents = append(r.parents, pair{from, to})
		return
	}
	kind, group, ok := r.kind(f)
	if ok {
		r.attributes = append(r.attributes, attribute{concept: from, target: to, kind: kind, group: group})
	}
}

// kind reads type and group of a relationship.
func (r *reader) kind(f [][]byte) (kind, group uint16, ok bool) {
	n, err := strconv.ParseUint(string(f[6]), 10, 16)
	if err != nil {
		r.damaged(string(f[6]), "the relationship group is no number up to 65535")
		return 0, 0, false
	}
	kind, ok = r.number(&r.types, f[7], "types of attributes")
	return kind, uint16(n), ok
}

// value reads an inferred relationship to a value: #12, #2.5 or "text".
func (r *reader) value(f [][]byte) {
	from, ok := r.from(f)
	if !ok {
		return
	}
	what := kindOf(f[5])
	if what == "" || len(f[5]) > math.MaxUint16 {
		r.damaged(string(f[5]), `the value is neither a number such as #2.5 nor a text in quotes`)
		return
	}
	kind, group, ok := r.kind(f)
	if !ok || !r.room() {
		return
	}
	id := r.types.list[kind]
	if have := r.valued[id]; have == "" || have == kindInteger || what == kindText {
		r.valued[id] = what // the kind that holds all values: a property has one
	}
	r.attributes = append(r.attributes, attribute{concept: from, target: r.keep(f[5]), size: uint16(len(f[5])), kind: kind, group: group})
}

// Kinds of values, as members of a concept's property.
const (
	kindInteger = "valueInteger"
	kindDecimal = "valueDecimal"
	kindText    = "valueString"
)

// kindOf tells what a value of a relationship is; "" for what is none.
func kindOf(b []byte) string {
	if len(b) >= 2 && b[0] == '"' && b[len(b)-1] == '"' {
		return kindText
	}
	if len(b) < 2 || b[0] != '#' || !decimal(b[1:]) {
		return ""
	}
	if _, err := strconv.ParseInt(string(b[1:]), 10, 32); err == nil {
		return kindInteger
	}
	return kindDecimal
}

// decimal tells whether digits make a number of JSON without an exponent.
func decimal(b []byte) bool {
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	digits, points := 0, 0
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && i > 0 && i < len(b)-1 && points == 0:
			points++
		default:
			return false
		}
	}
	return digits > 0 && (b[0] != '0' || len(b) == 1 || b[1] == '.')
}

// membership reads that a concept is in a reference set. Members of other sorts, such as
// descriptions, are passed over.
func (r *reader) membership(f [][]byte) (concept, refset uint32, ok bool) {
	id, ok := r.id(f[4])
	if !ok {
		return 0, 0, false
	}
	component, ok := r.id(f[5])
	if !ok {
		return 0, 0, false
	}
	if partition := component / 10 % 10; partition != 0 {
		r.idle++
		return 0, 0, false
	}
	if concept, ok = r.known(f[5]); !ok {
		return 0, 0, false
	}
	refset = r.refsets.of(id)
	r.members = append(r.members, pair{concept, refset})
	return concept, refset, true
}

func (r *reader) member(f [][]byte) { r.membership(f) }

// association reads where a concept that is no longer active leads to, and the like.
func (r *reader) association(f [][]byte) {
	if _, ok := r.id(f[6]); ok {
		r.led(f, false)
	}
}

// mapped reads the code of another system that a concept is mapped to.
func (r *reader) mapped(f [][]byte) {
	if len(f[6]) == 0 || len(f[6]) > 200 {
		r.issue(importers.Info, "map-empty", "", "the concept is mapped to nothing", "The line was left out.")
		return
	}
	r.led(f, true)
}

func (r *reader) led(f [][]byte, mapped bool) {
	concept, refset, ok := r.membership(f)
	if ok && r.room() {
		r.targets = append(r.targets, target{concept: concept, refset: refset, text: r.keep(f[6]), size: uint16(len(f[6])), mapped: mapped})
	}
}

// depends reads that a module needs another one.
func (r *reader) depends(f [][]byte) {
	module, ok := r.id(f[3])
	other, okOther := r.id(f[5])
	if ok && okOther {
		r.needs[module] = append(r.needs[module], other)
	}
}

// edition is the module that a release is named by. Modules of the international edition
// have identifiers without a namespace; where there are no others it is its core. Among others
// it is the one that needs most and that no other needs; where nothing tells, the one with
// most concepts.
func (r *release) edition() uint64 {
	needed := map[uint64]bool{}
	for module, others := range r.needs {
		for _, o := range others {
			needed[o] = needed[o] || o != module
		}
	}
	counts := make([]int, len(r.modules.list))
	for i := range r.concepts {
		counts[r.concepts[i].module]++
	}
	best, weight := uint64(coreModule), -1
	for i, module := range r.modules.list {
		if module/100%10 == 0 || needed[module] { // of the core, or a part of another
			continue
		}
		if n := len(r.needs[module])<<32 + counts[i]; n > weight || n == weight && module < best {
			best, weight = module, n
		}
	}
	return best
}
