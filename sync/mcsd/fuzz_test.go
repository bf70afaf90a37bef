package mcsd_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"masjala/store/storetest"
	"masjala/sync/mcsd"
)

// transport answers requests without a network.
type transport func(r *http.Request) string

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body := f(r)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/fhir+json"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}

// FuzzPage gives a client one page of whatever an upstream may send. It must neither panic
// nor hang, must ask nobody else, and the run after it must be able to go on.
func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		emptyHistory,
		`{"resourceType":"Bundle","type":"history","meta":{"lastUpdated":"2026-01-01T00:00:00Z"},"entry":[` + history("a", `{"resourceType":"Location","id":"a","name":"A","partOf":{"reference":"Location/b"}}`) + `]}`,
		`{"resourceType":"Bundle","type":"history","entry":[{"request":{"method":"DELETE","url":"Location/a/_history/2"}},{"fullUrl":"//","resource":[]},7]}`,
		`{"resourceType":"Bundle","type":"history","link":[{"relation":"next","url":"http://else.example.org/"}]}`,
		`{"resourceType":"Bundle","type":"history","link":[{"relation":"next","url":"?page=2"}],"entry":{}}`,
		`{"resourceType":"Bundle","type":"history","meta":{"lastUpdated":"9999-99-99"},"entry":[{"response":{"lastModified":"x","etag":"W/"}}]}`,
	} {
		f.Add(seed)
	}
	st := storetest.Open(f)
	f.Fuzz(func(t *testing.T, page string) {
		served := page
		fake := transport(func(r *http.Request) string {
			if r.URL.Host != "up.example.org" {
				t.Errorf("%s was asked", r.URL)
			}
			if strings.HasSuffix(r.URL.Path, "/Location/_history") {
				return served
			}
			return emptyHistory
		})
		fo := followWith(t, st, func(o *mcsd.Options) { o.HTTP = &http.Client{Transport: fake} }, mcsd.Source{URL: "https://up.example.org/fhir"})
		if r, err := fo.client.Run(t.Context(), "nation", nil); err != nil && r.Error == "" {
			t.Errorf("run = %v, but its report has no error", err)
		}
		served = emptyHistory
		fo.run()
	})
}
