package cache_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store/cache"
)

// numbered counts the versions that the tests make.
var numbered atomic.Int64

// version makes a version whose body does not get smaller.
func version(id string, number int64, size int) cache.Kept {
	seq := numbered.Add(1)
	body := make([]byte, size)
	rand.NewChaCha8([32]byte{byte(seq), byte(seq >> 8), byte(seq >> 16)}).Read(body)
	return cache.Kept{Seq: seq, Resource: &fhir.Resource{Type: "Location", ID: id, Version: number, Body: body}}
}

func opened(t testing.TB, bytes int64) *cache.Cache {
	t.Helper()
	c := cache.New(bytes)
	t.Cleanup(c.Close)
	return c
}

// fill keeps what a reader found who looked at a sequence number.
func fill(c *cache.Cache, seq int64, v cache.Kept) { c.Fill(c.Mark(seq), v) }

func TestCacheStaysWithinItsBytes(t *testing.T) {
	const limit = 1 << 20
	c := opened(t, limit)
	var last [100]string
	for i := range 10_000 {
		last[i%len(last)] = fmt.Sprint(i)
		fill(c, 0, version(fmt.Sprint(i), 1, 1000))
	}
	st := c.Stats()
	if st.Bytes > limit || st.Bytes < limit*3/4 {
		t.Errorf("%d bytes are kept, want nearly %d", st.Bytes, limit)
	}
	for _, id := range last {
		if c.Get("Location", id) == nil {
			t.Errorf("%s, one of the newest, is not kept", id)
		}
	}
	if c.Get("Location", "0") != nil {
		t.Error("the oldest is still kept")
	}
	fill(c, 0, version("huge", 1, limit/32))
	if c.Get("Location", "huge") != nil {
		t.Error("a resource that takes half of a part is kept")
	}
	if got := c.Stats().Entries; got < st.Entries-1 {
		t.Errorf("a resource that is not kept drove out %d others", st.Entries-got)
	}
}

// A code system of hundreds of megabytes must not be copied only to find that it has no room.
func TestCacheDoesNotPackWhatIsMuchTooLarge(t *testing.T) {
	c := opened(t, 1<<20)
	huge := version("huge", 1, 64<<20)
	before := allocated()
	fill(c, 0, huge)
	c.Apply(huge.Seq, []cache.Kept{huge})
	if n := allocated() - before; n > 1<<20 || c.Get("Location", "huge") != nil {
		t.Errorf("%d bytes were taken for it", n)
	}
}

// allocated is how many bytes were ever taken from the heap.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestCacheKeepsWhatIsUsed(t *testing.T) {
	c := opened(t, 1<<20)
	fill(c, 0, version("used", 1, 1000))
	for i := range 10_000 {
		fill(c, 0, version(fmt.Sprint(i), 1, 1000))
		if i%100 == 0 && c.Get("Location", "used") == nil {
			t.Fatalf("what is read now and then was driven out after %d others", i)
		}
	}
}

// What is read once by those who walk through everything does not drive out what was used
// a few times.
func TestCacheWithstandsScans(t *testing.T) {
	c := opened(t, 1<<20)
	const hot = 300
	for i := range hot {
		fill(c, 0, version(fmt.Sprint("hot", i), 1, 1000))
		for range 3 {
			c.Get("Location", fmt.Sprint("hot", i))
		}
	}
	for i := range 2000 { // twice what there is room for
		fill(c, 0, version(fmt.Sprint(i), 1, 1000))
	}
	left := 0
	for i := range hot {
		if c.Get("Location", fmt.Sprint("hot", i)) != nil {
			left++
		}
	}
	if left < hot*9/10 {
		t.Errorf("a scan left %d of %d that are in use", left, hot)
	}
}

func TestCacheFollowsCommits(t *testing.T) {
	c := opened(t, 1<<20)
	c.Apply(5, []cache.Kept{version("a", 1, 10), version("b", 1, 10)})
	fill(c, 4, version("a", 0, 10)) // read before the commit, stored after it
	if r := c.Get("Location", "a"); r == nil || r.Version != 1 {
		t.Errorf("an old version came back: %+v", r)
	}
	gone := version("a", 2, 0)
	gone.Resource.Deleted = true
	c.Apply(6, []cache.Kept{gone})
	if r := c.Get("Location", "a"); r != nil {
		t.Errorf("a deleted resource is kept: %+v", r)
	}
	fill(c, 5, version("a", 1, 10))
	if r := c.Get("Location", "a"); r != nil {
		t.Errorf("a deleted resource came back: %+v", r)
	}
	many := make([]cache.Kept, 1000)
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

func TestCacheFindsVersions(t *testing.T) {
	c := opened(t, 1<<20)
	first, second := version("a", 1, 10), version("a", 2, 10)
	first.Links, first.Linked = "links", true
	c.Apply(first.Seq, []cache.Kept{first})
	if v, ok := c.Version(first.Seq); !ok || !same(v, first) {
		t.Errorf("got %+v, %t; want what was kept", v, ok)
	}
	if id, ok := c.ID(first.Seq); !ok || id != "a" {
		t.Errorf("the id is %q, %t", id, ok)
	}
	c.Apply(second.Seq, []cache.Kept{second})
	if v, ok := c.Version(first.Seq); ok {
		t.Errorf("a version that was replaced is kept: %+v", v)
	}
	if _, ok := c.ID(first.Seq); ok {
		t.Error("the id of a version that was replaced is kept")
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

// same tells whether two versions are the same in all that a Cache keeps.
func same(a, b cache.Kept) bool {
	x, y := a.Resource, b.Resource
	return a.Seq == b.Seq && a.Links == b.Links && a.Linked == b.Linked &&
		x.Type == y.Type && x.ID == y.ID && x.Version == y.Version && x.Updated.Equal(y.Updated) && x.Deleted == y.Deleted &&
		bytes.Equal(x.Meta, y.Meta) && bytes.Equal(x.Body, y.Body)
}

const someID = "0199ca2d-442c-769e-ba0e-41758fa42ce3"

func TestCacheGivesBackWhatWasKept(t *testing.T) {
	long := strings.Repeat(`{"reference":"Location/`+someID+`"},`, 200)
	tests := map[string]struct{ id, meta, body, links string }{
		"nothing but a body":            {"a", "", "{}", ""},
		"all there is":                  {someID, `{"source":"x"}`, `{"name":"y"}`, "z"},
		"many references":               {someID, "", long, ""},
		"an id in capitals":             {strings.ToUpper(someID), "", `{"r":"` + strings.ToUpper(someID) + `"}`, ""},
		"ids that touch":                {"b", "", someID + someID + "-" + someID, someID},
		"half of an id at the end":      {"c", "", "{}" + someID[:20], ""},
		"an id that is too long by one": {someID + "0", "", "0" + someID + "0", ""},
		"hyphens only":                  {"d", "", strings.Repeat("-", 100), "-"},
		"an id across two parts":        {"e", someID[:10], someID[10:], ""},
		"an id across body and links":   {"h", "", "{}" + someID[:10], someID[10:]},
		"bytes that are no UTF-8":       {"f", "", "\xff" + someID, "\xff\xff\xff"},
		"such bytes in the links alone": {"g", "", long, "\xff\x01" + someID},
		"an empty id":                   {"", "", "{}", ""},
	}
	for _, taught := range []bool{false, true} {
		c := opened(t, 8<<20)
		if taught {
			teach(c)
		}
		for name, tc := range tests {
			v := version(tc.id, 7, 0)
			v.Resource.Updated = time.UnixMilli(1_763_855_555_123).UTC()
			v.Resource.Meta, v.Resource.Body = []byte(tc.meta), []byte(tc.body)
			v.Links, v.Linked = tc.links, tc.links != ""
			fill(c, 0, v)
			if got, ok := c.Version(v.Seq); !ok || !same(got, v) {
				t.Errorf("%s, with a dictionary %t: by number got %+v, %t", name, taught, got, ok)
			}
			if r := c.Get("Location", tc.id); r == nil || !same(cache.Kept{Resource: r}, cache.Kept{Resource: v.Resource}) {
				t.Errorf("%s, with a dictionary %t: by id got %+v", name, taught, r)
			}
			out, number, updated, ok := c.AppendJSON([]byte("before"), "Location", tc.id)
			if want := v.Resource.AppendJSON([]byte("before")); ok && (!bytes.Equal(out, want) || number != 7 || !updated.Equal(v.Resource.Updated)) {
				t.Errorf("%s, with a dictionary %t: the JSON of version %d of %v is %s, want %s", name, taught, number, updated, out, want)
			}
			if !ok && (tc.body != "{}" || string(out) != "before") {
				t.Errorf("%s, with a dictionary %t: no JSON, %s", name, taught, out)
			}
			if r := c.Content(v.Seq); r == nil || !same(cache.Kept{Resource: r}, cache.Kept{Resource: v.Resource}) {
				t.Errorf("%s, with a dictionary %t: the content is %+v", name, taught, r)
			}
			if id, ok := c.ID(v.Seq); !ok || id != tc.id {
				t.Errorf("%s, with a dictionary %t: the id is %q, %t", name, taught, id, ok)
			}
		}
	}
}

// teach shows a cache so many Locations that it has a dictionary for them.
func teach(c *cache.Cache) {
	for i := range 4000 {
		fill(c, 0, likely(rand.New(rand.NewPCG(uint64(i), 2)), fmt.Sprint("taught", i)))
	}
}

// likely makes a Location as others are.
func likely(r *rand.Rand, id string) cache.Kept {
	v := version(id, 1, 0)
	v.Resource.Body = fmt.Appendf(nil, `{"identifier":[{"use":"official","system":"https://registry.example.org/id/facility","value":"%d"}],`+
		`"status":"active","name":"Clinic %d","mode":"instance","type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode",`+
		`"code":"OUTPHARM"}]}],"position":{"longitude":%.5f,"latitude":%.5f},"managingOrganization":{"reference":"Organization/%08x-442c-769e-ba0e-41758fa42ce3"}}`,
		r.IntN(1e7), r.IntN(1000), r.Float64()*180, r.Float64()*90, r.Uint32())
	v.Links, v.Linked = "\x05\x01$"+string(v.Resource.Body[len(v.Resource.Body)-39:len(v.Resource.Body)-3]), true
	return v
}

// Sequence numbers one after the other, as they come, and ids that are alike lie scattered.
func TestCacheScatters(t *testing.T) {
	c := opened(t, 16<<20)
	teach(c)
	r := rand.New(rand.NewPCG(8, 8))
	first := numbered.Load()
	for i := range 100_000 {
		v := likely(r, fmt.Sprintf("%08x-0000-4000-8000-000000000000", i))
		v.Resource.Body = v.Resource.Body[:40]
		fill(c, 0, v)
	}
	if st := c.Stats(); st.Entries < 90_000 {
		t.Fatalf("%d small resources are kept, want nearly 100,000 from version %d on", st.Entries, first)
	}
	if names, versions := c.LongestRun(); names > 300 || versions > 300 {
		t.Errorf("up to %d places in a row are taken among the names, %d among the versions", names, versions)
	}
}

func TestCacheHitIsCheap(t *testing.T) {
	c := opened(t, 8<<20)
	teach(c)
	v := likely(rand.New(rand.NewPCG(1, 1)), someID)
	fill(c, 0, v)
	if n := testing.AllocsPerRun(1000, func() { c.Get("Location", v.Resource.ID) }); n > 2 {
		t.Errorf("a hit makes %v allocations; want the resource and its bytes", n)
	}
	room := make([]byte, 0, 4<<10)
	if n := testing.AllocsPerRun(1000, func() { c.AppendJSON(room, "Location", v.Resource.ID) }); n != 0 {
		t.Errorf("JSON of a hit makes %v allocations", n)
	}
	if n := testing.AllocsPerRun(1000, func() { c.Get("Location", "another") }); n != 0 {
		t.Errorf("a miss makes %v allocations", n)
	}
	n := testing.AllocsPerRun(1000, func() {
		c.Content(v.Seq + 1)
		c.AppendJSON(room, "Location", v.Resource.ID)
	})
	if n != 0 && !testutil.Race() {
		t.Errorf("a miss by number and a hit make %v allocations", n)
	}
}

func TestCacheThatIsClosedIsEmpty(t *testing.T) {
	for name, c := range map[string]*cache.Cache{"closed": cache.New(1 << 20), "without bytes": cache.New(-1)} {
		v := version("a", 1, 10)
		c.Apply(v.Seq, []cache.Kept{v})
		if name == "closed" && c.Get("Location", "a") == nil {
			t.Error("nothing is kept")
		}
		c.Close()
		c.Close()
		fill(c, v.Seq, v)
		if c.Add(c.Mark(v.Seq), v) {
			t.Errorf("%s: it has room", name)
		}
		c.Apply(v.Seq, []cache.Kept{v})
		c.Drop("Location", "a")
		_, ok := c.Version(v.Seq)
		if out, _, _, there := c.AppendJSON(nil, "Location", "a"); there || out != nil {
			t.Errorf("%s: JSON %s", name, out)
		}
		if st := c.Stats(); ok || c.Get("Location", "a") != nil || st.Entries != 0 || st.Bytes != 0 {
			t.Errorf("%s: something is kept: %+v", name, st)
		}
	}
}

func TestCacheIsSafe(t *testing.T) {
	c := opened(t, 1<<18)
	teach(c)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 4))
			for i := range 4000 {
				id := fmt.Sprint(i % 50)
				switch (i + w) % 4 {
				case 0:
					c.Apply(int64(i), []cache.Kept{version(id, int64(i), 100)})
				case 1:
					fill(c, int64(i), likely(r, id))
				case 2:
					c.Version(numbered.Load() - int64(i%100))
				default:
					if r := c.Get("Location", id); r != nil && r.ID != id {
						t.Errorf("got %s, want %s", r.ID, id)
					}
					begin := []byte(`{"resourceType":"Location","id":"` + id + `",`)
					if out, _, _, ok := c.AppendJSON(nil, "Location", id); ok && !bytes.HasPrefix(out, begin) {
						t.Errorf("got %.60s, want it to begin with %s", out, begin)
					}
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkCacheHit(b *testing.B) {
	c := opened(b, 64<<20)
	teach(c)
	ids := make([]string, 10_000)
	for i := range ids {
		ids[i] = fmt.Sprintf("%08x-0000-4000-8000-000000000000", i)
		fill(c, 0, likely(rand.New(rand.NewPCG(uint64(i), 5)), ids[i]))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Get("Location", ids[i%len(ids)])
	}
}

func BenchmarkCacheFill(b *testing.B) {
	c := opened(b, 1<<20)
	teach(c)
	v := likely(rand.New(rand.NewPCG(1, 6)), someID)
	b.ReportAllocs()
	for b.Loop() {
		v.Seq = numbered.Add(1)
		fill(c, 0, v)
	}
}
