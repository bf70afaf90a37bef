package spool_test

import (
	"bytes"
	"hash/crc32"
	"io"
	"os"
	"testing"

	"pgregory.net/rapid"

	"masjala/store/index/spool"
)

func TestSpoolIsAsTheBytes(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s, err := spool.New(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var want []byte
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "read") && len(want) > 0 {
				from := rapid.IntRange(0, len(want)-1).Draw(t, "from")
				p := make([]byte, rapid.IntRange(0, len(want)-from).Draw(t, "length"))
				if n, err := s.ReadAt(p, int64(from)); n != len(p) || err != nil || !bytes.Equal(p, want[from:from+len(p)]) {
					t.Fatalf("ReadAt(%d, %d) = %d, %v, %.20x", from, len(p), n, err, p)
				}
				continue
			}
			b := bytes.Repeat([]byte{rapid.Byte().Draw(t, "byte")}, rapid.SampledFrom([]int{0, 1, 4, 1000, 1 << 17}).Draw(t, "size"))
			want = append(want, b...)
			if _, err := s.Write(b); err != nil {
				t.Fatal(err)
			}
		}
		sum := crc32.Checksum(want, crc32.MakeTable(crc32.Castagnoli))
		if s.Len() != uint64(len(want)) || s.Sum() != sum {
			t.Fatalf("%d bytes of sum %x, want %d of %x", s.Len(), s.Sum(), len(want), sum)
		}
		r, err := s.Rewind()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes are read in order, %v; want %d", len(got), err, len(want))
		}
		if got, err := s.Bytes(); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("there are %d bytes, %v; want %d", len(got), err, len(want))
		}
	})
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("there is still %v, %v", left, err)
	}
}

func TestCloseAgain(t *testing.T) {
	s, err := spool.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	s.Close()
	(*spool.Spool)(nil).Close()
}
