package main

import (
	"context"
	"maps"
)

// trail is a walk whose completeness is checked, as the architecture defines it: histories
// and unsorted searches meet everything once that was there when the walk began, sorted
// searches what did not change meanwhile.
type trail struct {
	name, path string
	of         string // resource type
	versions   bool   // what is met is versions
	sorted     bool   // what changed meanwhile is exempt

	known map[uint64]bool // what a walk at rest met
	walks int
	met   int // entries of all walks
	trailFaults
	strange map[uint64]bool // met without being known: to be explained by what was written
}

// trailFaults are ways in which walks were wrong.
type trailFaults struct{ missing, repeated, unknown int }

// rest walks while nobody writes and keeps what it meets.
func (t *trail) rest(ctx context.Context, w *walker, l *ledger) error {
	seen, err := t.follow(ctx, w, l)
	t.known, t.strange = map[uint64]bool{}, map[uint64]bool{}
	for key, times := range seen {
		t.known[key] = true
		if times > 1 {
			t.repeated++
		}
	}
	return err
}

// follow walks to the end and counts how often it met what.
func (t *trail) follow(ctx context.Context, w *walker, l *ledger) (map[uint64]int, error) {
	seen := make(map[uint64]int, len(t.known))
	var wrong error
	err := w.walk(ctx, t.path, func(_ string, page []byte) bool {
		wrong = entries(page, func(id, version []byte) {
			if !t.versions {
				version = nil
			}
			seen[l.key(id, version)]++
			t.met++
		})
		return wrong == nil
	})
	if err == nil {
		err = wrong
	}
	return seen, err
}

// walk walks once while others write, and notes what is wrong with it.
func (t *trail) walk(ctx context.Context, w *walker, l *ledger) error {
	expected := maps.Clone(t.known)
	for _, e := range l.since(0) {
		if e.of == t.of && t.versions {
			expected[e.version] = true
		} else if e.of == t.of && e.creation && !t.sorted {
			expected[e.id] = true
		}
	}
	seen, err := t.follow(ctx, w, l)
	if err != nil {
		return err
	}
	t.walks++
	for key := range expected {
		if seen[key] == 0 && !(t.sorted && l.isTouched(key)) {
			t.missing++
		}
	}
	for key, times := range seen {
		if times > 1 && !(t.sorted && l.isTouched(key)) {
			t.repeated++
		}
		if !expected[key] {
			t.strange[key] = true
		}
	}
	return nil
}

// explain counts what was met that nobody wrote, once all writers have ended.
func (t *trail) explain(l *ledger) {
	for _, e := range l.since(0) {
		if t.versions {
			delete(t.strange, e.version)
		} else {
			delete(t.strange, e.id)
		}
	}
	t.unknown = len(t.strange)
}

func (t *trail) complete() bool { return t.walks > 0 && t.trailFaults == trailFaults{} }
