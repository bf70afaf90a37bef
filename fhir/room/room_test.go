package room_test

import (
	"slices"
	"testing"

	"masjala/fhir/room"
)

// Lists of all sizes grow, and keep what they hold.
func TestListsGrow(t *testing.T) {
	var list []int
	moves := 0
	for n := range 300_000 {
		more := room.For(list, 1)
		if len(more) != len(list) || cap(more) <= len(more) {
			t.Fatalf("a list of %d got %d with room for %d", len(list), len(more), cap(more))
		}
		if cap(more) != cap(list) {
			moves++
		}
		list = append(more, n)
	}
	for i, n := range list {
		if n != i {
			t.Fatalf("place %d holds %d", i, n)
		}
	}
	if moves > 60 {
		t.Errorf("it was moved %d times", moves)
	}
	if same := room.For(list[:10], 5); !slices.Equal(same, list[:10]) || &same[0] != &list[0] {
		t.Error("a list with room was moved")
	}
	if many := room.For(list, 1_000_000); cap(many) < 1_300_000 || !slices.Equal(many, list) {
		t.Errorf("room for %d", cap(many))
	}
}
