//go:build !unix

package concept

import (
	"math"
	"os"
)

// mapped reads a file: where mapping is not at hand, the heap holds it.
func mapped(name string) (data []byte, release func([]byte), err error) {
	data, err = os.ReadFile(name)
	return data, nil, err
}

// syncDir does nothing: these systems order renames themselves.
func syncDir(string) error { return nil }

// free knows no limit: a full disk shows when writing.
func free(string) (uint64, error) { return math.MaxUint64, nil }
