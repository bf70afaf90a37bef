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
