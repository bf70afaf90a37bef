package mcsd_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/storetest"
)

// upstream is a server with a real store that speaks just the interactions a client of
// ITI-91 needs. Tests change its store and make it fail.
type upstream struct {
	t     testing.TB
	store store.Store
	url   string

	mu       sync.Mutex
	software string                                            // of its CapabilityStatement
	fail     func(w http.ResponseWriter, r *http.Request) bool // true: the reply was given
	asked    []string                                          // request URIs, metadata left out
}

func newUpstream(t testing.TB) *upstream {
	t.Helper()
	return serveStore(t, storetest.Open(t))
}

func serveStore(t testing.TB, st store.Store) *upstream {
	t.Helper()
	u := &upstream{t: t, store: st, software: "Masjala"}
	srv := httptest.NewServer(u)
	t.Cleanup(srv.Close)
	u.url = srv.URL + "/fhir"
	return u
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	fail := u.fail
	if r.URL.Path != "/fhir/metadata" {
		u.asked = append(u.asked, r.URL.RequestURI())
	}
	u.mu.Unlock()
	if fail != nil && fail(w, r) {
		return
	}
	w.Header().Set("Content-Type", "application/fhir+json")
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/fhir/"), "/")
	switch {
	case path[0] == "metadata":
		fmt.Fprintf(w, `{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","software":{"name":%q}}`, u.software)
	case len(path) == 2 && path[1] == "_history":
		u.history(w, r, path[0])
	default:
		u.search(w, r, path[0])
	}
}

func (u *upstream) history(w http.ResponseWriter, r *http.Request, typ string) {
	form := r.URL.Query()
	q := store.HistoryQuery{Type: typ, Count: 10, Cursor: form.Get("_cursor")}
	if v := form.Get("_count"); v != "" {
		q.Count, _ = strconv.Atoi(v)
	}
	if v := form.Get("_since"); v != "" {
		at, err := fhir.ParseInstant(v)
		if err != nil {
			http.Error(w, "bad _since", http.StatusBadRequest)
			return
		}
		q.Since = at
	}
	page, err := u.store.History(r.Context(), q)
	if err != nil {
		http.Error(w, err.Error(), http.StatusGone)
		return
	}
	var entries []string
	for _, v := range page.Versions {
		entry := fmt.Sprintf(`{"fullUrl":"%s/%s",`, u.url, v.Resource.Ref())
		if !v.Resource.Deleted {
			entry += `"resource":` + string(v.Resource.JSON()) + `,`
		}
		entries = append(entries, entry+fmt.Sprintf(`"request":{"method":"%s","url":"%s"},"response":{"status":"200","etag":"W/\"%d\"","lastModified":"%s"}}`,
			v.Verb, v.Resource.Ref(), v.Resource.Version, v.Resource.Updated.Format(fhir.Instant)))
	}
	u.bundle(w, "history", r.URL, page, entries)
}

func (u *upstream) search(w http.ResponseWriter, r *http.Request, typ string) {
	var pairs []search.Pair
	cursor := ""
	for name, values := range r.URL.Query() {
		if name == "_cursor" {
			cursor = values[0]
			continue
		}
		pairs = append(pairs, search.Pair{Name: name, Value: values[0]})
	}
	q, err := search.Parse(search.Request{Type: typ, Pairs: pairs, MaxCount: 100, DefaultCount: 10})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	q.Cursor = cursor
	page, err := u.store.Search(r.Context(), q)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var entries []string
	for _, m := range page.Matches {
		entries = append(entries, fmt.Sprintf(`{"fullUrl":"%s/%s","resource":%s,"search":{"mode":"match"}}`, u.url, m.Ref(), m.JSON()))
	}
	u.bundle(w, "searchset", r.URL, page, entries)
}

func (u *upstream) bundle(w http.ResponseWriter, kind string, at *url.URL, page *store.Page, entries []string) {
	next := ""
	if page.Next != "" {
		form := at.Query()
		form.Set("_cursor", page.Next)
		next = fmt.Sprintf(`"link":[{"relation":"next","url":"%s%s?%s"}],`, strings.TrimSuffix(u.url, "/fhir"), at.Path, form.Encode())
	}
	meta := ""
	if !page.Updated.IsZero() {
		meta = `"meta":{"lastUpdated":"` + page.Updated.Format(fhir.Instant) + `"},`
	}
	list := ""
	if len(entries) > 0 {
		list = `,"entry":[` + strings.Join(entries, ",") + `]`
	}
	fmt.Fprintf(w, `{"resourceType":"Bundle",%s%s"type":"%s"%s}`, meta, next, kind, list)
}

// failing sets what makes requests fail; nil for nothing.
func (u *upstream) failing(fail func(w http.ResponseWriter, r *http.Request) bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.fail = fail
}

// requests returns the requests since the last call, metadata left out.
func (u *upstream) requests() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	list := u.asked
	u.asked = nil
	return list
}

// put stores resources given as JSON in one transaction.
func (u *upstream) put(resources ...string) { u.t.Helper(); put(u.t, u.store, resources...) }

// remove deletes resources given as Type/id in one transaction.
func (u *upstream) remove(refs ...string) { u.t.Helper(); remove(u.t, u.store, refs...) }

func put(t testing.TB, st store.Store, resources ...string) {
	t.Helper()
	var drafts []*store.Draft
	for _, text := range resources {
		r, err := fhir.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		drafts = append(drafts, &store.Draft{Resource: r, Entries: search.Extract(r)})
	}
	change(t, st, func(tx store.Tx) error {
		for _, d := range drafts {
			if _, err := tx.Put(d, "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
}

func remove(t testing.TB, st store.Store, refs ...string) {
	t.Helper()
	change(t, st, func(tx store.Tx) error {
		for _, ref := range refs {
			typ, id, _ := strings.Cut(ref, "/")
			if _, err := tx.Delete(typ, id); err != nil {
				return err
			}
		}
		return nil
	})
}

func change(t testing.TB, st store.Store, fn func(tx store.Tx) error) {
	t.Helper()
	if err := st.Write(context.Background(), store.Cause{Actor: "test"}, fn); err != nil {
		t.Fatal(err)
	}
}

// location is a Location as JSON; partOf may be empty.
func location(id, name, partOf string) string {
	if partOf != "" {
		partOf = `,"partOf":{"reference":"` + partOf + `"}`
	}
	return fmt.Sprintf(`{"resourceType":"Location","id":"%s","name":"%s"%s}`, id, name, partOf)
}

// organization is an Organization as JSON.
func organization(id, name string) string {
	return fmt.Sprintf(`{"resourceType":"Organization","id":"%s","name":"%s"}`, id, name)
}

// seconds makes a duration.
func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// blockOnce holds the first request until leave is closed.
func blockOnce(entered, leave chan bool) func(http.ResponseWriter, *http.Request) bool {
	var once sync.Once
	return func(http.ResponseWriter, *http.Request) bool {
		once.Do(func() {
			entered <- true
			<-leave
		})
		return false
	}
}

// serve answers one path with a JSON body.
func serve(path, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path {
			return false
		}
		w.Header().Set("Content-Type", "application/fhir+json")
		fmt.Fprint(w, body)
		return true
	}
}

// refusing refuses resources whose id is one of letters.
func refusing(letters *string) func(store.Tx, *fhir.Resource) error {
	return func(_ store.Tx, r *fhir.Resource) error {
		if strings.Contains(*letters, r.ID) {
			return fhir.Errorf(fhir.Unprocessable, "%s is refused", r.ID)
		}
		return nil
	}
}

// quiet is a log that goes nowhere.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// pemOf is the certificate of a TLS server in PEM form.
func pemOf(srv *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
}
