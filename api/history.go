package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// history answers the history of an instance, of a type or of the whole server
// (https://hl7.org/fhir/R4/http.html#history, ITI-91).
func (s *Server) history(x *exchange) error {
	q := store.HistoryQuery{Type: x.typ, ID: x.id, Count: s.opt.Limits.Page}
	used, err := s.historyParams(x, &q)
	if err != nil {
		return err
	}
	if q.Cursor, err = opened(x.control.cursor, x.historyPath(), used); err != nil {
		return err
	}
	part, err := partOf(x.pairs, "count")
	if err != nil {
		return err
	}
	if part.summary == "count" {
		q.Count = 0
	}
	if s.partial && x.typ == "" && q.Types == nil {
		q.Types = s.types
	}
	page, err := s.opt.Store.History(x.ctx, q)
	if err != nil {
		return err
	}
	if q.ID != "" && len(page.Versions) == 0 {
		if _, err := s.opt.Store.Read(x.ctx, q.Type, q.ID); fhir.KindOf(err) == fhir.NotFound {
			return err
		}
	}
	s.historyBundle(x, page, used, q.Count, part)
	return nil
}

// historyParams reads _since, _at, _count and _type and returns those for the links, with
// those that say which part of resources is shown.
func (s *Server) historyParams(x *exchange, q *store.HistoryQuery) (used []search.Pair, err error) {
	for _, p := range x.pairs {
		if p.Value == "" {
			continue // as in searches: a parameter without a value is none
		}
		switch p.Name {
		case "_since":
			if q.Since, err = fhir.ParseInstant(p.Value); err != nil {
				return nil, about("_since", err)
			}
		case "_at":
			if q.At, err = interval(p.Value); err != nil {
				return nil, about("_at", err)
			}
		case "_count":
			if q.Count, err = s.count(p.Value); err != nil {
				return nil, err
			}
			p.Value = strconv.Itoa(q.Count)
		case "_type":
			if q.Types, err = s.historyTypes(x, p.Value); err != nil {
				return nil, err
			}
		case "_summary", "_elements":
		default:
			if x.prefer.strict {
				return nil, fhir.Errorf(fhir.Invalid, "A history has no parameter %q; it takes _since, _at, _count, _summary and _elements.", clip(p.Name))
			}
			continue
		}
		used = append(used, p)
	}
	return used, nil
}

// about says which parameter an error is about.
func about(name string, err error) error {
	return fhir.Errorf(fhir.Invalid, "Parameter %s: %s", name, err)
}

// interval reads a point in time with any precision, as a parameter has it.
func interval(value string) (store.Interval, error) {
	lo, hi, err := fhir.ParseDateTime(fhir.UnblankZone(value))
	if err != nil {
		return store.Interval{}, err
	}
	return store.Interval{From: time.UnixMilli(lo).UTC(), To: time.UnixMilli(hi).UTC()}, nil
}

// count reads the rows wanted on a page; more than the server gives are cut.
func (s *Server) count(value string) (int, error) {
	n, err := strconv.ParseInt(value, 10, 64)
	if strings.Trim(value, "0123456789") != "" || value == "" {
		return 0, fhir.Errorf(fhir.Invalid, "Parameter _count takes a whole number from 0 on, not %q.", clip(value))
	}
	if err != nil || n > int64(s.opt.Limits.MaxPage) {
		return s.opt.Limits.MaxPage, nil
	}
	return int(n), nil
}

// historyTypes reads _type of a system history.
func (s *Server) historyTypes(x *exchange, list string) ([]string, error) {
	var types []string
	for t := range strings.SplitSeq(list, ",") {
		known, ok := s.known[t]
		if !ok {
			return nil, unserved(t)
		}
		types = append(types, known)
	}
	if x.typ != "" {
		return nil, nil
	}
	return types, nil
}

// historyPath is where the history of the exchange's target is, below the base.
func (x *exchange) historyPath() string {
	switch {
	case x.id != "":
		return x.typ + "/" + x.id + "/_history"
	case x.typ != "":
		return x.typ + "/_history"
	}
	return "_history"
}

// historyBundle writes a page of versions, or a part of each, newest first.
func (s *Server) historyBundle(x *exchange, page *store.Page, used []search.Pair, count int, part subset) {
	base := s.base(x)
	size := bundleRoom
	for i := range page.Versions {
		size += room(base, page.Versions[i].Resource)
	}
	x.out = slices.Grow(x.out, size)
	b := openBundle(x.out, "history", page.Updated, s.opt.Now())
	b.total(page.Total)
	path := x.historyPath()
	b.link("self", base, path, used, x.control.cursor)
	if count > 0 && (page.Next != "" || x.control.cursor != "") {
		b.link("first", base, path, used, "")
	}
	if count > 0 && page.Next != "" {
		b.link("next", base, path, used, sealed(page.Next, path, used))
	}
	gone := map[string]bool{}
	for i := range page.Versions {
		b.version(base, &page.Versions[i], gone, part)
	}
	x.out = b.close()
}

// version writes one entry of a history. A deletion has no version in its entry, so only
// the first of one resource may carry its address (invariant bdl-7); gone remembers those.
func (b *bundleWriter) version(base string, v *store.Version, gone map[string]bool, part subset) {
	r := v.Resource
	b.open()
	switch {
	case !r.Deleted:
		b.resource(base, r, part)
		b.raw(",")
	case !gone[r.Ref()]:
		gone[r.Ref()] = true
		b.fullURL(base, r)
		b.raw(",")
	}
	b.raw(`"request":{"method":"`)
	b.raw(v.Verb)
	b.raw(`","url":"`)
	b.raw(r.Type)
	if v.Verb != "POST" {
		b.raw("/")
		b.raw(r.ID)
	}
	b.raw(`"},"response":{"status":"`)
	if !r.Deleted && (r.Version == 1 || v.Anew || v.Verb == "POST") {
		b.raw("201 Created")
	} else {
		b.raw("200 OK")
	}
	b.raw(`","etag":"W/\"`)
	b.out = strconv.AppendInt(b.out, r.Version, 10)
	b.raw(`\"","lastModified":"`)
	b.out = fhir.AppendInstant(b.out, r.Updated)
	b.raw(`"}}`)
}
