package fhir

import "encoding/hex"

// A UUID in its canonical form (RFC 9562: lower case, 36 characters) and its bytes.
const (
	UUIDText = 36
	UUIDSize = 16
)

// uuidPlaces is where each byte of a UUID is written.
var uuidPlaces = [UUIDSize]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// hexValues are the values of lower-case hexadecimal digits, more than 15 for what is none.
var hexValues = func() (t [256]uint8) {
	for i := range t {
		t[i] = 0xff
	}
	for v, c := range []byte("0123456789abcdef") {
		t[c] = uint8(v)
	}
	return t
}()

// AppendUUID appends the bytes of a UUID in canonical form that text begins with; false, and dst as it
// was, when it begins with none.
func AppendUUID[T string | []byte](dst []byte, text T) ([]byte, bool) {
	if len(text) < UUIDText || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return dst, false
	}
	var id [UUIDSize]byte
	bad := uint8(0)
	for i, at := range uuidPlaces {
		high, low := hexValues[text[at]], hexValues[text[at+1]]
		bad |= high | low
		id[i] = high<<4 | low&0xf
	}
	if bad > 15 {
		return dst, false
	}
	return append(dst, id[:]...), true
}

// AppendUUIDText appends the canonical form of a UUID that id begins with, which has UUIDSize bytes or more.
func AppendUUIDText(dst, id []byte) []byte {
	var t [UUIDText]byte
	hex.Encode(t[0:], id[:4])
	hex.Encode(t[9:], id[4:6])
	hex.Encode(t[14:], id[6:8])
	hex.Encode(t[19:], id[8:10])
	hex.Encode(t[24:], id[10:UUIDSize])
	t[8], t[13], t[18], t[23] = '-', '-', '-', '-'
	return append(dst, t[:]...)
}
