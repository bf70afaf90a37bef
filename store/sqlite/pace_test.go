package sqlite_test

import (
	"testing"

	"masjala/store/sqlite"
)

// What works in the background rests longer while requests come.
func TestBackgroundWorkMakesRoomForRequests(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	put(t, s, large(1, 1))
	if s.MakesRoom(func() {}) {
		t.Error("it makes room though nothing was asked")
	}
	if !s.MakesRoom(func() {
		for range 1000 {
			if _, err := s.Read(t.Context(), "Location", "large1"); err != nil {
				t.Fatal(err)
			}
		}
	}) {
		t.Error("it makes no room for a thousand readers")
	}
}
