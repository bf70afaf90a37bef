package mcsd_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/internal/testutil"
	"masjala/sync/mcsd"
)

func TestRunAppliesCreatesUpdatesAndDeletions(t *testing.T) {
	testutil.Requirement(t, "MD-91-2", "MD-91-10", "MD-91-13", "HWRF-3", "SYN-2")
	u := newUpstream(t)
	u.put(organization("moh", "Ministry"), location("a", "One", ""), location("b", "Two", "Location/a"))
	u.put(location("a", "One again", ""))
	f := follow(t, from(u))

	first := f.run()
	equal(t, f.store, u.store)
	if diff := cmp.Diff(mcsd.TypeReport{Received: 3, Created: 2}, counts(first, "Location")); diff != "" {
		t.Errorf("first run, Location (-want +got):\n%s", diff)
	}
	if got, want := meta(t, f.store, "Location/a"), `{"source":"`+u.url+`"}`; got != want {
		t.Errorf("meta of a resource that was followed = %s, want %s", got, want)
	}

	u.put(location("c", "Three", "Location/b"), location("a", "One for good", ""))
	u.remove("Location/b")
	second := f.run()
	equal(t, f.store, u.store)
	if diff := cmp.Diff(mcsd.TypeReport{Received: 3, Created: 1, Updated: 1, Deleted: 1}, counts(second, "Location")); diff != "" {
		t.Errorf("second run, Location (-want +got):\n%s", diff)
	}

	seq := f.store.Seq()
	third := f.run()
	if sum := third.Total(); sum.Created+sum.Updated+sum.Deleted != 0 || f.store.Seq() != seq {
		t.Errorf("a run without changes upstream wrote: %+v", sum)
	}
}

func TestSinceIsTheServersOwnTime(t *testing.T) {
	testutil.Requirement(t, "MD-91-2", "MD-91-18", "SYN-2")
	tests := map[string]struct {
		software string
		overlap  int // seconds
		want     string
	}{
		"a server of this program, past it":    {software: "Masjala", want: "2026-01-02T03:04:05.002Z"},
		"a server of this program, by wish":    {software: "Masjala", overlap: -1, want: "2026-01-02T03:04:05.001Z"},
		"another server, a minute earlier":     {software: "Else", want: "2026-01-02T03:03:05.001Z"},
		"an overlap that was asked for":        {software: "Masjala", overlap: 10, want: "2026-01-02T03:03:55.001Z"},
		"another server, no overlap asked for": {software: "Else", overlap: -1, want: "2026-01-02T03:04:05.001Z"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t)
			u.software = tc.software
			u.put(location("a", "One", ""))
			u.put(location("b", "Two", ""))
			src := from(u)
			src.Types, src.Overlap = []string{"Location"}, seconds(tc.overlap)
			f := follow(t, src)
			f.run()
			u.requests()
			r := f.run()
			asked := u.requests()
			if len(asked) != 1 || !strings.Contains(asked[0], "_since="+strings.ReplaceAll(tc.want, ":", "%3A")) {
				t.Errorf("the second run asked %q, want _since=%s", asked, tc.want)
			}
			if got := counts(r, "Location"); (got.Received == 0) != strings.HasSuffix(tc.want, "002Z") || got.Unchanged != got.Received {
				t.Errorf("what came again was not recognised: %+v", got)
			}
		})
	}
}

func TestOneRunTransfersOnlyWhatChanged(t *testing.T) {
	testutil.Requirement(t, "SYN-2", "MD-91-10")
	u := newUpstream(t)
	const n = 3000
	var all []string
	for i := range n {
		all = append(all, location(fmt.Sprintf("l%d", i), fmt.Sprintf("Place %d", i), ""))
	}
	u.put(all[:n-1]...)
	u.put(all[n-1])
	src := from(u)
	src.PageSize = 500
	f := follow(t, src)
	f.run()

	all = nil
	for i := range 1000 {
		all = append(all, location(fmt.Sprintf("l%d", i*2), fmt.Sprintf("Place %d, changed", i), ""))
	}
	u.put(all...)
	var gone []string
	for i := range 50 {
		gone = append(gone, fmt.Sprintf("Location/l%d", i*2+1))
	}
	u.remove(gone...)
	before := f.store.Seq()
	r := f.run()
	equal(t, f.store, u.store)
	got := counts(r, "Location")
	if got.Updated != 1000 || got.Deleted != 50 || got.Created != 0 {
		t.Errorf("got %+v, want 1,000 updates and 50 deletions", got)
	}
	if got.Received != 1050 {
		t.Errorf("received %d, want the 1,050 changes alone", got.Received)
	}
	if wrote := f.store.Seq() - before; wrote != 1050 {
		t.Errorf("%d versions were written, want 1,050", wrote)
	}
	if again := counts(f.run(), "Location"); again.Received != 0 {
		t.Errorf("the next run received %+v, want nothing", again)
	}
}

func TestTypesThatAreNotServedHereAreNamed(t *testing.T) {
	u := newUpstream(t)
	src := from(u)
	src.Types = []string{"Location", "Medication"}
	r := follow(t, src).run()
	if len(r.Types) != 1 || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "Medication") {
		t.Errorf("types %+v, notes %q; want a note about Medication", r.Types, r.Notes)
	}
}

func TestReportsAreKept(t *testing.T) {
	testutil.Requirement(t, "SYN-5")
	u := newUpstream(t)
	u.put(location("a", "One", ""))
	f := follow(t, from(u))
	f.run()
	list, err := f.client.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Last == nil || list[0].LastSuccess.IsZero() || list[0].Marks["Location"] == "" {
		t.Fatalf("status = %+v, want one source that was followed", list)
	}
	last := list[0].Last
	if last.Requests == 0 || last.Bytes == 0 || last.Pages == 0 || last.Total().Created != 1 || last.Error != "" {
		t.Errorf("kept report = %+v", last)
	}
}

func TestOneRunOfASourceAtATime(t *testing.T) {
	u := newUpstream(t)
	f := follow(t, from(u))
	entered, leave := make(chan bool), make(chan bool)
	u.failing(blockOnce(entered, leave))
	done := make(chan error)
	go func() {
		_, err := f.client.Run(t.Context(), "nation", nil)
		done <- err
	}()
	<-entered
	if _, err := f.client.Run(t.Context(), "nation", nil); err == nil || !strings.Contains(err.Error(), "wait until that run ended") {
		t.Errorf("a second run at the same time gave %v", err)
	}
	close(leave)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := f.client.Run(t.Context(), "other", nil); err == nil {
		t.Error("a source that is not configured was followed")
	}
}
