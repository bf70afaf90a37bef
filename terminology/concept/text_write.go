package concept

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"masjala/fhir/room"
)

// textWriter writes the parts of a text index into one section.
type textWriter struct {
	b    []byte
	n    uint32   // of concepts
	rank []uint32 // by number
	word []uint32 // place in the dictionary by the order of first use
	list []string // the dictionary
	info textInfo
}

// write writes the dictionary and the index. codes are those of the concepts by number.
func (x *textBuilder) write(w *writer, codes *texts) textInfo {
	t := &textWriter{n: uint32(len(x.class))}
	t.order(x.class)
	t.words(w, x.list)
	x.byWord, x.list = nil, nil
	t.info.All = t.space(x.all)
	x.all = nil
	for i := range x.shown {
		s := &x.shown[i]
		out := tongue{Language: s.language, Words: t.space(s.words), First: t.space(s.first)}
		s.words, s.first = nil, nil
		if i == 0 {
			t.info.Own = out
			continue
		}
		has := NewBits(int(t.n))
		for _, k := range s.has {
			has.Add(t.rank[k])
		}
		out.Has = t.set(has)
		t.info.Other = append(t.info.Other, out)
	}
	t.codes(codes)
	t.suffixes()
	t.exact(x.exact)
	w.section(secText, t.b)
	return t.info
}

// part notes that what was written since at is one part.
func (t *textWriter) part(at int) part { return part{uint32(at), uint32(len(t.b) - at)} }

// numbers writes a part of 32-bit numbers.
func (t *textWriter) numbers(list []uint32) part {
	at := len(t.b)
	t.b = room.For(t.b, 4*len(list))
	for _, n := range list {
		t.b = binary.LittleEndian.AppendUint32(t.b, n)
	}
	return t.part(at)
}

// bytes appends what may be much.
func (t *textWriter) bytes(list []byte) {
	t.b = room.For(t.b, len(list))
	for some := range slices.Chunk(list, room.Piece) {
		t.b = append(t.b, some...)
	}
}

// set writes a set as 64-bit words.
func (t *textWriter) set(set *Bits) part {
	at := len(t.b)
	t.b = room.For(t.b, 8*len(set.words))
	for _, w := range set.words {
		t.b = binary.LittleEndian.AppendUint64(t.b, w)
	}
	return t.part(at)
}

// order ranks the concepts: by class, those with short displays first.
func (t *textWriter) order(class []uint64) {
	number := make([]uint32, t.n)
	for i := range number {
		number[i] = uint32(i)
	}
	slices.SortFunc(number, func(a, b uint32) int { return cmp.Or(cmp.Compare(class[a], class[b]), cmp.Compare(a, b)) })
	t.rank = make([]uint32, t.n)
	for r, k := range number {
		t.rank[k] = uint32(r)
	}
	t.info.Parts[textRank] = t.numbers(t.rank)
	t.info.Parts[textNumber] = t.numbers(number)
	from := func(c uint64) uint32 {
		at, _ := slices.BinarySearchFunc(number, c<<32, func(k uint32, v uint64) int { return cmp.Compare(class[k], v) })
		return uint32(at)
	}
	t.info.Abstract, t.info.Inactive, t.info.Both = from(1), from(2), from(3)
}

// words sorts and writes the dictionary.
func (t *textWriter) words(w *writer, list []string) {
	sorted := make([]uint32, len(list))
	for i := range sorted {
		sorted[i] = uint32(i)
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return strings.Compare(list[a], list[b]) })
	t.word = make([]uint32, len(sorted))
	t.list = make([]string, len(sorted))
	var out texts
	out.end()
	for at, id := range sorted {
		t.word[id], t.list[at] = uint32(at), list[id]
		out.add(list[id])
	}
	w.section(secWord, out.bytes)
	w.section(secWordStart, out.start)
}

// space writes which ranks have which words, and the sets of ranges of words that are long.
func (t *textWriter) space(list posts) space {
	for i, p := range list {
		list[i] = uint64(t.word[p>>32])<<32 | uint64(t.rank[uint32(p)])
	}
	slices.Sort(list)
	start := make([]uint32, len(t.list)+1)
	at, word, last := len(t.b), uint32(0), uint32(0)
	for _, p := range list {
		for ; word < uint32(p>>32); word++ {
			start[word+1], last = uint32(len(t.b)-at), 0
		}
		t.b = binary.AppendUvarint(room.For(t.b, binary.MaxVarintLen64), uint64(uint32(p)-last))
		last = uint32(p)
	}
	for ; word < uint32(len(t.list)); word++ {
		start[word+1] = uint32(len(t.b) - at)
	}
	out := space{List: t.part(at)}
	out.Start = t.numbers(start)
	r := ranges{t: t, list: list, start: start, limit: max(512, t.n/16)}
	r.split(span{0, uint32(len(t.list))}, 0)
	at = len(t.b)
	t.bytes(r.sets)
	out.Set = t.part(at)
	out.Range = t.numbers(r.keys)
	return out
}

// ranges finds the ranges of words with a common beginning that are so long that reading
// their lists would take more than reading a set.
type ranges struct {
	t     *textWriter
	list  posts
	start []uint32
	limit uint32
	keys  []uint32
	sets  []byte
}

// split looks at the words of a span, that are alike in their first depth bytes.
func (r *ranges) split(all span, depth int) {
	words := r.t.list
	for at := all.first; at < all.end; {
		next := at + 1
		if len(words[at]) > depth {
			c := words[at][depth]
			for next < all.end && words[next][depth] == c {
				next++
			}
		}
		s := span{at, next}
		at = next
		if r.start[s.end]-r.start[s.first] <= r.limit {
			continue
		}
		if s != all || depth == 0 {
			r.store(s)
		}
		if s.end-s.first > 1 {
			r.split(s, depth+1)
		}
	}
}

func (r *ranges) store(s span) {
	set := NewBits(int(r.t.n))
	from, _ := slices.BinarySearch(r.list, uint64(s.first)<<32)
	for _, p := range r.list[from:] {
		if uint32(p>>32) >= s.end {
			break
		}
		set.Add(uint32(p))
	}
	r.keys = append(r.keys, s.first, s.end)
	for _, w := range set.words {
		r.sets = binary.LittleEndian.AppendUint64(room.For(r.sets, 8), w)
	}
}

// codes writes the concepts in the order of their squeezed codes.
func (t *textWriter) codes(codes *texts) {
	start := u32s(codes.start)
	var room []byte
	ends := make([]uint32, t.n+1)
	number := make([]uint32, t.n)
	for k := range t.n {
		room = squeezed(room, codes.bytes[start.at(k):start.at(k+1)])
		ends[k+1], number[k] = uint32(len(room)), k
	}
	slices.SortFunc(number, func(a, b uint32) int {
		return cmp.Or(bytes.Compare(room[ends[a]:ends[a+1]], room[ends[b]:ends[b+1]]), cmp.Compare(a, b))
	})
	t.info.Parts[textCode] = t.numbers(number)
}

const (
	suffixBits  = 8                 // of an entry of textSuffix, for the place in the word
	longestWord = 1<<suffixBits - 1 // bytes of a word that fragments are looked for in
	shortest    = 4                 // letters of a fragment
)

// suffixes writes where fragments of words begin.
func (t *textWriter) suffixes() {
	var list []uint32
	for i, w := range t.list {
		if len(w) > longestWord || i >= 1<<(32-suffixBits) {
			continue
		}
		letters := utf8.RuneCountInString(w)
		for at := range w {
			if at > 0 && letters >= shortest {
				list = append(room.For(list, 1), uint32(i)<<suffixBits|uint32(at))
			}
			letters--
		}
	}
	text := func(e uint32) string { return t.list[e>>suffixBits][e&(1<<suffixBits-1):] }
	slices.SortFunc(list, func(a, b uint32) int { return cmp.Or(strings.Compare(text(a), text(b)), cmp.Compare(a, b)) })
	t.info.Parts[textSuffix] = t.numbers(list)
}

// exact writes the concepts by the hashes of their texts.
func (t *textWriter) exact(list []exactPost) {
	buckets := uint32(1) << bits.Len(uint(len(list)/2))
	slices.SortFunc(list, func(a, b exactPost) int {
		return cmp.Or(cmp.Compare(a.hash%buckets, b.hash%buckets), cmp.Compare(t.rank[a.number], t.rank[b.number]))
	})
	number, start := make([]uint32, len(list)), make([]uint32, buckets+1)
	for i, p := range list {
		number[i] = p.number
		start[p.hash%buckets+1]++
	}
	for i := range buckets {
		start[i+1] += start[i]
	}
	t.info.Parts[textExact] = t.numbers(number)
	t.info.Parts[textExactStart] = t.numbers(start)
}
