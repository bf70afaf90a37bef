package text

import (
	"bytes"
	"crypto/sha256"

	"github.com/RoaringBitmap/roaring/v2"
)

// sets writes the bitmaps of a section, each content once. Equal ones are many: what
// contains "ealth centre" mostly contains "health centre".
type sets struct {
	out   *section
	table []uint32 // as partBitmapTable
	seen  map[[16]byte]uint32
	buf   bytes.Buffer
}

// add writes a set and returns its number.
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
	s.seen[key] = no
	begin := s.out.n - s.out.begin
	s.table = append(s.table, uint32(begin/8), uint32(s.buf.Len()), uint32(set.GetCardinality()))
	s.out.write(s.buf.Bytes())
	s.out.number(0, padding(s.out.n))
	return no, nil
}
