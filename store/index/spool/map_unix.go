//go:build unix

package spool

import (
	"os"

	"golang.org/x/sys/unix"
)

// Map maps the first bytes of a file read-only. It returns what to do when they are not used any more.
func Map(f *os.File, size int64) (data []byte, release func(), err error) {
	data, err = unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return data, func() { _ = unix.Munmap(data) }, nil
}
