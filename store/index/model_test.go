package index_test

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"

	"masjala/fhir/search"
	"masjala/store/globe"
	"masjala/store/index"
)

// model is what an index should know, asked the plain way.
type model struct {
	docs  map[uint32]index.Doc
	depth index.Text
}

func newModel() *model {
	return &model{docs: map[uint32]index.Doc{}, depth: index.Text{20: index.Prefixes, 21: index.Parts}}
}

// rows returns the rids, ascending, of the current resources that have a fitting row.
func (m *model) rows(fits func(r *index.Row) bool) []uint32 {
	var out []uint32
	for rid, d := range m.docs {
		if !d.Deleted && slices.ContainsFunc(d.Rows, func(r index.Row) bool { return fits(&r) }) {
			out = append(out, rid)
		}
	}
	slices.Sort(out)
	return out
}

func (m *model) live(typ uint8) []uint32 {
	var out []uint32
	for rid, d := range m.docs {
		if !d.Deleted && d.Type == typ {
			out = append(out, rid)
		}
	}
	slices.Sort(out)
	return out
}

func (m *model) near(param int64, lat, lon, radius float64) []index.Hit {
	from, limit := globe.At(lat, lon), globe.Chord(radius)
	var out []index.Hit
	for rid, d := range m.docs {
		best := math.Inf(1)
		for _, r := range d.Rows {
			if r.Kind == search.Position && r.Param == param && !d.Deleted {
				best = min(best, from.Chord(globe.At(r.X, r.Y)))
			}
		}
		if best <= limit {
			out = append(out, index.Hit{RID: rid, Chord: best})
		}
	}
	slices.SortFunc(out, func(a, b index.Hit) int { return cmp.Or(cmp.Compare(a.Chord, b.Chord), cmp.Compare(a.RID, b.RID)) })
	return out
}

// build makes a file of the model in a folder.
func (m *model) build(t testing.TB, dir string, seq int64) string {
	t.Helper()
	b, err := index.NewBuilder(dir, seq, m.depth)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Abort()
	type ridRow struct {
		index.Row
		rid uint32
	}
	var rows []ridRow
	for _, rid := range slices.Sorted(keys(m.docs)) {
		d := m.docs[rid]
		for _, r := range d.Rows {
			rows = append(rows, ridRow{r, rid})
		}
		d.Rows = nil
		if err := b.Doc(d); err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(rows, func(a, b ridRow) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Param, b.Param), strings.Compare(a.Text, b.Text), positionCell(a.Row, b.Row),
			cmp.Compare(a.rid, b.rid), cmp.Compare(a.A, b.A), strings.Compare(a.More, b.More))
	})
	for i := range rows {
		if err := b.Row(&rows[i].Row, rows[i].rid); err != nil {
			t.Fatal(err)
		}
	}
	path, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func positionCell(a, b index.Row) int {
	if a.Kind == search.Position {
		return cmp.Compare(a.A, b.A)
	}
	return 0
}

func keys[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// all returns the members of a set, ascending, and checks what else it says of itself.
func all(t interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}, s index.Set) []uint32 {
	t.Helper()
	list := s.Before(0, math.MaxInt, nil)
	if n := s.Count(); n != len(list) {
		t.Errorf("Count() = %d for %d rids", n, len(list))
	}
	for i := 1; i < len(list); i++ {
		if list[i] >= list[i-1] {
			t.Fatalf("%d comes after %d", list[i], list[i-1])
		}
	}
	slices.Reverse(list)
	return list
}
