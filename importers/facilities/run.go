package facilities

import (
	"cmp"
	"context"
	"fmt"

	"masjala/facility/match"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/importers/twins"
)

// Run imports a list of facilities, or plans to when the request is a dry run. It fails when
// the file is no table or the mapping does not fit; what is wrong with rows is in the report.
// A run that was stopped leaves whole facilities behind; running it again completes it.
func Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	src, err := importers.Recall(ctx, env, &req, Kind, Targets())
	if err != nil {
		return nil, err
	}
	defer src.Close()
	w, err := importers.NewWriter(ctx, env, &req, Kind, src)
	if err != nil {
		return nil, err
	}
	w.Fields, w.Everything = columnsOf, match.Each
	return w.Close(ctx, src, load(ctx, env, &req, src, w))
}

// Propose returns the mapping that Run would use for a file, to be looked at and changed.
func Propose(req importers.Request) (*importers.Mapping, error) {
	src, err := importers.Open(&req, Kind, Targets())
	if err != nil {
		return nil, err
	}
	return src.Mapping, src.Close()
}

// load surveys the source, settles code lists and areas, then offers every row.
func load(ctx context.Context, env importers.Env, req *importers.Request, src *importers.Source, w *importers.Writer) error {
	s := newSurvey(src, env.Now())
	s.caller.Issues = w.Issues
	s.keys = &keys{writer: w, areas: newChains(env.Store), first: map[digest]int32{}}
	reading := importers.NewMeter(env, req.Progress, "reading", 0)
	step := reading.Step
	walked, err := src.LearnNumbers(ctx, env, step, importers.Numbered{Target: "id", Type: "Location", Param: "identifier"},
		importers.Numbered{Target: "identifier", Type: "Location", Param: "identifier"})
	if err != nil {
		return err
	}
	if walked {
		step = func() {}
	}
	if err := s.run(ctx, step); err != nil {
		return err
	}
	reading.Done()
	book, err := decisions.Open(ctx, env.Store, Kind)
	if err != nil {
		return err
	}
	if err := s.settle(ctx, &settling{Writer: w, env: env, book: book}, req.Map == nil); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	phase := "writing"
	if req.DryRun {
		phase = "planning"
	}
	meter := importers.NewMeter(env, req.Progress, phase, src.Rows)
	r := &rows{survey: s, writer: w, env: env, book: book, waiting: map[int]bool{}}
	if r.search, err = twins.New(ctx, env.Store, "Location", matcher, book, w.Issues); err != nil {
		return err
	}
	if err := src.Each(ctx, func(row *importers.Row) error {
		meter.Step()
		return r.offer(ctx, row)
	}); err != nil {
		return err
	}
	if err := r.finish(ctx); err != nil {
		return err
	}
	meter.Done()
	s.caller.Close()
	return nil
}

// rows turns rows into things.
type rows struct {
	survey *survey
	writer *importers.Writer
	env    importers.Env

	book    *decisions.Book
	search  *twins.Search[match.Facility]
	waiting map[int]bool // rows that wait until all others have found what they mean
}

func (r *rows) offer(ctx context.Context, row *importers.Row) error {
	if row.Exported() {
		return r.edit(ctx, row)
	}
	if name := nameOf(row); name.Text == "" {
		r.nameless(row, name)
		return r.mention(ctx, row)
	}
	node := r.survey.areas.add(row, r.survey.src.Mapping.Under)
	id := r.survey.place(row, r.survey.identify(row, node))
	if id.double && !r.waiting[row.Number] {
		r.writer.Count(Kind, func(c *importers.Counts) { c.Repeated++ })
	}
	if id.first != 0 {
		r.repeat(row, id)
		return nil
	}
	known, failed := r.known(ctx, row, &id)
	if failed != nil && fhir.KindOf(failed) != fhir.Conflict {
		return failed
	}
	key := row.Get(importers.KeyTarget).Text
	if known == nil && failed == nil && key == "" && id.shared == 0 && r.wait(row, &id) {
		return nil
	}
	d := r.survey.read(row, node, r.writer.Issues)
	switch {
	case id.shared != 0:
		r.shared(row, id)
		return r.mention(ctx, row)
	case failed != nil:
		r.ambiguous(row, failed)
		return nil
	case key != "" && key != cmp.Or(known.ID("Location"), r.writer.ID(id.Identity)):
		return r.edit(ctx, row)
	case known == nil:
		held, err := false, error(nil)
		if known, held, err = r.twin(ctx, row); err != nil || held {
			return err
		}
	}
	return r.offerPair(ctx, row, d, id, known)
}

// offerPair offers the resources of a row.
func (r *rows) offerPair(ctx context.Context, row *importers.Row, d *draft, id identity, known *importers.Known) error {
	pair := pairID{organization: known.ID("Organization"), location: known.ID("Location")}
	if pair.location == "" {
		pair.location = r.writer.ID(id.Identity)
	}
	if pair.organization == "" {
		pair.organization = pair.location
	}
	if err := r.keepBeds(ctx, row, d, known); err != nil {
		return err
	}
	offered, untold, err := r.serviceResources(ctx, row, d, pair, known)
	if err != nil {
		return err
	}
	return r.writer.Offer(ctx, &importers.Thing{What: Kind, Row: d.row, Name: d.name, Identity: id.Identity, Known: known,
		Resources: append(facilityPair(d, pair), offered...), Untold: untold,
		Clash: func(stored []*fhir.Resource) (*importers.Clash, error) { return r.clash(ctx, row, &id, stored) }})
}

// known finds what is stored about a row: as was decided, by what was imported before, else by
// identifier. It fails with Conflict when several facilities have that.
func (r *rows) known(ctx context.Context, row *importers.Row, id *identity) (*importers.Known, error) {
	known, err := r.writer.Find(ctx, id.Identity, id.alone)
	if err != nil {
		return nil, err
	}
	same, err := r.decided(ctx, row, id)
	if err != nil || same != nil && same.ID("Location") != known.ID("Location") {
		return same, err
	}
	if known != nil || !id.coded {
		return known, nil
	}
	c := row.Get("id")
	have, err := byIdentifier(ctx, r.env.Store, c.Column.System, c.Text)
	if err != nil || have == nil {
		return nil, err
	}
	return r.adopted(ctx, have)
}

func (r *rows) nameless(row *importers.Row, name importers.Cell) {
	r.writer.Count(Kind, func(c *importers.Counts) { c.Failed++ })
	r.writer.Issues.Add(importers.Issue{Row: row.Number, Column: name.Column.Heading, Value: name.Shown, Severity: importers.Error, Rule: "name-missing",
		Reason: "the facility has no name", Fix: "Not imported; write the name into the cell."})
}

func (r *rows) repeat(row *importers.Row, id identity) {
	name := nameOf(row)
	if !readPosition(row).ok {
		checkPosition(row, r.writer.Issues)
	}
	r.writer.Count(Kind, func(c *importers.Counts) { c.Repeat++ })
	r.writer.Outcome(importers.Outcome{Row: row.Number, Status: importers.Repeats})
	r.writer.Issues.Add(importers.Issue{Row: row.Number, Column: headingOf(name), Value: name.Shown, Severity: importers.Warning, Rule: "repeat",
		Reason: fmt.Sprintf("the row repeats row %d in every column that is used", id.first), Fix: "Not imported a second time; remove one of the rows."})
}

func (r *rows) shared(row *importers.Row, id identity) {
	c := row.Get("id")
	r.writer.Count(Kind, func(n *importers.Counts) { n.Failed++ })
	other := fmt.Sprintf("row %d", id.shared)
	if id.shared == row.Number {
		other = "another row"
	}
	r.writer.Issues.Add(importers.Issue{Row: row.Number, Column: headingOf(c), Value: c.Shown, Severity: importers.Error, Rule: "id-shared",
		Reason: fmt.Sprintf("%s has the same identifier but says something else", other), Fix: "Neither was imported; give each its own identifier."})
}

// ambiguous reports an identifier that several facilities here have.
func (r *rows) ambiguous(row *importers.Row, err error) {
	c := row.Get("id")
	r.writer.Count(Kind, func(n *importers.Counts) { n.Conflict++ })
	r.writer.Issues.Add(importers.Issue{Row: row.Number, Column: headingOf(c), Value: c.Shown, Severity: importers.Error, Rule: "id-ambiguous",
		Reason: err.Error(), Fix: "Not imported; take the identifier from one of them."})
}

// mention notes that the list has the facility whose identifier is in a row that is not imported.
func (r *rows) mention(ctx context.Context, row *importers.Row) error {
	c := row.Get("id")
	if c.Text == "" {
		return nil
	}
	return r.writer.Mention(ctx, importers.Identity{Base: codedBase(c)})
}

func headingOf(c importers.Cell) string {
	if c.Column == nil {
		return ""
	}
	return c.Column.Heading
}
