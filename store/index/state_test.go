package index_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"masjala/fhir/search"
	"masjala/internal/testutil"
	"masjala/store/index"
)

func based(t testing.TB, m *model, seq int64) *index.Index {
	t.Helper()
	dir := t.TempDir()
	x, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	if err := x.Swap(m.build(t, dir, seq)); err != nil {
		t.Fatal(err)
	}
	return x
}

func tokenDoc(rid uint32, seq int64, code string) index.Doc {
	return index.Doc{RID: rid, Type: 1, Seq: seq, ID: fmt.Sprint("id-", rid), Rows: []index.Row{{Kind: search.Token, Param: 1, Text: code, A: 1}}}
}

func count(t testing.TB, x *index.Index, code string) (n int) {
	t.Helper()
	if !x.View(func(v *index.View) { n = v.Token(1, code, 1, false).Count() }) {
		return -1
	}
	return n
}

func TestOffUntilOn(t *testing.T) {
	x := based(t, newModel(), 10)
	if !x.Off() || count(t, x, "a") != -1 {
		t.Error("the index answers before it is told to")
	}
	x.On(10)
	if x.Off() || count(t, x, "a") != 0 {
		t.Error("the index does not answer")
	}
	x.TurnOff()
	x.On(11)
	if !x.Off() {
		t.Error("the index answers although it has forgotten what changed")
	}
	if err := x.Replay(12, nil); !errors.Is(err, index.ErrFull) {
		t.Errorf("Replay without what came before: %v", err)
	}
}

func TestFullDelta(t *testing.T) {
	x := based(t, newModel(), 10)
	x.SetLimit(3)
	x.On(10)
	for i := range uint32(3) {
		x.Apply(int64(11+i), []index.Doc{tokenDoc(i+1, int64(11+i), "a")})
	}
	if count(t, x, "a") != 3 || x.Recent() != 3 {
		t.Fatalf("%d resources of %d, want 3", count(t, x, "a"), x.Recent())
	}
	x.Apply(14, []index.Doc{tokenDoc(2, 14, "b")}) // not one more
	if count(t, x, "a") != 2 || count(t, x, "b") != 1 {
		t.Error("a resource that changed again is not what it is now")
	}
	x.Apply(15, []index.Doc{tokenDoc(4, 15, "a")})
	if !x.Off() || x.Recent() != 0 {
		t.Error("the index is on with more than it may keep")
	}
	x.Apply(16, []index.Doc{tokenDoc(1, 16, "c")})
	x.On(16)
	if !x.Off() {
		t.Error("the index is on although it missed a commit")
	}
	m := newModel()
	for rid, code := range []string{"", "c", "b", "a", "a"} {
		if rid > 0 {
			m.docs[uint32(rid)] = tokenDoc(uint32(rid), 16, code)
		}
	}
	if err := x.Swap(m.build(t, t.TempDir(), 16)); err != nil {
		t.Fatal(err)
	}
	x.On(16)
	if count(t, x, "a") != 2 || count(t, x, "c") != 1 {
		t.Error("the new base does not answer")
	}
	if err := x.Replay(20, []index.Doc{tokenDoc(5, 17, "a"), tokenDoc(6, 18, "a"), tokenDoc(7, 19, "a"), tokenDoc(8, 20, "a")}); !errors.Is(err, index.ErrFull) {
		t.Errorf("Replay of too many: %v", err)
	}
}

// What is replayed late does not replace what is newer.
func TestReplayAfterApply(t *testing.T) {
	x := based(t, newModel(), 10)
	x.Apply(12, []index.Doc{tokenDoc(1, 12, "new")})
	if err := x.Replay(11, []index.Doc{tokenDoc(1, 11, "old"), tokenDoc(2, 11, "old")}); err != nil {
		t.Fatal(err)
	}
	x.On(11)
	x.View(func(v *index.View) {
		if v.Seq() != 12 {
			t.Errorf("the state is of %d, want 12", v.Seq())
		}
	})
	if count(t, x, "new") != 1 || count(t, x, "old") != 1 {
		t.Errorf("%d new and %d old", count(t, x, "new"), count(t, x, "old"))
	}
}

// Whatever is searched for while commits come, an answer is of one state.
func TestViewsAndCommitsAtOnce(t *testing.T) {
	m := newModel()
	for rid := uint32(1); rid <= 100; rid++ {
		m.docs[rid] = tokenDoc(rid, 1, "even")
	}
	x := based(t, m, 1)
	x.On(1)
	next := t.TempDir()
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				x.View(func(v *index.View) {
					want := "even"
					if v.Seq()%2 == 0 {
						want = "odd"
					}
					s := index.And(v.Live(1), v.Token(1, want, 0, true))
					if s.Count() != 100 || len(s.Before(0, 200, nil)) != 100 {
						t.Errorf("%d of 100 are %s at %d", s.Count(), want, v.Seq())
					}
				})
			}
		})
	}
	for seq := int64(2); seq < 40; seq++ {
		code := [2]string{"odd", "even"}[seq%2]
		var docs []index.Doc
		for rid := uint32(1); rid <= 100; rid++ {
			docs = append(docs, tokenDoc(rid, seq, code))
			m.docs[rid] = docs[rid-1]
		}
		x.Apply(seq, docs)
		if seq%13 == 0 {
			if err := x.Swap(m.build(t, next, seq)); err != nil {
				t.Error(err)
			}
			x.On(seq)
		}
	}
	close(stop)
	wg.Wait()
}

func TestViewsAllocateNothing(t *testing.T) {
	x := based(t, sampleModel(), 200)
	x.On(200)
	x.Apply(201, []index.Doc{tokenDoc(300, 201, "wide")})
	page := make([]uint32, 0, 32)
	tests := map[string]func(v *index.View){
		"tokens": func(v *index.View) {
			s := index.And(v.Token(1, "wide", 1, false), v.Token(1, "wide", 0, true), v.Live(1))
			s.Count()
			page = s.Before(0, 20, page[:0])
		},
		"identifier": func(v *index.View) { page = v.Token(2, "rab", 7, false).Before(0, 1, page[:0]) },
		"reference":  func(v *index.View) { page = v.Reference(30, "target", 1, false).Before(100, 20, page[:0]) },
		"id":         func(v *index.View) { v.Find(1, "rab") },
		"prefix": func(v *index.View) {
			s, _ := v.Prefix(20, "name r")
			page = s.Before(0, 20, page[:0])
		},
		"contains": func(v *index.View) {
			s, _ := v.Contains(21, "ep r")
			page = s.Before(0, 20, page[:0])
		},
	}
	for name, run := range tests {
		if n := testing.AllocsPerRun(200, func() { x.View(run) }); n != 0 && !testutil.Race() {
			t.Errorf("%s: a view makes %v allocations", name, n)
		}
	}
}

func TestBuilderRefusesDisorder(t *testing.T) {
	token := func(param int64, code string) *index.Row {
		return &index.Row{Kind: search.Token, Param: param, Text: code}
	}
	text := func(s string) *index.Row { return &index.Row{Kind: search.String, Param: 20, Text: s} }
	place := func(cell int64) *index.Row { return &index.Row{Kind: search.Position, Param: 50, A: cell} }
	wide := func(b *index.Builder, r *index.Row) error {
		return errors.Join(b.Row(r, 1), b.Row(r, 2))
	}
	tests := map[string]func(b *index.Builder) error{
		"resources": func(b *index.Builder) error {
			return errors.Join(b.Doc(index.Doc{RID: 2, Type: 1}), b.Doc(index.Doc{RID: 2, Type: 1}))
		},
		"no type":   func(b *index.Builder) error { return b.Doc(index.Doc{RID: 2}) },
		"large rid": func(b *index.Builder) error { return b.Row(token(1, "a"), 1<<31) },
		"keys": func(b *index.Builder) error {
			return errors.Join(wide(b, token(1, "a")), wide(b, token(1, "b")), wide(b, token(1, "a")))
		},
		"texts":  func(b *index.Builder) error { return errors.Join(b.Row(text("b"), 1), b.Row(text("a"), 1)) },
		"places": func(b *index.Builder) error { return errors.Join(b.Row(place(7), 1), b.Row(place(6), 1)) },
		"parameters": func(b *index.Builder) error {
			return errors.Join(b.Row(text("b"), 1), b.Row(token(1, "a"), 1), b.Row(text("c"), 1))
		},
	}
	for name, run := range tests {
		dir := t.TempDir()
		b, err := index.NewBuilder(dir, 1, index.Text{20: index.Parts})
		if err != nil {
			t.Fatal(err)
		}
		if err := run(b); err == nil {
			if _, err = b.Finish(); err == nil {
				t.Errorf("%s: nothing was said", name)
			}
		}
		b.Abort()
		if _, err := b.Finish(); err == nil {
			t.Errorf("%s: Finish after Abort", name)
		}
		if list, _ := os.ReadDir(dir); len(list) > 0 {
			t.Errorf("%s: %d files are left", name, len(list))
		}
	}
}

// Texts that cannot be in a text index are left to others to search.
func TestTextWithNULIsNotIndexed(t *testing.T) {
	m := newModel()
	m.docs[1] = index.Doc{RID: 1, Type: 1, Seq: 1, ID: "a", Rows: []index.Row{{Kind: search.String, Param: 20, Text: "a\x00b", More: "A"}}}
	m.docs[2] = index.Doc{RID: 2, Type: 1, Seq: 1, ID: "b", Rows: []index.Row{{Kind: search.String, Param: 21, Text: strings.Repeat("ab", 500), More: "B"}}}
	x := based(t, m, 1)
	x.On(1)
	x.View(func(v *index.View) {
		if _, ok := v.Prefix(20, "a"); ok {
			t.Error("the texts count as indexed")
		}
		if s, ok := v.Contains(21, "ba"); !ok || s.Count() != 1 {
			t.Error("the texts of another parameter are not indexed")
		}
	})
}

// A key may have many entries: one code in many systems.
func TestManySystems(t *testing.T) {
	m := newModel()
	for rid := uint32(1); rid <= 300; rid++ {
		d := tokenDoc(rid, 1, "same")
		d.Rows[0].A = int64(rid % 150)
		m.docs[rid] = d
	}
	x := based(t, m, 1)
	x.On(1)
	x.View(func(v *index.View) {
		for system := int64(1); system < 150; system++ {
			if got := all(t, v.Token(1, "same", system, false)); len(got) != 2 || got[0] != uint32(system) || got[1] != uint32(system)+150 {
				t.Fatalf("system %d: %v", system, got)
			}
		}
		if n := v.Token(1, "same", 0, true).Count(); n != 300 {
			t.Errorf("%d in any system, want 300", n)
		}
	})
}

func TestNearestOfMany(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for size := range 60 {
		all := make([]index.Hit, size)
		for i := range all {
			all[i] = index.Hit{RID: r.Uint32N(1000), Chord: float64(r.IntN(8))}
		}
		want := slices.Clone(all)
		slices.SortFunc(want, index.Hit.Compare)
		for n := range size + 2 {
			if got := index.Nearest(slices.Clone(all), n); !slices.Equal(got, want[:min(n, size)]) {
				t.Fatalf("the %d nearest of %v are %v", n, all, got)
			}
		}
	}
}
