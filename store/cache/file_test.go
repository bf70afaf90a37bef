package cache_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"masjala/fhir"
	"masjala/store/cache"
)

func always() bool { return true }

// saved makes a cache with n resources and its file.
func saved(t testing.TB, n int) (list []cache.Kept, file []byte) {
	t.Helper()
	c := opened(t, 8<<20)
	teach(c)
	r := rand.New(rand.NewPCG(1, 9))
	for i := range n {
		v := likely(r, fmt.Sprint("saved", i))
		v.Resource.Type = []string{"Location", "Organization"}[i%2] // the second has no dictionary
		fill(c, 0, v)
		list = append(list, v)
	}
	c.Drop(list[0].Resource.Type, list[0].Resource.ID)
	return list, save(t, c)
}

func save(t testing.TB, c *cache.Cache) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func load(t *testing.T, c *cache.Cache, file []byte) {
	t.Helper()
	c.Watch()
	if err := c.Load(bytes.NewReader(file), always); err != nil {
		t.Fatal(err)
	}
}

func TestCacheIsLoadedAsItWasSaved(t *testing.T) {
	list, file := saved(t, 1000)
	c := opened(t, 8<<20)
	other := version("other", 1, 100)
	other.Resource.Type = "Practitioner" // so that the types have other numbers
	fill(c, 0, other)
	load(t, c, file)
	lost := 0 // two of so many ids may have the same bits of a hash, and take turns
	for i, v := range list {
		got, ok := c.Version(v.Seq)
		if i > 0 && !ok {
			lost++
		} else if ok != (i > 0) || ok && !same(got, v) {
			t.Fatalf("version %d is %+v, %t; want %+v", v.Seq, got, ok, v)
		}
		if r := c.Get(v.Resource.Type, v.Resource.ID); (r != nil) != ok {
			t.Fatalf("%s is found by id: %t", v.Resource.ID, r != nil)
		}
	}
	if lost > mostAlike {
		t.Errorf("%d versions are lost", lost)
	}
	if r := c.Get("Practitioner", "other"); r == nil {
		t.Error("what was there before is lost")
	}
	again := opened(t, 8<<20)
	load(t, again, save(t, c))
	if got, want := again.Stats(), c.Stats(); got.Entries > want.Entries || got.Entries < want.Entries-mostAlike ||
		got.Entries == want.Entries && got.Bytes != want.Bytes {
		t.Errorf("saved and loaded again it is %+v, want %+v", got, want)
	}
}

// What commits touch while a file is loaded, or before and after Watch, is not brought back.
func TestCacheLoadsNothingThatChanged(t *testing.T) {
	list, file := saved(t, 600)
	c := opened(t, 8<<20)
	c.Watch()
	gone, replaced, dropped, newer := list[10], list[20], list[30], list[40]
	gone.Resource = &fhir.Resource{Type: gone.Resource.Type, ID: gone.Resource.ID, Deleted: true}
	next := version(replaced.Resource.ID, 2, 50)
	next.Resource.Type = replaced.Resource.Type
	bulk := []cache.Kept{gone, next}
	for range 100 {
		bulk = append(bulk, version("bulk", 1, 10))
	}
	c.Apply(next.Seq, bulk) // so large that nothing of it is kept
	c.Drop(dropped.Resource.Type, dropped.Resource.ID)
	fresh := version(newer.Resource.ID, 3, 50)
	fresh.Resource.Type = newer.Resource.Type
	fill(c, fresh.Seq, fresh)
	if err := c.Load(bytes.NewReader(file), always); err != nil {
		t.Fatal(err)
	}
	for _, v := range []cache.Kept{list[10], replaced, dropped, newer} {
		if got, ok := c.Version(v.Seq); ok {
			t.Errorf("version %d came back: %+v", v.Seq, got)
		}
	}
	if r := c.Get(newer.Resource.Type, newer.Resource.ID); r == nil || r.Version != 3 {
		t.Errorf("a newer version is %+v", r)
	}
	for _, v := range []cache.Kept{gone, replaced, dropped} {
		if r := c.Get(v.Resource.Type, v.Resource.ID); r != nil {
			t.Errorf("%s came back: %+v", r.ID, r)
		}
	}
	if _, ok := c.Version(list[50].Seq); !ok {
		t.Error("what did not change was not loaded")
	}
}

func TestCacheOfOtherSizesLoadsWhatThereIsRoomFor(t *testing.T) {
	list, file := saved(t, 1000)
	small := opened(t, 1<<18)
	used := version("used", 1, 2000)
	fill(small, 0, used)
	load(t, small, file)
	if _, ok := small.Version(used.Seq); !ok {
		t.Error("what was there had to go")
	}
	if st := small.Stats(); st.Entries < 100 || st.Bytes > 1<<18 {
		t.Errorf("it holds %+v", st)
	}
	for _, v := range list {
		if got, ok := small.Version(v.Seq); ok && !same(got, v) {
			t.Fatalf("version %d is %+v", v.Seq, got)
		}
	}
	load(t, opened(t, -1), file)
}

// A file that was cut off or changed anywhere is an error, and what is loaded of it is right.
func TestCacheRefusesDamage(t *testing.T) {
	list, file := saved(t, 300)
	right := map[int64]cache.Kept{}
	for _, v := range list {
		right[v.Seq] = v
	}
	r := rand.New(rand.NewPCG(3, 9))
	for range 200 {
		bad, at := bytes.Clone(file), r.IntN(len(file))
		if r.IntN(2) == 0 {
			bad = bad[:at]
		} else {
			bad[at] ^= byte(1 + r.IntN(255))
		}
		c := opened(t, 1<<20)
		c.Watch()
		if err := c.Load(bytes.NewReader(bad), always); err == nil {
			t.Fatalf("damage at %d of %d is not noticed", at, len(file))
		}
		for seq, v := range right {
			if got, ok := c.Version(seq); ok && !same(got, v) {
				t.Fatalf("with damage at %d, version %d is %+v", at, seq, got)
			}
		}
		c.Close()
	}
}

func TestCacheStopsLoading(t *testing.T) {
	_, file := saved(t, 300)
	c := opened(t, 1<<20)
	c.Watch()
	if err := c.Load(bytes.NewReader(file), func() bool { return false }); err != nil {
		t.Error(err)
	}
	if st := c.Stats(); st.Entries != 0 {
		t.Errorf("%d are kept though it was to stop", st.Entries)
	}
	if err := c.Save(brokenWriter{}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("saving where nothing can be written is %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestCacheLoadsWhileItIsUsed(t *testing.T) {
	list, file := saved(t, 2000)
	c := opened(t, 8<<20)
	c.Watch()
	var wg sync.WaitGroup
	changed := make([]cache.Kept, 0, 200)
	wg.Go(func() {
		for i := range 200 {
			v := version(list[5*i+1].Resource.ID, 9, 60)
			v.Resource.Type = list[5*i+1].Resource.Type
			c.Apply(v.Seq, []cache.Kept{v})
			changed = append(changed, v)
		}
	})
	wg.Go(func() {
		for _, v := range list {
			c.Get(v.Resource.Type, v.Resource.ID)
		}
	})
	if err := c.Load(bytes.NewReader(file), always); err != nil {
		t.Error(err)
	}
	wg.Wait()
	for _, v := range changed {
		if r := c.Get(v.Resource.Type, v.Resource.ID); r == nil || r.Version != 9 {
			t.Fatalf("%s is %+v, want version 9", v.Resource.ID, r)
		}
	}
}
