//go:build !unix

package index

import (
	"io"
	"os"
)

// mapped reads a file: where mapping is not at hand, the heap holds it.
func mapped(f *os.File, size int64) (data []byte, release func(), err error) {
	data = make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, nil, err
	}
	return data, func() {}, nil
}

// soon does nothing: the bytes are in memory.
func soon([]byte) {}

// syncDir does nothing: these systems order renames themselves.
func syncDir(string) error { return nil }
