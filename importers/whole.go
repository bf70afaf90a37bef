package importers

import (
	"context"
	"time"

	"masjala/fhir"
)

// MaxWhole is how many resources can be written all or nothing: they are kept in memory until the
// end of the list, then written in one transaction, while which nobody else can write.
const MaxWhole = 20_000

// RunID makes the identity of a run that begins at a time with content of a hash, in hex. Runs
// sort by their time.
func RunID(at time.Time, hash string) string {
	return at.UTC().Format("20060102T150405.000Z") + "-" + hash[:8]
}

// begin keeps that there is a run, so that it can be undone whatever becomes of it. A run that was
// cut short goes on: what it did counts as its own.
func (w *Writer) begin(ctx context.Context) error {
	if w.req.Run != "" {
		former, err := ReadRun(ctx, w.env.Store, w.req.Run)
		switch {
		case fhir.KindOf(err) == fhir.NotFound:
		case err != nil:
			return err
		case !former.Undone.IsZero():
			return fhir.Errorf(fhir.Conflict, "the import %s was undone on %s; import the list anew", w.Run, former.Undone.Format(time.DateTime))
		default:
			w.report.Seq, w.report.Started = former.Seq, former.Started
			last, _, err := lastPart(ctx, w.env.Store, w.Run)
			if err != nil {
				return err
			}
			w.part = last + 1
		}
	}
	if w.req.Whole {
		return nil // kept with what it writes
	}
	return keep(ctx, w.env.Store, w.cause, w.report)
}

// hand gives what was offered so far to the writing goroutine.
func (w *Writer) hand() {
	if len(w.pending) > 0 {
		w.queue <- w.pending
		w.pending, w.size = nil, 0
	}
}

// last hands over what is left. It fails with Unprocessable when all is to be written or nothing
// and some row cannot be.
func (w *Writer) last() error {
	if w.req.Whole && !w.req.DryRun {
		failed := 0
		w.mu.Lock()
		for _, c := range w.counts {
			failed += c.Failed + c.Held
		}
		w.mu.Unlock()
		if n := max(failed, w.Issues.Count(Error)); n > 0 {
			return fhir.Errorf(fhir.Unprocessable, "nothing was imported, because rows have errors or wait for a decision: %d; settle them, or import all that is good", n)
		}
		w.hand()
	}
	return w.Flush()
}
