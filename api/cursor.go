package api

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
)

// A cursor goes on where a page ended, so it means something for the same question only: with
// another one the rows and the total would be wrong. A link therefore carries the cursor of
// the store with a seal of the address and of the parameters that choose and order what is found.

// appendSeal appends the seal of a path below the base with the parameters that were understood.
func appendSeal(dst []byte, path string, used []search.Pair) []byte {
	var room [512]byte
	b := append(room[:0], path...)
	for _, p := range used {
		if !presents(p.Name) {
			b = append(append(append(append(b, 0), p.Name...), 0), p.Value...)
		}
	}
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE(b))
	return base64.RawURLEncoding.AppendEncode(dst, sum[:])
}

// presents tells whether a parameter only says how much of what is found is shown: a client
// may change it from page to page.
func presents(name string) bool {
	switch name {
	case "_count", "_elements", "_summary", "_total":
		return true
	}
	return strings.HasPrefix(name, "_include") || strings.HasPrefix(name, "_revinclude")
}

// sealed is a cursor of the store as a link carries it; "" stays "".
func sealed(cursor, path string, used []search.Pair) string {
	if cursor == "" {
		return ""
	}
	var room [256]byte
	return string(appendSeal(append(room[:0], cursor...), path, used))
}

// opened is the cursor of the store in a link. It fails with Invalid when the link is of
// another address or question.
func opened(link, path string, used []search.Pair) (string, error) {
	if link == "" {
		return "", nil
	}
	cursor, ok := strings.CutSuffix(link, string(appendSeal(nil, path, used)))
	if !ok || cursor == "" {
		return "", fhir.Errorf(fhir.Invalid, "The parameter _cursor is damaged or belongs to another request; start again from the first page.")
	}
	return cursor, nil
}
