package cache

import (
	"bytes"

	"masjala/fhir"
)

// Most of what does not repeat among resources of a type are the UUIDs they refer to. In its canonical form
// one is written as mark and its 16 bytes.
const mark = 0xff // is in no UTF-8

// shorten appends text to dst with its UUIDs written short; false, and dst as it was, when text has the mark itself.
func shorten(dst, text []byte) ([]byte, bool) {
	if bytes.IndexByte(text, mark) >= 0 {
		return dst, false
	}
	done, from := 0, 8 // what is appended; where the first hyphen of a UUID may lie
	for from < len(text) {
		i := bytes.IndexByte(text[from:], '-')
		if i < 0 {
			break
		}
		begin := from + i - 8
		from += i + 1
		if begin < done {
			continue
		}
		var room [fhir.UUIDSize]byte
		id, ok := fhir.AppendUUID(room[:0], text[begin:])
		if !ok {
			continue
		}
		dst = append(append(append(dst, text[done:begin]...), mark), id...)
		done = begin + fhir.UUIDText
		from = done + 8
	}
	return append(dst, text[done:]...), true
}

// lengthen appends to dst what shorten was given, up to a size. It is less when short is damaged.
func lengthen(dst, short []byte, size int) []byte {
	end := len(dst) + size
	for len(dst) < end {
		i := bytes.IndexByte(short, mark)
		if i < 0 || len(dst)+i >= end {
			return append(dst, short[:min(len(short), end-len(dst))]...)
		}
		dst = append(dst, short[:i]...)
		if short = short[i+1:]; len(short) < fhir.UUIDSize {
			break
		}
		dst, short = fhir.AppendUUIDText(dst, short[:fhir.UUIDSize]), short[fhir.UUIDSize:]
	}
	return dst[:min(len(dst), end)] // it may end within a UUID
}
