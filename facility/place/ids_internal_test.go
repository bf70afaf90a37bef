package place

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestIDsAreAsAMap(t *testing.T) {
	id := rapid.OneOf(
		rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`),
		rapid.StringMatching(`[0-9A-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`),
		rapid.StringMatching(`[0-9a-f-]{36}`),
		rapid.StringMatching(`[A-Za-z0-9.-]{1,3}`),
		rapid.SampledFrom([]string{"\x00", strings.Repeat("a", 1<<chunkBits), strings.Repeat("b", 1<<chunkBits-1), strings.Repeat("é", 200)}),
	)
	rapid.Check(t, func(t *rapid.T) {
		x, want := newIDs(), map[string]int32{}
		var order []string
		for i := range rapid.IntRange(0, 300).Draw(t, "steps") {
			if i == 20 {
				x.grow(rapid.IntRange(0, 400).Draw(t, "grow"))
			}
			s := id.Draw(t, "id")
			had, ok := want[s]
			if got, found := x.find(s); found != ok || ok && got != had {
				t.Fatalf("find(%q) = %d, %t; want %d, %t", s, got, found, had, ok)
			}
			got, added := x.add(s)
			if !ok {
				want[s], had = int32(len(order)), int32(len(order))
				order = append(order, s)
			}
			if got != had || added == ok {
				t.Fatalf("add(%q) = %d, %t; want %d, %t", s, got, added, had, !ok)
			}
		}
		if x.len() != len(order) {
			t.Fatalf("there are %d ids, want %d", x.len(), len(order))
		}
		for n, s := range order {
			if got := x.text(int32(n)); got != s {
				t.Fatalf("text(%d) = %q, want %q", n, got, s)
			}
		}
	})
}

// A national directory has a million of them.
func TestIDsTakeLittleMemory(t *testing.T) {
	x := newIDs()
	const n = 100_000
	x.grow(n)
	for i := range n {
		x.add(fmt.Sprintf("018f3c5e-0000-7000-8000-%012x", i))
	}
	size := 4*cap(x.slots) + cap(x.tags) + 4*cap(x.at)
	for _, c := range x.chunks {
		size += cap(c)
	}
	if each := size / n; each > 36 {
		t.Errorf("an id takes %d bytes, want at most 36", each)
	}
}
