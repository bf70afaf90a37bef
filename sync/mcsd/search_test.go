package mcsd_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"masjala/internal/testutil"
)

// noHistory answers every history with a status.
func noHistory(status int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/_history") {
			return false
		}
		http.Error(w, "no history here", status)
		return true
	}
}

func TestASourceWithoutHistoryIsSearched(t *testing.T) {
	testutil.Requirement(t, "MD-91-17")
	for _, status := range []int{http.StatusNotFound, http.StatusNotImplemented, http.StatusMethodNotAllowed} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			u := newUpstream(t)
			country(u, 30)
			u.failing(noHistory(status))
			f := follow(t, from(u))
			r := f.run()
			equal(t, f.store, u.store)
			if got := counts(r, "Location"); !got.Degraded || got.Created != 37 {
				t.Errorf("got %+v, want 37 created, degraded", got)
			}
			u.put(location("f1", "Changed", ""), location("new", "New", ""))
			u.remove("Location/f2", "Organization/o3")
			u.requests()
			r = f.run()
			equal(t, f.store, u.store)
			if got := counts(r, "Location"); got.Updated != 1 || got.Created != 1 || got.Deleted != 1 {
				t.Errorf("got %+v, want one of each", got)
			}
			if asked := strings.Join(u.requests(), " "); !strings.Contains(asked, "_lastUpdated=ge") || !strings.Contains(asked, "_elements=id") {
				t.Errorf("asked %s", asked)
			}
			seq := f.store.Seq()
			if f.run(); f.store.Seq() != seq {
				t.Error("a run without changes wrote")
			}
		})
	}
}

func TestASearchThatBreaksResumes(t *testing.T) {
	testutil.Requirement(t, "SYN-1", "MD-91-17")
	u := newUpstream(t)
	country(u, 30)
	for broken := int64(2); broken < 14; broken++ {
		f := follow(t, from(u))
		var n atomic.Int64
		u.failing(func(w http.ResponseWriter, r *http.Request) bool {
			if n.Add(1) >= broken {
				panic(http.ErrAbortHandler)
			}
			return noHistory(http.StatusNotFound)(w, r)
		})
		if _, err := f.client.Run(t.Context(), "nation", nil); err == nil {
			t.Fatal("a broken line gave no error")
		}
		u.failing(noHistory(http.StatusNotFound))
		f.run()
		equal(t, f.store, u.store)
	}
}

func TestAnUpstreamThatListsNothingDeletesNothing(t *testing.T) {
	testutil.Requirement(t, "MD-91-17")
	u := newUpstream(t)
	country(u, 5)
	u.failing(noHistory(http.StatusNotFound))
	f := follow(t, from(u))
	f.run()
	before := len(contents(t, f.store))
	u.failing(func(w http.ResponseWriter, r *http.Request) bool {
		return noHistory(http.StatusNotFound)(w, r) ||
			serve(r.URL.Path, `{"resourceType":"Bundle","type":"searchset","meta":{"lastUpdated":"2026-02-01T00:00:00Z"}}`)(w, r)
	})
	r := f.run()
	if got := len(contents(t, f.store)); got != before {
		t.Errorf("%d resources are left of %d", got, before)
	}
	if !strings.Contains(strings.Join(r.Notes, " "), "lists nothing") {
		t.Errorf("notes = %q", r.Notes)
	}
}

func TestATypeThatUpstreamDoesNotServe(t *testing.T) {
	u := newUpstream(t)
	u.put(organization("o", "Body"))
	u.failing(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/Endpoint") {
			return false
		}
		http.NotFound(w, r)
		return true
	})
	f := follow(t, from(u))
	r := f.run()
	equal(t, f.store, u.store)
	if !strings.Contains(strings.Join(r.Notes, " "), "Endpoint: the upstream does not serve this type") {
		t.Errorf("notes = %q", r.Notes)
	}
}
