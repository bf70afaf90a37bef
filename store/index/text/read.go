package text

import (
	"encoding/binary"
)

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
	var ok bool
	if r.shape, ok = shapeOf(binary.LittleEndian.Uint64(foot[8*parts:])); !ok {
		return nil, ErrDamaged
	}
	if r.shape.contains {
		if len(r.part[partSuffixes]) < spare {
			return nil, ErrDamaged
		}
		r.suffixes = (len(r.part[partSuffixes]) - spare) / r.shape.width
	}
	r.texts = len(r.part[partHeads]) / 4
	samples := (r.texts + sampleEvery - 1) / sampleEvery
	if len(r.part[partHeads])%4 != 0 || len(r.part[partSamples]) != 4*samples {
		return nil, ErrDamaged
	}
	return r, nil
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
