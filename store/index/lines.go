package index

import (
	"bytes"
	"slices"
	"sort"
	"strings"
)

// lines are the texts that resources of a delta have for a parameter, in the order in which
// they came.
type lines struct {
	text  []byte // the texts, one after the other
	list  []line
	order []uint32          // the first lines, by text
	grams map[gram][]uint32 // the lines that have three bytes in a row; nil when they are not kept
	dead  int               // lines that do not count any more
}

// line is a text of a resource; it counts while the resource has the mark.
type line struct {
	start, end uint32
	rid        uint32
	mark       uint32
}

// gram is three bytes of a text.
type gram [3]byte

const (
	newestMax = 512  // lines that are not in order yet
	deadMax   = 1024 // lines that do not count and are kept nevertheless
)

// newLines returns lines; deep ones know what their texts contain.
func newLines(deep bool) *lines {
	l := &lines{}
	if deep {
		l.grams = map[gram][]uint32{}
	}
	return l
}

// add adds a line.
func (l *lines) add(text string, rid, mark uint32) {
	start := uint32(len(l.text))
	l.text = append(l.text, text...)
	l.put(line{start, uint32(len(l.text)), rid, mark})
	if len(l.list)-len(l.order) > newestMax {
		l.sort()
	}
}

// put adds a line whose text is there.
func (l *lines) put(x line) {
	n := uint32(len(l.list))
	l.list = append(l.list, x)
	if l.grams == nil {
		return
	}
	for t := l.text[x.start:x.end]; len(t) >= len(gram{}); t = t[1:] {
		g := gram(t[:3])
		if had := l.grams[g]; len(had) == 0 || had[len(had)-1] != n {
			l.grams[g] = append(had, n)
		}
	}
}

func (l *lines) at(n uint32) []byte { return l.text[l.list[n].start:l.list[n].end] }

// sort brings all lines into order.
func (l *lines) sort() {
	have := len(l.order)
	newest := make([]uint32, 0, len(l.list)-have)
	for n := have; n < len(l.list); n++ {
		newest = append(newest, uint32(n))
	}
	slices.SortFunc(newest, func(a, b uint32) int { return bytes.Compare(l.at(a), l.at(b)) })
	l.order = append(l.order, newest...)
	for i, j := have-1, len(newest)-1; j >= 0; { // the greatest first, into the room at the end
		if i >= 0 && bytes.Compare(l.at(l.order[i]), l.at(newest[j])) > 0 {
			l.order[i+j+1] = l.order[i]
			i--
		} else {
			l.order[i+j+1] = newest[j]
			j--
		}
	}
}

// died notes that a line does not count any more. When too many do not, they are forgotten.
func (l *lines) died(d *delta) {
	if l.dead++; l.dead < deadMax || l.dead < len(l.list)/2 {
		return
	}
	old := *l
	*l = *newLines(old.grams != nil)
	for i := range old.list {
		if x := &old.list[i]; d.valid(x) {
			start := uint32(len(l.text))
			l.text = append(l.text, old.text[x.start:x.end]...)
			l.put(line{start, uint32(len(l.text)), x.rid, x.mark})
		}
	}
	l.sort()
}

// valid tells whether a line counts.
func (d *delta) valid(x *line) bool {
	c := d.docs[x.rid]
	return c != nil && c.mark == x.mark
}

// prefix appends the resources with a text that begins with folded, in no order.
func (l *lines) prefix(d *delta, folded string, dst []uint32) []uint32 {
	i := sort.Search(len(l.order), func(i int) bool { return string(l.at(l.order[i])) >= folded })
	for ; i < len(l.order) && strings.HasPrefix(string(l.at(l.order[i])), folded); i++ {
		dst = l.take(d, l.order[i], dst)
	}
	for n := len(l.order); n < len(l.list); n++ {
		if strings.HasPrefix(string(l.at(uint32(n))), folded) {
			dst = l.take(d, uint32(n), dst)
		}
	}
	return dst
}

// contains appends the resources with a text that has folded in it, in no order.
func (l *lines) contains(d *delta, folded string, dst []uint32) []uint32 {
	if l.grams == nil || len(folded) < len(gram{}) {
		for n := range l.list {
			if strings.Contains(string(l.at(uint32(n))), folded) {
				dst = l.take(d, uint32(n), dst)
			}
		}
		return dst
	}
	some := l.grams[gram([]byte(folded[:3]))]
	for i := 1; i+3 <= len(folded) && len(some) > 0; i++ {
		if other := l.grams[gram([]byte(folded[i:i+3]))]; len(other) < len(some) {
			some = other
		}
	}
	for _, n := range some {
		if len(folded) == len(gram{}) || strings.Contains(string(l.at(n)), folded) {
			dst = l.take(d, n, dst)
		}
	}
	return dst
}

// take appends the resource of a line that counts.
func (l *lines) take(d *delta, n uint32, dst []uint32) []uint32 {
	x := &l.list[n]
	if l.dead > 0 && !d.valid(x) {
		return dst
	}
	return append(dst, x.rid)
}
