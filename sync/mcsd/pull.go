package mcsd

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/internal/jobs"
	"masjala/store"
)

// instant reads an instant as a server wrote it.
func instant(s string) (time.Time, bool) {
	t, err := fhir.ParseInstant(s)
	return t, err == nil
}

// pull goes through the pages of a type and stages every entry. It begins where a walk
// was left, or at the mark.
func (s *session) pull(ctx context.Context, typ string) error {
	cur, err := s.cursor(ctx, typ)
	if err != nil {
		return err
	}
	if cur.Walk != nil {
		return s.resume(ctx, typ, &cur)
	}
	if err := s.begin(ctx, typ, &cur, s.history(typ, s.since(cur.Mark)), false); err != nil {
		return err
	}
	err = s.walk(ctx, typ, &cur)
	if cur.Walk.Pages == 0 && lacksHistory(statusOf(err)) {
		return s.pullSearch(ctx, typ, &cur)
	}
	return err
}

// resume goes on with a walk that was left. If the upstream no longer knows where that was,
// the walk begins anew.
func (s *session) resume(ctx context.Context, typ string, cur *cursor) error {
	var err error
	if cur.Walk.Search {
		err = s.walkSearch(ctx, typ, cur)
	} else {
		err = s.walk(ctx, typ, cur)
	}
	if status := statusOf(err); status < 400 || status >= 500 || hopeless(err) {
		return err
	}
	s.report.note("%s: the upstream no longer knew where the last run stopped, so its pages were read from the start", typ)
	if err := s.restart(ctx, typ, cur); err != nil {
		return err
	}
	return s.pull(ctx, typ)
}

// lacksHistory tells whether a status means that the server has no history of the type.
func lacksHistory(status int) bool {
	return status == http.StatusNotFound || status == http.StatusNotImplemented || status == http.StatusMethodNotAllowed
}

// history is the address of the first page of a type's history.
func (s *session) history(typ, since string) string {
	q := url.Values{"_count": {strconv.Itoa(s.src.PageSize)}}
	if since != "" {
		q.Set("_since", since)
	}
	return s.src.URL + "/" + typ + "/_history?" + q.Encode()
}

// begin starts a walk at an address.
func (s *session) begin(ctx context.Context, typ string, cur *cursor, first string, search bool) error {
	s.row.Walks++
	cur.Walk = &walk{Number: s.row.Walks, Next: first, Mark: cur.Mark, Search: search}
	return s.write(ctx, func(tx store.Tx) error {
		if err := save(tx, s.key(keySource), s.row); err != nil {
			return err
		}
		return save(tx, s.key(keyCursor, typ), cur)
	})
}

// restart gives up a walk and what it staged.
func (s *session) restart(ctx context.Context, typ string, cur *cursor) error {
	if err := s.clear(ctx, s.key(keyStage, typ)+"/"); err != nil {
		return err
	}
	cur.Walk = nil
	return s.write(ctx, func(tx store.Tx) error { return save(tx, s.key(keyCursor, typ), cur) })
}

// maxEmpty is how many pages in a row may be empty before the last.
const maxEmpty = 20

// walk fetches and stages the pages that are left of the walk under way.
func (s *session) walk(ctx context.Context, typ string, cur *cursor) error {
	seen, empty := map[string]bool{}, 0
	for cur.Walk.Next != "" {
		if seen[cur.Walk.Next] {
			return &failure{status: http.StatusOK, text: "the upstream's next links go in a circle; its pages cannot be read to the end"}
		}
		seen[cur.Walk.Next] = true
		page, err := s.page(ctx, cur.Walk)
		if err != nil {
			return err
		}
		if len(page.Entries) > 0 {
			empty = 0
		} else if empty++; empty > maxEmpty {
			return &failure{status: http.StatusOK, text: fmt.Sprintf("the upstream sent %d empty pages in a row; its next links lead nowhere", empty)}
		}
		again, err := s.rewind(ctx, typ, cur, page)
		if err != nil {
			return err
		}
		if again {
			continue
		}
		s.mark(cur, page)
		if cur.Walk.Next, err = s.next(cur.Walk.Next, page); err != nil {
			return err
		}
		if err := s.stage(ctx, typ, cur, page); err != nil {
			return err
		}
		s.report.Pages++
		s.progress(jobs.Step{Text: "receive " + typ, Done: s.report.typ(typ).Received})
	}
	return nil
}

// page fetches one page and checks that it is what was asked for.
func (s *session) page(ctx context.Context, w *walk) (*fhir.Bundle, error) {
	want := "history"
	if w.Search {
		want = "searchset"
	}
	var page *fhir.Bundle
	err := s.wire.get(ctx, w.Next, func(body []byte) error {
		b, err := fhir.ParseBundleLenient(body)
		if err != nil {
			return &failure{status: http.StatusOK, again: true, text: "the upstream's page cannot be read", err: err}
		}
		if b.Type != want {
			return &failure{status: http.StatusOK, text: fmt.Sprintf("the upstream answered with a Bundle of type %q instead of %q", clip(b.Type), want)}
		}
		page = b
		return nil
	})
	return page, err
}

// next resolves the link to the page after one; empty on the last.
func (s *session) next(at string, page *fhir.Bundle) (string, error) {
	link := page.Link("next")
	if link == "" {
		return "", nil
	}
	from, err := url.Parse(at)
	if err != nil {
		return "", fmt.Errorf("read the address of a page: %w", err)
	}
	to, err := from.Parse(link)
	if err != nil || !s.wire.mine(to) {
		return "", &failure{status: http.StatusOK, text: fmt.Sprintf("the upstream's next link leads to another server (%s); if it stands behind a proxy, it must be told its public address", clip(link))}
	}
	to.Fragment = ""
	return to.String(), nil
}

// rewind begins anew, without a mark, when the upstream's time lies before the mark: it was
// rebuilt or restored, so that what it changed since cannot be told. True when it did.
func (s *session) rewind(ctx context.Context, typ string, cur *cursor, page *fhir.Bundle) (bool, error) {
	had, ok := instant(cur.Mark)
	now, stamped := instant(page.Updated)
	if !ok || !stamped || !now.Before(had) || cur.Walk.Search || cur.Walk.Pages > 0 {
		return false, nil
	}
	s.report.note("%s: the upstream's time %s is before the last mark %s, as after a restore: everything is compared anew", typ, page.Updated, cur.Mark)
	cur.Mark = ""
	return true, s.begin(ctx, typ, cur, s.history(typ, ""), false)
}

// mark notes the time from which the next walk asks: that of the first page, so never later
// than what the walk shows. A server that does not stamp its pages is asked from the newest
// entry on.
func (s *session) mark(cur *cursor, page *fhir.Bundle) {
	w := cur.Walk
	switch {
	case w.Listing || w.Stamped:
	case w.Pages == 0 && page.Updated != "":
		w.Mark, w.Stamped = page.Updated, true
	case w.Pages == 0 || w.Search:
		for i := range page.Entries {
			if at := stamp(&page.Entries[i]); later(at, w.Mark) {
				w.Mark = at
			}
		}
	}
}

// later tells whether instant a is after b, or b is none.
func later(a, b string) bool {
	at, ok := instant(a)
	bt, have := instant(b)
	return ok && (!have || at.After(bt))
}

// stamp is the upstream's time of an entry, as written.
func stamp(e *fhir.Entry) string {
	if e.Response.LastModified != "" {
		return e.Response.LastModified
	}
	if e.Updated.IsZero() {
		return ""
	}
	return e.Updated.Format(time.RFC3339Nano)
}

// token names an upstream version, so that it is not applied twice: its number and its
// time, because a server that was rebuilt counts from one again. Empty when it has neither.
func token(e *fhir.Entry) string {
	v := e.VersionID
	if v == "" {
		v = strings.Trim(strings.TrimPrefix(e.Response.ETag, "W/"), `"`)
	}
	at, _ := instant(stamp(e))
	if v == "" && at.IsZero() {
		return ""
	}
	if at.IsZero() {
		return v
	}
	return v + "@" + at.UTC().Format(fhir.Instant)
}
