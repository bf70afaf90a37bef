package cache_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/s2"

	"masjala/store/cache"
)

// pieced makes a text of pieces of a dictionary, of itself, and of what is like nothing.
func pieced(r *rand.Rand, dict []byte, most int) (text []byte) {
	for size := r.IntN(most + 1); len(text) < size; {
		from, n := dict, 1+r.IntN(1+r.IntN(400))
		switch r.IntN(4) {
		case 0:
			from = text
		case 1:
			n = min(n, 90)
			for range n {
				text = append(text, byte(r.Uint32()))
			}
			continue
		}
		if len(from) > 0 {
			at := r.IntN(len(from))
			text = append(text, from[at:min(at+n, len(from))]...)
		}
	}
	return text[:min(len(text), most)]
}

// What is compressed is read by any reader of S2, wherever its pieces come from.
func TestEncodedTextsAreS2(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 17))
		dict := pieced(r, []byte(`{"resourceType":"Location","status":"active"}`), 64<<10)
		dict = append(dict, "at least sixteen bytes"...)
		d := s2.MakeDict(dict, dict[len(dict)/2:])
		most := []int{20, 400, 3000, 1<<16 - 1}[seed%4]
		texts := [][]byte{nil, dict[:min(len(dict), 1<<16-1)], bytes.Repeat([]byte{'x'}, most)}
		for range 40 {
			texts = append(texts, pieced(r, dict, most))
		}
		for i, b := range cache.Encode(d, texts) {
			if got, err := d.Decode(nil, b); err != nil || !bytes.Equal(got, texts[i]) {
				t.Fatalf("seed %d: text %d of %d bytes comes back as %d: %v", seed, i, len(texts[i]), len(got), err)
			}
		}
	}
}

// Searching a dictionary thoroughly is worth it.
func TestEncodingIsDenserThanThatOfTheLibrary(t *testing.T) {
	text := func(i int) []byte { return likely(rand.New(rand.NewPCG(uint64(i), 19)), fmt.Sprint(i)).Resource.Body }
	var dict []byte
	for i := 0; len(dict) < 60_000; i++ {
		dict = append(dict, text(i)...)
	}
	d := s2.MakeDict(dict, dict[:32])
	texts, theirs := [][]byte{}, 0
	for i := range 500 {
		texts = append(texts, text(1000+i))
		theirs += len(d.Encode(nil, texts[i]))
	}
	ours := 0
	for _, b := range cache.Encode(d, texts) {
		ours += len(b)
	}
	if ours > theirs*19/20 {
		t.Errorf("500 resources take %d bytes; the library makes %d of them", ours, theirs)
	}
}

// mostAlike is how many of some thousand ids may be lost because others have the same 28 bits of a hash (24 in
// the names and 4 that choose the part), and take turns with them. The hash has another seed in each cache. Of n
// ids among m, nm/2^28 are lost on average: 0.05 at most in these tests, with up to 6,000 ids. So more than three
// are lost in one run of some millions; none at all would be asked too much in one of twenty.
const mostAlike = 3

func TestCacheIsDense(t *testing.T) {
	c := opened(t, 32<<20)
	teach(c)
	before, raw := c.Stats(), 0
	const more = 2000
	for i := range more {
		v := likely(rand.New(rand.NewPCG(uint64(i), 3)), fmt.Sprintf("%08x-0000-4000-8000-000000000000", i))
		raw += len(v.Resource.Body) + len(v.Links)
		fill(c, 0, v)
	}
	after := c.Stats()
	if kept := after.Entries - before.Entries; kept > more || kept < more-mostAlike {
		t.Fatalf("%d are kept, want %d", kept, more)
	}
	if got := int(after.Bytes - before.Bytes); got > raw/3 {
		t.Errorf("%d bytes are kept in %d", raw, got)
	}
}

// What comes out is what went in, whatever the dictionary and the text are.
func FuzzEncode(f *testing.F) {
	dict := []byte(`{"resourceType":"Location","status":"active","mode":"instance"}`)
	for _, text := range []string{"", "x", "\xff", string(dict), string(dict[30:]) + string(dict[:30]) + "\xff0123456789abcdef" + string(dict)} {
		f.Add(dict, []byte(text), uint16(1))
		f.Add(dict, []byte(text), uint16(700))
	}
	f.Fuzz(func(t *testing.T, dict, text []byte, times uint16) {
		d := s2.MakeDict(dict, text)
		if d == nil { // too short
			return
		}
		text = bytes.Repeat(text, int(times))
		text = text[:min(len(text), 1<<16-1)]
		got, err := d.Decode(nil, cache.Encode(d, [][]byte{text})[0])
		if err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%q with the dictionary %q comes back as %q: %v", text, dict, got, err)
		}
	})
}
