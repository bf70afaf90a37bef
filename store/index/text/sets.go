package text

import (
	"bytes"
	"crypto/sha256"

	"github.com/RoaringBitmap/roaring/v2"
)

// sets keeps the bitmaps of a section that is being built, each content once. Equal ones
// are many: what contains "ealth centre" mostly contains "health centre".
type sets struct {
	data  []byte
	table []uint32 // as partBitmapTable
	seen  map[[16]byte]uint32
	buf   bytes.Buffer
}

// add keeps a set and returns its number.
func (s *sets) add(set *roaring.Bitmap) (uint32, error) {
	s.buf.Reset()
	if _, err := set.WriteTo(&s.buf); err != nil {
		return 0, err
	}
	sum := sha256.Sum256(s.buf.Bytes())
	key := [16]byte(sum[:])
	if no, ok := s.seen[key]; ok {
		return no, nil
	}
	no := uint32(len(s.table) / 3)
	if s.seen == nil {
		s.seen = map[[16]byte]uint32{}
	}
	s.seen[key] = no
	s.table = append(s.table, uint32(len(s.data)/8), uint32(s.buf.Len()), uint32(set.GetCardinality()))
	s.data = append(s.data, s.buf.Bytes()...)
	s.data = append(s.data, make([]byte, padding(int64(len(s.data))))...)
	return no, nil
}

// count returns how many rids a set has.
func (s *sets) count(no uint32) int {
	return int(s.table[3*no+2])
}

// load returns a set, not to be changed.
func (s *sets) load(no uint32) (*roaring.Bitmap, error) {
	set := roaring.New()
	from := int(s.table[3*no]) * 8
	_, err := set.FromBuffer(s.data[from : from+int(s.table[3*no+1])])
	return set, err
}
