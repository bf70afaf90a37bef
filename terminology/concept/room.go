package concept

import (
	"hash/crc32"
	"slices"
)

// piece is how many bytes are moved or summed up at once. The runtime cannot interrupt that: all
// of the program waits for it whenever the collection of garbage begins meanwhile.
const piece = 256 << 10

// room returns list with room for n more elements. It is for lists that become large, which
// append would move as a whole.
func room[T any](list []T, n int) []T {
	if cap(list)-len(list) >= n {
		return list
	}
	if len(list) < piece/16 {
		return slices.Grow(list, n)
	}
	more := make([]T, len(list), max(len(list)+n, len(list)+len(list)/4))
	for from := 0; from < len(list); from += piece / 16 {
		copy(more[from:], list[from:min(from+piece/16, len(list))])
	}
	return more
}

// checksum is that of sections.
func checksum(b []byte) (sum uint32) {
	for some := range slices.Chunk(b, piece) {
		sum = crc32.Update(sum, castagnoli, some)
	}
	return sum
}
