package api

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"golang.org/x/sync/errgroup"

	"masjala/fhir"
)

// inFlight is how many entries of a batch are done at a time: writes that run together
// share a commit.
const inFlight = 8

// batch does the entries of a bundle each by itself: deletions, creates, updates, then
// what reads (https://hl7.org/fhir/R4/http.html#brules). Entries for the same address are
// done in their order.
func (s *Server) batch(x *exchange, b *fhir.Bundle) error {
	subs := make([]*exchange, len(b.Entries))
	defer func() {
		for _, sub := range subs {
			sub.release()
		}
	}()
	s.base(x) // worked out once, because entries run at the same time
	for _, m := range []string{http.MethodDelete, http.MethodPost, http.MethodPut, http.MethodPatch, ""} {
		var jobs errgroup.Group
		jobs.SetLimit(inFlight)
		for _, same := range byAddress(b.Entries, m) {
			jobs.Go(func() error {
				for _, i := range same {
					subs[i] = s.single(x, &b.Entries[i])
				}
				return nil
			})
		}
		_ = jobs.Wait() // each entry keeps its own error
	}
	w := openBundle(x.out, "batch-response", s.opt.Now(), s.opt.Now())
	for _, sub := range subs {
		w.response(sub)
	}
	x.out = w.close()
	return nil
}

// byAddress groups the entries of a method by their address, in the order of the bundle;
// creates, which share one, stand each alone. The method "" is those that change nothing.
func byAddress(entries []fhir.Entry, method string) [][]int {
	var groups [][]int
	at := map[string]int{}
	for i := range entries {
		q := &entries[i].Request
		if phase(q) != method {
			continue
		}
		if n, ok := at[q.URL]; ok && method != http.MethodPost {
			groups[n] = append(groups[n], i)
			continue
		}
		at[q.URL] = len(groups)
		groups = append(groups, []int{i})
	}
	return groups
}

// phase is when an entry is done: the method of one that changes something, else "".
func phase(q *fhir.Request) string {
	switch q.Method {
	case http.MethodDelete, http.MethodPut, http.MethodPatch:
		return q.Method
	case http.MethodPost:
		path, _, _ := strings.Cut(q.URL, "?")
		last := path[strings.LastIndexByte(path, '/')+1:]
		if last == "_search" || strings.HasPrefix(last, "$") {
			return ""
		}
		return q.Method
	}
	return ""
}

// single does one entry and returns its answer, which may be an error.
func (s *Server) single(x *exchange, e *fhir.Entry) *exchange {
	sub := newExchange()
	if err := s.run(x, sub, e); err != nil {
		s.failed(sub, err)
	}
	return sub
}

// failed makes an error the answer of an entry.
func (s *Server) failed(sub *exchange, err error) {
	err = plain(err)
	sub.status = s.status(err)
	if sub.status == http.StatusInternalServerError {
		s.log.Error("entry failed", "resource", sub.typ, "err", err)
	}
	sub.outcome = true
	sub.out = append(sub.out[:0], fhir.Outcome(err)...)
	sub.location, sub.version = "", 0
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
