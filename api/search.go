package api

import (
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers/provenance"
	"masjala/store"
)

// search answers GET and POST searches of one type or of several
// (https://hl7.org/fhir/R4/http.html#search).
func (s *Server) search(x *exchange) error {
	if err := s.form(x); err != nil {
		return err
	}
	q, err := s.query(x, x.typ, x.pairs)
	if err != nil {
		return err
	}
	if q.Cursor, err = opened(x.control.cursor, x.typ, q.Used); err != nil {
		return err
	}
	page, err := s.opt.Store.Search(x.ctx, q)
	if err != nil {
		return err
	}
	if q.Provenance {
		if err := s.withProvenance(x, page); err != nil {
			return err
		}
	}
	s.searchset(x, q, page)
	return nil
}

// query reads search parameters as the client of an exchange means them.
func (s *Server) query(x *exchange, typ string, pairs []search.Pair) (*search.Query, error) {
	q, err := search.Parse(search.Request{
		Type: typ, Base: s.base(x), Pairs: pairs, Strict: x.prefer.strict,
		MaxCount: s.opt.Limits.MaxPage, DefaultCount: s.opt.Limits.Page, Now: s.opt.Now(),
	})
	if err != nil {
		return nil, err
	}
	if err := s.servedOnly(q); err != nil {
		return nil, err
	}
	if err := s.members(x.ctx, q); err != nil {
		return nil, err
	}
	return q, s.areas(x.ctx, q)
}

// form adds the parameters in the body of a POST to those of the query.
func (s *Server) form(x *exchange) error {
	if x.method != post || x.http == nil {
		return nil
	}
	mediaType, _, _ := strings.Cut(string(x.http.Request.Header.ContentType()), ";")
	if mediaType = strings.TrimSpace(mediaType); mediaType != "" && !strings.EqualFold(mediaType, formMedia) {
		return fhir.Errorf(fhir.UnsupportedMedia, "A search by POST takes a form (%s), not %q.", formMedia, clip(mediaType))
	}
	body, err := s.body(x)
	if err != nil {
		return err
	}
	if x.pairs, err = readPairs(x.pairs, string(body), &x.control); err != nil {
		return err
	}
	x.as, err = negotiate(x.control.format, acceptOf(&x.http.Request.Header))
	return err
}

// searchset writes the Bundle of a page.
func (s *Server) searchset(x *exchange, q *search.Query, page *store.Page) {
	base := s.base(x)
	size := bundleRoom
	for _, r := range page.Matches {
		size += room(base, r)
	}
	for _, r := range page.Included {
		size += room(base, r)
	}
	x.out = slices.Grow(x.out, size)
	b := openBundle(x.out, "searchset", page.Updated, s.opt.Now())
	b.total(page.Total)
	s.links(b, x, q, page.Next)
	part := subset{summary: q.Summary, elements: q.Elements}
	var unit string
	if page.Distances != nil {
		unit = search.DistanceUnit(value(q.Used, "near"))
	}
	for i, r := range page.Matches {
		b.open()
		b.resource(base, r, part)
		b.raw(`,"search":{`)
		if page.Distances != nil {
			b.distance(page.Distances[i], unit)
		}
		b.raw(`"mode":"match"}}`)
	}
	for _, r := range page.Included {
		if s.partial && s.known[r.Type] == "" && r.Type != provenance.Type {
			continue
		}
		b.open()
		b.resource(base, r, part)
		b.raw(`,"search":{"mode":"include"}}`)
	}
	x.out = b.close()
}

// links writes those to the page and to others of the same search; next is the cursor of the
// one that follows.
func (s *Server) links(b *bundleWriter, x *exchange, q *search.Query, next string) {
	base, path := s.base(x), x.typ
	b.link("self", base, path, q.Used, x.control.cursor)
	if q.Count <= 0 {
		return
	}
	if next != "" || q.Cursor != "" {
		b.link("first", base, path, q.Used, "")
	}
	if next != "" {
		b.pageOf("next", base, path, q.Used, sealed(next, path, q.Used), x.control.onward())
	} else if q.Cursor != "" { // the store walks forwards: another page does not know the last
		b.pageOf("last", base, path, q.Used, x.control.cursor, x.control.back)
	}
	if cursor, back, ok := x.control.before(); ok {
		b.pageOf("previous", base, path, q.Used, cursor, back)
	}
}
