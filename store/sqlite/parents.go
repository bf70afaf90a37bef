package sqlite

import "context"

// parentsPage is how many resources Parents reads at once, so that no reader is held long.
const parentsPage = 20_000

const readParents = `select r.rid, r.id, coalesce((select f.id from reference f where f.rid = r.rid and f.param = ? and f.type = r.type limit 1), '')
from resource r
where r.type = ? and r.deleted = 0 and r.rid > ?
order by r.rid limit ?`

// Parents calls fn for every current resource of a type, in the order of creation, with the id of
// the resource of the same type that its parameter partof refers to; "" when it refers to
// none here. It reads index rows only, page by page: what changes meanwhile may be seen as it
// was or as it is.
func (s *Store) Parents(ctx context.Context, typ string, fn func(id, parent string)) error {
	for last, n := int64(0), parentsPage; n == parentsPage; {
		var err error
		if last, n, err = s.parents(ctx, typ, last, fn); err != nil {
			return err
		}
	}
	return nil
}

// parents reads a page after a rid, and returns the last one and how many there were.
func (s *Store) parents(ctx context.Context, typ string, after int64, fn func(id, parent string)) (last int64, n int, err error) {
	c, err := s.reader(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer s.release(c)
	names := s.names.Load()
	t := names.typeOf(typ)
	err = c.each(ctx, func(r *rows) error {
		n++
		last = r.int(0)
		fn(r.text(1), r.text(2))
		return nil
	}, readParents, names.param(t, "partof").id, t, after, parentsPage)
	return last, n, readable(err)
}
