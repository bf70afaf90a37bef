//go:build unix

package cache

import "golang.org/x/sys/unix"

// anonymous returns zeroed memory of which the garbage collector knows nothing, and what gives
// it back. The system provides each page when it is first written to.
func anonymous(size int) (b []byte, free func(), err error) {
	b, err = unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, nil, err
	}
	return b, func() { _ = unix.Munmap(b) }, nil
}
