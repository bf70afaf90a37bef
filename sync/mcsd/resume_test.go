package mcsd_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/storetest"
)

// country puts some areas and facilities upstream, children before parents among them.
func country(u *upstream, n int) {
	u.t.Helper()
	for i := range n {
		u.put(
			location(fmt.Sprintf("f%d", i), fmt.Sprintf("Facility %d", i), fmt.Sprintf("Location/area%d", i%7)),
			organization(fmt.Sprintf("o%d", i), fmt.Sprintf("Body %d", i)),
		)
	}
	for i := range 7 {
		u.put(location(fmt.Sprintf("area%d", i), fmt.Sprintf("Area %d", i), ""))
	}
}

// cut is a follower's store that fails every write after the first few, as if the
// process had been killed there.
type cut struct {
	store.Store
	left int
}

var errCut = errors.New("killed")

func (c *cut) Write(ctx context.Context, by store.Cause, fn func(store.Tx) error) error {
	if c.left == 0 {
		return errCut
	}
	c.left--
	return c.Store.Write(ctx, by, fn)
}

func TestARunThatWasKilledAnywhereIsFinishedByTheNext(t *testing.T) {
	testutil.Requirement(t, "SYN-1", "MD-91-10")
	u := newUpstream(t)
	country(u, 20)
	whole := &cut{Store: storetest.Open(t), left: 1 << 30}
	followWith(t, whole, nil, from(u)).run()
	writes := 1<<30 - whole.left
	if writes < 10 {
		t.Fatalf("a run takes %d writes only; the test would show nothing", writes)
	}
	for left := range writes {
		st := storetest.Open(t)
		killed := followWith(t, &cut{Store: st, left: left}, nil, from(u))
		if _, err := killed.client.Run(t.Context(), "nation", nil); !errors.Is(err, errCut) {
			t.Fatalf("run with %d writes = %v, want it to be cut", left, err)
		}
		r := followWith(t, st, nil, from(u)).run()
		equal(t, st, u.store)
		if got := r.Total(); got.Held != 0 || got.Refused != 0 {
			t.Errorf("cut after %d writes: %+v", left, got)
		}
	}
}

func TestChangesDuringABrokenRunAreNotLost(t *testing.T) {
	testutil.Requirement(t, "SYN-1", "MD-91-9")
	u := newUpstream(t)
	country(u, 40)
	st := storetest.Open(t)
	for left := 3; left < 20; left += 3 {
		killed := followWith(t, &cut{Store: st, left: left}, nil, from(u))
		if _, err := killed.client.Run(t.Context(), "nation", nil); !errors.Is(err, errCut) {
			t.Fatalf("run = %v, want it to be cut", err)
		}
		u.put(location(fmt.Sprintf("f%d", left), "Changed meanwhile", ""))
		if left == 9 {
			u.remove("Location/f1")
		}
	}
	if r := followWith(t, st, nil, from(u)).run(); !r.Resumed {
		t.Error("the report does not say that a run was resumed")
	}
	equal(t, st, u.store)
}

func TestABrokenLineResumesAtThePage(t *testing.T) {
	testutil.Requirement(t, "SYN-1")
	u := newUpstream(t)
	for i := range 67 {
		u.put(location(fmt.Sprintf("f%d", i), "Facility", ""))
	}
	f := follow(t, from(u))
	var pages atomic.Int64
	u.failing(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "_history") {
			pages.Add(1)
		}
		if pages.Load() <= 5 { // the first one, of Organization, is empty
			return false
		}
		panic(http.ErrAbortHandler)
	})
	r, err := f.client.Run(t.Context(), "nation", nil)
	if err == nil || r.Pages != 5 || r.Error == "" {
		t.Fatalf("run over a line that breaks = %v after %d pages", err, r.Pages)
	}
	if len(f.slept) == 0 {
		t.Error("a broken line was not tried again")
	}
	u.failing(nil)
	u.requests()
	r = f.run()
	equal(t, f.store, u.store)
	if !r.Resumed {
		t.Error("the report does not say that a run was resumed")
	}
	if asked := u.requests(); !strings.Contains(asked[0], "_cursor=") {
		t.Errorf("the run began anew with %s", asked[0])
	}
	if got := counts(r, "Location"); got.Received > 67-40+1 {
		t.Errorf("%d entries were received again, pages that were staged among them", got.Received)
	}
}

func TestALinkThatUpstreamForgotBeginsAnew(t *testing.T) {
	u := newUpstream(t)
	country(u, 30)
	f := follow(t, from(u))
	u.failing(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.RawQuery, "_cursor") {
			return false
		}
		http.Error(w, "no such page", http.StatusGone)
		return true
	})
	if _, err := f.client.Run(t.Context(), "nation", nil); err == nil {
		t.Fatal("pages that are gone gave no error")
	}
	u.put(location("f1", "Changed meanwhile", ""))
	var seen atomic.Bool
	u.failing(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.RawQuery, "_cursor") || seen.Swap(true) {
			return false
		}
		http.Error(w, "no such page", http.StatusGone)
		return true
	})
	r := f.run()
	equal(t, f.store, u.store)
	if len(r.Notes) == 0 {
		t.Error("the report does not say that pages were read from the start")
	}
}

func TestARestoredUpstreamIsComparedAnew(t *testing.T) {
	testutil.Requirement(t, "MD-91-18")
	u := newUpstream(t)
	country(u, 30)
	f := follow(t, from(u))
	f.run()

	restored := serveStore(t, storetest.Open(t))
	restored.put(location("f1", "From the backup", ""))
	restored.put(location("f2", "From the backup too", ""))
	u.mu.Lock()
	u.store = restored.store
	u.mu.Unlock()
	r := f.run()
	if got := text(t, f.store, "Location/f2"); !strings.Contains(got, "From the backup too") {
		t.Errorf("after the restore f2 = %s", got)
	}
	if len(r.Notes) == 0 || !strings.Contains(strings.Join(r.Notes, " "), "restore") {
		t.Errorf("notes = %q, want one about the restore", r.Notes)
	}
	if asked := u.requests(); len(asked) == 0 {
		t.Error("nothing was asked")
	}
	if got := text(t, f.store, "Location/f5"); got == "" {
		t.Error("a resource was deleted because a restored upstream did not name it")
	}
	u.requests()
	f.run()
	for _, uri := range u.requests() {
		if strings.Contains(uri, "Location/_history") && !strings.Contains(uri, "_since") {
			t.Errorf("the run after it began anew once more: %s", uri)
		}
	}
}

func TestAnotherAddressIsComparedAnew(t *testing.T) {
	u := newUpstream(t)
	country(u, 12)
	st := storetest.Open(t)
	followWith(t, st, nil, from(u)).run()
	moved := serveStore(t, u.store)
	seq := st.Seq()
	r := followWith(t, st, nil, from(moved)).run()
	if len(r.Notes) == 0 || counts(r, "Location").Received != 19 {
		t.Errorf("notes %q, received %d; want everything compared anew", r.Notes, counts(r, "Location").Received)
	}
	if st.Seq() != seq {
		t.Error("what is the same at the new address was written again")
	}
	u.put(location("f1", "New", ""))
	followWith(t, st, nil, from(moved)).run()
	equal(t, st, u.store)
}

func TestARunThatIsCancelledStops(t *testing.T) {
	u := newUpstream(t)
	country(u, 30)
	f := follow(t, from(u))
	ctx, cancel := context.WithCancel(t.Context())
	u.failing(func(http.ResponseWriter, *http.Request) bool {
		cancel()
		return false
	})
	if _, err := f.client.Run(ctx, "nation", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("run = %v, want it cancelled", err)
	}
	u.failing(nil)
	f.run()
	equal(t, f.store, u.store)
}
