package text_test

import (
	"errors"
	"slices"
	"testing"

	"masjala/store/index/text"
)

// use opens what may be damaged and asks it all sorts of things.
func use(b []byte, queries ...string) error {
	r, err := text.Open(b)
	if err != nil {
		return err
	}
	var buf text.Buffer
	for _, q := range queries {
		r.Prefix(q, &buf)
		r.Exact(q, &buf)
		r.Contains(q, &buf)
	}
	return nil
}

func TestDamagedBytes(t *testing.T) {
	queries := []string{"", "a", "ki", "kisumu", "nairobi", "health", "ealth centre", "ደ", "zz"}
	for _, limit := range []int{few, 0} {
		good := build(t, damageable(), true, limit)
		for i := range good {
			bad := slices.Clone(good)
			for _, v := range []byte{0, 0xff, good[i] ^ 0x80, good[i] + 1} {
				bad[i] = v
				if err := use(bad, queries...); err != nil && !errors.Is(err, text.ErrDamaged) {
					t.Fatalf("byte %d as %#x: %v", i, v, err)
				}
			}
		}
	}
}

// damageable is the small part of the example.
func damageable() []pair {
	return slices.DeleteFunc(country(), func(p pair) bool { return len(p.text) > 100 || p.rid > 1_000 })
}

func TestShortenedBytes(t *testing.T) {
	good := build(t, damageable(), true, few)
	for n := range good {
		if err := use(good[:n], "a"); !errors.Is(err, text.ErrDamaged) {
			t.Fatalf("Open of %d bytes of %d = %v, want ErrDamaged", n, len(good), err)
		}
		if n > 0 {
			if err := use(good[n:], "a"); !errors.Is(err, text.ErrDamaged) {
				t.Fatalf("Open without the first %d bytes = %v, want ErrDamaged", n, err)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte{}, "a")
	for _, limit := range []int{1, few, 0} {
		f.Add(build(f, damageable(), true, limit), "health")
		f.Add(build(f, damageable()[:3], false, limit), "ki")
	}
	f.Fuzz(func(t *testing.T, b []byte, q string) {
		if err := use(b, q, "", "a"); err != nil && !errors.Is(err, text.ErrDamaged) {
			t.Fatal(err)
		}
	})
}

// FuzzQuery asks a good section what nobody thought of.
func FuzzQuery(f *testing.F) {
	r := open(f, country(), true, few)
	for _, q := range countryQueries() {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		if clean(q) {
			check(t, r, country(), q, &text.Buffer{})
		}
	})
}
