package concept

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// rows measures letter by letter how far a word is from beginning with another: by letters to
// add, drop, change or swap with the next. The zero value is ready for begin.
type rows struct {
	want  []rune
	limit int
	row   [][]uint8 // by letters of the word
	text  []rune
}

// begin starts a word.
func (r *rows) begin(want []rune, limit int) {
	r.want, r.limit = want, limit
	r.cut(0)
	row := r.next(0)
	for j := range row {
		row[j] = uint8(j)
	}
}

// cut goes back to the first n letters of the word.
func (r *rows) cut(n int) { r.text = r.text[:min(n, len(r.text))] }

// next returns the room of the row after n letters.
func (r *rows) next(n int) []uint8 {
	for len(r.row) <= n {
		r.row = append(r.row, nil)
	}
	if cap(r.row[n]) <= len(r.want) {
		r.row[n] = make([]uint8, mostEdited+1)
	}
	r.row[n] = r.row[n][:len(r.want)+1]
	return r.row[n]
}

// step takes the next letter of the word. It returns false once nothing that follows can
// bring the word near enough.
func (r *rows) step(letter rune) bool {
	n := len(r.text)
	last, now := r.row[n], r.next(n+1)
	now[0] = uint8(min(n+1, 255))
	best := now[0]
	for j, w := range r.want {
		cost := uint8(1)
		if w == letter {
			cost = 0
		}
		d := min(last[j]+cost, last[j+1]+1, now[j]+1)
		if n > 0 && j > 0 && w == r.text[n-1] && r.want[j-1] == letter {
			d = min(d, r.row[n-1][j-1]+1)
		}
		now[j+1] = d
		best = min(best, d)
	}
	r.text = append(r.text, letter)
	return int(best) <= r.limit
}

// found tells whether the word so far is near enough.
func (r *rows) found() bool { return int(r.row[len(r.text)][len(r.want)]) <= r.limit }

// near appends the words of the dictionary that begin with the i-th word of a query but for
// few letters. It goes through the sorted words as through a tree: what two words in a row
// have in common is measured once, and words that begin alike are passed over together.
func (s *Set) near(dst []span, q *Query, i int, reach Reach) []span {
	n, first := q.edits(i, reach)
	if n == 0 {
		return dst
	}
	want := q.letters[i]
	all := span{0, s.dictionary()}
	if !first {
		all = s.beginning(string(want[:1]), 0)
	}
	q.row.begin(want, n)
	last := ""
	for at := all.first; at < all.end; {
		word := s.word(at)
		q.row.cut(alike(last, word))
		last = word
		end, hit := s.walk(q, word, at, all.end)
		if hit {
			dst = append(dst, span{at, end})
		}
		at = end
	}
	return dst
}

// walk measures one word from where it differs from the one before. It returns the end of the
// words that share its fate, and whether they are near.
func (s *Set) walk(q *Query, word string, at, end uint32) (uint32, bool) {
	known := len(q.row.text)
	for byteAt, r := range word {
		if known > 0 {
			known--
			continue
		}
		if !q.row.step(r) {
			q.row.cut(len(q.row.text) - 1)
			return s.after(word[:byteAt+utf8.RuneLen(r)], at, end), false
		}
		if q.row.found() {
			q.row.cut(len(q.row.text) - 1)
			return s.after(word[:byteAt+utf8.RuneLen(r)], at, end), true
		}
	}
	return at + 1, false
}

// alike counts the letters that two words begin with alike.
func alike(a, b string) int {
	n := 0
	for i, r := range b {
		if !strings.HasPrefix(a[min(i, len(a)):], string(r)) {
			break
		}
		n++
	}
	return n
}

// after returns the first word after those from at on that begin with a prefix.
func (s *Set) after(prefix string, at, end uint32) uint32 {
	step := uint32(1)
	for at+step < end && strings.HasPrefix(s.word(at+step), prefix) {
		step *= 2
	}
	low := at + step/2
	return low + uint32(sort.Search(int(min(end, at+step)-low), func(i int) bool {
		return !strings.HasPrefix(s.word(low+uint32(i)), prefix)
	}))
}
