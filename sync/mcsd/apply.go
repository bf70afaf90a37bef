package mcsd

import (
	"context"
	"errors"
	"fmt"

	"masjala/fhir"
	"masjala/internal/jobs"
	"masjala/store"
)

// chunk is how many resources are applied in one transaction.
const chunk = 500

// maxTries is how often a chunk of one resource is planned anew because someone changed
// what its plan rested on.
const maxTries = 20

// errStale says that something was changed between plan and transaction.
var errStale = errors.New("the resource was changed meanwhile")

// apply applies what was pulled of a type, oldest first, and moves the mark together with
// the last of it. A walk that was not pulled to the end is left alone.
func (s *session) apply(ctx context.Context, typ string) error {
	cur, err := s.cursor(ctx, typ)
	if err != nil || cur.Walk == nil || !cur.Walk.pulled() {
		return err
	}
	for applied := 0; ; {
		rows, err := s.c.o.Store.Values(ctx, space, s.key(keyStage, typ)+"/", "", chunk)
		if err != nil {
			return err
		}
		items := make([]*item, len(rows))
		for i, row := range rows {
			if items[i], err = decode(typ, row); err != nil {
				return err
			}
		}
		last := nothing
		if len(rows) < chunk {
			done := cursor{Mark: cur.Walk.Mark}
			last = func(tx store.Tx) error { return save(tx, s.key(keyCursor, typ), done) }
		}
		if _, err := s.applyItems(ctx, items, last); err != nil {
			return err
		}
		applied += len(items)
		s.progress(jobs.Step{Text: "apply " + typ, Done: int64(applied), Total: cur.Walk.Order})
		if len(rows) < chunk {
			return nil
		}
	}
}

// applyItems plans and stores items of different resources, and runs last in the last
// transaction. It returns how many were not set aside.
func (s *session) applyItems(ctx context.Context, items []*item, last func(store.Tx) error) (int, error) {
	for try := 1; ; try++ {
		n, err := s.applyOnce(ctx, items, last)
		switch {
		case !errors.Is(err, errStale):
			return n, err
		case len(items) <= 1 && try >= maxTries:
			return n, fmt.Errorf("store %s: %w, again and again", s.src.Name, err)
		case len(items) > 1:
			half := len(items) / 2
			first, err := s.applyItems(ctx, items[:half], nothing)
			if err != nil {
				return n + first, err
			}
			rest, err := s.applyItems(ctx, items[half:], last)
			return n + first + rest, err
		}
	}
}

// nothing does nothing in a transaction.
func nothing(store.Tx) error { return nil }

// applyOnce is applyItems, but fails with errStale when a plan no longer holds. Items that
// were stored before are marked as done, so all may be given again.
func (s *session) applyOnce(ctx context.Context, items []*item, last func(store.Tx) error) (int, error) {
	b, applied := s.newBook(ctx), 0
	var changes []*change
	for _, it := range items {
		if it.done {
			continue
		}
		ch, err := s.plan(ctx, b, it)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", it.ident, err)
		}
		changes = append(changes, ch)
	}
	for n := len(changes); ; n = len(changes) {
		finish := last
		at, err := s.commit(ctx, b, changes, finish)
		for err != nil {
			if at < 0 || errors.Is(err, errStale) || !refusal(err) {
				return applied, err
			}
			changes[at].park(Refused, err.Error())
			if n = at + 1; n < len(changes) {
				finish = nothing
			}
			at, err = s.commit(ctx, b, changes[:n], finish)
		}
		applied += s.score(changes[:n])
		if n == len(changes) {
			return applied, nil
		}
		changes = changes[n:]
	}
}

// score counts changes that were stored, and returns how many were not set aside.
func (s *session) score(changes []*change) int {
	n := 0
	for _, ch := range changes {
		ch.done = true
		sum := s.report.typ(ch.Type)
		if ch.outcome != parked {
			n++
			if ch.key != "" || ch.outcome != unchanged {
				sum.add(ch.outcome)
			}
		}
		if ch.clash != "" {
			sum.Conflicts++
			s.report.problem(Problem{Kind: Settled, Resource: ch.ident.String(), Local: ch.elsewhere(), Reason: ch.clash, Since: s.report.Started})
		}
	}
	return n
}

// elsewhere is the local identity when it differs from the upstream one.
func (ch *change) elsewhere() string {
	if ch.local == ch.ID {
		return ""
	}
	return ch.Type + "/" + ch.local
}

// commit stores changes in one transaction, with last at its end. When one of them fails it
// returns which, and nothing is stored; -1 stands for a failure of none of them.
func (s *session) commit(ctx context.Context, b *book, changes []*change, last func(store.Tx) error) (int, error) {
	at, cause := -1, error(nil)
	err := s.write(ctx, func(tx store.Tx) error {
		at, cause = -1, nil
		if err := b.keep(tx); err != nil {
			return err
		}
		for i, ch := range changes {
			if err := s.do(ctx, tx, ch); err != nil {
				at, cause = i, err
				return err
			}
		}
		return last(tx)
	})
	switch {
	case err == nil:
		b.fresh = nil
		return -1, nil
	case cause != nil:
		return at, cause
	}
	return -1, err
}

// keep stores what the chunk reserved; errStale when an id was taken meanwhile.
func (b *book) keep(tx store.Tx) error {
	for _, k := range b.fresh {
		st := b.states[k]
		local := ident{k.Type, st.local(k.ID)}
		h, err := look(tx.Read(local.Type, local.ID))
		if err != nil {
			return err
		}
		owner, err := tx.Value(spaceReserve, local.String())
		if err != nil {
			return err
		}
		if h.version() != 0 || owner != nil && string(owner) != b.s.src.Name {
			return errStale
		}
		if err := tx.SetValue(spaceReserve, local.String(), []byte(b.s.src.Name)); err != nil {
			return err
		}
		if err := save(tx, b.s.key(keyState, k.Type, k.ID), st); err != nil {
			return err
		}
	}
	return nil
}

// do carries out one change in a transaction.
func (s *session) do(ctx context.Context, tx store.Tx, ch *change) error {
	next := ch.next
	if err := s.act(ctx, tx, ch, &next); err != nil {
		return err
	}
	key := s.key(keyState, ch.Type, ch.ID)
	var was state
	if _, err := load(tx.Value, key, &was); err != nil {
		return err
	}
	if was.Reserved && !next.arrived() {
		next.Reserved, next.Local = true, was.Local
	}
	if was.Reserved && next.arrived() {
		if err := s.arrive(tx, ch, was.local(ch.ID)); err != nil {
			return err
		}
	}
	if err := save(tx, key, next); err != nil {
		return err
	}
	if ch.key != "" {
		if err := tx.SetValue(space, ch.key, nil); err != nil {
			return err
		}
	}
	return s.wait(tx, ch)
}

// act stores, deletes or sets aside, and notes it in next.
func (s *session) act(ctx context.Context, tx store.Tx, ch *change, next *state) error {
	if ch.outcome != parked && ch.before != nil {
		if err := tx.SetValue(space, s.key(keyAside, ch.Type, ch.ID), nil); err != nil {
			return err
		}
	}
	if ch.outcome == parked {
		return s.setAside(tx, ch)
	}
	if ch.outcome == unchanged {
		return nil
	}
	h, err := look(tx.Read(ch.Type, ch.local))
	if err != nil {
		return err
	}
	if h.version() != ch.base {
		return errStale
	}
	var r *fhir.Resource
	if ch.outcome == deleted {
		r, err = s.c.o.Registries.Delete(ctx, tx, ch.Type, ch.local)
	} else {
		r, err = s.c.o.Registries.Put(ctx, tx, ch.draft, "PUT")
	}
	if err != nil {
		return err
	}
	next.Version, next.Deleted, next.Reserved = r.Version, ch.outcome == deleted, false
	return nil
}

// wait notes which of the references of a stored change have not come.
func (s *session) wait(tx store.Tx, ch *change) error {
	if ch.outcome == parked {
		return nil
	}
	for _, on := range ch.waits {
		var st state
		if _, err := load(tx.Value, s.key(keyState, on.Type, on.ID), &st); err != nil {
			return err
		}
		if st.arrived() {
			continue
		}
		if err := tx.SetValue(space, s.key(keyWait, on.String(), ch.ident.String()), []byte("1")); err != nil {
			return err
		}
	}
	return nil
}

// arrive forgets the reservation of a resource that came, and who waited for it. If it got
// another id than the one reserved, each of them is noted to be corrected.
func (s *session) arrive(tx store.Tx, ch *change, reserved string) error {
	if err := tx.SetValue(spaceReserve, ch.Type+"/"+reserved, nil); err != nil {
		return err
	}
	prefix := s.key(keyWait, ch.ident.String()) + "/"
	for {
		rows, err := tx.Values(space, prefix, "", chunk)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if ch.moved != "" {
				key := s.key(keyMove, row.Key[len(prefix):], ch.ident.String())
				if err := tx.SetValue(space, key, []byte(ch.Type+"/"+ch.moved)); err != nil {
					return err
				}
			}
			if err := tx.SetValue(space, row.Key, nil); err != nil {
				return err
			}
		}
	}
}
