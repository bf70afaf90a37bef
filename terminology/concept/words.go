package concept

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// words gathers the word index: each word of codes, displays and designations, folded,
// with the concepts that have it.
type words struct {
	byWord map[string]uint32
	list   []string
	posts  []wordPost
	buf    []string
}

type wordPost struct{ word, number uint32 }

func newWords() *words { return &words{byWord: map[string]uint32{}} }

func (x *words) add(k uint32, p *parsed) {
	x.buf = Words(x.buf[:0], p.display)
	x.buf = append(x.buf, fold(p.code))
	for _, d := range p.designations {
		x.buf = Words(x.buf, d.value)
	}
	slices.Sort(x.buf)
	for _, w := range slices.Compact(x.buf) {
		id, ok := x.byWord[w]
		if !ok {
			w = strings.Clone(w)
			id = uint32(len(x.list))
			x.byWord[w], x.list = id, append(x.list, w)
		}
		x.posts = append(x.posts, wordPost{id, k})
	}
}

func (x *words) write(w *writer) {
	sorted := make([]uint32, len(x.list))
	for i := range sorted {
		sorted[i] = uint32(i)
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return strings.Compare(x.list[a], x.list[b]) })
	rank := make([]uint32, len(sorted))
	var t texts
	t.end()
	for r, id := range sorted {
		rank[id] = uint32(r)
		t.add(x.list[id])
	}
	for i := range x.posts {
		x.posts[i].word = rank[x.posts[i].word]
	}
	slices.SortFunc(x.posts, func(a, b wordPost) int {
		return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(a.number, b.number))
	})
	out := csr{start: make([]uint32, len(sorted)+1), list: make([]uint32, len(x.posts))}
	for i, p := range x.posts {
		out.list[i] = p.number
		out.start[p.word+1] = uint32(i + 1)
	}
	w.section(secWord, t.bytes)
	w.section(secWordStart, t.start)
	w.lists(secWordList, secWordListStart, &out)
}

// Words appends the words of a text to dst: folded to lower case without accents, split
// where neither letters nor digits stand.
func Words(dst []string, s string) []string {
	for w := range strings.FieldsFuncSeq(fold(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		dst = append(dst, w)
	}
	return dst
}

// fold takes case and accents away.
func fold(s string) string {
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < utf8.RuneSelf
	}
	if ascii {
		return strings.ToLower(s)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
}
