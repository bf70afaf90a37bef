package tabular

import (
	"context"

	"masjala/fhir"
	"masjala/importers"
)

// Offer reads a table and hands what it describes to the writer.
type Offer func(ctx context.Context, env importers.Env, w *importers.Writer, src *importers.Source) error

// Run carries out one import. It fails when the file is no table with the columns that are
// needed, and with the error of offer.
func Run(ctx context.Context, env importers.Env, req importers.Request, kind string, targets []importers.Target, offer Offer) (*importers.Report, error) {
	src, err := importers.Open(&req, kind, targets)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	w, err := importers.NewWriter(ctx, env, &req, kind, src)
	if err != nil {
		return nil, err
	}
	return w.Close(ctx, src, offer(ctx, env, w, src))
}

// Refuse reports that what the table says of a resource breaks a rule, and counts it as failed.
// It returns err when it is no error of that sort.
func Refuse(w *importers.Writer, h *Head, what string, err error) error {
	if fhir.KindOf(err) == fhir.Internal {
		return err
	}
	w.Issues.Add(importers.Issue{Row: h.Row, Value: h.Title, Severity: importers.Error, Rule: "refused", Reason: importers.ReasonOf(err),
		Fix: "Correct the table and import it again."})
	w.Count(what, func(c *importers.Counts) { c.Failed++ })
	return nil
}
