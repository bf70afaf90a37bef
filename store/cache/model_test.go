package cache_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"masjala/fhir"
	"masjala/store/cache"
)

// world is what a store would hold beside a Cache.
type world struct {
	cache   *cache.Cache
	rand    *rand.Rand
	seq     int64
	current map[string]cache.Kept
	past    []cache.Kept // versions that were replaced, deleted or dropped
	large   int          // most bytes of a body
}

func (w *world) id() string {
	if n := w.rand.IntN(60); n%3 > 0 {
		return fmt.Sprintf("%08x-442c-769e-ba0e-41758fa42ce3", n)
	}
	return fmt.Sprint("id", w.rand.IntN(60))
}

// next makes a version of a resource.
func (w *world) next(id string) cache.Kept {
	w.seq++
	v := likely(w.rand, id)
	v.Seq, v.Resource.Version = w.seq, w.seq
	v.Resource.Type = []string{"Location", "Organization", "Endpoint"}[w.rand.IntN(3)]
	if w.rand.IntN(3) == 0 {
		v.Resource.Body = bytes.Repeat([]byte{byte(w.rand.IntN(256)), byte(w.seq)}, w.rand.IntN(w.large/2)+1)
	}
	return v
}

func name(r *fhir.Resource) string { return r.Type + "/" + r.ID }

// commit replaces, makes and deletes some resources.
func (w *world) commit() {
	vs := make([]cache.Kept, 1+w.rand.IntN(3))
	if w.rand.IntN(20) == 0 {
		vs = make([]cache.Kept, 70) // a bulk load
	}
	changed := map[string]cache.Kept{}
	for i := range vs {
		vs[i] = w.next(w.id())
		if w.rand.IntN(6) == 0 {
			vs[i].Resource = &fhir.Resource{Type: vs[i].Resource.Type, ID: vs[i].Resource.ID, Version: w.seq, Deleted: true}
		}
		changed[name(vs[i].Resource)] = vs[i]
	}
	w.cache.Apply(w.seq, vs)
	for n, v := range changed {
		if old, ok := w.current[n]; ok {
			w.past = append(w.past, old)
		}
		w.current[n] = v
		if v.Resource.Deleted {
			delete(w.current, n)
		}
	}
	for _, v := range vs { // versions of one resource in one commit
		if last := changed[name(v.Resource)]; last.Seq != v.Seq {
			w.past = append(w.past, v)
		}
	}
}

// step does something, at times what a reader who is late does.
func (w *world) step() {
	switch w.rand.IntN(8) {
	case 0, 1:
		w.commit()
	case 2:
		id, typ := w.id(), "Location"
		w.cache.Drop(typ, id)
	case 3: // a commit comes between reading and keeping
		for _, v := range w.current {
			mark := w.cache.Mark(w.seq)
			if w.rand.IntN(2) == 0 {
				w.cache.Drop(v.Resource.Type, v.Resource.ID)
			}
			w.commit()
			w.cache.Fill(mark, v)
			w.cache.Add(mark, v)
			break
		}
	case 4: // what is added drives out nothing
		for _, v := range w.current {
			before := w.cache.Stats().Entries
			if room := w.cache.Add(w.cache.Mark(w.seq), v); w.cache.Stats().Entries < before || !room && w.cache.Holds(v.Seq) {
				panic("something had to go for what was added, or it was added without room")
			}
			break
		}
	default:
		for _, v := range w.current {
			w.cache.Fill(w.cache.Mark(w.seq), v)
			break
		}
	}
}

// check compares all that the Cache tells with what is true. Nothing need be kept unless all is.
func (w *world) check(t *testing.T) {
	t.Helper()
	for n, v := range w.current {
		if r := w.cache.Get(v.Resource.Type, v.Resource.ID); r != nil && !same(cache.Kept{Resource: r}, cache.Kept{Resource: v.Resource}) {
			t.Fatalf("%s is %+v, want %+v", n, r, v.Resource)
		}
		got, ok := w.cache.Version(v.Seq)
		if ok && !same(got, v) {
			t.Fatalf("version %d is %+v, want %+v", v.Seq, got, v)
		}
		if w.cache.Holds(v.Seq) != ok {
			t.Fatalf("version %d is held %t; want %t", v.Seq, !ok, ok)
		}
		if id, known := w.cache.ID(v.Seq); known != ok || ok && id != v.Resource.ID {
			t.Fatalf("version %d is of %q, %t; want %q, %t", v.Seq, id, known, v.Resource.ID, ok)
		}
	}
	for _, v := range w.past {
		if got, ok := w.cache.Version(v.Seq); ok {
			t.Fatalf("version %d is kept though it is past: %+v", v.Seq, got)
		}
		if r := w.cache.Get(v.Resource.Type, v.Resource.ID); r != nil && r.Version == v.Resource.Version {
			t.Fatalf("version %d of %s is found though it is past", r.Version, name(r))
		}
	}
	w.past = w.past[:0]
}

// A Cache never tells anything but what is current, in any order of commits, readers and
// want of room, and after its rings went around many times.
func TestCacheAgainstAMap(t *testing.T) {
	for name, size := range map[string]int64{"that is always full": 1 << 16, "with some room": 1 << 18, "with room for all": 8 << 20} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(4) {
				w := &world{cache: opened(t, size), rand: rand.New(rand.NewPCG(seed, 7)), current: map[string]cache.Kept{}, large: 1500}
				if seed%2 == 0 {
					teach(w.cache)
				}
				w.seq = numbered.Add(1_000_000)
				for range 2000 {
					w.step()
					if w.rand.IntN(4) == 0 {
						w.check(t)
					}
				}
				if size == 8<<20 {
					w.full(t)
				}
			}
		})
	}
}

// full fails when something was lost for which there is room.
func (w *world) full(t *testing.T) {
	t.Helper()
	for n, v := range w.current {
		w.cache.Fill(w.cache.Mark(w.seq), v)
		if r := w.cache.Get(v.Resource.Type, v.Resource.ID); r == nil {
			t.Errorf("%s is not kept", n)
		}
	}
	for n, v := range w.current {
		if got, ok := w.cache.Version(v.Seq); !ok || !same(got, v) {
			t.Errorf("%s is lost: %+v", n, got)
		}
	}
}

// Bodies of every length, up to those that no part takes.
func TestCacheOfAllLengths(t *testing.T) {
	c := opened(t, 1<<18)
	const part = 1 << 18 / 16
	kept := 0
	for size := 0; size <= part+16; size++ {
		v := version("a", int64(size), size)
		fill(c, v.Seq, v)
		got, ok := c.Version(v.Seq)
		if ok && !same(got, v) {
			t.Fatalf("a body of %d bytes came back as %d", size, len(got.Resource.Body))
		}
		if r := c.Get("Location", "a"); ok != (r != nil) {
			t.Fatalf("a body of %d bytes is kept by number %t, by id %t", size, ok, r != nil)
		}
		if ok {
			kept++
		}
	}
	if kept < part/8 || kept > part/4 {
		t.Errorf("bodies up to %d bytes are kept; want about an eighth to a quarter of a part, %d", kept, part/4)
	}
}

// What the Cache gives back is what it was given, whatever the bytes are.
func FuzzCache(f *testing.F) {
	f.Add("a", []byte(`{"source":"x"}`), []byte(`{"name":"y"}`), "links", int64(1))
	f.Add(someID, []byte(nil), []byte(`{"r":"Location/`+someID+`"}`), "\x05\x01$"+someID, int64(1e15))
	f.Add(someID, []byte("\xff"), []byte(someID+someID[:35]), "", int64(-1))
	f.Add("", []byte("0-0-0-0"), []byte("12345678-1234-1234-1234-12345678901g"), "\xff", int64(0))
	plain, taught := cache.New(4<<20), cache.New(4<<20)
	f.Cleanup(plain.Close)
	f.Cleanup(taught.Close)
	teach(taught)
	f.Fuzz(func(t *testing.T, id string, meta, body []byte, links string, number int64) {
		for _, c := range []*cache.Cache{plain, taught} {
			v := version(id, max(number, -number, 0)>>2, 0)
			v.Resource.Meta, v.Resource.Body, v.Links, v.Linked = meta, body, links, number%2 == 0
			fill(c, v.Seq, v)
			if r := c.Content(v.Seq); r != nil && !same(cache.Kept{Resource: r}, cache.Kept{Resource: v.Resource}) {
				t.Errorf("the content is %+v, want %+v", r, v.Resource)
			}
			if got, ok := c.Version(v.Seq); ok && !same(got, v) {
				t.Errorf("got %+v %+v, want %+v %+v", got, got.Resource, v, v.Resource)
			} else if !ok && len(id)+len(meta)+len(body)+len(links) < 10_000 {
				t.Error("it is not kept")
			}
			c.Drop("Location", id)
			if _, ok := c.Version(v.Seq); ok {
				t.Error("it is kept though it was dropped")
			}
		}
	})
}
