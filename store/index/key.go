package index

import (
	"crypto/sha256"
	"encoding/binary"

	"masjala/fhir/search"
)

// digest names a key: the first half of its SHA-256. Nobody can make two that are the same.
type digest [16]byte

// Kinds of keys beside those of rows.
const (
	keyID    search.Kind = 200 + iota // number is a type, text a logical id
	keyLive                           // number is a type
	keyHas                            // number is a parameter
	keyExact                          // text is as folded, NUL, as written
)

// keyOf returns the digest of a kind, a number and a text.
func keyOf(kind search.Kind, number int64, text string) digest {
	var room [192]byte
	return sum(append(head(room[:0], kind, number), text...))
}

// exactKey is the key of a text as it was written. Folded texts have no NUL.
func exactKey(param int64, folded, written string) digest {
	var room [384]byte
	b := append(head(room[:0], keyExact, param), folded...)
	return sum(append(append(b, 0), written...))
}

func head(b []byte, kind search.Kind, number int64) []byte {
	return binary.LittleEndian.AppendUint64(append(b, byte(kind)), uint64(number))
}

func sum(b []byte) digest {
	s := sha256.Sum256(b)
	return digest(s[:16])
}
