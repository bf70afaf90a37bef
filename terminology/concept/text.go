package concept

import (
	"encoding/binary"
	"slices"
	"sort"
	"strings"
	"unsafe"
)

// textInfo says where the parts of the text index lie in their section, and how concepts
// are ranked in it.
type textInfo struct {
	Parts [textParts]part `json:"parts"`
	All   space           `json:"all"`   // words of all texts
	Own   tongue          `json:"own"`   // of the displays
	Other []tongue        `json:"other"` // of the designations that stand for displays in other languages

	// Ranks from which on concepts are abstract, inactive, and both.
	Abstract, Inactive, Both uint32
}

// Parts of the text index that there is one of.
const (
	textRank       = iota // concept number → rank
	textNumber            // rank → concept number
	textCode              // concept numbers, by squeezed code
	textSuffix            // words and places in them, by what stands there
	textExact             // concept numbers, by the hash of a whole text
	textExactStart        // where each bucket of hashes begins
	textParts
)

// part is a stretch of the section.
type part struct {
	At   uint32 `json:"at"`
	Size uint32 `json:"size"`
}

// tongue is the index of the texts that are shown in one language.
type tongue struct {
	Language string `json:"language"` // primary subtag, lower case
	Words    space  `json:"words"`    // any word of such a text
	First    space  `json:"first"`    // the first word
	Has      part   `json:"has"`      // ranks of the concepts that have one; empty when all do
}

// space has for each word of the dictionary the ranks of the concepts that have it in some
// texts: as a list of differences, and for ranges of words that are long, as a stored set.
type space struct {
	Start part `json:"start"` // where the list of each word begins
	List  part `json:"list"`
	Range part `json:"range"` // first and end of the ranges that have a stored set
	Set   part `json:"set"`
}

// span is a range of words of the dictionary.
type span struct{ first, end uint32 }

// part returns the bytes of a part of the text index.
func (s *Set) part(p part) []byte { return s.sec[secText][p.At : p.At+p.Size] }

// rank tells the rank of a concept: the best have the least.
func (s *Set) rank(k uint32) uint32 { return u32s(s.part(s.info.Text.Parts[textRank])).at(k) }

// word returns the i-th word of the dictionary. It lies in the set.
func (s *Set) word(i uint32) string {
	b := s.text(secWord, secWordStart, i)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// dictionary tells how many words there are.
func (s *Set) dictionary() uint32 { return u32s(s.sec[secWordStart]).len() - 1 }

// beginning returns the words that begin with w, those from the word from on.
func (s *Set) beginning(w string, from uint32) span {
	n := int(s.dictionary() - from)
	first := sort.Search(n, func(i int) bool { return s.word(from+uint32(i)) >= w })
	end := first + sort.Search(n-first, func(i int) bool {
		return !strings.HasPrefix(s.word(from+uint32(first+i)), w)
	})
	return span{from + uint32(first), from + uint32(end)}
}

// join adds to dst the ranks of the concepts that have a word of a span.
func (s *Set) join(dst *Bits, x *space, words span) {
	if words.first >= words.end {
		return
	}
	if at, ok := s.stored(x, words); ok {
		b := s.part(x.Set)[at:]
		for i := range dst.words {
			dst.words[i] |= binary.LittleEndian.Uint64(b[8*i:])
		}
		return
	}
	start := u32s(s.part(x.Start))
	list := s.part(x.List)
	for w := words.first; w < words.end; w++ {
		rank := uint32(0)
		for b := list[start.at(w):start.at(w+1)]; len(b) > 0; {
			step, n := uint32(b[0]), 1
			if step >= 0x80 {
				step, n = long(b)
			}
			b = b[n:]
			rank += step
			dst.Add(rank)
		}
	}
}

// long reads the first number of a list of differences where it is of more than one byte, and
// tells how many bytes it has.
func long(list []byte) (step uint32, n int) {
	v, n := binary.Uvarint(list)
	return uint32(v), n
}

// stored finds the stored set of a span.
func (s *Set) stored(x *space, words span) (at int, ok bool) {
	keys := u32s(s.part(x.Range))
	n := int(keys.len() / 2)
	i := sort.Search(n, func(i int) bool {
		first := keys.at(2 * uint32(i))
		return first > words.first || first == words.first && keys.at(2*uint32(i)+1) <= words.end
	})
	if i == n || keys.at(2*uint32(i)) != words.first || keys.at(2*uint32(i)+1) != words.end {
		return 0, false
	}
	return i * 8 * len64(s.n), true
}

// len64 is how many 64-bit words hold n bits.
func len64(n uint32) int { return int(n+63) / 64 }

// tongueOf picks the index of the texts that a reader of some languages is shown.
func (s *Set) tongueOf(languages []string) *tongue {
	t := &s.info.Text
	for _, wanted := range languages {
		l := primary(wanted)
		if l == t.Own.Language {
			break
		}
		if i := slices.IndexFunc(t.Other, func(o tongue) bool { return o.Language == l }); i >= 0 {
			return &t.Other[i]
		}
	}
	return &t.Own
}

// primary is the language of a BCP 47 tag without script and region.
func primary(tag string) string {
	l, _, _ := strings.Cut(tag, "-")
	return strings.ToLower(l)
}
