package search

// AppendQuery appends parameters as the query of an address, without the question mark:
// names and values percent-encoded, joined by &.
func AppendQuery(dst []byte, pairs []Pair) []byte {
	for i, p := range pairs {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = appendEncoded(dst, p.Name)
		dst = append(dst, '=')
		dst = appendEncoded(dst, p.Value)
	}
	return dst
}

// appendEncoded percent-encodes what has a meaning of its own in a query, and what is
// not ASCII. Colons, slashes and commas stay readable.
func appendEncoded(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			c == '-', c == '.', c == '_', c == '~', c == ':', c == '/', c == ',', c == '*', c == '$', c == '@':
			dst = append(dst, c)
		default:
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}
