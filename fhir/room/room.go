package room

import "slices"

// Piece is how many bytes should be moved at once. The runtime cannot interrupt that: all
// of the program waits for it whenever the collection of garbage begins meanwhile.
const Piece = 256 << 10

// smallest is the size that elements are taken to have at least.
const smallest = 16

// For returns list with room for n more elements. Unlike append it moves a large list piece by piece.
func For[T any](list []T, n int) []T {
	if cap(list)-len(list) >= n {
		return list
	}
	const some = Piece / smallest
	if len(list) < some {
		return slices.Grow(list, n)
	}
	more := make([]T, len(list), max(len(list)+n, len(list)+len(list)/4))
	for from := 0; from < len(list); from += some {
		copy(more[from:], list[from:min(from+some, len(list))])
	}
	return more
}
