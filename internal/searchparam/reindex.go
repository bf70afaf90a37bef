package searchparam

import (
	"context"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// chunk is how many resources are indexed in one transaction.
const chunk = 200

// cause is who indexes; no version tells of it.
var cause = store.Cause{Actor: "indexer", Reason: "search parameters changed"}

// reindex makes the rows of some parameters for all resources of a type, and tells how many
// there were. What changes meanwhile is indexed after the rest, because it may have been
// prepared before the parameters were known.
func (x *Indexer) reindex(ctx context.Context, typ string, names []string) (n int, err error) {
	mark := x.store.Seq()
	q := &search.Query{Type: typ, Count: chunk, Total: search.TotalNone}
	for {
		page, err := x.store.Search(ctx, q)
		if err != nil {
			return n, err
		}
		if err := x.index(ctx, page.Matches, names); err != nil {
			return n, err
		}
		n += len(page.Matches)
		if page.Next == "" {
			break
		}
		q.Cursor = page.Next
	}
	for {
		versions, err := x.store.Changes(ctx, mark, chunk)
		if err != nil || len(versions) == 0 {
			return n, err
		}
		var list []*fhir.Resource
		for i := range versions {
			if versions[i].Resource.Type == typ {
				list = append(list, versions[i].Resource)
			}
		}
		if err := x.index(ctx, list, names); err != nil {
			return n, err
		}
		mark = versions[len(versions)-1].Seq
	}
}

// index makes the rows of resources as they are now.
func (x *Indexer) index(ctx context.Context, list []*fhir.Resource, names []string) error {
	if len(list) == 0 {
		return nil
	}
	return x.store.Write(ctx, cause, func(tx store.Tx) error {
		for _, r := range list {
			now, err := tx.Read(r.Type, r.ID)
			if k := fhir.KindOf(err); err != nil && (k == fhir.Gone || k == fhir.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			rows := search.Extract(now)
			search.Localize(r.Type, rows, x.base)
			if err := tx.Reindex(r.Type, r.ID, names, rows); err != nil {
				return err
			}
		}
		return nil
	})
}
