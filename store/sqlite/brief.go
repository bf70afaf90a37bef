package sqlite

import (
	"context"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/fhir/structure"
)

// A list of code systems shows their titles, and would read hundreds of megabytes of concepts
// for them. So what _summary=true shows of a large version is kept beside it. Versions that an
// older program wrote have none; they are read whole.

// longList is the number of bytes from which a version is large: cutting a summary from it
// takes longer than reading one.
const longList = 4 << 10

// apart keeps what of a version has its own place, and returns what to store as its body.
func (w *writer) apart(next *current, r *fhir.Resource) ([]byte, error) {
	if err := w.brief(next.seq, r); err != nil {
		return nil, err
	}
	return w.shorten(next.rid, r.Body)
}

// brief keeps what a summary shows of a version, if that spares much.
func (w *writer) brief(seq int64, r *fhir.Resource) error {
	t := structure.Resource(r.Type)
	if r.Deleted || len(r.Body) < longList || t == nil {
		return nil
	}
	body := t.Part(nil, r.Body, (*structure.Element).InSummary)
	if len(body) > len(r.Body)/2 {
		return nil
	}
	return w.c.exec("insert into brief (seq, body) values (?, ?)", seq, body)
}

// selectBriefs reads them in the order of found.
const selectBriefs = "select v.seq, v.number, v.updated, v.meta, b.body, v.verb, r.type, r.id, r.seq = v.seq, null " +
	"from brief b cross join version v on v.seq = b.seq cross join resource r on r.rid = v.rid where b.seq in "

var briefVersions = listed(selectBriefs)

// briefly returns what is kept of some versions, by their numbers, for a query that shows no
// more. It is for this answer only.
func briefly(ctx context.Context, c *conn, n *names, seqs []int64) (map[int64]*fhir.Resource, error) {
	out := map[int64]*fhir.Resource{}
	err := briefVersions.each(ctx, c, seqs, func(r *rows) error {
		f, err := scanFound(ctx, c, r, n, false)
		if err == nil && !f.erased {
			out[f.Seq] = f.Resource
		}
		return err
	})
	return out, err
}

// shortly tells whether a query shows no more than is kept for summaries.
func shortly(q *search.Query) bool { return q.Summary == "true" }

// briefly returns what is kept for summaries of the versions of the page.
func (l *lookup) briefly(ctx context.Context) (map[int64]*fhir.Resource, error) {
	if !shortly(l.q) {
		return nil, nil
	}
	c, err := l.s.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer l.s.release(c)
	var seqs []int64
	for _, list := range [][]hit{l.page.matches, l.page.included} {
		for _, h := range list {
			seqs = append(seqs, h.seq)
		}
	}
	brief, err := briefly(ctx, c, l.names, seqs)
	return brief, readable(err)
}

// briefly returns what is kept for summaries of matches.
func (x *searcher) briefly(ms []match) (map[int64]*fhir.Resource, error) {
	if !shortly(x.q) {
		return nil, nil
	}
	var seqs []int64
	for i := range ms {
		seqs = append(seqs, ms[i].seq)
	}
	return briefly(x.ctx, x.c, x.names, seqs)
}
