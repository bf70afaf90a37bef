package concept

import (
	"testing"
	"time"
)

// TestFilesOfOthersCountForAWhile has another file take much, until it is closed.
func TestFilesOfOthersCountForAWhile(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	b := bound{most: mostResident}
	if b.passed(mostResident, now) || !b.passed(mostResident+1, now) {
		t.Fatal("the bound is not what may be in memory")
	}
	b.left(300<<20, now)
	for _, step := range []struct {
		after  time.Duration
		size   int64
		passed bool
	}{
		{time.Second, 420 << 20, false}, // sets have some room beside it
		{time.Second, 440 << 20, true},
		{othersKnown, mostResident + 1, true}, // it is closed, perhaps
		{othersKnown, mostResident, false},
	} {
		if got := b.passed(step.size, now.Add(step.after)); got != step.passed {
			t.Errorf("%d MB after %s: %v, want %v", step.size>>20, step.after, got, step.passed)
		}
	}
	b.left(10<<20, now)
	if b.passed(mostResident, now) {
		t.Error("little of others makes the bound lower")
	}
}
