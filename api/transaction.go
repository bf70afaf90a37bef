package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/store"
)

// bundle answers POST [base]: a batch or a transaction (https://hl7.org/fhir/R4/http.html#transaction, ITI-130).
func (s *Server) bundle(x *exchange) error {
	body, err := s.json(x)
	if err != nil {
		return err
	}
	b, err := fhir.ParseBundle(body)
	if err != nil {
		return err
	}
	if n := s.opt.Limits.Entries; len(b.Entries) > n {
		return fhir.Errorf(fhir.TooLarge, "The Bundle has %d entries; this server takes %d at a time.", len(b.Entries), n)
	}
	switch b.Type {
	case "transaction":
		return s.transaction(x, b)
	case "batch":
		return s.batch(x, b)
	}
	return fhir.Errorf(fhir.Invalid, "The Bundle is of type %q; the base takes transaction and batch.", clip(b.Type)).At("Bundle.type")
}

// transaction does all entries of a bundle or none.
func (s *Server) transaction(x *exchange, b *fhir.Bundle) error {
	subs := make([]*exchange, len(b.Entries))
	defer func() {
		for _, sub := range subs {
			if sub != nil {
				sub.release()
			}
		}
	}()
	changes := make([]*change, len(b.Entries))
	var list []*change
	var wrong []error
	for i := range b.Entries {
		subs[i] = newExchange()
		c, err := s.entryChange(x, subs[i], &b.Entries[i])
		if err != nil {
			if wrong = append(wrong, inEntry(i, err)); len(wrong) == maxWrong {
				break
			}
			continue
		}
		if c != nil {
			c.entry, changes[i] = i, c
			list = append(list, c)
		}
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	reads := func(tx store.Tx) error { return s.readable(tx, subs) }
	if len(list) > 0 {
		if err := s.commit(x, list, reads); err != nil {
			return err
		}
	}
	return s.transactionResponse(x, subs, changes, len(list) > 0)
}

// maxWrong is how many wrong entries an answer names.
const maxWrong = 20

// readable makes a transaction fail when something it reads is not there.
func (s *Server) readable(tx store.Tx, subs []*exchange) error {
	for i, sub := range subs {
		if sub.method != get || sub.place != instancePlace && sub.place != instanceHistory && sub.place != versionPlace {
			continue
		}
		r, err := tx.Read(sub.typ, sub.id)
		switch {
		case err == nil && sub.place == versionPlace:
			_, err = sub.versionAsked(r.Version)
		case fhir.KindOf(err) == fhir.Gone && sub.place != instancePlace:
			err = nil // it has versions before it was deleted
		}
		if err != nil {
			return inEntry(i, err)
		}
	}
	return nil
}

// transactionResponse writes what became of the entries, and answers those that read. If one
// of these fails now, so does a transaction that changed nothing; where changes are made, it
// says so in its place.
func (s *Server) transactionResponse(x *exchange, subs []*exchange, changes []*change, changed bool) error {
	b := openBundle(x.out, "transaction-response", s.opt.Now(), s.opt.Now())
	for i, sub := range subs {
		if c := changes[i]; c != nil {
			s.written(sub, c)
		} else if err := sub.route.run(s, sub); err != nil && !changed {
			return inEntry(i, err)
		} else if err != nil {
			s.failed(sub, err)
		}
		b.response(sub)
	}
	x.out = b.close()
	return nil
}

// sound refuses an entry that reads when its parameters are wrong, or asks for a Provenance that
// there is not, before anything is changed.
func (s *Server) sound(x *exchange) error {
	var err error
	switch x.place {
	case systemPlace, systemSearch, typePlace, typeSearch:
		_, err = s.query(x, x.typ, x.pairs)
	case provenancePlace, provenanceSearch:
		_, _, err = s.provenanceQuery(x)
	case provenanceInstance:
		_, err = s.provenance(x).Read(x.ctx, x.id)
	case versionPlace:
		if _, err = s.version(x); fhir.KindOf(err) == fhir.NotFound {
			err = nil // another entry may make it
		}
	case systemHistory, typeHistory, instanceHistory:
		_, err = s.historyParams(x, &store.HistoryQuery{})
	}
	return err
}

// entryExchange makes sub the exchange that an entry asks for.
func (s *Server) entryExchange(x, sub *exchange, e *fhir.Entry) error {
	q := &e.Request
	if q.Method == "" || q.URL == "" {
		return fhir.Errorf(fhir.Invalid, "The entry has no request.method or no request.url.").At("Bundle.entry.request")
	}
	sub.ctx, sub.who, sub.reason, sub.prefer, sub.language = x.ctx, x.who, x.reason, x.prefer, x.language
	sub.origin = s.base(x)
	address, _ := relative(sub.origin, q.URL)
	path, query, _ := strings.Cut(address, "?")
	t, err := s.locate(path)
	if err != nil {
		return err
	}
	if err := sub.to(t, q.Method); err != nil {
		return err
	}
	if !x.who.Role.allows(sub.route.role) {
		return fhir.Errorf(fhir.Forbidden, "This needs the role %s; the token has the role %s.", sub.route.role, x.who.Role)
	}
	sub.raw = query
	if err := sub.params(); err != nil {
		return err
	}
	sub.header = conditions{ifMatch: q.IfMatch, ifNoneMatch: q.IfNoneMatch, ifNoneExist: q.IfNoneExist, ifModifiedSince: q.IfModifiedSince}
	if e.Err != nil {
		return e.Err
	}
	sub.entry = e.Resource
	return nil
}

// entryChange reads the change that an entry of a transaction asks for, nil for one that reads.
func (s *Server) entryChange(x, sub *exchange, e *fhir.Entry) (*change, error) {
	if err := s.entryExchange(x, sub, e); err != nil {
		return nil, err
	}
	if err := s.careServices(x, sub); err != nil {
		return nil, err
	}
	if sub.method == get {
		return nil, s.sound(sub)
	}
	if sub.method == del && (sub.place == instancePlace || len(sub.pairs) > 0) {
		c, err := sub.deletion()
		if err == nil {
			c.fullURL = e.FullURL
		}
		return c, err
	}
	c := &change{verb: methodNames[sub.method], typ: sub.typ, id: sub.id, sent: sub.entry, fullURL: e.FullURL,
		ifMatch: sub.header.ifMatch, ifNoneMatch: sub.header.ifNoneMatch}
	switch {
	case sub.method == post && sub.place == typePlace:
		c.condition = sub.header.ifNoneExist
		c.conditional = c.condition != ""
	case sub.method == post:
		return nil, fhir.Errorf(fhir.Unsupported, "A transaction takes no %s of %q; send it by itself or in a batch.", e.Request.Method, clip(e.Request.URL))
	case sub.place == typePlace && len(sub.pairs) == 0:
		return nil, fhir.Errorf(fhir.Invalid, "%s %s names neither an id nor search criteria.", e.Request.Method, clip(e.Request.URL))
	case sub.place == typePlace:
		c.conditional, c.condition = true, sub.raw
	}
	if sub.method == edit {
		p, err := entryPatcher(sub.entry)
		if err != nil {
			return nil, err
		}
		c.verb, c.sent, c.patch = http.MethodPut, nil, p
		return c, nil
	}
	if c.verb != http.MethodDelete && c.sent == nil {
		return nil, fhir.Errorf(fhir.Invalid, "The entry has no resource; add the one to store.")
	}
	return c, nil
}

// response writes the entry that tells what became of another.
func (b *bundleWriter) response(x *exchange) {
	b.open()
	if len(x.out) > 0 && !x.outcome {
		if x.place == instancePlace && x.method == get || x.place == provenanceInstance || x.location != "" {
			b.text(`"fullUrl":`, x.fullURL())
			b.raw(",")
		}
		b.raw(`"resource":`)
		b.out = append(b.out, x.out...)
		b.raw(",")
	}
	status := x.status
	if status == 0 {
		status = http.StatusOK
	}
	b.raw(`"response":{"status":"`)
	b.out = strconv.AppendInt(b.out, int64(status), 10)
	b.raw(" " + http.StatusText(status) + `"`)
	if x.location != "" {
		b.text(`,"location":`, x.location)
	}
	if x.version > 0 {
		b.text(`,"etag":`, versionTag(x.version))
	}
	if !x.updated.IsZero() {
		b.raw(`,"lastModified":"`)
		b.out = x.updated.AppendFormat(b.out, fhir.Instant)
		b.raw(`"`)
	}
	if x.outcome {
		b.raw(`,"outcome":`)
		b.out = append(b.out, x.out...)
	}
	b.raw("}}")
}

// fullURL is the address of the one resource in the answer.
func (x *exchange) fullURL() string {
	if x.location != "" {
		address, _, _ := strings.Cut(x.location, "/_history/")
		return address
	}
	return x.origin + "/" + x.typ + "/" + x.id
}
