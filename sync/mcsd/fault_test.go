package mcsd_test

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"masjala/internal/testutil"
	"masjala/store/storetest"
	"masjala/sync/mcsd"
)

const emptyHistory = `{"resourceType":"Bundle","type":"history"}`

// faultPath is what fails in faults: the first page that a run asks for.
const faultPath = "/fhir/Organization/_history"

const outcome = `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled","diagnostics":"slow\ndown"}]}`

// faults are what an upstream may do wrong.
var faults = map[string]struct {
	fail    func(w http.ResponseWriter, r *http.Request) bool
	want    string
	retried bool
}{
	"429":                      {status(429, "Retry-After", "7", outcome), "429 Too Many Requests: slow down", true},
	"503 with a date":          {status(503, "Retry-After", "Fri, 02 Jan 2026 03:05:05 GMT", ""), "503 Service Unavailable", true},
	"500":                      {status(500, "", "", "<html>stack</html>"), "500 Internal Server Error", true},
	"401":                      {status(401, "", "", ""), "check the source's token", false},
	"a page of HTML":           {status(200, "Content-Type", "text/html", "<html>sign in</html>"), `"text/html" instead of FHIR JSON`, false},
	"nothing":                  {status(200, "Content-Type", "application/json", ""), "instead of FHIR JSON", true},
	"garbage":                  {serve(faultPath, `{"resourceType":"Bundle","entry":[{`), "cannot be read", true},
	"another resource":         {serve(faultPath, `{"resourceType":"Patient"}`), "cannot be read", true},
	"a Bundle of another type": {serve(faultPath, `{"resourceType":"Bundle","type":"searchset"}`), `type "searchset"`, false},
	"a next link in a circle":  {circle(faultPath), "go in a circle", false},
	"empty pages without end":  {endless(faultPath), "empty pages in a row", false},
	"a next link elsewhere":    {serve(faultPath, `{"resourceType":"Bundle","type":"history","link":[{"relation":"next","url":"http://else.example.org/x"}]}`), "leads to another server (http://else.example.org/x)", false},
	"a redirect elsewhere":     {status(302, "Location", "http://else.example.org/fhir", ""), "redirects to another server (http://else.example.org)", false},
	"a redirect in a circle":   {status(302, "Location", faultPath, ""), "redirects in a circle", false},
	"a body that breaks off":   {broken(faultPath), "broke off", true},
	"a body that is not gzip":  {status(200, "Content-Encoding", "gzip", "no"), "broke off", true},
}

// status answers one path with a status, a header and a body.
func status(code int, header, value, body string) func(w http.ResponseWriter, r *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != faultPath {
			return false
		}
		if header != "" {
			w.Header().Set(header, value)
		}
		w.WriteHeader(code)
		fmt.Fprint(w, body)
		return true
	}
}

func TestFaultsOfTheUpstreamAreNamedAndLeaveItResumable(t *testing.T) {
	testutil.Requirement(t, "SYN-1", "NFR-7", "MD-91-8")
	for name, tc := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t)
			u.put(organization("a", "A"), location("b", "B", ""))
			u.failing(tc.fail)
			f := follow(t, from(u))
			r, err := f.client.Run(t.Context(), "nation", nil)
			if err == nil || !strings.Contains(err.Error(), tc.want) || r.Error != err.Error() {
				t.Errorf("run = %v, report %q; want %q", err, r.Error, tc.want)
			}
			if retried := len(f.slept) > 0; retried != tc.retried {
				t.Errorf("tried again: %v, want %v", f.slept, tc.retried)
			}
			u.failing(nil)
			f.run()
			equal(t, f.store, u.store)
		})
	}
}

// circle answers with next links that lead from one page to another and back.
func circle(path string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		next := map[string]string{"": "1", "1": "2", "2": "1"}[r.URL.Query().Get("p")]
		return serve(path, `{"resourceType":"Bundle","type":"history","link":[{"relation":"next","url":"`+path+`?p=`+next+`"}]}`)(w, r)
	}
}

// endless answers with empty pages that always have a next link.
func endless(path string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		return serve(path, `{"resourceType":"Bundle","type":"history","link":[{"relation":"next","url":"?p=x`+r.URL.Query().Get("p")+`"}]}`)(w, r)
	}
}

// broken announces more than it sends.
func broken(path string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"resourceType":"Bundle"`)
		return true
	}
}

func TestWaitsAsLongAsTheUpstreamAsks(t *testing.T) {
	tests := map[string]struct {
		after string
		want  time.Duration
		gives bool // gives up at once
	}{
		"seconds":  {after: "17", want: 17 * time.Second},
		"a date":   {after: storetest.Start.Add(60 * time.Second).Format(http.TimeFormat), want: 55 * time.Second},
		"too long": {after: "3600", gives: true},
		"nonsense": {after: "soon", want: time.Millisecond},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t)
			u.put(organization("a", "A"))
			var first atomic.Bool
			u.failing(func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "_history") || first.Swap(true) {
					return false
				}
				w.Header().Set("Retry-After", tc.after)
				w.WriteHeader(http.StatusTooManyRequests)
				return true
			})
			f := follow(t, from(u))
			_, err := f.client.Run(t.Context(), "nation", nil)
			if tc.gives {
				if err == nil || len(f.slept) != 0 {
					t.Errorf("run = %v after waiting %v, want it to give up", err, f.slept)
				}
				return
			}
			if err != nil || len(f.slept) != 1 || f.slept[0] < tc.want || f.slept[0] > tc.want+5*time.Second {
				t.Errorf("run = %v after waiting %v, want about %v", err, f.slept, tc.want)
			}
		})
	}
}

func TestAnUpstreamThatIsNotThere(t *testing.T) {
	testutil.Requirement(t, "NFR-7", "SYN-1")
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	f := follow(t, mcsd.Source{URL: srv.URL + "/fhir"})
	r, err := f.client.Run(t.Context(), "nation", nil)
	if err == nil || !strings.Contains(r.Error, "cannot be reached") {
		t.Errorf("run = %v", err)
	}
	if r.Requests != 5 || len(f.slept) != 4 {
		t.Errorf("%d requests, waits %v; want one page tried five times and no other type asked", r.Requests, f.slept)
	}
	for i := 1; i < len(f.slept); i++ {
		if f.slept[i] <= f.slept[i-1]/2 {
			t.Errorf("waits do not grow: %v", f.slept)
		}
	}
}

func TestAnUpstreamThatDoesNotAnswer(t *testing.T) {
	u := newUpstream(t)
	release := make(chan bool)
	u.failing(func(_ http.ResponseWriter, r *http.Request) bool {
		select {
		case <-release:
		case <-r.Context().Done():
		}
		return true
	})
	src := from(u)
	src.Timeout = 20 * time.Millisecond
	f := follow(t, src)
	r, err := f.client.Run(t.Context(), "nation", nil)
	close(release)
	if err == nil || !strings.Contains(r.Error, "did not answer within 20ms") {
		t.Errorf("run = %v", err)
	}
}

func TestAnUpstreamOfAnotherFHIRVersion(t *testing.T) {
	u := newUpstream(t)
	u.failing(serve("/fhir/metadata", `{"resourceType":"CapabilityStatement","fhirVersion":"5.0.0"}`))
	f := follow(t, from(u))
	if _, err := f.client.Run(t.Context(), "nation", nil); err == nil || !strings.Contains(err.Error(), "speaks FHIR 5.0.0") {
		t.Errorf("run = %v", err)
	}
}

func TestOneTypeThatFailsDoesNotStopTheOthers(t *testing.T) {
	u := newUpstream(t)
	u.put(organization("a", "A"), location("b", "B", ""))
	u.failing(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/fhir/Organization/_history" {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	})
	f := follow(t, from(u))
	r, err := f.client.Run(t.Context(), "nation", nil)
	if err == nil || !strings.Contains(err.Error(), "pull Organization") {
		t.Errorf("run = %v", err)
	}
	if text(t, f.store, "Location/b") == "" || counts(r, "Organization").Error == "" {
		t.Errorf("report = %+v; want Location followed all the same", r)
	}
}

func TestPagesMayBePacked(t *testing.T) {
	u := newUpstream(t)
	u.failing(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/fhir/Location/_history" || r.Header.Get("Accept-Encoding") != "gzip" {
			return false
		}
		w.Header().Set("Content-Type", "application/fhir+json")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		fmt.Fprintf(z, `{"resourceType":"Bundle","type":"history","entry":[%s]}`, history("a", `{"resourceType":"Location","id":"a","name":"`+strings.Repeat("A", 5000)+`"}`))
		return true
	})
	f := follow(t, from(u))
	r := f.run()
	if len(text(t, f.store, "Location/a")) < 5000 || r.Bytes > 4000 {
		t.Errorf("%d bytes over the line", r.Bytes)
	}
}

func TestThePageThatUnpacksToTooMuchIsRefused(t *testing.T) {
	u := newUpstream(t)
	u.failing(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/fhir/Organization/_history" {
			return false
		}
		w.Header().Set("Content-Type", "application/fhir+json")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		blank := []byte(strings.Repeat(" ", 1<<20))
		for range 70 {
			if _, err := z.Write(blank); err != nil {
				break
			}
		}
		return true
	})
	f := follow(t, from(u))
	if _, err := f.client.Run(t.Context(), "nation", nil); err == nil || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Errorf("run = %v", err)
	}
}

func TestTheTokenGoesToTheUpstreamOnly(t *testing.T) {
	const secret = "s3cret-token"
	var leaked atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaked.Store(true)
		fmt.Fprint(w, emptyHistory)
	}))
	defer other.Close()
	u := newUpstream(t)
	var sent atomic.Bool
	u.failing(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == "Bearer "+secret {
			sent.Store(true)
		}
		if !strings.Contains(r.URL.Path, "Location") {
			return false
		}
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
		return true
	})
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	src := from(u)
	src.TokenFile = file
	f := follow(t, src)
	r, err := f.client.Run(t.Context(), "nation", nil)
	if err == nil || !sent.Load() || leaked.Load() {
		t.Errorf("run = %v, sent to upstream %v, asked the other server %v", err, sent.Load(), leaked.Load())
	}
	if strings.Contains(fmt.Sprintf("%+v %v %+v", r, err, f.client.List()), secret) {
		t.Error("the token is in the report")
	}
}

func TestTheCertificateMustBeTrusted(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/fhir+json")
		fmt.Fprint(w, emptyHistory)
	}))
	defer srv.Close()
	srv.Config.ErrorLog = quiet()
	f := follow(t, mcsd.Source{URL: srv.URL})
	if _, err := f.client.Run(t.Context(), "nation", nil); err == nil || len(f.slept) != 0 {
		t.Errorf("run with an unknown certificate = %v, waits %v", err, f.slept)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pemOf(srv), 0o600); err != nil {
		t.Fatal(err)
	}
	f = follow(t, mcsd.Source{URL: srv.URL, CAFile: file})
	f.run()
	if err := os.WriteFile(file, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.client.Run(t.Context(), "nation", nil); err == nil || !strings.Contains(err.Error(), "PEM") {
		t.Errorf("run with a file that holds no certificate = %v", err)
	}
}
