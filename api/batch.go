package api

import (
	"fmt"
	"net/http"
	"runtime/debug"

	"masjala/fhir"
)

// batch does the entries of a bundle each by itself: deletions, creates, updates, then
// what reads (https://hl7.org/fhir/R4/http.html#brules).
func (s *Server) batch(x *exchange, b *fhir.Bundle) error {
	subs := make([]*exchange, len(b.Entries))
	defer func() {
		for _, sub := range subs {
			if sub != nil {
				sub.release()
			}
		}
	}()
	for _, m := range []string{http.MethodDelete, http.MethodPost, http.MethodPut, ""} {
		for i := range b.Entries {
			if subs[i] == nil && (m == "" || b.Entries[i].Request.Method == m) {
				subs[i] = s.single(x, &b.Entries[i])
			}
		}
	}
	w := openBundle(x.out, "batch-response", s.opt.Now(), s.opt.Now())
	for _, sub := range subs {
		w.response(s, sub)
	}
	x.out = w.close()
	return nil
}

// single does one entry and returns its answer, which may be an error.
func (s *Server) single(x *exchange, e *fhir.Entry) *exchange {
	sub := newExchange()
	if err := s.run(x, sub, e); err != nil {
		err = plain(err)
		sub.status = s.status(err)
		if sub.status == http.StatusInternalServerError {
			s.log.Error("entry of a batch failed", "url", e.Request.URL, "err", err)
		}
		sub.outcome = true
		sub.out = append(sub.out[:0], fhir.Outcome(err)...)
		sub.location, sub.version = "", 0
	}
	return sub
}

// run does an entry; a panic becomes its error.
func (s *Server) run(x, sub *exchange, e *fhir.Entry) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if err := s.entryExchange(x, sub, e); err != nil {
		return err
	}
	if sub.place == systemPlace && sub.method == post {
		return fhir.Errorf(fhir.Unsupported, "A batch cannot hold another Bundle to be processed.")
	}
	return sub.route.run(s, sub)
}
