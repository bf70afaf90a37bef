package rids_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"pgregory.net/rapid"

	"masjala/store/index/rids"
)

// sample draws a set: of few or many rids, scattered, in runs, or whole blocks.
func sample(t *rapid.T) []uint32 {
	rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	top := rapid.SampledFrom([]uint32{40, 70_000, 200_000, 700_000}).Draw(t, "top")
	var out []uint32
	switch rapid.SampledFrom([]string{"none", "few", "scattered", "dense", "runs", "blocks"}).Draw(t, "shape") {
	case "few":
		for range rapid.IntRange(1, 50).Draw(t, "size") {
			out = append(out, rnd.Uint32N(top))
		}
	case "scattered":
		for range top / 20 {
			out = append(out, rnd.Uint32N(top))
		}
	case "dense":
		for i := range top {
			if rnd.Uint32()&3 > 0 {
				out = append(out, i)
			}
		}
	case "runs":
		for i := rnd.Uint32N(top); i < top; i += 1 + rnd.Uint32N(top/4+1) {
			for range rnd.Uint32N(top/8 + 1) {
				out = append(out, i)
				i++
			}
		}
	case "blocks":
		for i := range uint32(3 * 65_536) {
			if i>>16 != 1 {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// made puts rids into one of the forms that a Set reads.
func made(t *rapid.T, r *rids.Room, list []uint32) *rids.Set {
	switch rapid.SampledFrom([]string{"list", "own bitmap", "roaring", "roaring with runs", "mutable"}).Draw(t, "form") {
	case "own bitmap":
		return read(t, r, encoded(list))
	case "roaring":
		return read(t, r, portable(t, roaring.BitmapOf(list...)))
	case "roaring with runs":
		b := roaring.BitmapOf(list...)
		b.RunOptimize()
		return read(t, r, portable(t, b))
	case "mutable":
		m := &rids.Mutable{}
		for _, rid := range list {
			m.Add(rid)
		}
		return r.Mutable(m)
	}
	return r.List(list)
}

func encoded(list []uint32) []byte {
	var e rids.Encoder
	for _, rid := range list {
		e.Add(rid)
		e.Add(rid)
	}
	return e.Append(nil)
}

func portable(t *rapid.T, b *roaring.Bitmap) []byte {
	out, err := b.ToBytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *rapid.T, r *rids.Room, b []byte) *rids.Set {
	s, err := r.Bitmap(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Our bitmaps are roaring's, and say the same.
func TestEncoderWritesWhatRoaringReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := sample(t)
		var got roaring.Bitmap
		if _, err := got.FromBuffer(encoded(list)); err != nil {
			t.Fatal(err)
		}
		if err := got.Validate(); err != nil && len(list) > 0 {
			t.Fatal(err)
		}
		if !slices.Equal(got.ToArray(), list) {
			t.Fatalf("%d rids became %d others", len(list), got.GetCardinality())
		}
		var each []uint32
		rids.Each(encoded(list), func(rid uint32) { each = append(each, rid) })
		if !slices.Equal(each, list) {
			t.Fatalf("Each called with %d of %d rids", len(each), len(list))
		}
	})
}

// Any expression says what the same one of roaring says.
func TestExpressions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var room rids.Room
		var sets []*rids.Set
		var want []*roaring.Bitmap
		for range rapid.IntRange(1, 5).Draw(t, "sets") {
			list := sample(t)
			sets, want = append(sets, made(t, &room, list)), append(want, roaring.BitmapOf(list...))
		}
		for range rapid.IntRange(0, 5).Draw(t, "operations") {
			s, w := operation(t, &room, sets, want)
			sets, want = append(sets, s), append(want, w)
		}
		for i := range sets {
			same(t, sets[i], want[i])
		}
		room.Reset()
	})
}

func operation(t *rapid.T, room *rids.Room, sets []*rids.Set, want []*roaring.Bitmap) (*rids.Set, *roaring.Bitmap) {
	pick := rapid.SliceOfN(rapid.IntRange(0, len(sets)-1), 1, 4).Draw(t, "operands")
	var args []*rids.Set
	var wants []*roaring.Bitmap
	for _, i := range pick {
		args, wants = append(args, sets[i]), append(wants, want[i])
	}
	switch rapid.SampledFrom([]string{"and", "or", "and not"}).Draw(t, "operation") {
	case "and":
		return room.And(args...), roaring.FastAnd(wants...)
	case "or":
		return room.Or(args...), roaring.FastOr(wants...)
	}
	last := len(args) - 1
	return room.AndNot(args[0], args[last]), roaring.AndNot(wants[0], wants[last])
}

func same(t *rapid.T, s *rids.Set, w *roaring.Bitmap) {
	want := w.ToArray()
	if n := s.Count(); n != len(want) {
		t.Fatalf("Count() = %d, want %d", n, len(want))
	}
	for range 20 {
		rid := rapid.Uint32Range(0, 800_000).Draw(t, "rid")
		if s.Contains(rid) != w.Contains(rid) {
			t.Fatalf("Contains(%d) = %v", rid, s.Contains(rid))
		}
	}
	got := s.Before(0, math.MaxInt, nil)
	slices.Reverse(got)
	if !slices.Equal(got, want) {
		t.Fatalf("%d rids, want %d", len(got), len(want))
	}
	// Pages that begin at members, beside them, and at the ends of blocks.
	for range 5 {
		from := rapid.SampledFrom([]uint32{1, 65_535, 65_536, 65_537, 131_072, math.MaxUint32, uint32(rapid.IntRange(1, 700_000).Draw(t, "at"))}).Draw(t, "from")
		n := rapid.IntRange(0, 30).Draw(t, "page")
		i, _ := slices.BinarySearch(want, from)
		page := slices.Clone(want[max(0, i-n):i])
		slices.Reverse(page)
		if got := s.Before(from, n, nil); !slices.Equal(got, page) {
			t.Fatalf("Before(%d, %d) = %v, want %v", from, n, got, page)
		}
	}
}

// A union of many short lists, as of the codes of a value set, is all of them.
func TestUnionOfManyLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var room rids.Room
		list := sample(t)
		list = list[:min(len(list), 5000)]
		want := roaring.BitmapOf(list...)
		var sets []*rids.Set
		for len(list) > 0 {
			n := min(len(list), rapid.IntRange(1, 2000).Draw(t, "length"))
			sets = append(sets, room.List(list[:n]), room.List(list[n/2:n]))
			list = list[n:]
		}
		wide := sample(t)
		sets, want = append(sets, made(t, &room, wide), nil), roaring.Or(want, roaring.BitmapOf(wide...))
		same(t, room.Or(sets...), want)
	})
}

// A Mutable is what was added and not removed.
func TestMutable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, want := &rids.Mutable{}, roaring.New()
		for range rapid.IntRange(0, 6).Draw(t, "steps") {
			add := rapid.Bool().Draw(t, "add")
			for _, rid := range sample(t) {
				if add {
					if m.Add(rid) != want.CheckedAdd(rid) {
						t.Fatalf("Add(%d) does not tell whether it was there", rid)
					}
				} else if m.Remove(rid) != want.CheckedRemove(rid) {
					t.Fatalf("Remove(%d) does not tell whether it was there", rid)
				}
			}
			if m.Len() != int(want.GetCardinality()) {
				t.Fatalf("Len() = %d, want %d", m.Len(), want.GetCardinality())
			}
		}
		var room rids.Room
		same(t, room.Mutable(m), want)
	})
}

func TestBitmapRefusesWhatIsNone(t *testing.T) {
	tests := map[string][]byte{
		"nothing":                {},
		"too short":              {0x3a, 0x30, 0, 0},
		"another cookie":         {1, 2, 3, 4, 5, 6, 7, 8},
		"heads that are missing": {0x3a, 0x30, 0, 0, 9, 0, 0, 0},
		"more blocks than exist": {0x3a, 0x30, 0, 0, 0, 0, 0, 9},
		"runs that are missing":  {0x3b, 0x30, 0xff, 0xff, 0, 0, 0, 0},
	}
	for name, b := range tests {
		var room rids.Room
		if _, err := room.Bitmap(b); !errors.Is(err, rids.ErrDamaged) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// What an evaluation needs comes from the room and goes back to it.
func TestEvaluationAllocatesNothing(t *testing.T) {
	var wide, runs []uint32
	for i := range uint32(300_000) {
		if i%3 > 0 {
			wide = append(wide, i)
		}
		if i>>9&1 == 0 {
			runs = append(runs, i)
		}
	}
	a, b := encoded(wide), encoded(runs)
	few := []uint32{5, 6, 70_000}
	var room rids.Room
	var page []uint32
	run := func() {
		x, _ := room.Bitmap(a)
		y, _ := room.Bitmap(b)
		s := room.And(room.AndNot(x, room.List(few)), room.Or(y, room.List(few)))
		s.Count()
		page = s.Before(200_000, 20, page[:0])
		room.Reset()
	}
	if n := testing.AllocsPerRun(100, run); n != 0 {
		t.Errorf("an evaluation makes %v allocations", n)
	}
}

func BenchmarkAnd(b *testing.B) {
	const blocks = 50
	for _, shape := range []string{"wide", "lists", "list and wide"} {
		var maps [][]byte
		for k := range 3 {
			step := uint32(2 + k)
			if shape == "lists" || shape == "list and wide" && k == 0 {
				step *= 40
			}
			var list []uint32
			for i := uint32(0); i < blocks<<16; i++ {
				if i*2654435761>>16%step == 0 {
					list = append(list, i)
				}
			}
			maps = append(maps, encoded(list))
		}
		b.Run(fmt.Sprintf("%s/count", shape), func(b *testing.B) {
			var room rids.Room
			b.ReportAllocs()
			for b.Loop() {
				x, _ := room.Bitmap(maps[0])
				y, _ := room.Bitmap(maps[1])
				z, _ := room.Bitmap(maps[2])
				room.And(x, y, z).Count()
				room.Reset()
			}
		})
	}
}
