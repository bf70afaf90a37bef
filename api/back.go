package api

import (
	"strings"

	"masjala/fhir"
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
	if !isChain(here) {
		return ""
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
	if back == "" {
		b.out = pageLink(b.out, base, path, pairs, cursor)
	} else {
		b.out = pageLink(b.out, base, path, pairs, "")
		if len(pairs) == 0 {
			b.raw("?")
		}
		b.out = appendPair(appendPair(b.out, backName, back), "_cursor", cursor)
	}
	b.raw(`"}`)
}

// readBack reads _back. It fails with Invalid for what no link of this server has.
func (c *control) readBack(value string) error {
	if !isChain(value) {
		return fhir.Errorf(fhir.Invalid, "The address of the page is damaged at %s; start again from the first page.", backName)
	}
	c.back = value
	return nil
}

// isChain tells whether a text can be that of cursors, which are base64 for addresses, with
// marks between them.
func isChain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '.' && c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
