package provenance

import (
	"context"
	"slices"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/importers"
	"masjala/store"
)

// Reader is on whose behalf something is asked.
type Reader struct {
	Store store.Store
	Types []string                // those of which the reader may read resources
	Knows func(actor string) bool // whether the reader may know that it was this one, and why
}

// Query asks for Provenances that meet all that is not zero in it.
type Query struct {
	ID       string         // of the Provenance
	Type     string         // of the target
	Target   string         // id of the target, with Type
	Version  int64          // of the target, with Target
	Recorded store.Interval // when
	Run      string         // the import that made the version
	Nothing  bool           // it asks for what cannot be
	Count    int            // wanted on a page; 0 means the total only
	Cursor   string
}

// Page is part of the answer, the newest first; of an import, in the order of its list of changes.
type Page struct {
	Resources []*fhir.Resource
	Total     int       // over all pages; -1 when not counted
	Next      string    // cursor of the next page; empty on the last
	Updated   time.Time // of the newest version in the snapshot, zero when not known
}

// Read returns the Provenance with an id. It fails with NotFound when there is none that the reader may read.
func (r *Reader) Read(ctx context.Context, id string) (*fhir.Resource, error) {
	v, err := r.versionAt(ctx, id)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, fhir.Errorf(fhir.NotFound, "There is no %s/%s; a search by target finds the ids.", Type, id)
	}
	return r.of(ctx, importers.NewOrigins(r.Store), v)
}

// versionAt returns the version of a Provenance, nil when there is none that the reader may read.
func (r *Reader) versionAt(ctx context.Context, id string) (*store.Version, error) {
	v, err := store.VersionAt(ctx, r.Store, seqOf(id))
	if fhir.KindOf(err) == fhir.NotFound || err == nil && !slices.Contains(r.Types, v.Resource.Type) {
		return nil, nil
	}
	return v, err
}

// of makes the Provenance of a version.
func (r *Reader) of(ctx context.Context, origins *importers.Origins, v *store.Version) (*fhir.Resource, error) {
	from, err := origins.Of(ctx, v)
	if err != nil {
		return nil, err
	}
	return write(v, from, r.Knows(v.Cause.Actor))
}

// Search answers a query. It fails as [importers.Origins.Made] does when it asks for an import, and
// with Invalid for a cursor that it did not give.
func (r *Reader) Search(ctx context.Context, q *Query) (*Page, error) {
	s := searching{r: r, q: q, origins: importers.NewOrigins(r.Store), page: &Page{Resources: []*fhir.Resource{}}}
	var err error
	switch {
	case q.Nothing || q.Type != "" && !slices.Contains(r.Types, q.Type):
	case q.ID != "":
		err = s.byID(ctx)
	case q.Run != "" && q.Target == "":
		err = s.byRun(ctx)
	default:
		err = s.byHistory(ctx)
	}
	return s.page, err
}

// searching is one call of Search.
type searching struct {
	r       *Reader
	q       *Query
	origins *importers.Origins
	page    *Page
}

// byID looks at the only one that can be meant.
func (s *searching) byID(ctx context.Context) error {
	v, err := s.r.versionAt(ctx, s.q.ID)
	if err != nil || v == nil || !s.meets(v) {
		return err
	}
	if err := s.add(ctx, v); err != nil {
		return err
	}
	s.page.Total = len(s.page.Resources)
	if s.q.Count == 0 {
		s.page.Resources = nil
	}
	return nil
}

// meets tells whether a version is one that the query asks for, whatever it comes from.
func (s *searching) meets(v *store.Version) bool {
	q, r := s.q, v.Resource
	return (q.Type == "" || q.Type == r.Type) && (q.Target == "" || q.Target == r.ID) && (q.Version == 0 || q.Version == r.Version) &&
		!r.Updated.Before(q.Recorded.From) && (q.Recorded.To.IsZero() || !r.Updated.After(q.Recorded.To)) && slices.Contains(s.r.Types, r.Type)
}

// add puts the Provenance of a version on the page, if it comes from the import that was asked for.
func (s *searching) add(ctx context.Context, v *store.Version) error {
	from, err := s.origins.Of(ctx, v)
	if err != nil || s.q.Run != "" && (from == nil || from.Undone || from.Run.Run != s.q.Run) {
		return err
	}
	return s.put(v, from)
}

func (s *searching) put(v *store.Version, from *importers.Origin) error {
	made, err := write(v, from, s.r.Knows(v.Cause.Actor))
	if err != nil {
		return err
	}
	s.page.Resources = append(s.page.Resources, made)
	return nil
}

// byHistory goes through the versions of the target, or of all.
func (s *searching) byHistory(ctx context.Context) error {
	q := s.q
	h := store.HistoryQuery{Type: q.Type, ID: q.Target, Version: q.Version, Since: q.Recorded.From, Count: q.Count, Cursor: q.Cursor, Bare: true}
	h.At.To = q.Recorded.To
	if q.Type == "" {
		h.Types = s.r.Types
	}
	found, err := s.r.Store.History(ctx, h)
	if fhir.KindOf(err) == fhir.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	s.page.Total, s.page.Next, s.page.Updated = found.Total, found.Next, found.Updated
	if q.Run != "" {
		s.page.Total = -1
	}
	for i := range found.Versions {
		if err := s.add(ctx, &found.Versions[i]); err != nil {
			return err
		}
	}
	return nil
}

// byRun goes through what an import noted.
func (s *searching) byRun(ctx context.Context) (err error) {
	s.page.Total = -1
	s.page.Next, err = s.origins.Made(ctx, s.q.Run, s.q.Cursor, s.q.Count, func(v *store.Version, from *importers.Origin) error {
		if !s.meets(v) {
			return nil
		}
		return s.put(v, from)
	})
	return err
}

// Of returns the Provenances of the versions of some resources, newest first for each, and at most
// so many in all.
func (r *Reader) Of(ctx context.Context, targets []*fhir.Resource, most int) (list []*fhir.Resource, err error) {
	origins := importers.NewOrigins(r.Store)
	for _, t := range targets {
		if most == len(list) {
			return list, nil
		}
		found, err := r.Store.History(ctx, store.HistoryQuery{Type: t.Type, ID: t.ID, Count: most - len(list), Bare: true})
		if err != nil {
			return nil, err
		}
		for i := range found.Versions {
			made, err := r.of(ctx, origins, &found.Versions[i])
			if err != nil {
				return nil, err
			}
			list = append(list, made)
		}
	}
	return list, nil
}

// Import returns the run that an identifier of an import names, as a search writes it: "system|value",
// "|value" or "value". It is not ok for a system that is none of imports.
func Import(identifier string) (run string, ok bool) {
	system, value, parted := strings.Cut(identifier, "|")
	if !parted {
		return identifier, identifier != ""
	}
	return value, value != "" && system == ImportSystem
}
