package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/sqlite"
)

const smalls = 900

// small makes the nth of some Locations that are kept whole in one place.
func small(n, version int) *store.Draft {
	r := large(n, version).Resource
	r.ID, r.Body = fmt.Sprint("small", n), append(r.Body[:4000:4000], `"}`...)
	return &store.Draft{Resource: r, Entries: search.Extract(r)}
}

// unfilled makes a store of smalls, and a long one, of which nothing is in memory.
func unfilled(t *testing.T, opt sqlite.Options) *sqlite.Store {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	list := []*store.Draft{}
	for n := range smalls {
		list = append(list, small(n, 1))
	}
	put(t, s, append(list, large(0, 1))...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, dir, opt)
}

// held reads smalls from one on and tells how many were in memory; version tells what each must be.
func held(t *testing.T, s *sqlite.Store, from int, version func(n int) int) int {
	t.Helper()
	before := cacheHits(t, s)
	for n := from; n < smalls; n++ {
		want := small(n, version(n)).Resource
		r, err := s.Read(t.Context(), "Location", want.ID)
		if err != nil || string(r.Body) != string(want.Body) {
			t.Fatalf("%s is %v, %v", want.ID, r, err)
		}
	}
	return cacheHits(t, s) - before
}

func first(int) int { return 1 }

func TestCacheIsFilledWithWhatNobodyAskedFor(t *testing.T) {
	s := unfilled(t, sqlite.Options{})
	changed := func(n int) int { return 1 + (n/7)%2 }
	for n := range smalls / 2 {
		if changed(n) == 2 {
			put(t, s, small(n, 2))
		}
	}
	now := func(n int) int {
		if n < smalls/2 {
			return changed(n)
		}
		return 1
	}
	if err := s.FillCache(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := held(t, s, 0, now); got != smalls {
		t.Errorf("%d of %d are in memory", got, smalls)
	}
	put(t, s, small(smalls-1, 2))
	if got := held(t, s, smalls-1, func(int) int { return 2 }); got != 1 {
		t.Error("a change is not in memory")
	}
	if r, err := s.Read(t.Context(), "Location", "large0"); err != nil || string(r.Body) != string(large(0, 1).Resource.Body) {
		t.Errorf("a long resource is %v, %v", r, err)
	}
}

// What is filled in drives out nothing that was asked for, and ends when there is no room.
func TestFillingTheCacheTakesNoRoomOfOthers(t *testing.T) {
	s := unfilled(t, sqlite.Options{CacheBytes: 1 << 20})
	held(t, s, 0, first) // the last of them stay
	st, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kept := int(st.Cache.Entries)
	if kept == 0 || kept >= smalls {
		t.Fatalf("%d of %d have room, so that nothing is tried here", kept, smalls)
	}
	if err := s.FillCache(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := held(t, s, smalls-kept/2, first), kept/2; got < want*9/10 {
		t.Errorf("%d of the last %d that were asked for are left", got, want)
	}
}

// An erasure is not undone, and a server that ends does not wait.
func TestFillingTheCacheAfterAnErasure(t *testing.T) {
	s := unfilled(t, sqlite.Options{})
	id := small(3, 1).Resource.ID
	if err := s.Erase(t.Context(), store.Cause{}, "Location", id); err != nil {
		t.Fatal(err)
	}
	if err := s.FillCache(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Read(t.Context(), "Location", id); fhir.KindOf(err) != fhir.Gone {
		t.Errorf("what was erased is read as %v, %v", r, err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := s.FillCache(ended); err != nil {
		t.Errorf("a server that ends is told %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.FillCache(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a store that is closed is filled with %v", err)
	}
}

// Who is answered from memory must not be shown what others are not shown yet.
func TestCacheIsFilledWithNothingThatIsNotPublished(t *testing.T) {
	s := unfilled(t, sqlite.Options{})
	publish := s.Unpublish()
	filled := make(chan error)
	go func() { filled <- s.FillCache(t.Context()) }()
	select {
	case err := <-filled:
		t.Errorf("it did not wait until the newest version is published: %v", err)
		publish()
		return
	case <-time.After(50 * time.Millisecond):
	}
	const together = 500 // are read, so that the newest is not among the first of them
	st, err := s.Stats(t.Context())
	if err != nil || st.Cache.Entries > together {
		t.Errorf("it holds %+v, %v", st.Cache, err)
	}
	publish()
	if err := <-filled; err != nil {
		t.Error(err)
	}
	if got := held(t, s, 0, first); got != smalls {
		t.Errorf("%d of %d are in memory", got, smalls)
	}
}

// While requests come, nothing is read that nobody asked for.
func TestFillingTheCacheWaitsForRequests(t *testing.T) {
	s := unfilled(t, sqlite.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	filled := make(chan error)
	go func() { filled <- s.FillCache(ctx) }()
	for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end); {
		if _, err := s.Read(t.Context(), "Location", "small0"); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-filled; err != nil {
		t.Fatal(err)
	}
	st, err := s.Stats(t.Context())
	if err != nil || st.Cache.Entries >= smalls {
		t.Errorf("%d of %d were read beside requests, %v", st.Cache.Entries, smalls, err)
	}
	if err := s.FillCache(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st, err = s.Stats(t.Context()); err != nil || st.Cache.Entries < smalls {
		t.Errorf("%d of %d were read afterwards, %v", st.Cache.Entries, smalls, err)
	}
}

// Areas come before facilities, which are not like them: what the cache learns must be of both.
func TestFillingTheCacheLearnsFromAllParts(t *testing.T) {
	const each = 8000
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	for sort, body := range []string{
		`{"status":"active","name":"Ward %d","physicalType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/location-physical-type","code":"jdn"}]},"partOf":{"reference":"Location/%d"}}`,
		`{"identifier":[{"use":"official","system":"https://registry.example.org/id/facility","value":"%d"}],"mode":"instance","telecom":[{"system":"phone","value":"+2547%08d"}],` +
			`"address":{"line":["Plot 12, Hospital Road"],"city":"Kisumu","country":"KE"},"managingOrganization":{"display":"Ministry of Health, County Government"}}`,
	} {
		var list []*store.Draft
		for n := range each {
			r := &fhir.Resource{Type: "Location", ID: fmt.Sprint("l", sort, "-", n), Body: fmt.Appendf(nil, body, n, n*7919%each)}
			list = append(list, &store.Draft{Resource: r})
		}
		put(t, s, list...)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var bytes [2]int64
	for i, sample := range []int64{1 << 40, 8000} { // so large a sample is left out
		s := open(t, dir, sqlite.Options{})
		if err := s.FillCacheLearning(t.Context(), sample); err != nil {
			t.Fatal(err)
		}
		st, err := s.Stats(t.Context())
		if err != nil || st.Cache.Entries < 2*each-3 {
			t.Fatalf("%+v, %v", st.Cache, err)
		}
		if bytes[i] = st.Cache.Bytes; s.Close() != nil {
			t.Fatal("the store cannot be closed")
		}
	}
	if bytes[1] > bytes[0]*2/3 {
		t.Errorf("%d bytes are kept after a sample, %d without one", bytes[1], bytes[0])
	}
}

// An include asks the database for nothing: what is filled in has what it refers to.
func TestFilledCacheKnowsReferences(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	var ds []*store.Draft
	for n := range 70 {
		ds = append(ds, facility(n)...)
	}
	put(t, s, ds...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, sqlite.Options{})
	if err := s.FillCache(t.Context()); err != nil {
		t.Fatal(err)
	}
	q := query(t, "Location", "status=active&_include=Location:organization&_include=Location:partof")
	if plans, err := s.Plans(t.Context(), q); err != nil || len(plans) > 0 {
		t.Errorf("the database is asked %v, %v", plans, err)
	}
	if !same(t, s, q, "an include") {
		t.Error("the index does not answer")
	}
}
