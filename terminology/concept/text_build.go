package concept

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"masjala/fhir/room"
)

// textBuilder gathers the text index of a set, concept by concept.
type textBuilder struct {
	flags  func(k uint32) byte
	own    string // primary language of the displays
	byWord map[string]uint32
	list   []string

	all   posts
	shown []shownPosts // first that of the displays
	class []uint64     // by number: flags, length of the display
	exact []exactPost

	words []string
	ids   []uint32
	same  []byte
	seen  []uint32 // hashes of the texts of the concept
}

// posts says which concepts have a word: word and concept number.
type posts []uint64

// shownPosts are those of the texts that are shown in one language.
type shownPosts struct {
	language     string
	words, first posts
	has          []uint32
}

// exactPost says that a concept has a text of a hash.
type exactPost struct{ hash, number uint32 }

func newTextBuilder(language string, flags func(k uint32) byte) *textBuilder {
	if language == "" {
		language = "en"
	}
	x := &textBuilder{flags: flags, own: primary(language), byWord: map[string]uint32{}}
	x.shown = []shownPosts{{language: x.own}}
	return x
}

// add takes the texts of the next concept.
func (x *textBuilder) add(k uint32, p *parsed) {
	x.ids, x.seen = x.ids[:0], x.seen[:0]
	display := cmp.Or(p.display, p.code)
	x.show(0, k, display)
	for i := range p.designations {
		d := &p.designations[i]
		if at := x.shows(k, d); at > 0 {
			x.show(at, k, d.value)
		} else {
			x.take(k, d.value)
		}
	}
	slices.Sort(x.ids)
	for _, id := range slices.Compact(x.ids) {
		x.all = append(room.For(x.all, 1), uint64(id)<<32|uint64(k))
	}
	x.class = append(x.class, uint64(class(x.flags(k)))<<32|uint64(utf8.RuneCountInString(display)))
}

// class orders concepts by what they are good for: those to choose, those for grouping, and
// then those no longer in use.
func class(flags byte) byte {
	c := byte(0)
	if flags&flagAbstract != 0 {
		c++
	}
	if flags&flagInactive != 0 {
		c += 2
	}
	return c
}

// shows tells in which index a designation belongs as the text that is shown in its
// language; 0 if it is not shown.
func (x *textBuilder) shows(k uint32, d *parsedDesignation) int {
	l := primary(d.language)
	if l == "" || l == x.own || standing(d.extensions) != "" {
		return 0
	}
	i := slices.IndexFunc(x.shown, func(s shownPosts) bool { return s.language == l })
	if i < 0 {
		x.shown = append(x.shown, shownPosts{language: strings.Clone(l)})
		i = len(x.shown) - 1
	}
	s := &x.shown[i]
	if n := len(s.has); n > 0 && s.has[n-1] == k {
		return 0 // another is
	}
	s.has = append(s.has, k)
	return i
}

// show takes a text that is shown in a language.
func (x *textBuilder) show(at int, k uint32, text string) {
	from := len(x.ids)
	x.take(k, text)
	s := &x.shown[at]
	own := x.ids[from:]
	if len(own) == 0 {
		return
	}
	s.first = append(room.For(s.first, 1), uint64(own[0])<<32|uint64(k))
	for i, id := range own {
		if !slices.Contains(own[:i], id) {
			s.words = append(room.For(s.words, 1), uint64(id)<<32|uint64(k))
		}
	}
}

// take takes any text.
func (x *textBuilder) take(k uint32, text string) {
	x.words = Words(x.words[:0], text)
	n := len(x.words)
	if n == 0 {
		return
	}
	x.words = inside(x.words)
	for _, w := range x.words {
		x.ids = append(x.ids, x.id(w))
	}
	x.same = sameText(x.same[:0], x.words[:n])
	h := hashCode(x.same)
	if !slices.Contains(x.seen, h) {
		x.seen = append(x.seen, h)
		x.exact = append(room.For(x.exact, 1), exactPost{h, k})
	}
}

func (x *textBuilder) id(w string) uint32 {
	id, ok := x.byWord[w]
	if !ok {
		w = strings.Clone(w)
		id = uint32(len(x.list))
		x.byWord[w], x.list = id, append(x.list, w)
	}
	return id
}
