package concept

import (
	"hash/crc32"
	"slices"

	"masjala/fhir/room"
)

// checksum is that of sections. It is summed up by pieces, so that the collector need not wait for it.
func checksum(b []byte) (sum uint32) {
	for some := range slices.Chunk(b, room.Piece) {
		sum = crc32.Update(sum, castagnoli, some)
	}
	return sum
}
