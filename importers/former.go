package importers

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strings"

	"masjala/fhir"
	"masjala/store"
)

// made is a version of a resource.
type made struct {
	ref     string
	version int64
}

// touched lists the resources that the run wrote, each once, in the order of writing.
func (u *undoer) touched(ctx context.Context, r *Report) (refs []string, err error) {
	seen := map[string]bool{}
	touch := func(ref string) {
		if !seen[ref] {
			seen[ref] = true
			refs = append(refs, ref)
		}
	}
	if r.Noted {
		u.noted = map[made]bool{}
		err := eachMade(ctx, u.env.Store, r.Run, func(c *Changed) {
			u.noted[made{c.Resource, c.Version}] = true
			touch(c.Resource)
		})
		return refs, err
	}
	if u.old, err = u.undoings.unnoted(ctx, r.Run); err != nil {
		return nil, err
	}
	for after := r.Seq; ; {
		some, err := u.env.Store.Changes(ctx, after, chunk)
		if err != nil {
			return nil, fmt.Errorf("read changes: %w", err)
		}
		if len(some) == 0 {
			return refs, nil
		}
		for _, v := range some {
			if u.made(&v) {
				touch(v.Resource.Ref())
			}
		}
		after = some[len(some)-1].Seq
	}
}

// made tells whether the run made a version.
func (u *undoer) made(v *store.Version) bool {
	if u.old != nil {
		return u.old.made(v.Cause)
	}
	return u.noted[made{v.Resource.Ref(), v.Resource.Version}]
}

// decide looks at the history of a resource. What other runs did and their undoing took back
// does not count as a change.
func (u *undoer) decide(ctx context.Context, ref string) (step, error) {
	typ, id, _ := strings.Cut(ref, "/")
	s := step{ref: ref}
	q := store.HistoryQuery{Type: typ, ID: id, Count: 20}
	w := walk{below: math.MaxInt64}
	for {
		page, err := u.env.Store.History(ctx, q)
		if err != nil {
			return s, fmt.Errorf("read history of %s: %w", ref, err)
		}
		for i := range page.Versions {
			if over, err := u.look(ctx, &s, &w, &page.Versions[i]); err != nil || over {
				return s, err
			}
		}
		if page.Next == "" {
			s.done = !w.ours // else the run made it
			return s, nil
		}
		q.Cursor = page.Next
	}
}

// walk is a way through the versions of a resource, the newest first.
type walk struct {
	ours  bool     // a version of the run was met
	below int64    // what is not below was taken back
	old   *unnoted // a run without notes, whose versions were taken back
}

// look takes one version into account; over says that the step is known.
func (u *undoer) look(ctx context.Context, s *step, w *walk, v *store.Version) (over bool, err error) {
	n := v.Resource.Version
	s.version = max(s.version, n)
	if n >= w.below {
		return false, nil
	}
	t, err := u.undoings.of(ctx, v, u.req.Run)
	if err != nil {
		return true, err
	}
	switch {
	case t != nil && t.run == u.req.Run && !w.ours:
		s.done = true // by an undoing that was cut short
		return true, nil
	case t != nil && t.old != nil:
		w.old = t.old
	case t != nil:
		w.below, w.old = t.as+1, nil
	case w.old != nil && w.old.made(v.Cause):
	case u.made(v):
		w.ours, w.old, s.as = true, nil, 0
		return false, nil
	case w.ours:
		s.as = cmp.Or(s.as, n)
		return true, u.former(ctx, s, v)
	default:
		s.keep = "it was changed since"
		if v.Verb == "DELETE" {
			s.keep = "it was deleted since"
		}
		return true, nil
	}
	if w.ours {
		s.as = cmp.Or(s.as, n)
	}
	return false, nil
}

// former makes the step that brings a version back.
func (u *undoer) former(ctx context.Context, s *step, v *store.Version) error {
	switch {
	case v.Verb == "DELETE":
		return nil
	case len(v.Resource.Body) == 0:
		s.keep = "its former content was erased"
		return nil
	}
	d, err := u.env.Registries.Prepare(ctx, &fhir.Resource{Type: v.Resource.Type, ID: v.Resource.ID, Meta: v.Resource.Meta, Body: v.Resource.Body})
	if err != nil {
		if !ours(err) {
			return err
		}
		s.keep = "its former content is not accepted any more: " + ReasonOf(err)
	}
	s.draft = d
	return nil
}
