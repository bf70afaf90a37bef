package index

import (
	"bufio"
	"hash/crc32"
	"io"
	"os"
)

// temporary begins the names of files that are being made.
const temporary = ".new-"

// spool is a file that is written once and then read once, in order.
type spool struct {
	f   *os.File
	w   *bufio.Writer
	n   uint64
	sum uint32
}

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, temporary+"*")
	if err != nil {
		return nil, err
	}
	return &spool{f: f, w: bufio.NewWriterSize(f, 1<<16)}, nil
}

// Write appends to the spool.
func (s *spool) Write(b []byte) (int, error) {
	s.n += uint64(len(b))
	s.sum = crc32.Update(s.sum, castagnoli, b)
	return s.w.Write(b)
}

// rewind ends the writing and returns what was written.
func (s *spool) rewind() (io.Reader, error) {
	if err := s.w.Flush(); err != nil {
		return nil, err
	}
	_, err := s.f.Seek(0, io.SeekStart)
	return s.f, err
}

// close removes the file.
func (s *spool) close() {
	if s == nil {
		return
	}
	s.f.Close()
	os.Remove(s.f.Name())
}
