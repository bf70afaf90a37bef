package rf2

import "io"

// Checks is checks, for tests that make identifiers.
var Checks = checks

// Columns reads all lines of a text as their columns; nil for one that cannot be used.
func Columns(r io.Reader) (out [][]string, err error) {
	l := newLines(r)
	for {
		fields, ok, err := l.next()
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return out, err
		}
		var line []string
		for _, f := range fields {
			line = append(line, string(f))
		}
		if !ok {
			line = nil
		}
		out = append(out, line)
	}
}
