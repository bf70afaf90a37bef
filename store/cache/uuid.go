package cache

import (
	"bytes"
	"encoding/hex"
)

// Most of what does not repeat among resources of a type are the UUIDs they refer to. In its canonical form
// (RFC 9562: lower case, 36 characters) one is written as mark and its 16 bytes.
const (
	mark     = 0xff // is in no UTF-8
	uuidText = 36
	uuidSize = 16
)

// uuidGroups are where the hexadecimal digits of a UUID begin and end.
var uuidGroups = [5][2]int{{0, 8}, {9, 13}, {14, 18}, {19, 23}, {24, uuidText}}

// digits are the values of lower-case hexadecimal digits, more than 15 for what is none.
var digits = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := range "0123456789abcdef" {
		t["0123456789abcdef"[i]] = byte(i)
	}
	return t
}()

// appendUUID appends the bytes of a UUID that text begins with; false when it begins with none.
func appendUUID(dst, text []byte) ([]byte, bool) {
	if len(text) < uuidText || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return dst, false
	}
	at := len(dst)
	for _, g := range uuidGroups {
		for i := g[0]; i < g[1]; i += 2 {
			high, low := digits[text[i]], digits[text[i+1]]
			if high|low > 15 {
				return dst[:at], false
			}
			dst = append(dst, high<<4|low)
		}
	}
	return dst, true
}

// appendUUIDText appends the text of a UUID.
func appendUUIDText(dst, id []byte) []byte {
	var t [uuidText]byte
	hex.Encode(t[0:], id[:4])
	hex.Encode(t[9:], id[4:6])
	hex.Encode(t[14:], id[6:8])
	hex.Encode(t[19:], id[8:10])
	hex.Encode(t[24:], id[10:uuidSize])
	t[8], t[13], t[18], t[23] = '-', '-', '-', '-'
	return append(dst, t[:]...)
}

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
		var room [uuidSize]byte
		id, ok := appendUUID(room[:0], text[begin:])
		if !ok {
			continue
		}
		dst = append(append(append(dst, text[done:begin]...), mark), id...)
		done = begin + uuidText
		from = done + 8
	}
	return append(dst, text[done:]...), true
}

// lengthen appends to dst, which is empty, what shorten was given, up to a size. It is less when short is damaged.
func lengthen(dst, short []byte, size int) []byte {
	for len(dst) < size {
		i := bytes.IndexByte(short, mark)
		if i < 0 || len(dst)+i >= size {
			return append(dst, short[:min(len(short), size-len(dst))]...)
		}
		dst = append(dst, short[:i]...)
		if short = short[i+1:]; len(short) < uuidSize {
			break
		}
		dst, short = appendUUIDText(dst, short[:uuidSize]), short[uuidSize:]
	}
	return dst[:min(len(dst), size)] // it may end within a UUID
}
