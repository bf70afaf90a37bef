package fhirpkg

import (
	"time"

	"masjala/importers"
)

// count changes the counts of a resource type.
func (p *run) count(typ string, change func(*importers.Counts)) {
	c := p.counts[typ]
	if c == nil {
		c = &importers.Counts{What: typ}
		p.counts[typ] = c
		p.order = append(p.order, typ)
	}
	change(c)
}

// tally counts what was stored, or would be.
func (p *run) tally(items []item) {
	for _, i := range items {
		p.count(i.draft.Resource.Type, func(c *importers.Counts) {
			if i.create {
				c.Create++
			} else {
				c.Update++
			}
		})
	}
}

// refuse reports a file, or a resource in it, that cannot be used.
func (p *run) refuse(file, where string, err error) {
	p.issues.Add(importers.Issue{Sheet: file, Value: where, Severity: importers.Error, Rule: "refused", Reason: importers.ReasonOf(err),
		Fix: "Ask the publisher of the package, or correct the file."})
}

func (p *run) progress(phase string) {
	if p.req.Progress == nil {
		return
	}
	seconds := p.env.Now().Sub(p.started).Seconds()
	p.req.Progress(importers.Progress{Phase: phase, Done: p.report.Rows, Rate: float64(p.report.Rows) / max(seconds, 0.001)})
}

// finish completes the report. Types that no registry holds have only failed ones; they are
// told as an information.
func (p *run) finish() *importers.Report {
	r := p.report
	for _, typ := range p.order {
		c := *p.counts[typ]
		if !p.env.Registries.Has(typ) {
			p.issues.Add(importers.Issue{Value: typ, Severity: importers.Info, Rule: "type-not-held",
				Reason: "resources of type " + typ + " are not held by this server and were left out", Fix: "Nothing, unless you need them."})
		}
		r.Counts = append(r.Counts, c)
	}
	r.Errors, r.Warnings, r.Infos = p.issues.Count(importers.Error), p.issues.Count(importers.Warning), p.issues.Count(importers.Info)
	r.Issues = p.issues.Groups()
	r.Seconds = p.env.Now().Sub(p.started).Round(time.Millisecond).Seconds()
	return r
}
