package linkage

import (
	"cmp"
	"slices"

	"hash/maphash"
)

// Feature is something that records which mean the same probably share: a word, three
// letters of one, how it sounds, a cell of a map, an identifier.
type Feature struct {
	Key    uint64
	Weight float32 // how much sharing it counts, beside how rare it is
}

var seed = maphash.MakeSeed()

// Key makes the key of a feature from its sort and its text.
func Key(sort byte, text string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteByte(sort)
	h.WriteString(text)
	return h.Sum64()
}

// WordFeatures are the features of a name: its words, how they sound, and each three letters
// of their plain spelling.
func WordFeatures(words []Word) []Feature {
	out := make([]Feature, 0, 12*len(words))
	for i := range words {
		w := &words[i]
		if before(words, i) {
			continue
		}
		out = append(out, Feature{Key('w', w.Text), 2})
		if len(w.Sound) >= 2 {
			out = append(out, Feature{Key('s', w.Sound), 1})
		}
		text := "^" + string(w.plain) + "$"
		for k := 0; k+3 <= len(text); k++ {
			out = append(out, Feature{Key('g', text[k:k+3]), 0.5})
		}
	}
	return out
}

// Index proposes, for a record, those of a list that share most features with it. Fill it
// with Add, then ask from several goroutines, each with a [Finder] of its own.
type Index struct {
	postings map[uint64][]int32
	records  int32
}

// NewIndex returns an empty index.
func NewIndex() *Index { return &Index{postings: map[uint64][]int32{}} }

// Add takes in the features of the next record; records are numbered from 0.
func (x *Index) Add(features []Feature) {
	for _, f := range features {
		list := x.postings[f.Key]
		if n := len(list); n == 0 || list[n-1] != x.records {
			x.postings[f.Key] = append(list, x.records)
		}
	}
	x.records++
}

// Finder asks an index. It is not safe for concurrent use.
type Finder struct {
	x       *Index
	score   []float32
	touched []int32
}

// Finder returns one.
func (x *Index) Finder() *Finder { return &Finder{x: x, score: make([]float32, x.records)} }

// work is how many postings one question may look at; the rarest features come first.
const work = 30_000

// Find returns at most most records that share features, those that share most first.
func (f *Finder) Find(features []Feature, most int) []int32 {
	type posting struct {
		list   []int32
		weight float32
	}
	lists := make([]posting, 0, len(features))
	for _, w := range features {
		if l := f.x.postings[w.Key]; len(l) > 0 {
			lists = append(lists, posting{l, w.Weight * float32(Surprise(len(l), int(f.x.records)))})
		}
	}
	slices.SortFunc(lists, func(a, b posting) int { return cmp.Compare(len(a.list), len(b.list)) })
	f.touched = f.touched[:0]
	left := work
	for i, l := range lists {
		if left -= len(l.list); left < 0 && i > 0 {
			break
		}
		for _, n := range l.list {
			if f.score[n] == 0 {
				f.touched = append(f.touched, n)
			}
			f.score[n] += l.weight
		}
	}
	best := f.best(most)
	for _, n := range f.touched {
		f.score[n] = 0
	}
	return best
}

// best returns the touched records with the highest scores.
func (f *Finder) best(most int) []int32 {
	better := func(a, b int32) int { return cmp.Or(cmp.Compare(f.score[b], f.score[a]), cmp.Compare(a, b)) }
	if len(f.touched) > 8*most { // most records share next to nothing
		top := float32(0)
		for _, n := range f.touched {
			top = max(top, f.score[n])
		}
		for share := top / 3; ; share /= 2 {
			var kept []int32
			for _, n := range f.touched {
				if f.score[n] >= share {
					kept = append(kept, n)
				}
			}
			if len(kept) >= most || share < top/1000 {
				slices.SortFunc(kept, better)
				return kept[:min(most, len(kept))]
			}
		}
	}
	kept := slices.Clone(f.touched)
	slices.SortFunc(kept, better)
	return kept[:min(most, len(kept))]
}
