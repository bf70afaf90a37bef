package powercut

import (
	"strconv"
	"strings"
)

// arguments splits the arguments of a call and decodes the strings among them.
func arguments(s string) []string {
	var args []string
	for s != "" {
		s = strings.TrimLeft(s, " ,")
		if strings.HasPrefix(s, `"`) {
			end := strings.IndexByte(s[1:], '"')
			if end < 0 {
				return append(args, decode(s[1:]))
			}
			args = append(args, decode(s[1:1+end]))
			s = strings.TrimPrefix(s[end+2:], "...")
			continue
		}
		end, depth := len(s), 0
	scan:
		for i := range len(s) {
			switch s[i] {
			case '[', '{', '(':
				depth++
			case ']', '}', ')':
				depth--
			case ',':
				if depth == 0 {
					end = i
					break scan
				}
			}
		}
		args = append(args, strings.TrimSpace(s[:end]))
		s = s[end:]
	}
	return args
}

// decode reads a string in which every byte is \xNN.
func decode(s string) string {
	b := make([]byte, 0, len(s)/4)
	for len(s) >= 4 {
		n, err := strconv.ParseUint(s[2:4], 16, 8)
		if err != nil {
			return string(b)
		}
		b = append(b, byte(n))
		s = s[4:]
	}
	return string(b)
}

// number reads the result of a call; a negative one is a failure.
func number(s string) (n int64, failed bool) {
	s, _, _ = strings.Cut(s, " ")
	n, err := strconv.ParseInt(s, 0, 64)
	return n, err != nil || n < 0
}

// integer reads an argument; 0 when it is none.
func integer(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 0, 64)
	if err != nil {
		return 0
	}
	return n
}
