package concept

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
)

// form is the version of the canonical form that is hashed. It never changes: hashes are
// kept in the store.
const form = 1

// Hash names a set by its content.
type Hash [16]byte

// String returns the hash in hexadecimal, the name of the flat file.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads what String wrote.
func ParseHash(s string) (Hash, error) {
	var h Hash
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("%q is not the name of a concept set", s)
	}
	copy(h[:], b)
	return h, nil
}

// Hash names the set that would be made from s: a hash of the meaning and of each concept
// with its place, in document order.
func (s *Source) Hash() Hash {
	d := newDigest(&s.Meta, len(s.records))
	for i := range s.records {
		d.add(&s.records[i])
	}
	return d.sum()
}

type digest struct{ h hash.Hash }

func newDigest(meta *Meta, n int) digest {
	d := digest{h: sha256.New()}
	head, _ := json.Marshal(meta) // a struct of strings and booleans always marshals
	var b [24]byte
	binary.LittleEndian.PutUint64(b[:], form)
	binary.LittleEndian.PutUint64(b[8:], uint64(n))
	binary.LittleEndian.PutUint64(b[16:], uint64(len(head)))
	d.h.Write(b[:])
	d.h.Write(head)
	return d
}

func (d digest) add(r *record) {
	var b [12]byte
	binary.LittleEndian.PutUint32(b[:], uint32(r.parent))
	binary.LittleEndian.PutUint64(b[4:], uint64(len(r.json)))
	d.h.Write(b[:])
	io.WriteString(d.h, r.json)
}

func (d digest) sum() Hash {
	var h Hash
	copy(h[:], d.h.Sum(nil))
	return h
}
