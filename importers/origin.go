package importers

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/store"
)

// Origin is the part that an import has in a version.
type Origin struct {
	Run    *Report // the import
	Row    int     // of the list; 0: the list as a whole, or not known
	Undone bool    // the version took back what the import did
	As     int64   // of one that did: the version as which the resource is again; 0: it is deleted, -1: not known
	Why    string  // what was given as reason, without what the import itself adds
}

// Origins tells which imports have a part in versions. It goes by the notes of imports, as undoing
// does: what somebody wrote as a reason makes no version that of an import. It keeps what it reads,
// so one serves one request; it is not safe for concurrent use.
type Origins struct {
	store    store.Store
	undoings undoings
	runs     map[string]*Report // nil for a name that no run has
	last     map[string]int     // by run, the number of its last part
	begins   map[string]int64   // by key of a part, the sequence number of its first version
	key      string             // of the part that was read last
	part     string
}

// NewOrigins makes one for the versions of a store.
func NewOrigins(s store.Store) *Origins {
	return &Origins{store: s, undoings: undoings{store: s}, runs: map[string]*Report{}, last: map[string]int{}, begins: map[string]int64{}}
}

// Of returns the part that an import has in a version, nil when none has one. It costs a few reads
// by key, however large the import is.
func (o *Origins) Of(ctx context.Context, v *store.Version) (*Origin, error) {
	t, err := o.undoings.of(ctx, v, "")
	if err != nil {
		return nil, err
	}
	if t != nil {
		run, err := o.run(ctx, t.run)
		if err != nil || run == nil {
			return nil, err
		}
		return &Origin{Run: run, Undone: true, As: t.as}, nil
	}
	for _, name := range named(v.Cause.Reason) {
		run, err := o.run(ctx, name)
		if err != nil {
			return nil, err
		}
		if run == nil || !strings.HasSuffix(v.Cause.Reason, run.stamp()) {
			continue
		}
		row, made, err := o.row(ctx, run, v)
		if err != nil {
			return nil, err
		}
		if made {
			return run.origin(v, row), nil
		}
	}
	return nil, nil
}

// origin is the part of a run in a version that it made of a row.
func (r *Report) origin(v *store.Version, row int) *Origin {
	return &Origin{Run: r, Row: row, Why: strings.TrimSuffix(strings.TrimSuffix(v.Cause.Reason, r.stamp()), "; ")}
}

// named lists what may be names of runs in a reason: what stamp writes is at its end, but the name
// of a file can be anything.
func named(reason string) (names []string) {
	for {
		_, after, ok := strings.Cut(reason, "import ")
		if !ok {
			return names
		}
		reason = after
		name, _, ok := strings.Cut(after, " of ")
		if ok && !strings.Contains(name, " ") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
}

// run returns the report of a run, nil when there was none of that name.
func (o *Origins) run(ctx context.Context, name string) (*Report, error) {
	if r, known := o.runs[name]; known {
		return r, nil
	}
	r, err := ReadRun(ctx, o.store, name)
	if err != nil && fhir.KindOf(err) != fhir.NotFound {
		return nil, err
	}
	o.runs[name] = r
	return r, nil
}

// row tells whether a run made a version, and of which row.
func (o *Origins) row(ctx context.Context, r *Report, v *store.Version) (row int, made bool, err error) {
	if !r.Noted {
		old, err := o.undoings.unnoted(ctx, r.Run)
		return 0, old != nil && old.made(v.Cause), err
	}
	row, made, err = o.near(ctx, r, v)
	if made || err != nil {
		return row, made, err
	}
	n, err := o.partOf(ctx, r.Run, v.Seq)
	if err != nil || n < 0 {
		return 0, false, err
	}
	return o.line(ctx, partKey(r.Run, n), v)
}

// near is row for most versions: it looks where they are when the transactions of the run are full
// and nobody else wrote between them. What it does not find may be elsewhere.
func (o *Origins) near(ctx context.Context, r *Report, v *store.Version) (row int, made bool, err error) {
	part, from := int64(0), r.Seq+1
	for range 3 {
		part = max(0, part+(v.Seq-from)/chunk)
		key := partKey(r.Run, int(part))
		row, made, err = o.line(ctx, key, v)
		if made || err != nil || o.part == "" { // there is no such part
			return row, made, err
		}
		if from, err = o.begin(ctx, key); err != nil {
			return 0, false, err
		}
		if v.Seq >= from && v.Seq-from < chunk {
			from -= chunk // it is a short one: the next
		}
	}
	return 0, false, nil
}

// line tells whether a part notes a version, and of which row.
func (o *Origins) line(ctx context.Context, key string, v *store.Version) (row int, noted bool, err error) {
	part, err := o.read(ctx, key)
	if err != nil {
		return 0, false, err
	}
	line := v.Resource.Ref() + "\t" + strconv.FormatInt(v.Resource.Version, 10) + "\t"
	rest, ok := strings.CutPrefix(part, line)
	if !ok {
		if _, rest, ok = strings.Cut(part, "\n"+line); !ok {
			return 0, false, nil
		}
	}
	text, _, _ := strings.Cut(rest, "\n")
	if row, err = strconv.Atoi(text); err != nil {
		return 0, false, fmt.Errorf("read what an import changed: %w", err)
	}
	return row, true, nil
}

// partOf returns the number of the transaction of a run that a version may be of, -1 for none. The
// transactions of a run follow each other: it is the last that began with that version or before it.
func (o *Origins) partOf(ctx context.Context, run string, seq int64) (int, error) {
	last, err := o.lastPart(ctx, run)
	if err != nil {
		return -1, err
	}
	n := sort.Search(last+1, func(part int) bool {
		var begin int64
		if err == nil {
			begin, err = o.begin(ctx, partKey(run, part))
		}
		return begin > seq
	}) - 1
	return n, err
}

// lastPart returns the number of the last transaction of a run, -1 when it has none.
func (o *Origins) lastPart(ctx context.Context, run string) (int, error) {
	if n, known := o.last[run]; known {
		return n, nil
	}
	n, part, err := lastPart(ctx, o.store, run)
	if err != nil {
		return 0, err
	}
	if o.last[run] = n; n >= 0 {
		o.key, o.part = part.Key, string(part.Data)
	}
	return n, nil
}

// read returns the lines of a part.
func (o *Origins) read(ctx context.Context, key string) (string, error) {
	if o.key != key {
		data, err := o.store.Value(ctx, wrote, key)
		if err != nil {
			return "", fmt.Errorf("read what an import changed: %w", err)
		}
		o.key, o.part = key, string(data)
	}
	return o.part, nil
}

// begin returns the sequence number of the first version of a part.
func (o *Origins) begin(ctx context.Context, key string) (int64, error) {
	if seq, known := o.begins[key]; known {
		return seq, nil
	}
	part, err := o.read(ctx, key)
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(part, "\n")
	c, err := readChange(line)
	if err != nil {
		return 0, fmt.Errorf("read what an import changed: %w", err)
	}
	v, err := o.version(ctx, &c)
	if err != nil {
		return 0, err
	}
	o.begins[key] = v.Seq
	return v.Seq, nil
}

// version returns the version that a note is about.
func (o *Origins) version(ctx context.Context, c *Changed) (*store.Version, error) {
	typ, id, _ := strings.Cut(c.Resource, "/")
	v, err := store.VersionOf(ctx, o.store, typ, id, c.Version)
	if err != nil {
		return nil, fmt.Errorf("read version %d of %s: %w", c.Version, c.Resource, err)
	}
	return v, nil
}

// Made calls fn with versions that a run made, in the order in which it made them: at most limit
// that follow a cursor, "" for the first. next is the cursor of those that follow, "" when there are
// none; a run of which nothing is known made none. It fails with Invalid for a cursor that it did
// not give, with Unsupported for a run of before there were notes, and with the error of fn.
func (o *Origins) Made(ctx context.Context, run, cursor string, limit int, fn func(*store.Version, *Origin) error) (next string, err error) {
	r, err := o.run(ctx, run)
	if err != nil || r == nil {
		return "", err
	}
	if !r.Noted {
		return "", fhir.Errorf(fhir.Unsupported, "the import %s was made before each change was noted: it can be asked of a resource whether it comes from the import, not the other way round", run)
	}
	return page(ctx, o.store, run, cursor, limit, func(c Changed) error {
		v, err := o.version(ctx, &c)
		if err != nil {
			return err
		}
		return fn(v, r.origin(v, c.Row))
	})
}
