package sqlite

import "context"

// parentsPage is how many resources Parents reads at once, so that no reader is held long.
const parentsPage = 20_000

const readParents = `select r.id, coalesce((select f.id from reference f where f.rid = r.rid and f.param = ? and f.type = r.type limit 1), '')
from resource r
where r.type = ? and r.id > ? and r.deleted = 0
order by r.id limit ?`

// Parents calls fn for every current resource of a type, in the order of ids, with the id of
// the resource of the same type that its parameter partof refers to; "" when it refers to
// none here. It reads index rows only, page by page: what changes meanwhile may be seen as it
// was or as it is.
func (s *Store) Parents(ctx context.Context, typ string, fn func(id, parent string)) error {
	for last := ""; ; {
		n, err := s.parents(ctx, typ, last, func(id, parent string) {
			last = id
			fn(id, parent)
		})
		if err != nil || n < parentsPage {
			return err
		}
	}
}

// parents reads a page after an id.
func (s *Store) parents(ctx context.Context, typ, after string, fn func(id, parent string)) (n int, err error) {
	c, err := s.reader(ctx)
	if err != nil {
		return 0, err
	}
	defer s.release(c)
	names := s.names.Load()
	t := names.typeOf(typ)
	err = c.each(ctx, func(r *rows) error {
		n++
		fn(r.text(0), r.text(1))
		return nil
	}, readParents, names.param(t, "partof").id, t, after, parentsPage)
	return n, readable(err)
}
