package text

import (
	"encoding/binary"
	"math/bits"

	"github.com/RoaringBitmap/roaring/v2"
)

// Finish writes the section and removes the temporary files. The Builder is of no use afterwards.
func (b *Builder) Finish() error {
	defer b.Abort()
	if err := b.collected(); err != nil {
		return err
	}
	out := &section{w: b.w}
	out.write(b.text()[:len(b.text())-window])
	out.end(partText)
	sets := &sets{out: out, seen: map[[16]byte]uint32{}}
	many, err := b.many(sets)
	if err != nil {
		return err
	}
	prefixes, err := b.prefixes(sets)
	if err != nil {
		return err
	}
	ends, substrings, err := b.substrings(sets)
	if err != nil {
		return err
	}
	defer ends.close()
	out.end(partBitmaps)
	out.words(sets.table...)
	out.end(partBitmapTable)
	b.writeTexts(out, many)
	out.nodes(prefixes)
	out.end(partPrefixes)
	if err := ends.write(out); err != nil {
		return err
	}
	out.end(partSuffixes)
	out.nodes(substrings)
	out.end(partSubstrings)
	return out.finish(ends.shape)
}

// many stores the sets of the texts with many rids and returns their numbers, in order.
func (b *Builder) many(sets *sets) ([]uint32, error) {
	var numbers []uint32
	for i := range b.texts {
		if b.weight(i) <= b.limits.texts {
			continue
		}
		no, err := sets.add(b.setOf(i))
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, no)
	}
	return numbers, nil
}

// writeTexts writes what leads from texts to rids.
func (b *Builder) writeTexts(out *section, many []uint32) {
	for i := 0; i < b.texts; i += sampleEvery {
		out.words(b.start(i))
	}
	out.end(partSamples)
	at := uint32(0)
	for i := range b.texts {
		head := word(b.bytes[fileHeads], i)
		switch n := b.weight(i); {
		case n > b.limits.texts:
			head, many = headMany|many[0], many[1:]
		case n > 1:
			head = headList | at
			at += 1 + uint32(n)
		}
		out.words(head)
	}
	out.end(partHeads)
	var rids []uint32
	for i := range b.texts {
		if n := b.weight(i); n > 1 && n <= b.limits.texts {
			rids = b.appendRids(rids[:0], i)
			out.words(uint32(n))
			out.words(rids...)
		}
	}
	out.end(partLists)
}

// prefixes stores the sets of the ranges of texts and returns their nodes.
func (b *Builder) prefixes(sets *sets) ([]node, error) {
	t := &tree{limit: b.limits.texts, whole: true, sets: sets, text: b.text(), rids: b.appendRids}
	for i := range b.texts {
		at := b.start(i)
		l := leaf{at: at, size: b.end(i) - int(at)}
		if i > 0 {
			l.common, _ = common(b.text(), b.start(i-1), at)
		}
		weight := b.weight(i)
		if weight > b.limits.texts {
			l.set = b.setOf(i)
		}
		t.add(l, 1, weight)
	}
	return t.finish()
}

// text returns all texts, each followed by a NUL, and window more bytes.
func (b *Builder) text() []byte { return b.bytes[fileText] }

// start returns where a text begins.
func (b *Builder) start(i int) uint32 { return word(b.bytes[fileStarts], i) }

// end returns where a text ends.
func (b *Builder) end(i int) int { return int(b.start(i+1)) - 1 }

// weight returns how many rids a text has.
func (b *Builder) weight(i int) int {
	head := word(b.bytes[fileHeads], i)
	if head < headList {
		return 1
	}
	return int(word(b.bytes[fileLists], int(head&^headList)))
}

// appendRids appends the rids of a text.
func (b *Builder) appendRids(dst []uint32, i int) []uint32 {
	head := word(b.bytes[fileHeads], i)
	if head < headList {
		return append(dst, head)
	}
	at := int(head &^ headList)
	for n := range int(word(b.bytes[fileLists], at)) {
		dst = append(dst, word(b.bytes[fileLists], at+1+n))
	}
	return dst
}

// setOf returns the rids of a text as a bitmap.
func (b *Builder) setOf(i int) *roaring.Bitmap {
	set := roaring.New()
	set.AddMany(b.appendRids(nil, i))
	return set
}

// common returns how many bytes two different texts or suffixes have in common, and whether
// all of both. The text has window more bytes at its end.
func common(text []byte, a, b uint32) (n int, all bool) {
	for p, q := text[a:], text[b:]; ; n += window {
		v, w := binary.BigEndian.Uint64(p[n:]), binary.BigEndian.Uint64(q[n:])
		alike := bits.LeadingZeros64(v^w) / 8
		if end := before(v); end < alike {
			return n + end, true
		}
		if alike < window {
			return n + alike, false
		}
	}
}
