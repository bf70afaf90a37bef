package text

import (
	"encoding/binary"
	"io"
)

// section writes the parts of a section and remembers where they end. It goes on quietly
// after an error, which finish gives.
type section struct {
	w     io.Writer
	buf   []byte
	n     int64
	begin int64 // of the part that is being written
	ends  [parts]int64
	err   error
}

func (s *section) flush() {
	if s.err == nil && len(s.buf) > 0 {
		_, s.err = s.w.Write(s.buf)
	}
	s.buf = s.buf[:0]
}

func (s *section) write(p []byte) {
	s.flush()
	if s.err == nil {
		_, s.err = s.w.Write(p)
	}
	s.n += int64(len(p))
}

// number writes the lower bytes of v.
func (s *section) number(v uint64, width int) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	s.buf = append(s.buf, b[:width]...)
	s.n += int64(width)
	if len(s.buf) >= 1<<16 {
		s.flush()
	}
}

func (s *section) words(v ...uint32) {
	for _, w := range v {
		s.number(uint64(w), 4)
	}
}

func (s *section) nodes(nodes []node) {
	for _, n := range nodes {
		s.words(n.first, n.end, n.set)
	}
}

// end notes the end of a part and leads to the beginning of the next.
func (s *section) end(part int) {
	s.ends[part] = s.n
	s.number(0, padding(s.n))
	s.begin = s.n
}

// finish writes the footer.
func (s *section) finish(sh shape) error {
	for _, end := range s.ends {
		s.number(uint64(end), 8)
	}
	s.number(sh.pack(), 8)
	s.write([]byte(magic))
	return s.err
}
