package concept

// warmest is of how many designations, properties or relatives of a concept Warm reads the texts.
const warmest = 8

// Warm reads a little of all that is kept of a concept, for one who is about to read the rest.
// The places are far apart in a large set. Those that do not depend on each other are read
// together here, so that memory is waited for a few times only; read one after the other, with
// work in between, each would be waited for. What it returns means nothing.
//
//go:noinline
func (s *Set) Warm(k uint32) (sum uint32) {
	code, display := u32s(s.sec[secCodeStart]).at(k), u32s(s.sec[secDisplayStart]).at(k)
	definition, flags := u32s(s.sec[secDefinitionStart]).at(k), s.sec[secFlags][k]
	d, p := u32s(s.sec[secDesignationStart]), u32s(s.sec[secPropertyStart])
	d0, d1, p0, p1 := d.at(k), d.at(k+1), p.at(k), p.at(k+1)
	parents, children := s.Parents(k), s.Children(k)
	sum = uint32(flags) + touch(s.sec[secCode], code) + touch(s.sec[secDisplay], display) + touch(s.sec[secDefinition], definition)
	sum += s.warmTexts(secDesignation, secDesignationText, d0*designationSize, min(d1, d0+warmest)*designationSize)
	sum += s.warmTexts(secProperty, secPropertyText, p0*propertySize, min(p1, p0+warmest)*propertySize)
	return sum + s.warmRelatives(parents) + s.warmRelatives(children)
}

// Glance is Warm for one who asks but what a concept is called, its state and its properties.
//
//go:noinline
func (s *Set) Glance(k uint32) (sum uint32) {
	display, flags := u32s(s.sec[secDisplayStart]).at(k), s.sec[secFlags][k]
	p := u32s(s.sec[secPropertyStart]).at(k)
	return uint32(flags) + touch(s.sec[secDisplay], display) + touch(s.sec[secProperty], p*propertySize)
}

// warmTexts reads the first bytes of texts that some records of sixteen bytes refer to.
func (s *Set) warmTexts(records, text int, from, to uint32) (sum uint32) {
	all, texts := u32s(s.sec[records]), s.sec[text]
	for at := from / 4; at < to/4; at += 4 {
		sum += touch(texts, all.at(at+2))
	}
	return sum
}

// warmRelatives reads where the texts of some concepts are.
func (s *Set) warmRelatives(list Numbers) (sum uint32) {
	codes, displays := u32s(s.sec[secCodeStart]), u32s(s.sec[secDisplayStart])
	for i := range min(list.Len(), warmest) {
		k := list.At(i)
		sum += touch(s.sec[secCode], codes.at(k)) + touch(s.sec[secDisplay], displays.at(k))
	}
	return sum
}

// touch reads the byte at a place of a section, if there is one.
func touch(section []byte, at uint32) uint32 {
	if int(at) < len(section) {
		return uint32(section[at])
	}
	return 0
}
