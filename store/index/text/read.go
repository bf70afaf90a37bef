package text

import "encoding/binary"

// Reader answers from a section. It is safe for concurrent use.
type Reader struct {
	part     [parts][]byte
	texts    int
	suffixes int
	shape    shape
}

// Open returns a Reader of the section that b is, to its last byte. The Reader uses b where
// it lies: it must not change and must outlive the Reader and its results.
//
// It fails with ErrDamaged when b cannot be a section.
func Open(b []byte) (*Reader, error) {
	if len(b) < footerSize || string(b[len(b)-len(magic):]) != magic {
		return nil, ErrDamaged
	}
	body, foot := b[:len(b)-footerSize], b[len(b)-footerSize:]
	r, from := &Reader{}, uint64(0)
	for i := range r.part {
		end := binary.LittleEndian.Uint64(foot[8*i:])
		if end < from || end > uint64(len(body)) {
			return nil, ErrDamaged
		}
		r.part[i] = body[from:end:end]
		from = end + uint64(padding(int64(end)))
	}
	shape, ok := shapeOf(binary.LittleEndian.Uint64(foot[8*parts:]))
	if !ok || from != uint64(len(body)) {
		return nil, ErrDamaged
	}
	r.shape = shape
	if err := r.count(); err != nil {
		return nil, err
	}
	return r, nil
}

// count derives how many texts and suffixes there are, and checks that the parts have sizes
// that go together.
func (r *Reader) count() error {
	r.texts = len(r.part[partHeads]) / 4
	samples := (r.texts + sampleEvery - 1) / sampleEvery
	whole := len(r.part[partHeads])%4 == 0 && len(r.part[partSamples]) == 4*samples &&
		len(r.part[partLists])%4 == 0 && len(r.part[partBitmaps])%8 == 0 &&
		len(r.part[partBitmapTable])%entrySize == 0 &&
		len(r.part[partPrefixes])%nodeSize == 0 && len(r.part[partSubstrings])%nodeSize == 0
	if r.shape.contains && whole {
		size := len(r.part[partSuffixes]) - spare
		whole = size >= 0 && size%r.shape.width == 0
		r.suffixes = size / r.shape.width
	}
	if !whole {
		return ErrDamaged
	}
	return nil
}

// Rids is a set of resources that a query found.
type Rids struct {
	// Count is the number of different rids.
	Count int
	// List has them in ascending order, in the Buffer of the query until its next use; nil
	// when Bitmap is set or there are none.
	List []uint32
	// Bitmap has them as a bitmap in roaring's portable format, read-only, within the
	// section's bytes; nil when List has them.
	Bitmap []byte
}
