package xls

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// The records that are read.
const (
	recFormula     = 0x0006
	recEOF         = 0x000a
	recDateMode    = 0x0022
	recFilePass    = 0x002f
	recContinue    = 0x003c
	recCodePage    = 0x0042
	recBoundSheet  = 0x0085
	recMulRK       = 0x00bd
	recRString     = 0x00d6
	recXF          = 0x00e0
	recMergedCells = 0x00e5
	recSST         = 0x00fc
	recLabelSST    = 0x00fd
	recNumber      = 0x0203
	recLabel       = 0x0204
	recBoolErr     = 0x0205
	recString      = 0x0207
	recRK          = 0x027e
	recFormat      = 0x041e
	recFormatOld   = 0x001e
	recBOF         = 0x0809
)

// record is one record; data is valid until the next one is read.
type record struct {
	id   uint16
	data []byte
}

// records reads records one after the other.
type records struct {
	in   *bufio.Reader
	buf  []byte
	held *record // given back by unread
}

func newRecords(r io.Reader) *records { return &records{in: bufio.NewReaderSize(r, 64<<10)} }

// next returns the next record; io.ErrUnexpectedEOF when the stream ends inside or before it:
// a good stream ends with a record of its own.
func (r *records) next() (record, error) {
	if r.held != nil {
		rec := *r.held
		r.held = nil
		return rec, nil
	}
	var head [4]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return record{}, cutOff(err)
	}
	n := int(binary.LittleEndian.Uint16(head[2:]))
	if cap(r.buf) < n {
		r.buf = make([]byte, 1<<16)
	}
	data := r.buf[:n]
	if _, err := io.ReadFull(r.in, data); err != nil {
		return record{}, cutOff(err)
	}
	return record{binary.LittleEndian.Uint16(head[:]), data}, nil
}

// unread gives a record back, to be the next one.
func (r *records) unread(rec record) { r.held = &rec }

func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// continued returns copies of the data of a record and of those that continue it.
func (r *records) continued(first []byte) ([][]byte, error) {
	parts := [][]byte{append([]byte(nil), first...)}
	for {
		rec, err := r.next()
		if err != nil {
			return nil, err
		}
		if rec.id != recContinue {
			r.unread(rec)
			return parts, nil
		}
		parts = append(parts, append([]byte(nil), rec.data...))
	}
}
