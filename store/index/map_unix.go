//go:build unix

package index

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapped maps a file read-only. It returns what to do when the bytes are not used any more.
func mapped(f *os.File, size int64) (data []byte, release func(), err error) {
	data, err = unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return data, func() { _ = unix.Munmap(data) }, nil
}

// soon tells the system that all of the mapped bytes are read next.
func soon(data []byte) { _ = unix.Madvise(data, unix.MADV_WILLNEED) }

// syncDir makes a rename in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
