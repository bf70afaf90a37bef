//go:build !unix

package spool

import (
	"io"
	"os"
)

// Map reads the first bytes of a file: where mapping is not at hand, the heap holds them.
func Map(f *os.File, size int64) (data []byte, release func(), err error) {
	data = make([]byte, size)
	if _, err := f.ReadAt(data, 0); err != nil && err != io.EOF {
		return nil, nil, err
	}
	return data, func() {}, nil
}
