package workers

import (
	"context"
	"fmt"

	"masjala/importers"
	"masjala/importers/decisions"
)

// survey walks over the rows once: how dates are ordered, which people have several rows,
// which value sets the coded columns draw from.
func survey(ctx context.Context, env importers.Env, req *importers.Request, w *importers.Writer, src *importers.Source) (*reader, error) {
	in := &reader{env: env, w: w, sites: newSites(env.Store), codings: map[string]map[string]*importers.Coding{}, order: map[string]importers.DateOrder{}, decided: map[string]bool{}, rows: map[string]int{}, now: env.Now(),
		native: src.Mapping.Country, policy: src.Mapping.TwinPolicy(), caller: importers.Caller{Issues: w.Issues},
		licences: src.Groups("licenceNumber", "licenceType", "licenceIssuer", "licenceFrom", "licenceUntil"), posted: src.Groups("cadre", "facilityCode", "facilityName")}
	if _, err := src.LearnNumbers(ctx, env, func() {}, importers.Numbered{Target: "identifier", Type: "Practitioner", Param: "identifier"},
		importers.Numbered{Target: "licenceNumber", Type: "Practitioner", Param: "qualification-identifier"}); err != nil {
		return nil, err
	}
	var err error
	if in.book, err = decisions.Open(ctx, env.Store, kind); err != nil {
		return nil, err
	}
	votes, values := map[string]*importers.DateVote{}, map[string]valueCount{}
	for _, t := range dates {
		votes[t] = &importers.DateVote{}
	}
	for _, t := range coded {
		values[t] = valueCount{}
	}
	err = src.Each(ctx, func(r *importers.Row) error {
		exported := r.Exported()
		if exported {
			in.rows[base(r)]++
			k, err := in.findKept(ctx, r)
			if err != nil {
				return unlessAbsent(err)
			}
			r = k.cells
		}
		tally(r, votes, values)
		if !exported && r.Get("family").Text+r.Get("given").Text+r.Get("name").Text != "" {
			in.rows[base(r)]++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for t, v := range votes {
		in.order[t], in.decided[t] = v.Order(), v.Decided()
	}
	if in.places, err = loadPlaces(ctx, env.Store); err != nil {
		return nil, err
	}
	return in, in.bind(ctx, req, src, values)
}

// tally counts the dates and the codes of a row.
func tally(r *importers.Row, votes map[string]*importers.DateVote, values map[string]valueCount) {
	for t, v := range votes {
		for _, c := range r.All(t) {
			v.Add(c.Text)
		}
	}
	for t, v := range values {
		for _, c := range r.All(t) {
			v.add(c.Text, r.Number)
		}
	}
}

// dates and coded are the targets that hold dates and codes.
var (
	dates = []string{"birthDate", "start", "end", "licenceFrom", "licenceUntil"}
	coded = []string{"cadre", "specialty"}
)

// bind finds the value set of each coded column: the mapping's, else, when the mapping was
// proposed, the stored one that knows most of its values.
func (in *reader) bind(ctx context.Context, req *importers.Request, src *importers.Source, values map[string]valueCount) error {
	for _, t := range coded {
		c := src.Column(t)
		if c == nil || in.env.Codes == nil {
			continue
		}
		url := c.ValueSet
		if url == "" && req.Map == nil && len(values[t]) > 0 {
			found, err := importers.FindValueSet(ctx, in.env.Store, in.env.Codes, values[t].rows())
			if err != nil {
				return err
			}
			if url = found; url == "" {
				continue
			}
			in.w.Issues.Add(importers.Issue{Column: c.Heading, Severity: importers.Info, Rule: "value-set-found",
				Reason: fmt.Sprintf("the column was checked against the value set %s, which knows most of its values", url), Fix: "Name another one in the mapping if that is wrong."})
		}
		if url == "" {
			continue
		}
		coder, err := importers.NewCoder(ctx, in.env.Codes, url)
		if err != nil {
			return err
		}
		in.judge(coder, c, t, url, values[t])
	}
	return nil
}
