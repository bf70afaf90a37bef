package importers

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"masjala/fhir"
	"masjala/store"
)

// The reason of a version is free text: whoever changes a resource may write there that an import
// did, and so may the name of a file. So a version is that of a run, or of the undoing of one, when
// the program noted it in the transaction that made it. Runs of before there were notes, whose report
// does not say that they are noted, are told by all of what the program wrote at the end of a reason.

// undid is the bookkeeping space of what undoings changed: for each version that one made, by
// "resource/version", a line "run TAB version": which run it took back, and the version as which the
// resource is again, 0 for none.
const undid = "import/undid"

// undoing begins the cause of an undoing.
const undoing = "undo of import "

// stamp is the end of the cause of what a run writes.
func (r *Report) stamp() string {
	return fmt.Sprintf("import %s of %s, sheet %s (sha256 %.16s)", r.Run, r.File, r.Sheet, r.Hash)
}

// undoStamp is the cause of what the undoing of a run writes.
func (r *Report) undoStamp() string { return undoing + r.Run + ", of " + r.File }

// unnoted is a run of before there were notes.
type unnoted struct {
	actor, stamp, undoStamp string
	undone                  time.Time // zero while it stands
}

// made tells whether the run made a version.
func (o *unnoted) made(c store.Cause) bool {
	before, ok := strings.CutSuffix(c.Reason, o.stamp)
	return ok && c.Actor == o.actor && (before == "" || strings.HasSuffix(before, "; "))
}

// taken is what a version took back, when it is that of an undoing.
type taken struct {
	run string
	as  int64    // the version as which the resource is again; -1 where that is not noted
	old *unnoted // of a run without notes, else nil
}

// undoings tells versions that undoings made. It is safe for concurrent use.
type undoings struct {
	store store.Store

	mu  sync.Mutex
	old map[string]*unnoted // by run; nil for one with notes
}

// of returns what a version took back, nil when it is that of no undoing. An undoing without notes
// counts when it was brought to its end, or is that of the run going.
func (u *undoings) of(ctx context.Context, v *store.Version, going string) (*taken, error) {
	rest, ok := strings.CutPrefix(v.Cause.Reason, undoing)
	if !ok {
		return nil, nil
	}
	data, err := u.store.Value(ctx, undid, undidKey(v.Resource))
	if err != nil {
		return nil, fmt.Errorf("read what was undone of %s: %w", v.Resource.Ref(), err)
	}
	if data != nil {
		run, as, _ := strings.Cut(string(data), "\t")
		n, err := strconv.ParseInt(as, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read what was undone of %s: %q", v.Resource.Ref(), data)
		}
		return &taken{run: run, as: n}, nil
	}
	run, _, _ := strings.Cut(rest, ",")
	old, err := u.unnoted(ctx, run)
	if err != nil || old == nil || v.Cause.Reason != old.undoStamp {
		return nil, err
	}
	if run != going && (old.undone.IsZero() || v.Resource.Updated.After(old.undone)) {
		return nil, nil
	}
	return &taken{run: run, as: -1, old: old}, nil
}

// unnoted returns a run of before there were notes, nil when it is none.
func (u *undoings) unnoted(ctx context.Context, run string) (*unnoted, error) {
	u.mu.Lock()
	old, known := u.old[run]
	u.mu.Unlock()
	if known {
		return old, nil
	}
	r, err := ReadRun(ctx, u.store, run)
	if fhir.KindOf(err) == fhir.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !r.Noted {
		old = &unnoted{actor: r.Actor, stamp: r.stamp(), undoStamp: r.undoStamp(), undone: r.Undone}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.old == nil {
		u.old = map[string]*unnoted{}
	}
	u.old[run] = old
	return old, nil
}

// noteUndone keeps that a version took back what a run did to a resource.
func noteUndone(tx store.Tx, r *fhir.Resource, run string, as int64) error {
	return tx.SetValue(undid, undidKey(r), fmt.Appendf(nil, "%s\t%d", run, as))
}

func undidKey(r *fhir.Resource) string { return r.Ref() + "/" + strconv.FormatInt(r.Version, 10) }

// undone returns the number of the version that deleted a resource, when it was the undoing of an
// import that did; else 0.
func (u *undoings) undone(ctx context.Context, r *fhir.Resource) (int64, error) {
	page, err := u.store.History(ctx, store.HistoryQuery{Type: r.Type, ID: r.ID, Count: 1})
	if err != nil {
		return 0, fmt.Errorf("read history of %s: %w", r.Ref(), err)
	}
	if len(page.Versions) == 0 {
		return 0, nil
	}
	by, err := u.of(ctx, &page.Versions[0], "")
	if err != nil || by == nil {
		return 0, err
	}
	return page.Versions[0].Resource.Version, nil
}
