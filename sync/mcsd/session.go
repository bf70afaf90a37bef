package mcsd

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"masjala/internal/jobs"
	"masjala/store"
)

// session is one run.
type session struct {
	c        *Client
	src      Source
	wire     *wire
	report   *Report
	progress jobs.Progress
	row      sourceRow
	types    []string        // the types that are followed and served here
	follows  map[string]bool // the same as a set
	exact    bool            // the upstream's marks follow its commit order
	force    bool            // give what waits for each other ids of its own
}

func newSession(c *Client, src Source, progress jobs.Progress) *session {
	if progress == nil {
		progress = func(jobs.Step) {}
	}
	s := &session{c: c, src: src, progress: progress, follows: map[string]bool{}}
	s.report = &Report{Source: src.Name, URL: src.URL, Started: c.o.Now().UTC()}
	for _, t := range src.Types {
		if c.o.Registries.Has(t) {
			s.types = append(s.types, t)
			s.follows[t] = true
			s.report.typ(t)
		} else {
			s.report.note("%s is not followed: this server does not hold it", t)
		}
	}
	return s
}

// key joins the parts of a bookkeeping key of the source.
func (s *session) key(parts ...string) string {
	return s.src.Name + "/" + strings.Join(parts, "/")
}

// write runs fn in a transaction of this run.
func (s *session) write(ctx context.Context, fn func(tx store.Tx) error) error {
	return s.c.o.Store.Write(ctx, cause(s.src.Name, "sync from "+s.src.URL), fn)
}

// run finishes what an earlier run left, then follows the upstream to its present state.
func (s *session) run(ctx context.Context) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	defer s.count()
	defer s.wire.close()
	left, err := s.unfinished(ctx)
	if err != nil {
		return err
	}
	var failed error
	if len(left) > 0 {
		s.report.Resumed = true
		failed = s.pass(ctx, left)
	}
	if failed == nil {
		failed = s.pass(ctx, s.types)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, finish := range []func(context.Context) error{s.retry, s.repoint, s.tally} {
		if err := finish(ctx); err != nil {
			return err
		}
	}
	return failed
}

// open prepares the bookkeeping and greets the upstream.
func (s *session) open(ctx context.Context) error {
	w, err := s.c.dial(s.src)
	if err != nil {
		return err
	}
	s.wire = w
	found, err := load(fromStore(ctx, s.c.o.Store), s.key(keySource), &s.row)
	if err != nil {
		return err
	}
	if found && s.row.URL != s.src.URL {
		s.report.note("the address of the source changed from %s: everything is compared anew", s.row.URL)
	}
	if s.row.URL == s.src.URL {
		return nil
	}
	s.row.URL = s.src.URL
	return s.forget(ctx)
}

// forget drops the marks of the source and what was pulled but not applied, because they
// belong to another address. What is known of each resource stays.
func (s *session) forget(ctx context.Context) error {
	for _, word := range []string{keyStage, keyCursor} {
		if err := s.clear(ctx, s.key(word)+"/"); err != nil {
			return err
		}
	}
	return s.write(ctx, func(tx store.Tx) error { return save(tx, s.key(keySource), s.row) })
}

// clear removes every bookkeeping row with a prefix.
func (s *session) clear(ctx context.Context, prefix string) error {
	for {
		rows, err := s.c.o.Store.Values(ctx, space, prefix, "", chunk)
		if err != nil || len(rows) == 0 {
			return err
		}
		err = s.write(ctx, func(tx store.Tx) error {
			for _, row := range rows {
				if err := tx.SetValue(space, row.Key, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// greet reads the upstream's CapabilityStatement: whether it speaks R4, and whether it is a
// server of this program, whose marks can be relied upon. A server without one is taken as it is.
func (s *session) greet(ctx context.Context) error {
	err := s.wire.get(ctx, s.src.URL+"/metadata", func(body []byte) error {
		if !gjson.ValidBytes(body) || gjson.GetBytes(body, "resourceType").Str != "CapabilityStatement" {
			return nil
		}
		if v := gjson.GetBytes(body, "fhirVersion").Str; v != "" && !strings.HasPrefix(v, "4.") {
			return &failure{text: fmt.Sprintf("the upstream speaks FHIR %s; only R4 (4.0.1) can be followed", clip(v))}
		}
		s.exact = strings.EqualFold(gjson.GetBytes(body, "software.name").Str, "masjala")
		return nil
	})
	if err != nil && !hopeless(err) {
		return nil
	}
	return err
}

// unfinished lists the types with a walk that an earlier run left.
func (s *session) unfinished(ctx context.Context) ([]string, error) {
	var left []string
	for _, typ := range s.types {
		cur, err := s.cursor(ctx, typ)
		if err != nil {
			return nil, err
		}
		if cur.Walk != nil {
			left = append(left, typ)
		}
	}
	return left, nil
}

func (s *session) cursor(ctx context.Context, typ string) (cursor, error) {
	var cur cursor
	_, err := load(fromStore(ctx, s.c.o.Store), s.key(keyCursor, typ), &cur)
	return cur, err
}

// pass pulls the types one after the other, then applies those that were pulled to the end.
// It returns the first error that kept something from being pulled.
func (s *session) pass(ctx context.Context, types []string) error {
	failed := s.greet(ctx)
	for _, typ := range types {
		if failed != nil && hopeless(failed) {
			break
		}
		if err := s.pull(ctx, typ); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			err = fmt.Errorf("pull %s: %w", typ, err)
			s.report.typ(typ).Error = err.Error()
			if failed == nil || hopeless(err) {
				failed = err
			}
		}
	}
	for _, typ := range types {
		if err := s.apply(ctx, typ); err != nil {
			return fmt.Errorf("apply %s: %w", typ, err)
		}
	}
	return failed
}

// count writes into the report what went over the line.
func (s *session) count() {
	s.report.Requests = s.wire.requests.Load()
	s.report.Bytes = s.wire.bytes.Load()
}

// since is the _since of a new walk: the mark, moved back where the upstream may stamp
// changes before it shows them. A server of this program shows a commit whole or not at all,
// and no two have the same millisecond: there the commit of the mark need not come again.
func (s *session) since(mark string) string {
	back := s.src.Overlap
	switch {
	case back == 0 && s.exact:
		back = -time.Millisecond
	case back == 0:
		back = defaultOverlap
	}
	if mark == "" || back < -time.Millisecond {
		return mark
	}
	t, ok := instant(mark)
	if !ok {
		return mark
	}
	return t.Add(-back).UTC().Format(time.RFC3339Nano)
}
