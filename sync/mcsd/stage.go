package mcsd

import (
	"context"
	"net/url"
	"strings"

	"masjala/fhir"
	"masjala/store"
)

// stage keeps a page, and where the walk stands after it, in one transaction. Of each
// resource only the version met first is kept, which in a history is the newest.
func (s *session) stage(ctx context.Context, typ string, cur *cursor, page *fhir.Bundle) error {
	before, sum := *cur.Walk, s.report.typ(typ)
	var met tally
	err := s.write(ctx, func(tx store.Tx) error {
		*cur.Walk, met = before, tally{}
		for i := range page.Entries {
			if err := s.stageEntry(tx, typ, cur.Walk, &page.Entries[i], &met); err != nil {
				return err
			}
		}
		cur.Walk.Pages++
		return save(tx, s.key(keyCursor, typ), cur)
	})
	if err != nil {
		return err
	}
	sum.Received += met.received
	sum.Unchanged += met.known
	for _, text := range met.odd {
		s.report.note("%s: %s", typ, text)
	}
	return nil
}

// tally counts what was met on a page.
type tally struct {
	received, known int64
	odd             []string
}

// stageEntry keeps one entry, unless this version or a newer one is known.
func (s *session) stageEntry(tx store.Tx, typ string, w *walk, e *fhir.Entry, met *tally) error {
	if e.Mode == "outcome" || e.Mode == "include" {
		return nil
	}
	met.received++
	it, odd := read(typ, e)
	if odd != "" {
		met.odd = append(met.odd, odd)
		return nil
	}
	var st state
	key := s.key(keyState, it.Type, it.ID)
	if _, err := load(tx.Value, key, &st); err != nil {
		return err
	}
	if st.Walk == w.Number && !w.Listing {
		return nil // a newer version was on a page before
	}
	st.Walk = w.Number
	if err := save(tx, key, st); err != nil {
		return err
	}
	if w.Listing {
		w.Listed++
		return nil
	}
	if it.Token != "" && it.Token == st.Token {
		met.known++
		return nil
	}
	data, err := it.encode()
	if err != nil {
		return err
	}
	w.Order++
	return tx.SetValue(space, s.key(keyStage, typ, order(w.Order, !w.Search)), data)
}

// read takes the upstream version out of an entry, or tells what is odd about it.
func read(typ string, e *fhir.Entry) (*item, string) {
	it := &item{Token: token(e), Raw: e.Raw, Delete: e.Request.Method == "DELETE"}
	it.ident = named(e)
	switch {
	case it.Type != typ:
		return nil, "an entry is not of that type: " + clip(e.FullURL)
	case !fhir.ValidID(it.ID):
		return nil, "an entry has no id: " + clip(e.FullURL)
	case it.Delete:
		it.Raw = nil
	case len(it.Raw) == 0:
		return nil, "an entry brings no resource: " + it.String()
	}
	return it, ""
}

// named finds out which resource an entry is about: from the resource if it can be read,
// else from the request or the full address.
func named(e *fhir.Entry) ident {
	if e.Resource != nil {
		return ident{e.Resource.Type, e.Resource.ID}
	}
	for _, address := range []string{e.Request.URL, e.FullURL} {
		if u, err := url.Parse(address); err == nil && address != "" {
			if k, ok := ending(u.Path); ok {
				return k
			}
		}
	}
	return ident{}
}

// ending reads TYPE/ID at the end of a path, a version after it left out.
func ending(path string) (ident, bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if n := len(parts); n >= 4 && parts[n-2] == "_history" {
		parts = parts[:n-2]
	}
	n := len(parts)
	if n < 2 || !typeShape.MatchString(parts[n-2]) || !fhir.ValidID(parts[n-1]) {
		return ident{}, false
	}
	return ident{parts[n-2], parts[n-1]}, true
}
