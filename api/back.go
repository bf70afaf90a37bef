package api

import (
	"strings"

	"masjala/fhir/search"
)

// The store walks forwards. A page of a search knows those before it by its address: _back
// lists their cursors, the nearest last, so that the link previous needs no other state.
const (
	backName  = "_back"
	firstPage = "-" // stands for the page without a cursor
	backMark  = "."
	maxBack   = 10 // pages that one can go back without the link first
)

// onward returns what the next page is told of this one and those before it.
func (c *control) onward() string {
	here := c.cursor
	if here == "" {
		return firstPage
	}
	if c.back == "" {
		return here
	}
	kept := c.back
	for strings.Count(kept, backMark) >= maxBack-1 {
		_, kept, _ = strings.Cut(kept, backMark)
	}
	return kept + backMark + here
}

// before returns the cursor of the page before this one, and what that page is told of those
// before it; ok is false when this one does not know.
func (c *control) before() (cursor, back string, ok bool) {
	if c.cursor == "" || c.back == "" {
		return "", "", false
	}
	cursor = c.back
	if at := strings.LastIndex(c.back, backMark); at >= 0 {
		cursor, back = c.back[at+1:], c.back[:at]
	}
	if cursor == firstPage {
		return "", "", true
	}
	return cursor, back, cursor != ""
}

// pageOf writes the link of a page that knows those before it.
func (b *bundleWriter) pageOf(relation, base, path string, pairs []search.Pair, cursor, back string) {
	b.raw(separator(b.links, `,"link":[`))
	b.links++
	b.raw(`{"relation":"` + relation + `","url":"`)
	b.out = pageLink(b.out, base, path, pairs, cursor)
	if back != "" {
		b.out = appendPair(b.out, backName, back)
	}
	b.raw(`"}`)
}
