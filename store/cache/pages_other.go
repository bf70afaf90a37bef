//go:build !linux

package cache

// preferLarge does nothing: the system chooses its pages.
func preferLarge(_, _ []byte) {}
