package terminology_test

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/terminology"
)

// countingStore counts the reads of a store.
type countingStore struct {
	store.Store
	reads atomic.Int64
}

func (c *countingStore) Read(ctx context.Context, typ, id string) (*fhir.Resource, error) {
	c.reads.Add(1)
	return c.Store.Read(ctx, typ, id)
}

func (c *countingStore) ReadVersion(ctx context.Context, typ, id string, v int64) (*fhir.Resource, error) {
	c.reads.Add(1)
	return c.Store.ReadVersion(ctx, typ, id, v)
}

func (c *countingStore) Value(ctx context.Context, space, key string) ([]byte, error) {
	c.reads.Add(1)
	return c.Store.Value(ctx, space, key)
}

// hot are the questions that forms ask all the time.
func hot(s *terminology.Service) map[string]func() (int, error) {
	ctx := context.Background()
	return map[string]func() (int, error){
		"lookup": func() (int, error) {
			d, err := s.Lookup(ctx, terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog"})
			return len(d.JSON()), err
		},
		"validate": func() (int, error) {
			v, err := s.ValidateCode(ctx, terminology.ValidateCodeRequest{URL: animalURL, Version: "1.0", Code: "dog", Display: "Dog"})
			return len(v.JSON()), err
		},
		"validate in set": func() (int, error) {
			v, err := s.ValidateInSet(ctx, terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "http://example.org/vs/mammals"}, System: animalURL, Code: "dog"})
			return len(v.JSON()), err
		},
		"subsumes": func() (int, error) {
			r, err := s.Subsumes(ctx, terminology.SubsumesRequest{System: animalURL, Version: "1.0", CodeA: "mammal", CodeB: "dog"})
			return len(r.JSON()), err
		},
		"contains": func() (int, error) {
			_, err := s.Contains(ctx, "http://example.org/vs/mammals", animalURL, "dog")
			return 1, err
		},
	}
}

// TestHotPath holds what a question may allocate, and that neither SQLite nor Badger is asked.
func TestHotPath(t *testing.T) {
	dir := t.TempDir()
	st := &countingStore{Store: openStore(t, dir)}
	s := openService(t, st, dir)
	put(t, s, st, animals)
	put(t, s, st, mammals)
	<-s.Repaired()
	limits := map[string]float64{"lookup": 7, "validate": 5, "validate in set": 8, "subsumes": 3, "contains": 3}
	for name, ask := range hot(s) {
		if n, err := ask(); err != nil || n == 0 {
			t.Fatalf("%s: %d bytes, %v", name, n, err)
		}
		before := st.reads.Load()
		got := testing.AllocsPerRun(200, func() {
			if _, err := ask(); err != nil {
				t.Error(err)
			}
		})
		if got > limits[name] && !testutil.Race() {
			t.Errorf("%s allocates %.0f times, at most %.0f are allowed", name, got, limits[name])
		}
		t.Logf("%s: %.0f allocations", name, got)
		if reads := st.reads.Load() - before; reads != 0 {
			t.Errorf("%s read the store %d times", name, reads)
		}
	}
	if err := s.Close(); err != nil { // closes Badger: answers go on
		t.Fatal(err)
	}
	for name, ask := range hot(s) {
		if _, err := ask(); err != nil {
			t.Errorf("%s without Badger: %v", name, err)
		}
	}
}

func BenchmarkHot(b *testing.B) {
	dir := b.TempDir()
	st := openStore(b, dir)
	s, err := terminology.New(terminology.Options{Store: st, Dir: filepath.Join(dir, "concepts")})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	put(b, s, st, animals)
	put(b, s, st, mammals)
	for name, ask := range hot(s) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkExpand(b *testing.B) {
	dir := b.TempDir()
	st := openStore(b, dir)
	s, err := terminology.New(terminology.Options{Store: st, Dir: filepath.Join(dir, "concepts")})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	put(b, s, st, big(20_000))
	put(b, s, st, vs("big", `{"include":[{"system":"http://example.org/cs/big"}]}`))
	for name, filter := range map[string]string{"page": "", "filter": "concept 12"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x, err := s.Expand(b.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{ID: "big"}, Count: count(20), Offset: 100, Filter: filter})
				if err != nil || x.Total == 0 {
					b.Fatal(err)
				}
			}
		})
	}
}
