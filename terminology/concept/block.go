package concept

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"masjala/fhir/room"
)

// block is how many bytes of concepts the vault keeps together, about. One by one, hundreds of
// thousands of them would be sorted and moved several times; and all at once they would be moved
// without a pause for others.
const block = room.Piece

// appendRecord adds a concept to a block.
func appendRecord(b []byte, r *record) []byte {
	b = binary.AppendVarint(b, int64(r.parent))
	b = binary.AppendUvarint(b, uint64(len(r.json)))
	return append(b, r.json...)
}

// readRecords adds the concepts of a block to list. They refer to b, which must not change.
func readRecords(list []record, b []byte) ([]record, error) {
	for len(b) > 0 {
		parent, n := binary.Varint(b)
		size, m := binary.Uvarint(b[max(n, 0):])
		if n <= 0 || m <= 0 || size > uint64(len(b)-n-m) {
			return nil, errors.New("a block of concepts in the vault has no end")
		}
		b = b[n+m:]
		list = append(list, record{json: unsafe.String(unsafe.SliceData(b), int(size)), parent: int32(parent)})
		b = b[size:]
	}
	return list, nil
}

// readRecord adds the concept of a value of its own to list: so earlier programs kept them.
func readRecord(list []record, b []byte) []record {
	parent, n := binary.Varint(b)
	return append(list, record{json: string(b[max(n, 0):]), parent: int32(parent)})
}
