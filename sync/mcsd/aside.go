package mcsd

import (
	"context"
	"fmt"
	"strings"

	"masjala/fhir"
	"masjala/store"
)

// setAside keeps a change that could not be stored, with the reason.
func (s *session) setAside(tx store.Tx, ch *change) error {
	row := *ch.aside
	row.Since, row.Tried, row.Tries = s.report.Started, s.report.Started, 1
	if old := ch.before; old != nil {
		row.Since, row.Tries = old.Since, old.Tries
		if !old.Tried.Equal(row.Tried) {
			row.Tries++
		}
	}
	return save(tx, s.key(keyAside, ch.Type, ch.ID), row)
}

// retry tries everything that is set aside, again and again while some of it gets stored,
// because one may have waited for the other. What then still waits for an id gets a new one.
func (s *session) retry(ctx context.Context) error {
	for {
		applied, waits, err := s.retryAll(ctx)
		switch {
		case err != nil:
			return err
		case applied > 0:
		case waits > 0 && !s.force:
			s.force = true
		default:
			return nil
		}
	}
}

// retryAll tries everything that is set aside once, and tells how much was stored and how
// much waits for something else to come.
func (s *session) retryAll(ctx context.Context) (applied, waits int, err error) {
	prefix := s.key(keyAside) + "/"
	for after := ""; ; {
		rows, err := s.c.o.Store.Values(ctx, space, prefix, after, chunk)
		if err != nil || len(rows) == 0 {
			return applied, waits, err
		}
		after = rows[len(rows)-1].Key
		var items []*item
		for _, row := range rows {
			var a aside
			if err := unmarshal(row, &a); err != nil {
				return applied, waits, err
			}
			typ, id, _ := strings.Cut(row.Key[len(prefix):], "/")
			if !s.follows[typ] {
				continue
			}
			if a.Kind == Waiting {
				waits++
			}
			items = append(items, &item{ident: ident{typ, id}, Token: a.Token, Delete: a.Delete, Raw: a.Raw})
		}
		n, err := s.applyItems(ctx, items, nothing)
		if err != nil {
			return applied, waits, fmt.Errorf("apply what was set aside: %w", err)
		}
		applied += n
	}
}

// repoint corrects references to resources that got another local id than the one that
// was reserved for them.
func (s *session) repoint(ctx context.Context) error {
	prefix := s.key(keyMove) + "/"
	for after := ""; ; {
		rows, err := s.c.o.Store.Values(ctx, space, prefix, after, chunk)
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].Key
		for _, row := range rows {
			parts := strings.Split(row.Key[len(prefix):], "/")
			if len(parts) != 4 {
				return fmt.Errorf("read bookkeeping %s: it does not name two resources", row.Key)
			}
			if err := s.repointOne(ctx, row, ident{parts[0], parts[1]}, ident{parts[2], parts[3]}); err != nil {
				return fmt.Errorf("correct the references of %s: %w", ident{parts[0], parts[1]}, err)
			}
		}
	}
}

// repointOne makes one resource refer to the new local id of another. One that the checks
// of this server now refuse stays as it is.
func (s *session) repointOne(ctx context.Context, row store.Value, from, on ident) error {
	b := s.newBook(ctx)
	st, err := b.state(from)
	if err != nil {
		return err
	}
	target, err := b.state(on)
	if err != nil {
		return err
	}
	r, draft, err := s.redirect(ctx, ident{from.Type, st.local(from.ID)}, string(row.Data), on.Type+"/"+target.local(on.ID))
	if err != nil {
		return err
	}
	err = s.write(ctx, func(tx store.Tx) error {
		if draft != nil {
			now, err := tx.Read(r.Type, r.ID)
			if err != nil || now.Version != r.Version {
				return nil // changed meanwhile: the next run looks again
			}
			put, err := s.c.o.Registries.Put(ctx, tx, draft, "PUT")
			if err != nil {
				return err
			}
			if next := *st; next.Version == r.Version {
				next.Version = put.Version
				if err := save(tx, s.key(keyState, from.Type, from.ID), next); err != nil {
					return err
				}
			}
		}
		return tx.SetValue(space, row.Key, nil)
	})
	if err != nil && refusal(err) {
		s.report.note("%s still refers to %s: %v", from, row.Data, err)
		return nil
	}
	return err
}

// redirect drafts a local resource with one reference replaced; no draft when it does not
// have that reference, or cannot be drafted.
func (s *session) redirect(ctx context.Context, local ident, old, to string) (*fhir.Resource, *store.Draft, error) {
	h, err := look(s.c.o.Store.Read(ctx, local.Type, local.ID))
	if err != nil || h.Resource == nil {
		return nil, nil, err
	}
	out := fhir.RewriteReferences(h.Resource, func(ref string) string {
		if ref == old {
			return to
		}
		return ref
	})
	if out == h.Resource {
		return h.Resource, nil, nil
	}
	d, err := s.c.o.Registries.Prepare(ctx, out)
	if err != nil && refusal(err) {
		s.report.note("%s still refers to %s: %v", local, old, err)
		return h.Resource, nil, nil
	}
	return h.Resource, d, err
}

// tally counts and lists what is set aside or held at the end of the run.
func (s *session) tally(ctx context.Context) error {
	err := s.c.problems(ctx, s.src.Name, "", func(p Problem) error {
		typ, _, _ := strings.Cut(p.Resource, "/")
		sum := s.report.typ(typ)
		switch p.Kind {
		case Refused:
			sum.Refused++
		case Waiting:
			sum.Held++
		case Conflict:
			sum.Conflicts++
		}
		s.report.problem(p)
		return nil
	})
	if err != nil {
		return err
	}
	return s.tallyWaits(ctx)
}

// tallyWaits counts the stored resources that refer to something that has not come, and
// forgets those that no longer do.
func (s *session) tallyWaits(ctx context.Context) error {
	prefix, b := s.key(keyWait)+"/", s.newBook(ctx)
	for after := ""; ; {
		rows, err := s.c.o.Store.Values(ctx, space, prefix, after, chunk)
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].Key
		var stale []string
		for _, row := range rows {
			parts := strings.Split(row.Key[len(prefix):], "/")
			if len(parts) != 4 {
				return fmt.Errorf("read bookkeeping %s: it does not name two resources", row.Key)
			}
			still, err := s.refers(ctx, b, ident{parts[2], parts[3]}, ident{parts[0], parts[1]})
			if err != nil {
				return err
			}
			if still {
				s.report.typ(parts[2]).Held++
			} else {
				stale = append(stale, row.Key)
			}
		}
		if err := s.drop(ctx, stale); err != nil {
			return err
		}
	}
}

// refers tells whether the local copy of one upstream resource refers to that of another.
func (s *session) refers(ctx context.Context, b *book, from, on ident) (bool, error) {
	st, err := b.state(from)
	if err != nil {
		return false, err
	}
	target, err := b.state(on)
	if err != nil {
		return false, err
	}
	h, err := look(s.c.o.Store.Read(ctx, from.Type, st.local(from.ID)))
	if err != nil || h.Resource == nil {
		return false, err
	}
	want := on.Type + "/" + target.local(on.ID)
	for ref := range fhir.References(h.Body) {
		if ref == want {
			return true, nil
		}
	}
	return false, nil
}

// drop removes bookkeeping rows.
func (s *session) drop(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	return s.write(ctx, func(tx store.Tx) error {
		for _, key := range keys {
			if err := tx.SetValue(space, key, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
