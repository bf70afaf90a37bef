package search

import (
	"strings"

	"github.com/tidwall/gjson"
)

// The functions here read canonical (compact) JSON. They never fail: what is damaged is
// read as if it ended there.

// members calls fn for each member of the object that starts at s[i], with the name as
// written and the position of the value; fn returns the position after the value.
// It returns the position after the object.
func members(s string, i int, fn func(name string, at int) int) int {
	for i++; i < len(s) && s[i] == '"'; i++ {
		end := stringEnd(s, i)
		if end+1 >= len(s) {
			return len(s)
		}
		i = fn(s[i+1:end-1], end+1)
		if i >= len(s) || s[i] != ',' {
			break
		}
	}
	return min(i+1, len(s))
}

// items calls fn for the position of each item of the array at s[i], or for i itself when
// it is no array; fn returns the position after it. It returns the position after all.
func items(s string, i int, fn func(at int) int) int {
	if i >= len(s) {
		return len(s)
	}
	if s[i] != '[' {
		return fn(i)
	}
	for i++; i < len(s) && s[i] != ']'; i++ {
		i = fn(i)
		if i >= len(s) || s[i] != ',' {
			break
		}
	}
	return min(i+1, len(s))
}

// skip returns the position after the value at s[i].
func skip(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	switch s[i] {
	case '"':
		return stringEnd(s, i)
	case '{', '[':
		return containerEnd(s, i)
	}
	for i++; i < len(s); i++ {
		if c := s[i]; c == ',' || c == '}' || c == ']' {
			break
		}
	}
	return i
}

// stringEnd returns the position after the string that starts at s[i].
func stringEnd(s string, i int) int {
	const short = 12 // most strings end before a call pays
	for end := min(i+short, len(s)); ; {
		if i++; i >= end {
			return longEnd(s, i)
		}
		switch s[i] {
		case '"':
			return i + 1
		case '\\':
			return longEnd(s, i)
		}
	}
}

// longEnd is stringEnd from within the string.
func longEnd(s string, i int) int {
	for ; ; i++ {
		n := strings.IndexByte(s[min(i, len(s)):], '"')
		if n < 0 {
			return len(s)
		}
		i += n
		back := i
		for s[back-1] == '\\' {
			back--
		}
		if (i-back)%2 == 0 {
			return i + 1
		}
	}
}

func containerEnd(s string, i int) int {
	for depth := 0; i < len(s); {
		switch s[i] {
		case '"':
			i = stringEnd(s, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(s)
}

// str returns the text of the string at s[i], "" for anything else.
func str(s string, i int) string {
	if i >= len(s) || s[i] != '"' {
		return ""
	}
	raw := s[i:stringEnd(s, i)]
	if strings.IndexByte(raw, '\\') >= 0 || len(raw) < 2 || raw[len(raw)-1] != '"' {
		return gjson.Parse(raw).Str
	}
	return raw[1 : len(raw)-1]
}

// scalar returns a number, true or false as written, and the text of a string.
func scalar(s string, i int) string {
	if i < len(s) && s[i] == '"' {
		return str(s, i)
	}
	return s[min(i, len(s)):skip(s, i)]
}
