package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"

	"github.com/mattn/go-sqlite3"
)

// conn is one connection to the file. It is used without database/sql, whose pool and
// conversions cost as much as a point read. It is for one goroutine at a time.
type conn struct {
	c    *sqlite3.SQLiteConn
	args []driver.NamedValue
	seen func(text string, args []any) // told of each query, for tests
}

// connect opens a connection. mode is "rwc" for the writer and its like, "ro" for readers.
func connect(path, mode string, cacheKiB int) (*conn, error) {
	q := url.Values{}
	q.Set("mode", mode)
	q.Set("_stmt_cache_size", "64")
	q.Set("_busy_timeout", "30000")
	q.Set("_cache_size", fmt.Sprint(-cacheKiB))
	if mode == "ro" {
		q.Set("_query_only", "1")
	} else {
		q.Set("_journal_mode", "WAL")
		q.Set("_synchronous", "FULL") // the driver's own default in WAL mode is NORMAL, which loses commits
		q.Set("_txlock", "immediate")
	}
	c, err := (&sqlite3.SQLiteDriver{}).Open("file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode())
	if err != nil {
		return nil, err
	}
	return &conn{c: c.(*sqlite3.SQLiteConn)}, nil
}

func (c *conn) close() error { return c.c.Close() }

// longArgs is how many bytes of arguments a statement may keep. Arguments in their order are
// copied by the driver, by a loop that garbage collection waits for, into memory that it keeps
// with the statement; in any other order it hands them on one by one, and SQLite frees them.
const longArgs = 1 << 20

// rows is the answer to a query. Close it, or read it to the end.
type rows struct {
	r   driver.Rows
	v   []driver.Value
	err error
}

// query runs one statement. The first step of it is done on return, so a statement that
// changes data has changed it. Arguments are int64, int, float64, string, []byte or nil.
func (c *conn) query(ctx context.Context, text string, args ...any) (*rows, error) {
	if c.seen != nil {
		c.seen(text, args)
	}
	c.args = c.args[:0]
	size := 0
	for i, a := range args {
		switch v := a.(type) {
		case int:
			a = int64(v)
		case bool:
			a = int64(0)
			if v {
				a = int64(1)
			}
		case []byte:
			size += len(v)
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	if size > longArgs {
		slices.Reverse(c.args)
	}
	r, err := c.c.QueryContext(ctx, text, c.args)
	clear(c.args)
	if err != nil {
		return nil, err
	}
	return &rows{r: r}, nil
}

// exec runs one statement and wants no rows. It never looks at a caller's context.
func (c *conn) exec(text string, args ...any) error {
	r, err := c.query(context.Background(), text, args...)
	if err != nil {
		return err
	}
	for r.next() {
	}
	return r.done()
}

// one runs a query for a single row and reads it with scan; false when there is none.
func (c *conn) one(ctx context.Context, scan func(r *rows), text string, args ...any) (bool, error) {
	return c.first(ctx, func(r *rows) error { scan(r); return nil }, text, args...)
}

// first is one for a scan that may fail.
func (c *conn) first(ctx context.Context, scan func(r *rows) error, text string, args ...any) (found bool, err error) {
	r, err := c.query(ctx, text, args...)
	if err != nil {
		return false, err
	}
	if found = r.next(); found {
		if err := scan(r); err != nil {
			return found, errors.Join(err, r.done())
		}
	}
	return found, r.done()
}

// each runs a query and calls scan for each row until it returns an error.
func (c *conn) each(ctx context.Context, scan func(r *rows) error, text string, args ...any) error {
	r, err := c.query(ctx, text, args...)
	if err != nil {
		return err
	}
	for r.next() {
		if err := scan(r); err != nil {
			return errors.Join(err, r.done())
		}
	}
	return r.done()
}

// number runs a query for one integer; 0 when there is no row or it is null.
func (c *conn) number(ctx context.Context, text string, args ...any) (int64, error) {
	var n int64
	_, err := c.one(ctx, func(r *rows) { n = r.int(0) }, text, args...)
	return n, err
}

// next steps to the next row.
func (r *rows) next() bool {
	if r.err != nil {
		return false
	}
	if r.v == nil {
		r.v = make([]driver.Value, len(r.r.Columns()))
	}
	err := r.r.Next(r.v)
	if err == io.EOF {
		return false
	}
	r.err = err
	return err == nil
}

// done closes the rows and returns what went wrong on the way.
func (r *rows) done() error {
	err := r.r.Close()
	if r.err != nil {
		return r.err
	}
	return err
}

func (r *rows) int(i int) int64 {
	n, _ := r.v[i].(int64)
	return n
}

func (r *rows) float(i int) float64 {
	switch v := r.v[i].(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	}
	return 0
}

func (r *rows) text(i int) string {
	s, _ := r.v[i].(string)
	return s
}

// blob returns bytes that belong to the caller; nil for null.
func (r *rows) blob(i int) []byte {
	b, _ := r.v[i].([]byte)
	return b
}
