//go:build unix

package index

import (
	"os"

	"golang.org/x/sys/unix"
)

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
