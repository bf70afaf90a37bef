package api

import (
	"math"
	"strconv"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
)

// bundleWriter appends a Bundle piece by piece: openBundle, total, links, entries, close.
type bundleWriter struct {
	out     []byte
	links   int
	entries int
}

// openBundle begins a Bundle of a type. Its meta.lastUpdated is the time of the newest
// version in the snapshot it shows; now stands in when the store is empty.
func openBundle(dst []byte, typ string, updated, now time.Time) *bundleWriter {
	if updated.IsZero() {
		updated = now.UTC()
	}
	dst = append(dst, `{"resourceType":"Bundle","meta":{"lastUpdated":"`...)
	dst = fhir.AppendInstant(dst, updated)
	dst = append(dst, `"},"type":"`...)
	dst = append(dst, typ...)
	return &bundleWriter{out: append(dst, '"')}
}

// bundleRoom is about what a Bundle takes beside its entries, entryRoom an entry beside
// the resource, its base and its type.
const (
	bundleRoom = 1 << 10
	entryRoom  = 320
)

// room returns how many bytes the entry of a resource may take.
func room(base string, r *fhir.Resource) int {
	return len(r.Body) + len(r.Meta) + len(base) + 2*len(r.Type) + entryRoom
}

// total writes how many there are over all pages, when that is known.
func (b *bundleWriter) total(n int) {
	if n >= 0 {
		b.raw(`,"total":`)
		b.out = strconv.AppendInt(b.out, int64(n), 10)
	}
}

// link writes one link of paging.
func (b *bundleWriter) link(relation, base, path string, pairs []search.Pair, cursor string) {
	b.pageOf(relation, base, path, pairs, cursor, "")
}

// separator is what comes before the nth item of a list.
func separator(n int, first string) string {
	if n == 0 {
		return first
	}
	return ","
}

// open begins an entry.
func (b *bundleWriter) open() {
	if b.entries == 0 && b.links > 0 {
		b.raw("]")
	}
	b.raw(separator(b.entries, `,"entry":[`))
	b.entries++
	b.raw("{")
}

// fullURL writes the first member of an entry.
func (b *bundleWriter) fullURL(base string, r *fhir.Resource) {
	b.raw(`"fullUrl":"`)
	b.raw(base)
	b.raw("/")
	b.raw(r.Type)
	b.raw("/")
	b.raw(r.ID)
	b.raw(`"`)
}

// resource writes the address and the content of a resource.
func (b *bundleWriter) resource(base string, r *fhir.Resource, part subset) {
	b.fullURL(base, r)
	b.raw(`,"resource":`)
	b.out = part.append(b.out, r)
}

// distance writes how far a match is from the place searched near, in the unit of UCUM that
// was asked in, to the metre where that is finer
// (http://hl7.org/fhir/StructureDefinition/location-distance).
func (b *bundleWriter) distance(metres float64, unit string) {
	size, _ := search.Metres(unit)
	digits := max(0, int(math.Ceil(math.Log10(size))))
	b.raw(`"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/location-distance","valueDistance":{"value":`)
	b.out = strconv.AppendFloat(b.out, math.Round(metres)/size, 'f', digits, 64)
	b.raw(`,"unit":"`)
	b.raw(unit)
	b.raw(`","system":"http://unitsofmeasure.org","code":"`)
	b.raw(unit)
	b.raw(`"}}],`)
}

// text writes a member that is a JSON string.
func (b *bundleWriter) text(before, value string) {
	b.raw(before)
	b.out = fhir.AppendString(b.out, value)
}

func (b *bundleWriter) raw(s string) { b.out = append(b.out, s...) }

// close ends the Bundle and returns it.
func (b *bundleWriter) close() []byte {
	if b.entries > 0 || b.links > 0 {
		b.raw("]")
	}
	b.raw("}")
	return b.out
}
