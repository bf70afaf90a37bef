package spool

import (
	"bufio"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// Temporary begins the names of files that are being made. A program that ended in the
// middle leaves them behind.
const Temporary = ".new-"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Spool is a temporary file that is written in order and then read. It is for one goroutine.
type Spool struct {
	f       *os.File
	w       *bufio.Writer
	n       uint64
	flushed uint64
	sum     uint32
	release func() // of what Bytes gave
}

// New makes a temporary file in a folder. Close removes it.
func New(dir string) (*Spool, error) {
	f, err := os.CreateTemp(dir, Temporary+"*")
	if err != nil {
		return nil, err
	}
	return &Spool{f: f, w: bufio.NewWriterSize(f, 1<<16)}, nil
}

// Write appends to the file.
func (s *Spool) Write(b []byte) (int, error) {
	s.n += uint64(len(b))
	s.sum = crc32.Update(s.sum, castagnoli, b)
	return s.w.Write(b)
}

// Len is how many bytes were written.
func (s *Spool) Len() uint64 { return s.n }

// Sum is the CRC-32C of what was written.
func (s *Spool) Sum() uint32 { return s.sum }

func (s *Spool) flush() error {
	s.flushed = s.n
	return s.w.Flush()
}

// Rewind ends the writing and returns what was written, to be read in order.
func (s *Spool) Rewind() (io.Reader, error) {
	if err := s.flush(); err != nil {
		return nil, err
	}
	_, err := s.f.Seek(0, io.SeekStart)
	return s.f, err
}

// ReadAt reads what was written. Writing may go on. It fails as [io.ReaderAt] tells.
func (s *Spool) ReadAt(p []byte, at int64) (int, error) {
	if uint64(at)+uint64(len(p)) > s.flushed {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	return s.f.ReadAt(p, at)
}

// Bytes ends the writing and returns what was written, where the system has it. The bytes
// must not be changed, nor used after Close.
func (s *Spool) Bytes() ([]byte, error) {
	if err := s.flush(); err != nil || s.n == 0 {
		return nil, err
	}
	data, release, err := Map(s.f, int64(s.n))
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", s.f.Name(), err)
	}
	s.release = release
	return data, nil
}

// Close removes the file. A second Close, or one of nil, does nothing.
func (s *Spool) Close() {
	if s == nil || s.f == nil {
		return
	}
	if s.release != nil {
		s.release()
	}
	s.f.Close()
	os.Remove(s.f.Name())
	s.f, s.w = nil, nil
}
