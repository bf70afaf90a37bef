package sqlite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"masjala/fhir"
)

// A long text in a resource, such as the boundary of an area in base64, is kept apart from
// the body and once, however many versions have it: each new version of a nation costs what
// its other elements do. The body that is stored is then a zero byte, how many texts there
// are, for each the number of bytes of JSON before it and its own number, and that JSON
// without them. Whoever reads it gets it whole.

const (
	longText = 16 << 10 // bytes from which a text is kept apart
	lacking  = 0        // what such a body begins with, and JSON never
)

// shorten keeps the long texts of a body of a resource apart, and returns what to store as
// its body, which is the body itself when there are none.
func (w *writer) shorten(rid int64, body []byte) ([]byte, error) {
	if len(body) < longText {
		return body, nil
	}
	var head, rest []byte
	n, done := uint64(0), 0
	for from, to := longString(body, 0); from >= 0; from, to = longString(body, to+1) {
		id, err := w.content(rid, body[from:to])
		if err != nil {
			return nil, err
		}
		head = binary.AppendUvarint(binary.AppendUvarint(head, uint64(from-done)), uint64(id))
		rest = append(rest, body[done:from]...)
		n, done = n+1, to
	}
	if n == 0 {
		return body, nil
	}
	short := binary.AppendUvarint([]byte{lacking}, n)
	return append(append(append(short, head...), rest...), body[done:]...), nil
}

// longString finds the next long text of JSON from a place outside of texts, and returns
// where it begins and ends without its quotes; -1 when there is none.
func longString(body []byte, at int) (from, to int) {
	for {
		open := bytes.IndexByte(body[at:], '"')
		if open < 0 {
			return -1, -1
		}
		from = at + open + 1
		for to = from; ; to++ {
			end := bytes.IndexByte(body[to:], '"')
			if end < 0 {
				return -1, -1
			}
			to += end
			back := len(body[from:to]) - len(bytes.TrimRight(body[from:to], `\`))
			if back%2 == 0 {
				break
			}
		}
		if to-from >= longText {
			return from, to
		}
		at = to + 1
	}
}

// content returns the number of a long text that a resource has, giving it one if need be.
func (w *writer) content(rid int64, text []byte) (int64, error) {
	ctx := context.Background()
	digest := sha256.Sum256(text)
	id, err := w.c.number(ctx, "select id from content where digest = ?", digest[:])
	if err == nil && id == 0 {
		id, err = w.c.number(ctx, "insert into content (digest, text) values (?, ?) returning id", digest[:], text)
	}
	if err != nil {
		return 0, err
	}
	return id, w.c.exec("insert into holds (rid, content) values (?, ?) on conflict do nothing", rid, id)
}

// oneWhole is one for a row with a body, which scan sets as it is stored: then it gets its long texts, while the row
// is still open. They are of the same state then; later, a number may be that of another text.
func (c *conn) oneWhole(ctx context.Context, body *[]byte, scan func(r *rows), text string, args ...any) (bool, error) {
	return c.first(ctx, func(r *rows) (err error) {
		scan(r)
		*body, err = c.whole(ctx, *body)
		return err
	}, text, args...)
}

// whole returns a stored body with its long texts; nil for one that was erased, or whose
// texts are not there. Call it while the row of the body is open.
func (c *conn) whole(ctx context.Context, body []byte) ([]byte, error) {
	if len(body) == 0 || body[0] != lacking {
		return body, nil
	}
	head := unpacker{p: string(body[1:])}
	n := head.uvarint()
	type gap struct{ before, id uint64 }
	var gaps []gap
	for ; n > 0 && !head.bad; n-- {
		gaps = append(gaps, gap{head.uvarint(), head.uvarint()})
	}
	var out []byte
	for _, g := range gaps {
		out = append(out, head.take(int(g.before))...)
		found, err := c.one(ctx, func(r *rows) { out = append(out, r.blob(0)...) }, "select text from content where id = ?", int64(g.id))
		if err != nil || !found {
			return nil, err
		}
	}
	if head.bad {
		return nil, fhir.Errorf(fhir.Internal, "a stored body is damaged")
	}
	return append(out, head.p...), nil
}

// forget removes the long texts that no other resource has, and what summaries show.
func (w *writer) forget(rid int64) error {
	return errors.Join(
		w.c.exec("delete from content where id in (select mine.content from holds mine where mine.rid = ? and not exists (select 1 from holds other where other.content = mine.content and other.rid <> mine.rid))", rid),
		w.c.exec("delete from holds where rid = ?", rid),
		w.c.exec("delete from brief where seq in (select seq from version where rid = ?)", rid),
	)
}
