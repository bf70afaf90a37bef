package sqlite

import (
	"masjala/fhir"
	"masjala/store/index"
)

// change is what a job did to a resource, for what is kept in memory beside the file.
type change struct {
	typ, rid, seq, version int64
	id                     string
	resource               *fhir.Resource // the new version; nil when only index rows changed
	rows                   []byte         // all index rows, packed
	links                  string         // those that are references, as packLinks makes them
}

// remember brings what is kept in memory up to date with a commit, before anybody is told of it.
func (w *writer) remember() {
	kept := make([]index.Kept, 0, len(w.versions))
	for i := range w.changes {
		if c := &w.changes[i]; c.resource != nil {
			kept = append(kept, index.Kept{Seq: c.seq, Resource: c.resource, Links: c.links, Linked: true})
		}
	}
	w.s.cache.Apply(w.at.seq, kept)
	for i := range w.changes {
		if c := &w.changes[i]; c.resource == nil {
			w.s.cache.Drop(w.dict.now.typeName[c.typ], c.id) // for its links
		}
	}
}
