package linkage

import "math"

// Rarity knows in how many records a word occurs: a rare word that two names share says much,
// a common one little. Fill it with Add, then read it from any number of goroutines.
type Rarity struct {
	records int
	in      map[string]int32
}

// NewRarity returns a Rarity that knows no word yet.
func NewRarity() *Rarity { return &Rarity{in: map[string]int32{}} }

// Add counts the words of one record, each once.
func (r *Rarity) Add(words []Word) {
	r.records++
	for i := range words {
		if !before(words, i) {
			r.in[words[i].Text]++
		}
	}
}

// before tells whether a word stands among those before it.
func before(words []Word, i int) bool {
	for j := range i {
		if words[j].Text == words[i].Text {
			return true
		}
	}
	return false
}

// Set states what is known otherwise: that a word occurs in so many of all records.
func (r *Rarity) Set(word string, in, of int) {
	r.records = max(r.records, of)
	r.in[word] = int32(in)
}

// AtLeast takes the records for so many at least: a short list beside a long one does not
// make the words of the long one common.
func (r *Rarity) AtLeast(records int) { r.records = max(r.records, records) }

// Records tells how many records were counted.
func (r *Rarity) Records() int { return r.records }

// Bits is how surprising a word is: 1 for one that half of the records have, 10 for one in a
// thousand, never less than a half.
func (r *Rarity) Bits(word string) float64 {
	return Surprise(int(r.in[word]), r.records)
}

// Weigh gives words their weights.
func (r *Rarity) Weigh(words []Word) {
	for i := range words {
		words[i].Weight = r.Bits(words[i].Text)
	}
}

// Surprise is the logarithm, to the base two, of how many records there are for one that has
// something; what fewer than two have counts as if two had it.
func Surprise(have, of int) float64 {
	if of < 4 {
		return 1
	}
	return max(0.5, math.Log2(float64(of)/float64(max(have, 2))))
}
