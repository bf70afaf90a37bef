package sqlite

import (
	"context"
	"encoding/binary"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store/cache"
)

// What is read of versions, with the index rows of their resources when links are wanted.
const (
	selectVersions = "select v.seq, v.number, v.updated, v.meta, v.body, v.verb, r.type, r.id, r.seq = v.seq, null " +
		"from version v cross join resource r on r.rid = v.rid where v.seq in "
	selectLinked = "select v.seq, v.number, v.updated, v.meta, v.body, v.verb, r.type, r.id, r.seq = v.seq, i.rows " +
		"from version v cross join resource r on r.rid = v.rid cross join indexed i on i.rid = r.rid where v.seq in "
	// selectBare has {} for the content that there is; current, which is for those who keep what they read, is never said.
	selectBare = "select v.seq, v.number, v.updated, null, case when v.body is not null then x'7b7d' end, v.verb, r.type, r.id, 0, null " +
		"from version v cross join resource r on r.rid = v.rid where v.seq in "
	selectLinks = "select r.seq, i.rows from resource r cross join indexed i on i.rid = r.rid where r.rid in "
)

// together is how many versions are read by one statement.
const together = 100

// lists are statements for some numbers of arguments, the fewest first.
type lists []struct {
	n    int
	text string
}

// listed makes the statements of one that ends with a list.
func listed(text string) (ls lists) {
	for _, n := range []int{1, 4, 20, together} {
		ls = append(ls, struct {
			n    int
			text string
		}{n, text + "(?" + strings.Repeat(",?", n-1) + ")"})
	}
	return ls
}

var plainVersions, linkedVersions, bareVersions, onlyLinks = listed(selectVersions), listed(selectLinked), listed(selectBare), listed(selectLinks)

// each asks for numbers, a hundred at a time. Few statements are prepared: lists of other
// lengths are filled up with their last number.
func (ls lists) each(ctx context.Context, c *conn, numbers []int64, scan func(r *rows) error) error {
	var args [together]any
	for len(numbers) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		some := numbers[:min(together, len(numbers))]
		i := 0
		for ls[i].n < len(some) {
			i++
		}
		for j := range ls[i].n {
			args[j] = some[min(j, len(some)-1)]
		}
		if err := c.each(context.Background(), scan, ls[i].text, args[:ls[i].n]...); err != nil {
			return err
		}
		numbers = numbers[len(some):]
	}
	return nil
}

// found is a version that was read from the file.
type found struct {
	cache.Kept
	current bool // it was the current version of its resource
	erased  bool // its content was removed
}

// readVersions reads versions by their sequence numbers, in no particular order.
func readVersions(ctx context.Context, c *conn, n *names, seqs []int64, linked bool, fn func(f *found)) error {
	ls := plainVersions
	if linked {
		ls = linkedVersions
	}
	return ls.versions(ctx, c, n, seqs, linked, fn)
}

// versions reads what the statements, which have the columns of selectVersions, find.
func (ls lists) versions(ctx context.Context, c *conn, n *names, seqs []int64, linked bool, fn func(f *found)) error {
	return ls.each(ctx, c, seqs, func(r *rows) error {
		f, err := scanFound(ctx, c, r, n, linked)
		if err == nil {
			fn(&f)
		}
		return err
	})
}

// readLinks reads what current versions of resources refer to.
func readLinks(ctx context.Context, c *conn, rids []int64, fn func(seq int64, links string)) error {
	return onlyLinks.each(ctx, c, rids, func(r *rows) error {
		rs, err := unpack(r.blob(1))
		if err == nil {
			fn(r.int(0), packLinks(rs))
		}
		return err
	})
}

// scanFound reads the columns of selectVersions.
func scanFound(ctx context.Context, c *conn, r *rows, n *names, linked bool) (found, error) {
	v := &fhir.Resource{
		Version: r.int(1), Updated: instant(r.int(2)), Meta: r.blob(3),
		Deleted: r.int(5) == verbs["DELETE"], Type: n.typeName[r.int(6)], ID: r.text(7),
	}
	var err error
	if v.Body, err = c.whole(ctx, r.blob(4)); err != nil {
		return found{}, err
	}
	f := found{Kept: cache.Kept{Seq: r.int(0), Resource: v}, current: r.int(8) != 0, erased: v.Body == nil}
	if linked && f.current {
		rs, err := unpack(r.blob(9))
		if err != nil {
			return f, err
		}
		f.Links, f.Linked = packLinks(rs), true
	}
	if v.Type == "" { // a type that was committed but not yet published
		all, err := loadNames(ctx, c)
		if err != nil {
			return f, err
		}
		v.Type = all.typeName[r.int(6)]
	}
	return f, nil
}

// packLinks returns the references to other resources among index rows, to be read by nextLink.
func packLinks(rs []row) string {
	n := 0
	for i := range rs {
		if rs[i].links() {
			n += len(rs[i].text) + 8
		}
	}
	if n == 0 {
		return ""
	}
	b := make([]byte, 0, n)
	for i := range rs {
		if r := &rs[i]; r.links() {
			b = binary.AppendUvarint(b, uint64(r.param))
			b = binary.AppendUvarint(b, uint64(r.a))
			b = appendText(b, r.text)
		}
	}
	return string(b)
}

// links tells whether a row refers to a resource that may be in this store.
func (r *row) links() bool { return r.kind == search.Reference && r.a > 0 }

// link is a reference of a resource: by which parameter, to what.
type link struct {
	param, typ int64
	id         string
}

// nextLink takes the first reference off what packLinks made.
func nextLink(links string) (l link, rest string) {
	u := unpacker{p: links}
	l.param, l.typ, l.id = int64(u.uvarint()), int64(u.uvarint()), u.text()
	return l, u.p
}
