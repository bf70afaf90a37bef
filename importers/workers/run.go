package workers

import (
	"cmp"
	"context"
	"slices"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/twins"
	"masjala/store"
)

// kind names this sort of import in reports and bookkeeping.
const kind = "workers"

// Run imports a list of workers. One bad row stops no other; the report counts people
// under "workers". It fails when the file is no table with names of people.
func Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	src, err := importers.Recall(ctx, env, &req, kind, Targets)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	if !src.Has("name") && !src.Has("family") {
		return nil, fhir.Errorf(fhir.Invalid, "sheet %q of %s has no column with the names of people; map one to name or family", src.Sheet, src.Book.Name)
	}
	w, err := importers.NewWriter(ctx, env, &req, kind, src)
	if err != nil {
		return nil, err
	}
	w.Fields = columnsOf
	w.Everything = func(ctx context.Context, s store.Store, fn func(*fhir.Resource) error) error {
		return store.Each(ctx, s, "Practitioner", fn)
	}
	return w.Close(ctx, src, run(ctx, env, &req, w, src))
}

// run walks over the rows twice: to learn how the columns are written and which people have
// several rows, then to import.
func run(ctx context.Context, env importers.Env, req *importers.Request, w *importers.Writer, src *importers.Source) error {
	in, err := survey(ctx, env, req, w, src)
	if err != nil {
		return err
	}
	if in.search, err = twins.New(ctx, env.Store, "Practitioner", matcher, in.book, w.Issues); err != nil {
		return err
	}
	people := map[string][]*draft{} // those with several rows, until the last row came
	edits := map[string][]*kept{}
	if err := src.Each(ctx, func(r *importers.Row) error {
		if r.Exported() {
			return in.takeKept(ctx, r, edits)
		}
		all := in.read(r)
		if len(all) == 0 {
			w.Count("workers", func(c *importers.Counts) { c.Failed++ })
			return w.Mention(ctx, importers.Identity{Base: base(r)})
		}
		base := all[0].base
		if in.rows[base]--; in.rows[base] > 0 {
			people[base] = append(people[base], all...)
			return nil
		}
		rows := append(people[base], all...)
		delete(people, base)
		return in.offer(ctx, rows)
	}); err != nil {
		return err
	}
	if err := in.finish(ctx); err != nil {
		return err
	}
	in.caller.Close()
	return nil
}

// offer hands a person with all posts to the writer.
func (in *reader) offer(ctx context.Context, rows []*draft) error {
	first := rows[0]
	identity := importers.Identity{Base: first.base}
	known, err := in.known(ctx, first, identity)
	if err != nil {
		return err
	}
	if known == nil && first.key.Text == "" {
		wait, err := in.wait(rows)
		if err != nil || wait {
			return err
		}
		held := false
		if known, held, err = in.twin(ctx, rows); err != nil || held {
			return err
		}
	}
	if first.key.Text != "" && first.key.Text != cmp.Or(known.ID("Practitioner"), in.w.ID(identity)) {
		if known, err = in.byKey(ctx, first); err != nil || known == nil {
			return err
		}
	}
	id := cmp.Or(known.ID("Practitioner"), in.w.ID(identity))
	person, err := fhir.Build("Practitioner", id, nil, first.person())
	if err != nil {
		return in.refuse(first, err)
	}
	t := &importers.Thing{What: "workers", Row: first.row, Name: first.display(), Identity: identity, Known: known, Resources: []*fhir.Resource{person}, Clash: in.clash(first, person)}
	posts, err := in.posts(rows, known, id)
	if err != nil {
		return in.refuse(first, err)
	}
	for _, d := range rows[1:] {
		if !d.repeated && d.further == 0 {
			t.Also = append(t.Also, d.row)
		}
	}
	t.Resources = append(t.Resources, posts...)
	return in.w.Offer(ctx, t)
}

// posts makes the roles of a person, each post once.
func (in *reader) posts(rows []*draft, known *importers.Known, practitioner string) ([]*fhir.Resource, error) {
	byID := map[string]*fhir.Resource{}
	only := onlyPost(rows, known)
	for _, d := range rows {
		if !d.hasRole() {
			continue
		}
		id := cmp.Or(only, importers.Identity{Base: d.base, Full: d.post()}.ID("post"))
		if byID[id] != nil {
			if d.further == 0 {
				in.repeat(d)
			}
			continue
		}
		role, err := fhir.Build("PractitionerRole", id, nil, d.role("Practitioner/"+practitioner, in.past(d.end)))
		if err != nil {
			return nil, err
		}
		byID[id] = role
	}
	out := make([]*fhir.Resource, 0, len(byID))
	for _, r := range byID {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *fhir.Resource) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// onlyPost is the id of the one role that a person with one row had before, so that a move
// to another facility changes the role instead of adding a second one.
func onlyPost(rows []*draft, known *importers.Known) string {
	if known == nil || len(rows) != 1 || len(known.Refs) != 2 {
		return ""
	}
	return known.ID("PractitionerRole")
}

// post tells the posts of one person apart.
func (d *draft) post() string {
	key := d.start + "\x00"
	if d.place != nil {
		key += d.place.location
	}
	if d.cadre != nil {
		key += "\x00" + importers.Key(d.cadre.Text)
	}
	return key
}

// repeat reports a row that says again what another row of the person said.
func (in *reader) repeat(d *draft) {
	in.w.Issues.Add(importers.Issue{Row: d.row, Value: d.display(), Severity: importers.Info, Rule: "repeated",
		Reason: "the same person and post are in an earlier row", Fix: "Nothing: the post was imported once."})
	d.repeated = true
	in.w.Count("workers", func(c *importers.Counts) { c.Repeat++ })
	in.w.Outcome(importers.Outcome{Row: d.row, Status: importers.Repeats})
}

// refuse reports a row whose content cannot be a resource.
func (in *reader) refuse(d *draft, err error) error {
	if fhir.KindOf(err) == fhir.Internal {
		return err
	}
	in.w.Issues.Add(importers.Issue{Row: d.row, Value: d.display(), Severity: importers.Error, Rule: "refused", Reason: err.Error(), Fix: "Correct the row and import the file again."})
	in.w.Count("workers", func(c *importers.Counts) { c.Failed++ })
	return nil
}
