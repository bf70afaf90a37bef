package importers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/store"
)

// wrote is the bookkeeping space of what runs changed: for each transaction of a run a value of
// lines "resource TAB version TAB row", written in that transaction. That is some 30 bytes a version,
// needs no walk over histories, and stays true whatever later runs do.
const wrote = "import/wrote"

// Changed is a version that a run made.
type Changed struct {
	Resource string   `json:"resource"` // "Location/…"
	Version  int64    `json:"version"`
	Action   string   `json:"action"` // "create" or "update"
	Sheet    string   `json:"sheet,omitempty"`
	Row      int      `json:"row,omitempty"`     // 0: of the list as a whole, such as a code list made of a column
	Changes  []Change `json:"changes,omitempty"` // of an update: what it changed
	Erased   bool     `json:"erased,omitempty"`  // the content of the version is not kept any more
}

func appendChange(dst []byte, r *fhir.Resource, row int) []byte {
	dst = append(dst, r.Type...)
	dst = append(dst, '/')
	dst = append(dst, r.ID...)
	dst = append(dst, '\t')
	dst = strconv.AppendInt(dst, r.Version, 10)
	dst = append(dst, '\t')
	dst = strconv.AppendInt(dst, int64(row), 10)
	return append(dst, '\n')
}

func partKey(run string, part int) string { return fmt.Sprintf("%s/%08d", run, part) }

// note keeps what a transaction of the run changed, and the run itself when that is not yet known.
func (w *Writer) note(tx store.Tx, lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	if w.req.Whole {
		data, err := json.Marshal(w.report)
		if err != nil {
			return fmt.Errorf("keep report of import: %w", err)
		}
		if err := tx.SetValue(runs, w.Run, data); err != nil {
			return err
		}
	}
	return tx.SetValue(wrote, partKey(w.Run, w.part), bytes.Clone(lines))
}

// lastPart returns what the last transaction of a run changed, and its number; -1 when it has none.
func lastPart(ctx context.Context, s store.Store, run string) (n int, part store.Value, err error) {
	after := run + string(rune('/'+1)) // the least of what comes after all keys of the run
	some, err := s.LastValues(ctx, wrote, after, 1)
	if err == nil && len(some) == 1 {
		if number, ours := strings.CutPrefix(some[0].Key, run+"/"); ours {
			if n, err = strconv.Atoi(number); err == nil {
				return n, some[0], nil
			}
		}
	}
	if err != nil {
		err = fmt.Errorf("read what run %s changed: %w", run, err)
	}
	return -1, store.Value{}, err
}

// eachMade calls fn with each version that a run made, in the order in which it made them.
func eachMade(ctx context.Context, s store.Store, run string, fn func(*Changed)) error {
	err := store.EachValue(ctx, s, wrote, run+"/", 100, func(v store.Value) error {
		for line := range strings.Lines(string(v.Data)) {
			c, err := readChange(strings.TrimSuffix(line, "\n"))
			if err != nil {
				return err
			}
			fn(&c)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what run %s changed: %w", run, err)
	}
	return nil
}

// readChange reads what appendChange wrote.
func readChange(line string) (c Changed, err error) {
	f := strings.Split(line, "\t")
	if len(f) != 3 {
		return c, fmt.Errorf("%q is no change", line)
	}
	c.Resource = f[0]
	c.Version, err = strconv.ParseInt(f[1], 10, 64)
	if err == nil {
		c.Row, err = strconv.Atoi(f[2])
	}
	return c, err
}

// Changes lists versions that a run made, in the order in which it made them: at most limit that
// follow a cursor, "" for the first. next is the cursor of those that follow, "" when there are
// none. It fails with Invalid for a cursor that it did not give.
func Changes(ctx context.Context, s store.Store, r *Report, cursor string, limit int) (list []Changed, next string, err error) {
	list = []Changed{}
	next, err = page(ctx, s, r.Run, cursor, limit, func(c Changed) error {
		if err := compare(ctx, s, &c); err != nil {
			return err
		}
		c.Sheet = r.Sheet
		list = append(list, c)
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return list, next, nil
}

// page calls fn with at most limit of what a run noted, and gives the cursor of what follows, as Changes does.
func page(ctx context.Context, s store.Store, run, cursor string, limit int, fn func(Changed) error) (next string, err error) {
	part, line, err := place(cursor)
	if err != nil {
		return "", err
	}
	for n := 0; ; part, line = part+1, 0 {
		data, err := s.Value(ctx, wrote, partKey(run, part))
		if err != nil {
			return "", fmt.Errorf("read what run %s changed: %w", run, err)
		}
		if data == nil {
			return "", nil
		}
		lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		for ; line < len(lines); line++ {
			if n == limit {
				return fmt.Sprintf("%d-%d", part, line), nil
			}
			n++
			c, err := readChange(lines[line])
			if err != nil {
				return "", fmt.Errorf("read what run %s changed: %w", run, err)
			}
			if err := fn(c); err != nil {
				return "", err
			}
		}
	}
}

// place reads a cursor.
func place(cursor string) (part, line int, err error) {
	if cursor == "" {
		return 0, 0, nil
	}
	a, b, _ := strings.Cut(cursor, "-")
	p, errA := strconv.ParseUint(a, 10, 31)
	l, errB := strconv.ParseUint(b, 10, 31)
	if errA != nil || errB != nil {
		return 0, 0, fhir.Errorf(fhir.Invalid, "%.20q is no place in a list of changes; give what the page before said as next", cursor)
	}
	return int(p), int(l), nil
}

// compare says what a version changed against the one before it.
func compare(ctx context.Context, s store.Store, c *Changed) error {
	c.Action = "create"
	typ, id, _ := strings.Cut(c.Resource, "/")
	now, err := s.ReadVersion(ctx, typ, id, c.Version)
	switch {
	case fhir.KindOf(err) == fhir.Gone:
		c.Erased = true
		return nil
	case err != nil:
		return fmt.Errorf("read version %d of %s: %w", c.Version, c.Resource, err)
	case c.Version == 1:
		return nil
	}
	was, err := s.ReadVersion(ctx, typ, id, c.Version-1)
	switch {
	case fhir.KindOf(err) == fhir.Gone: // deleted or erased before
		return nil
	case err != nil:
		return fmt.Errorf("read version %d of %s: %w", c.Version-1, c.Resource, err)
	}
	c.Action = "update"
	_, c.Changes, _ = merge(was.Body, now.Body, was.Body)
	return nil
}
