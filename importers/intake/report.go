package intake

import (
	"context"
	"errors"
	"time"

	"masjala/importers"
)

// count changes the counts of a resource type.
func (in *Intake) count(typ string, change func(*importers.Counts)) {
	c := in.counts[typ]
	if c == nil {
		c = &importers.Counts{What: typ}
		in.counts[typ] = c
		in.order = append(in.order, typ)
	}
	change(c)
}

// tally counts what was stored, or would be.
func (in *Intake) tally(items []item) {
	for _, i := range items {
		in.count(i.draft.Resource.Type, func(c *importers.Counts) {
			if i.create {
				c.Create++
			} else {
				c.Update++
			}
		})
	}
}

// Refuse reports a file, or a resource in it, that cannot be used.
func (in *Intake) Refuse(file, where string, err error) {
	in.Issues.Add(importers.Issue{Sheet: file, Value: where, Severity: importers.Error, Rule: "refused", Reason: importers.ReasonOf(err),
		Fix: "Ask the publisher, or correct the file."})
}

// Progress tells how many of the rows that Report counts are done.
func (in *Intake) Progress(phase string) {
	if in.req.Progress == nil {
		return
	}
	seconds := in.env.Now().Sub(in.started).Seconds()
	in.req.Progress(importers.Progress{Phase: phase, Done: in.Report.Rows, Rate: float64(in.Report.Rows) / max(seconds, 0.001)})
}

// Finish stores what is pending and completes the report. Types that no registry holds have
// only failed ones; they are told as an information. It fails as [Intake.Take] does, and when
// issues could not be handed on.
func (in *Intake) Finish(ctx context.Context) (*importers.Report, error) {
	if err := errors.Join(in.flush(ctx), in.Issues.Err()); err != nil {
		return nil, err
	}
	r := in.Report
	for _, typ := range in.order {
		c := *in.counts[typ]
		if !in.env.Registries.Has(typ) {
			in.Issues.Add(importers.Issue{Value: typ, Severity: importers.Info, Rule: "type-not-held",
				Reason: "resources of type " + typ + " are not held by this server and were left out", Fix: "Nothing, unless you need them."})
		}
		r.Counts = append(r.Counts, c)
	}
	r.Errors, r.Warnings, r.Infos = in.Issues.Count(importers.Error), in.Issues.Count(importers.Warning), in.Issues.Count(importers.Info)
	r.Issues = in.Issues.Groups()
	r.Seconds = in.env.Now().Sub(in.started).Round(time.Millisecond).Seconds()
	return r, nil
}
