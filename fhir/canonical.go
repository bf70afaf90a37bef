package fhir

import (
	"bytes"
	"iter"
)

// Members yields the names and values of a canonical JSON object, in order. Names are
// without quotes, values as they stand; both are parts of object. It is not for text that
// did not come out of this package.
func Members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for i := 1; i < len(object)-1; i++ { // i skips the comma
			colon := i + stringEnd(object[i:])
			if colon+1 >= len(object) {
				return
			}
			end := colon + 1 + valueEnd(object[colon+1:])
			if !yield(object[i+1:colon-1], object[colon+1:end]) {
				return
			}
			i = end
		}
	}
}

// Member returns the value of a member of a canonical JSON object, nil if it has none of that name.
func Member(object []byte, name string) []byte {
	for n, value := range Members(object) {
		if string(n) == name {
			return value
		}
	}
	return nil
}

// Items yields the items of a canonical JSON list, in order; nothing if it is no list.
func Items(list []byte) iter.Seq[[]byte] {
	return func(yield func(item []byte) bool) {
		if len(list) == 0 || list[0] != '[' {
			return
		}
		for i := 1; i < len(list)-1; i++ {
			end := i + valueEnd(list[i:])
			if !yield(list[i:end]) {
				return
			}
			i = end
		}
	}
}

// Unquote returns the text of a JSON string; "" if b is none.
func Unquote(b []byte) string {
	if len(b) < 2 || b[0] != '"' {
		return ""
	}
	return unquote(b)
}

// valueEnd returns the position after the canonical value that b starts with.
func valueEnd(b []byte) int {
	switch b[0] {
	case '"':
		return stringEnd(b)
	case '{', '[':
		if end := objectEnd(b); end > 0 {
			return end
		}
		return len(b)
	}
	if end := bytes.IndexAny(b, ",}]"); end > 0 {
		return end
	}
	return len(b)
}
