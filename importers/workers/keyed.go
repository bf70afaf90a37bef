package workers

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/importers"
)

// postTarget says which stored post a row is about.
const (
	postTarget  = "masjalaPost"
	postHeading = "Masjala post"
)

// kept is a stored person with a post, beside what they were when they were written into a row.
type kept struct {
	row                        int
	person, wasPerson          *fhir.Resource
	role, wasRole              *fhir.Resource // nil: the row names no stored post
	was                        *draft
	personChanged, postChanged []*aspect
	columns                    *importers.Row // any row of the list
	cells                      *importers.Row // the row without what it does not change
	news                       *draft         // what was read from these cells
}

// findKept finds what a row that an export wrote is about, and what it changes. It fails with
// NotFound or Gone when the person or the post is not here, or the post is another person's.
func (in *reader) findKept(ctx context.Context, r *importers.Row) (*kept, error) {
	versions := append(importers.Versions(r.Get(importers.VersionTarget).Text), 0, 0)
	k := &kept{row: r.Number, columns: r}
	var err error
	if k.person, k.wasPerson, err = in.w.Keyed(ctx, "Practitioner", r.Get(importers.KeyTarget).Text, versions[0]); err != nil {
		return nil, err
	}
	var at *place
	if post := r.Get(postTarget).Text; post != "" {
		if k.role, k.wasRole, err = in.w.Keyed(ctx, "PractitionerRole", post, versions[1]); err != nil {
			return nil, err
		}
		if k.role.Field("practitioner.reference").Str != k.person.Ref() {
			return nil, fhir.Errorf(fhir.NotFound, "%s is a post of somebody else", k.role.Ref())
		}
		if at, err = in.sites.of(ctx, k.wasRole); err != nil {
			return nil, err
		}
	}
	k.was = draftOf(k.wasPerson, k.wasRole, at)
	k.was.row = r.Number
	var changed []*aspect
	changed, k.cells = importers.News(r, k.was, aspects)
	for _, a := range changed {
		if slices.Contains(postAspects, a) {
			k.postChanged = append(k.postChanged, a)
		} else {
			k.personChanged = append(k.personChanged, a)
		}
	}
	return k, nil
}

// absent tells whether an error says that something is not here.
func absent(err error) bool {
	return err != nil && (fhir.KindOf(err) == fhir.NotFound || fhir.KindOf(err) == fhir.Gone)
}

// readKept reads a row that an export wrote. It returns nil when what the row is about is not
// here, which it reports.
func (in *reader) readKept(ctx context.Context, r *importers.Row) (*kept, error) {
	k, err := in.findKept(ctx, r)
	if absent(err) {
		in.w.Unknown(r.Number, r.Get(importers.KeyTarget), kind, err)
		return nil, nil
	}
	if err != nil || len(k.personChanged)+len(k.postChanged) == 0 {
		return k, err
	}
	c := k.cells
	k.news = &draft{row: r.Number, prefix: c.Get("prefix").Text, suffix: c.Get("suffix").Text, maiden: c.Get("maiden").Text,
		family: c.Get("family").Text, given: c.Get("given").Text, text: c.Get("name").Text, identifiers: identifiers(c)}
	in.readPerson(c, k.news)
	for _, further := range in.readPosts(c, k.news)[1:] {
		in.blame(c, postCell(c, further.further), importers.Issue{Severity: importers.Warning, Rule: "post-beside", Reason: "a row of an exported list is about one post, and this one tells of " + further.postName() + ", too",
			Fix: "It was not imported; write it into a row of its own, with the same Masjala id and without a Masjala post."})
	}
	in.readPhones(c, k.news)
	return k, nil
}

// takeKept takes a row that an export wrote, and offers the person with the last row of it.
func (in *reader) takeKept(ctx context.Context, r *importers.Row, edits map[string][]*kept) error {
	person := base(r)
	k, err := in.readKept(ctx, r)
	if err != nil {
		return err
	}
	if k != nil {
		edits[person] = append(edits[person], k)
	}
	if in.rows[person]--; in.rows[person] > 0 || len(edits[person]) == 0 {
		return nil
	}
	rows := edits[person]
	delete(edits, person)
	return in.offerKept(ctx, rows)
}

// byKey finds the person whom a row names by the id here, nil when there is none, which it reports.
func (in *reader) byKey(ctx context.Context, d *draft) (*importers.Known, error) {
	person, _, err := in.w.Keyed(ctx, "Practitioner", d.key.Text, 0)
	if absent(err) {
		in.w.Unknown(d.row, d.key, kind, err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return importers.Adopted(person), nil
}

// unlessAbsent keeps an error that does not say that something is not here.
func unlessAbsent(err error) error {
	if absent(err) {
		return nil // reported when the row's turn comes
	}
	return err
}

// offerKept offers what the rows of one person change. What cannot be stored is reported.
func (in *reader) offerKept(ctx context.Context, rows []*kept) error {
	t, err := in.edit(rows)
	if err != nil {
		return in.refuse(rows[0].was, err)
	}
	return in.w.Offer(ctx, t)
}

// edit brings what the rows of one person change into what is stored.
func (in *reader) edit(rows []*kept) (*importers.Thing, error) {
	first := rows[0]
	t := &importers.Thing{What: kind, Row: first.row, Name: first.was.display(), Edited: importers.NewEdited()}
	for _, k := range rows[1:] {
		t.Also = append(t.Also, k.row)
	}
	now, err := personOf(rows)
	if err != nil {
		return nil, err
	}
	if now.family+now.given+now.text == "" {
		return nil, fhir.Errorf(fhir.Invalid, "the row names nobody")
	}
	if err := in.editOne(t, first.person, first.wasPerson, first.was.person(), now.person()); err != nil {
		return nil, err
	}
	posts := map[string]int{} // the rows that change them
	for _, k := range rows {
		if k.role != nil && len(k.postChanged) > 0 {
			if row := posts[k.role.ID]; row != 0 {
				return nil, fhir.Errorf(fhir.Invalid, "the rows %d and %d both change one post (%s)", row, k.row, postHeading)
			}
			posts[k.role.ID] = k.row
		}
		if err := in.editPost(t, k, now); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// personOf is a person as the rows say it. It fails with Invalid when two rows change the same to
// different values.
func personOf(rows []*kept) (now draft, err error) {
	now = *rows[0].was
	by := map[*aspect]int{} // the rows that changed it
	for _, k := range rows {
		for _, a := range k.personChanged {
			before := now.person()
			a.Take(&now, k.news, k.columns)
			if row := by[a]; row != 0 && !reflect.DeepEqual(before, now.person()) {
				return now, fhir.Errorf(fhir.Invalid, "the rows %d and %d are about one person and say different things (%s)", row, k.row, strings.Join(a.Targets, ", "))
			}
			by[a] = k.row
		}
	}
	return now, nil
}

// editPost adds the post of a row to a thing: a stored one, or a new one where the row tells of one
// but names none.
func (in *reader) editPost(t *importers.Thing, k *kept, now draft) error {
	if len(k.postChanged) == 0 {
		return nil
	}
	now.place, now.cadre, now.specialty, now.start, now.end = k.was.place, k.was.cadre, k.was.specialty, k.was.start, k.was.end
	for _, a := range k.postChanged {
		a.Take(&now, k.news, k.columns)
	}
	ref := k.person.Ref()
	if k.role != nil {
		base := *k.was
		base.family, base.given, base.text = now.family, now.given, now.text
		return in.editOne(t, k.role, k.wasRole, base.role(ref, in.past(base.end)), now.role(ref, in.past(now.end)))
	}
	if !now.hasRole() {
		return nil
	}
	id := importers.Identity{Base: "key|" + k.person.ID, Full: now.post()}.ID("post")
	role, err := fhir.Build("PractitionerRole", id, nil, now.role(ref, in.past(now.end)))
	if err == nil {
		t.Resources = append(t.Resources, role)
	}
	return err
}

// editOne adds a stored resource to a thing; base and theirs are the bodies before and after.
func (in *reader) editOne(t *importers.Thing, now, was *fhir.Resource, base, theirs any) error {
	from, err := fhir.Build(now.Type, now.ID, nil, base)
	if err != nil {
		return err
	}
	to, err := fhir.Build(now.Type, now.ID, nil, theirs)
	if err == nil {
		t.Edit(now, was.Body, from.Body, to.Body, false)
	}
	return err
}
