package marked

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"masjala/fhir"
)

// kind is what a token is.
type kind int

const (
	text  kind = iota // characters between tags, in pieces
	start             // <a>
	empty             // <a/>
	end               // </a>
	other             // declarations, comments, CDATA
)

// maxTag is how long one tag, comment or CDATA section may be.
const maxTag = 4 << 20

// token is a piece of an XML document as it stands there. It is valid until the next one.
type token struct {
	kind kind
	raw  []byte
	name string // local name of a tag
}

// scanner cuts an XML document in UTF-8 into tokens whose raw forms, one after the other, are
// the document. It does not check that it is well-formed.
type scanner struct {
	in  *bufio.Reader
	raw []byte
}

func newScanner(r io.Reader) *scanner { return &scanner{in: bufio.NewReaderSize(r, 64<<10)} }

// next returns the next token, io.EOF after the last one.
func (s *scanner) next() (token, error) {
	s.raw = s.raw[:0]
	first, err := s.in.ReadByte()
	if err != nil {
		return token{}, err
	}
	s.raw = append(s.raw, first)
	if first != '<' {
		return s.text()
	}
	for _, section := range []struct{ open, close string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if ahead, _ := s.in.Peek(len(section.open) - 1); string(ahead) == section.open[1:] {
			err := s.until(section.close)
			return token{kind: other, raw: s.raw}, err
		}
	}
	if err := s.tag(); err != nil {
		return token{}, err
	}
	return s.classify(), nil
}

// text reads characters up to the next tag, or as many as are at hand.
func (s *scanner) text() (token, error) {
	for {
		n := max(1, s.in.Buffered())
		ahead, err := s.in.Peek(n)
		if len(ahead) == 0 {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return token{kind: text, raw: s.raw}, err
		}
		stop := bytes.IndexByte(ahead, '<')
		if stop < 0 {
			stop = len(ahead)
		}
		s.raw = append(s.raw, ahead[:stop]...)
		if _, err := s.in.Discard(stop); err != nil {
			return token{}, err
		}
		if stop < len(ahead) || len(s.raw) > 32<<10 {
			return token{kind: text, raw: s.raw}, nil
		}
	}
}

// tag reads up to the > that ends a tag; one in quotes does not.
func (s *scanner) tag() error {
	quote := byte(0)
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return broken(err)
		}
		s.raw = append(s.raw, c)
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return nil
		}
		if len(s.raw) > maxTag {
			return fhir.Errorf(fhir.Invalid, "the workbook has a tag of more than %d bytes", maxTag)
		}
	}
}

// until reads up to and with a closing sequence.
func (s *scanner) until(closing string) error {
	for !bytes.HasSuffix(s.raw, []byte(closing)) || len(s.raw) < 2*len(closing) && closing == "-->" {
		c, err := s.in.ReadByte()
		if err != nil {
			return broken(err)
		}
		if s.raw = append(s.raw, c); len(s.raw) > maxTag {
			return fhir.Errorf(fhir.Invalid, "the workbook has a section of more than %d bytes", maxTag)
		}
	}
	return nil
}

func broken(err error) error {
	if errors.Is(err, io.EOF) {
		return fhir.Errorf(fhir.Invalid, "a part of the workbook breaks off")
	}
	return fmt.Errorf("read workbook: %w", err)
}

func (s *scanner) classify() token {
	t := token{kind: start, raw: s.raw}
	name := s.raw[1 : len(s.raw)-1]
	switch {
	case len(name) > 0 && name[0] == '!':
		t.kind = other
		return t
	case len(name) > 0 && name[0] == '/':
		t.kind, name = end, name[1:]
	case len(name) > 0 && name[len(name)-1] == '/':
		t.kind, name = empty, name[:len(name)-1]
	}
	if i := bytes.IndexAny(name, " \t\r\n"); i >= 0 {
		name = name[:i]
	}
	t.name = string(name[bytes.IndexByte(name, ':')+1:])
	return t
}

// prefix is the namespace prefix of a tag with its colon, "" without.
func (t *token) prefix() string {
	raw := bytes.TrimLeft(t.raw, "</")
	for i, c := range raw {
		switch c {
		case ':':
			return string(raw[:i+1])
		case ' ', '\t', '\r', '\n', '>', '/':
			return ""
		}
	}
	return ""
}
