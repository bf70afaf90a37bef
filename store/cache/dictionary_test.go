package cache_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"masjala/store/cache"
)

// A dictionary is made of pieces of resources. Those of one that was erased are not saved with it.
func TestCacheSavesNoPieceOfWhatWasErased(t *testing.T) {
	c := opened(t, 8<<20)
	teach(c)
	other := likely(rand.New(rand.NewPCG(1, 3)), "other")
	other.Resource.Type = "Organization"
	fill(c, 0, other)
	erased := likely(rand.New(rand.NewPCG(31, 2)), "taught31").Resource
	_, piece, _ := bytes.Cut(erased.Body, []byte(`"position":`))
	piece = piece[:30]
	c.Drop("Location", erased.ID)
	if !bytes.Contains(save(t, c), piece) {
		t.Fatal("the dictionary has no piece of the resource, so that nothing is tried here")
	}
	c.Forget("Location")
	file := save(t, c)
	if bytes.Contains(file, piece) {
		t.Errorf("%s was erased and is saved", piece)
	}
	next := opened(t, 8<<20)
	load(t, next, file)
	if got, ok := next.Version(other.Seq); !ok || !same(got, other) {
		t.Errorf("a resource of another type is loaded as %+v", got)
	}
	for i := range 4000 {
		want := likely(rand.New(rand.NewPCG(uint64(i), 2)), fmt.Sprint("taught", i)).Resource
		if got := next.Get("Location", want.ID); got != nil && (want.ID == erased.ID || !bytes.Equal(got.Body, want.Body)) {
			t.Fatalf("%s is loaded as %s", want.ID, got.Body)
		}
	}
}

// meanwhile is a writer that does something at its first call.
type meanwhile struct {
	bytes.Buffer
	do func()
}

func (m *meanwhile) Write(b []byte) (int, error) {
	if do := m.do; do != nil {
		m.do = nil
		do()
	}
	return m.Buffer.Write(b)
}

// What readers bring while a cache is saved comes back as it was, or not at all, also when they
// brought so much of a type that it has a dictionary now.
func TestCacheIsSavedWhileItIsRead(t *testing.T) {
	c := opened(t, 8<<20)
	teach(c)
	organizations := func(name string, more int64) (list []cache.Kept) {
		for i := range int64(4000) {
			v := likely(rand.New(rand.NewPCG(uint64(more), uint64(i))), fmt.Sprint(name, i))
			v.Resource.Type, v.Seq = "Organization", more+i
			list = append(list, v)
		}
		return list
	}
	list := organizations("late", 100_000)
	fill(c, 0, list[0])
	w := &meanwhile{do: func() {
		for _, v := range list {
			fill(c, 0, v)
		}
	}}
	if err := c.Save(w); err != nil {
		t.Fatal(err)
	}
	if w.do != nil {
		t.Fatal("nobody read meanwhile")
	}
	next := opened(t, 8<<20)
	load(t, next, w.Bytes())
	for _, v := range organizations("new", 200_000) { // make another dictionary
		fill(next, 0, v)
	}
	loaded := 0
	for _, v := range list {
		if got, ok := next.Version(v.Seq); ok {
			if loaded++; !same(got, v) {
				t.Fatalf("%s is loaded as %+v", v.Resource.ID, got)
			}
		}
	}
	if loaded == 0 {
		t.Error("what was not compressed is not loaded either")
	}
}
