package cache

import "golang.org/x/sys/unix"

// preferLarge asks the system to provide region by large pages from now on, and to put the small pages that
// some of it has together. A system that cannot goes on with small ones.
func preferLarge(region, some []byte) {
	if unix.Madvise(region, unix.MADV_HUGEPAGE) == nil {
		_ = unix.Madvise(some, unix.MADV_COLLAPSE)
	}
}
