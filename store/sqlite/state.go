package sqlite

import (
	"context"

	"masjala/store"
)

const (
	readValue = "select value from state where space = ? and key = ?"
	// A prefix is the range from itself to what follows all that start with it.
	readValues = `select key, value from state
where space = ? and key >= ? and key < ? order by key limit ?`
	readLastValues = "select key, value from state where space = ? and key < ? order by key desc limit ?"
	writeValue     = "insert into state (space, key, value) values (?, ?, ?) on conflict (space, key) do update set value = excluded.value"
	removeValue    = "delete from state where space = ? and key = ?"
)

// Value returns what SetValue kept, nil if nothing.
func (s *Store) Value(ctx context.Context, space, key string) ([]byte, error) {
	c, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(c)
	v, err := value(ctx, c, space, key)
	return v, readable(err)
}

// Values returns values of a space in key order.
func (s *Store) Values(ctx context.Context, space, prefix, after string, limit int) ([]store.Value, error) {
	c, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(c)
	vs, err := values(ctx, c, space, prefix, after, limit)
	return vs, readable(err)
}

// LastValues returns values of a space against key order.
func (s *Store) LastValues(ctx context.Context, space, before string, limit int) ([]store.Value, error) {
	c, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(c)
	if before == "" {
		before = follower("")
	}
	vs, err := collect(ctx, c, readLastValues, space, before, limit)
	return vs, readable(err)
}

// Value is Store.Value in the transaction.
func (t *tx) Value(space, key string) ([]byte, error) {
	if t.over {
		return nil, errOver
	}
	return value(context.Background(), t.w.c, space, key)
}

// Values is Store.Values in the transaction.
func (t *tx) Values(space, prefix, after string, limit int) ([]store.Value, error) {
	if t.over {
		return nil, errOver
	}
	return values(context.Background(), t.w.c, space, prefix, after, limit)
}

// SetValue keeps a value; nil removes it.
func (t *tx) SetValue(space, key string, v []byte) error {
	switch {
	case t.over:
		return errOver
	case v == nil:
		return t.w.c.exec(removeValue, space, key)
	}
	return t.w.c.exec(writeValue, space, key, v)
}

func value(ctx context.Context, c *conn, space, key string) ([]byte, error) {
	var v []byte
	_, err := c.one(ctx, func(r *rows) { v = r.blob(0) }, readValue, space, key)
	return v, err
}

// values reads from one lower bound, the larger of the prefix and what comes next after after:
// with two bounds SQLite would walk from the smaller one.
func values(ctx context.Context, c *conn, space, prefix, after string, limit int) ([]store.Value, error) {
	return collect(ctx, c, readValues, space, max(prefix, after+"\x00"), follower(prefix), limit)
}

func collect(ctx context.Context, c *conn, query string, args ...any) ([]store.Value, error) {
	var vs []store.Value
	err := c.each(ctx, func(r *rows) error {
		vs = append(vs, store.Value{Key: r.text(0), Data: r.blob(1)})
		return nil
	}, query, args...)
	return vs, err
}

// follower returns a bound above all (sensible) strings that start with prefix.
func follower(prefix string) string { return prefix + "\U0010ffff" }
