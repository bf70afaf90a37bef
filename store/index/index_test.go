package index_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"masjala/fhir/search"
	"masjala/store/globe"
	"masjala/store/index"
)

// Small vocabularies, so that random questions meet random answers.
var (
	codes  = rapid.SampledFrom([]string{"a", "b", "active", "hospital", "", "x|y"})
	bodies = rapid.SampledFrom([]string{"kenyatta hospital", "kenyatta clinic", "mbagathi", "ken", "nairobi west", "kañu", ""})
	ids    = rapid.Custom(func(t *rapid.T) string { return fmt.Sprint("id-", rapid.IntRange(0, 40).Draw(t, "id")) })
	lats   = rapid.SampledFrom([]float64{-1.28, -1.29, -1.3, 0, 89.99, -90, 45})
	lons   = rapid.SampledFrom([]float64{36.8, 36.81, -179.99, 179.99, 180, 0})
	few    = rapid.Int64Range(0, 3)
)

func row(t *rapid.T) index.Row {
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0:
		return index.Row{Kind: search.Token, Param: 1 + few.Draw(t, "param"), Text: codes.Draw(t, "code"), A: few.Draw(t, "system")}
	case 1:
		body := bodies.Draw(t, "text")
		return index.Row{Kind: search.String, Param: 20 + few.Draw(t, "param"), Text: body, More: rapid.SampledFrom([]string{"", "A "}).Draw(t, "written") + body}
	case 2:
		return index.Row{Kind: search.Reference, Param: 30, Text: ids.Draw(t, "target"), A: few.Draw(t, "type")}
	case 3:
		return index.Row{Kind: search.URI, Param: 40, Text: codes.Draw(t, "uri")}
	case 4:
		lat, lon := lats.Draw(t, "lat"), lons.Draw(t, "lon")
		return index.Row{Kind: search.Position, Param: 50, A: globe.Cell(lat, lon), X: lat, Y: lon}
	case 5:
		return index.Row{Kind: search.Date, Param: 60, A: few.Draw(t, "low")}
	}
	return index.Row{Kind: search.Number, Param: 1 + few.Draw(t, "param"), X: 1, Y: 2}
}

func doc(t *rapid.T, rid uint32, seq int64) index.Doc {
	d := index.Doc{RID: rid, Type: uint8(1 + rid%3), Seq: seq, ID: fmt.Sprint("id-", rid)}
	if d.Deleted = rapid.IntRange(0, 4).Draw(t, "deleted") == 0; !d.Deleted {
		d.Rows = rapid.SliceOfN(rapid.Custom(row), 0, 6).Draw(t, "rows")
	}
	return d
}

// world is an index beside the model of it.
type world struct {
	m   *model
	x   *index.Index
	dir string
	seq int64

	redone map[uint32]bool // resources whose rows changed without a version, ever
}

func (w *world) change(t *rapid.T) []index.Doc {
	w.seq++
	var docs []index.Doc
	for range rapid.IntRange(0, 4).Draw(t, "changes") {
		rid := uint32(rapid.IntRange(1, 40).Draw(t, "rid"))
		if rapid.IntRange(0, 9).Draw(t, "far") == 0 {
			rid += 65_530
		}
		if slices.ContainsFunc(docs, func(d index.Doc) bool { return d.RID == rid }) {
			continue
		}
		d := doc(t, rid, w.seq)
		if had, ok := w.m.docs[rid]; ok && rapid.IntRange(0, 4).Draw(t, "reindexed") == 0 {
			d.Seq, d.Deleted, w.redone[rid] = had.Seq, had.Deleted, true
			if d.Deleted {
				d.Rows = nil
			}
		}
		w.m.docs[rid] = d
		docs = append(docs, d)
	}
	return docs
}

func (w *world) rebuild(t *rapid.T, tb testing.TB) {
	path := w.m.build(tb, w.dir, w.seq)
	for range rapid.IntRange(0, 3).Draw(t, "meanwhile") { // commits while it is built
		docs := w.change(t)
		w.x.Apply(w.seq, docs)
	}
	if err := w.x.Swap(path); err != nil {
		t.Fatal(err)
	}
	w.replay(t)
}

// replay brings what changed since the base.
func (w *world) replay(t *rapid.T) {
	var docs []index.Doc
	for _, rid := range slices.Sorted(keys(w.m.docs)) {
		if d := w.m.docs[rid]; d.Seq > w.x.Base() || w.redone[rid] {
			docs = append(docs, d)
		}
	}
	for part := range slices.Chunk(docs, 3) {
		if err := w.x.Replay(w.seq, part); err != nil {
			t.Fatal(err)
		}
	}
	w.x.On(w.seq)
}

// reopen starts again, with what changed since.
func (w *world) reopen(t *rapid.T) {
	if err := w.x.Close(); err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(w.dir)
	if err != nil || x.Damaged() != nil {
		t.Fatal(err, x.Damaged())
	}
	w.x = x
	w.x.Apply(w.seq, nil)
	w.replay(t)
}

func TestIndexAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{m: newModel(), dir: t.TempDir(), seq: 1, redone: map[uint32]bool{}}
		var err error
		if w.x, err = index.Open(w.dir); err != nil {
			rt.Fatal(err)
		}
		defer func() { w.x.Close() }()
		for range rapid.IntRange(0, 12).Draw(rt, "before") {
			w.change(rt)
		}
		w.x.Apply(w.seq, nil)
		w.rebuild(rt, t)
		for range rapid.IntRange(0, 8).Draw(rt, "steps") {
			switch rapid.IntRange(0, 7).Draw(rt, "step") {
			case 0:
				w.rebuild(rt, t)
			case 1:
				w.reopen(rt)
			default:
				docs := w.change(rt)
				w.x.Apply(w.seq, docs)
			}
			if !w.x.View(func(v *index.View) { compare(rt, w, v) }) {
				rt.Fatal("the index is off")
			}
		}
	})
}

// compare asks the index and the model everything.
func compare(t *rapid.T, w *world, v *index.View) {
	m := w.m
	if v.Seq() != w.seq {
		t.Fatalf("the view is of %d, want %d", v.Seq(), w.seq)
	}
	var sets []index.Set
	var want [][]uint32
	same := func(what string, s index.Set, w []uint32) {
		t.Helper()
		if got := all(t, s); !slices.Equal(got, w) {
			t.Fatalf("%s: got %v, want %v", what, got, w)
		}
		sets, want = append(sets, s), append(want, w)
	}
	for typ := range uint8(5) {
		same(fmt.Sprint("live ", typ), v.Live(typ), m.live(typ))
	}
	compareKeys(t, m, v, same)
	compareTexts(t, m, v, same)
	compareDocs(t, m, v)
	for _, radius := range []float64{1000, 5000, 3e6, 3e7} {
		want := m.near(50, -1.28, 36.8, radius)
		for _, n := range []int{0, 1, 2, 5, len(want), len(want) + 1} {
			got, some := index.Nearest(v.Near(50, -1.28, 36.8, radius), n), want[:min(n, len(want))]
			if !slices.Equal(got, some) {
				t.Fatalf("%d nearest within %v m: got %v, want %v", n, radius, got, some)
			}
		}
	}
	compareAlgebra(t, v, sets, want)
}

type sameFunc func(what string, s index.Set, want []uint32)

func compareKeys(t *rapid.T, m *model, v *index.View, same sameFunc) {
	code, system := codes.Draw(t, "code"), few.Draw(t, "system")
	for param := int64(1); param < 5; param++ {
		is := func(r *index.Row) bool { return r.Kind == search.Token && r.Param == param && r.Text == code }
		same("token", v.Token(param, code, system, false), m.rows(func(r *index.Row) bool { return is(r) && r.A == system }))
		same("token of any system", v.Token(param, code, system, true), m.rows(is))
	}
	id, typ := ids.Draw(t, "target"), few.Draw(t, "type")
	is := func(r *index.Row) bool { return r.Kind == search.Reference && r.Param == 30 && r.Text == id }
	same("reference", v.Reference(30, id, typ, false), m.rows(func(r *index.Row) bool { return is(r) && r.A == typ }))
	same("reference to any type", v.Reference(30, id, typ, true), m.rows(func(r *index.Row) bool { return is(r) && r.A != 0 }))
	same("uri", v.URI(40, code), m.rows(func(r *index.Row) bool { return r.Kind == search.URI && r.Text == code }))
	for _, param := range []int64{1, 20, 30, 40, 50, 60, 99} {
		same(fmt.Sprint("has ", param), v.Has(param), m.rows(func(r *index.Row) bool { return r.Param == param }))
	}
}

func compareTexts(t *rapid.T, m *model, v *index.View, same sameFunc) {
	body := bodies.Draw(t, "body")
	for param := int64(20); param < 23; param++ {
		is := func(r *index.Row) bool { return r.Kind == search.String && r.Param == param }
		_, indexed := m.depth[param]
		if s, ok := v.Exact(param, "A "+body, body); !ok && indexed {
			t.Fatalf("exact of %d: %v", param, ok)
		} else if ok {
			same("exact", s, m.rows(func(r *index.Row) bool { return is(r) && r.More == "A "+body && r.Text == body }))
		}
		for _, part := range []string{body, body[:len(body)/5], "ken", "clinic", "n", "zz"} {
			if s, ok := v.Prefix(param, part); !ok && indexed {
				t.Fatalf("prefix of %d: %v", param, ok)
			} else if ok {
				same("prefix "+part, s, m.rows(func(r *index.Row) bool { return is(r) && len(r.Text) >= len(part) && r.Text[:len(part)] == part }))
			}
			if s, ok := v.Contains(param, part); !ok && m.depth[param] == index.Parts {
				t.Fatalf("contains of %d: %v", param, ok)
			} else if ok {
				same("contains "+part, s, m.rows(func(r *index.Row) bool { return is(r) && contains(r.Text, part) }))
			}
		}
	}
}

func contains(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

func compareDocs(t *rapid.T, m *model, v *index.View) {
	for rid := uint32(0); rid < 45; rid++ {
		d, known := m.docs[rid]
		known = known && !d.Deleted
		typ, seq := v.Doc(rid)
		if known && (typ != d.Type || seq != d.Seq) || !known && typ != 0 {
			t.Fatalf("Doc(%d) = %d, %d, want %+v", rid, typ, seq, d)
		}
		got, ok := v.Find(uint8(1+rid%3), fmt.Sprint("id-", rid))
		if ok != known || known && got != rid {
			t.Fatalf("Find(%d) = %d, %v, want %v", rid, got, ok, known)
		}
	}
	if _, ok := v.Find(9, "id-1"); ok {
		t.Fatal("a resource of a type that is not there was found")
	}
}

// compareAlgebra combines sets at random.
func compareAlgebra(t *rapid.T, v *index.View, sets []index.Set, want [][]uint32) {
	sets, want = append(sets, index.Set{}, v.Of([]uint32{7, 3, 3, 65_540})), append(want, nil, []uint32{3, 7, 65_540})
	for range rapid.IntRange(1, 6).Draw(t, "operations") {
		pick := rapid.SliceOfN(rapid.IntRange(0, len(sets)-1), 1, 4).Draw(t, "operands")
		var args []index.Set
		for _, i := range pick {
			args = append(args, sets[i])
		}
		count := func(rid uint32) (n int) {
			for _, i := range pick {
				if slices.Contains(want[i], rid) {
					n++
				}
			}
			return n
		}
		var s index.Set
		var keep func(rid uint32) bool
		switch rapid.IntRange(0, 2).Draw(t, "operation") {
		case 0:
			s, keep = index.And(args...), func(rid uint32) bool { return count(rid) == len(pick) }
		case 1:
			s, keep = index.Or(args...), func(rid uint32) bool { return count(rid) > 0 }
		default:
			first, last := pick[0], pick[len(pick)-1]
			s, keep = sets[first].AndNot(sets[last]), func(rid uint32) bool {
				return slices.Contains(want[first], rid) && !slices.Contains(want[last], rid)
			}
		}
		var w []uint32
		for rid := range uint32(90) {
			if rid >= 45 {
				rid += 65_530 - 45
			}
			if keep(rid) {
				w = append(w, rid)
			}
		}
		if got := all(t, s); !slices.Equal(got, w) {
			t.Fatalf("operation: got %v, want %v", got, w)
		}
		compareWalk(t, s, w)
		sets, want = append(sets, s), append(want, w)
	}
}

// compareWalk goes through a set page by page, and asks for members one by one.
func compareWalk(t *rapid.T, s index.Set, want []uint32) {
	size := rapid.IntRange(1, 5).Draw(t, "page")
	var got []uint32
	for rid := uint32(0); ; {
		page := s.Before(rid, size, nil)
		got = append(got, page...)
		if len(page) < size {
			break
		}
		if rid = page[len(page)-1]; rid == 0 {
			break
		}
	}
	slices.Reverse(got)
	if !slices.Equal(got, want) {
		t.Fatalf("a walk of pages of %d: got %v, want %v", size, got, want)
	}
	for _, rid := range []uint32{0, 1, 7, 20, 40, 65_540} {
		if got := s.Contains(rid); got != slices.Contains(want, rid) {
			t.Fatalf("Contains(%d) = %v in %v", rid, got, want)
		}
	}
}
