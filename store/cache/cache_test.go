package index_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"masjala/fhir"
	"masjala/store/index"
)

// numbered counts the versions that the tests make.
var numbered atomic.Int64

func version(id string, number int64, size int) index.Kept {
	r := &fhir.Resource{Type: "Location", ID: id, Version: number, Body: []byte(strings.Repeat("x", size))}
	return index.Kept{Seq: numbered.Add(1), Resource: r}
}

// fill keeps what a reader found who looked at a sequence number.
func fill(c *index.Cache, seq int64, v index.Kept) { c.Fill(c.Mark(seq), v) }

func TestCacheStaysWithinItsBytes(t *testing.T) {
	const limit = 1 << 20
	c := index.NewCache(limit)
	for i := range 10_000 {
		fill(c, 0, version(fmt.Sprint(i), 1, 1000))
	}
	st := c.Stats()
	if st.Bytes > limit || st.Bytes < limit/2 {
		t.Errorf("%d bytes are kept, want nearly %d", st.Bytes, limit)
	}
	if c.Get("Location", "9999") == nil {
		t.Error("the newest is not kept")
	}
	if c.Get("Location", "0") != nil {
		t.Error("the oldest is still kept")
	}
	fill(c, 0, version("huge", 1, limit))
	if c.Get("Location", "huge") != nil {
		t.Error("a resource larger than a shard is kept")
	}
	if got := c.Stats().Entries; got < st.Entries-1 {
		t.Errorf("a resource that is not kept drove out %d others", st.Entries-got)
	}
}

func TestCacheKeepsWhatIsUsed(t *testing.T) {
	c := index.NewCache(1 << 20)
	fill(c, 0, version("used", 1, 1000))
	for i := range 10_000 {
		fill(c, 0, version(fmt.Sprint(i), 1, 1000))
		if c.Get("Location", "used") == nil {
			t.Fatalf("what is read all the time was driven out after %d others", i)
		}
	}
}

func TestCacheFollowsCommits(t *testing.T) {
	c := index.NewCache(1 << 20)
	c.Apply(5, []index.Kept{version("a", 1, 10), version("b", 1, 10)})
	fill(c, 4, version("a", 0, 10)) // read before the commit, stored after it
	if r := c.Get("Location", "a"); r == nil || r.Version != 1 {
		t.Errorf("an old version came back: %+v", r)
	}
	gone := version("a", 2, 0)
	gone.Resource.Deleted = true
	c.Apply(6, []index.Kept{gone})
	if r := c.Get("Location", "a"); r != nil {
		t.Errorf("a deleted resource is kept: %+v", r)
	}
	fill(c, 5, version("a", 1, 10))
	if r := c.Get("Location", "a"); r != nil {
		t.Errorf("a deleted resource came back: %+v", r)
	}
	many := make([]index.Kept, 1000)
	for i := range many {
		many[i] = version(fmt.Sprint("bulk", i), 1, 10)
	}
	many[3] = version("b", 2, 10)
	c.Apply(7, many)
	if r := c.Get("Location", "b"); r == nil || r.Version != 2 {
		t.Errorf("a bulk load did not update what was kept: %+v", r)
	}
	if c.Get("Location", "bulk5") != nil {
		t.Error("a bulk load filled the cache")
	}
}

func TestCacheHitAllocatesNothing(t *testing.T) {
	c := index.NewCache(1 << 20)
	fill(c, 0, version("a", 1, 1000))
	id := "a"
	if n := testing.AllocsPerRun(1000, func() { c.Get("Location", id) }); n != 0 {
		t.Errorf("a hit makes %v allocations", n)
	}
}

func TestCacheIsSafe(t *testing.T) {
	c := index.NewCache(1 << 18)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 2000 {
				id := fmt.Sprint(i % 50)
				switch (i + w) % 3 {
				case 0:
					c.Apply(int64(i), []index.Kept{version(id, int64(i), 100)})
				case 1:
					fill(c, int64(i), version(id, int64(i), 100))
				default:
					c.Get("Location", id)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkCacheHit(b *testing.B) {
	c := index.NewCache(64 << 20)
	ids := make([]string, 10_000)
	for i := range ids {
		ids[i] = fmt.Sprint("location-", i)
		fill(c, 0, version(ids[i], 1, 1000))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Get("Location", ids[i%len(ids)])
	}
}

func TestCacheFindsVersions(t *testing.T) {
	c := index.NewCache(1 << 20)
	first, second := version("a", 1, 10), version("a", 2, 10)
	first.Links, first.Linked = "links", true
	c.Apply(first.Seq, []index.Kept{first})
	if v, ok := c.Version(first.Seq); !ok || v != first {
		t.Errorf("got %+v, %t; want what was kept", v, ok)
	}
	c.Apply(second.Seq, []index.Kept{second})
	if v, ok := c.Version(first.Seq); ok {
		t.Errorf("a version that was replaced is kept: %+v", v)
	}
	if v, ok := c.Version(second.Seq); !ok || v.Resource.Version != 2 {
		t.Errorf("got %+v, %t; want version 2", v, ok)
	}
	before := c.Mark(second.Seq)
	c.Drop("Location", "a")
	if v, ok := c.Version(second.Seq); ok {
		t.Errorf("a version that was dropped is kept: %+v", v)
	}
	c.Fill(before, second)
	if v, ok := c.Version(second.Seq); ok {
		t.Errorf("what was read before the drop is kept: %+v", v)
	}
	fill(c, second.Seq, second)
	if _, ok := c.Version(second.Seq); !ok {
		t.Error("what was read after the drop is not kept")
	}
}
