package concept

import (
	"bytes"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// residentFiles is how much of mapped files is in the memory of the process, in bytes.
func residentFiles() (int64, bool) {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, false
	}
	fields := bytes.Fields(raw)
	if len(fields) < 3 {
		return 0, false
	}
	pages, err := strconv.ParseInt(string(fields[2]), 10, 64)
	return pages * int64(os.Getpagesize()), err == nil
}

// letGo takes the pages of a mapped file out of the memory of the process. The file has them.
func letGo(mapped []byte) { unix.Madvise(mapped, unix.MADV_DONTNEED) }
