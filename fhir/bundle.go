package fhir

import (
	"time"

	"github.com/tidwall/gjson"
)

// Bundle is a bundle as received (https://hl7.org/fhir/R4/bundle.html).
type Bundle struct {
	Type    string
	Updated string // meta.lastUpdated as written, to be sent back as _since
	Total   int    // -1 when not said
	Links   []Link
	Entries []Entry
}

// Link is one link of a bundle.
type Link struct{ Relation, URL string }

// Entry is one entry of a bundle.
type Entry struct {
	FullURL  string
	Resource *Resource // nil if there is none, or if it cannot be read
	Err      error     // why the resource cannot be read; paths start at Bundle.entry[n].resource
	// VersionID and Updated are what meta of the resource says; the Resource itself has no version.
	VersionID string
	Updated   time.Time
	Mode      string // search.mode
	Request   Request
	Response  Response
}

// Request is what an entry of a batch, transaction or history asks for, or asked for.
type Request struct {
	Method, URL                                        string // both empty: the entry has no request
	IfNoneMatch, IfModifiedSince, IfMatch, IfNoneExist string
}

// Response is what became of a request.
type Response struct {
	Status, Location, ETag, LastModified string
}

// Link returns the address of a relation ("next"), "" if there is none.
func (b *Bundle) Link(relation string) string {
	for _, l := range b.Links {
		if l.Relation == relation {
			return l.URL
		}
	}
	return ""
}

// ParseBundle reads a bundle. It fails with Invalid if the bundle itself is not right; an
// entry whose resource is not keeps that error to itself, so that a batch can report it there.
func ParseBundle(data []byte) (*Bundle, error) {
	if !gjson.ValidBytes(data) {
		return nil, Errorf(Invalid, "The body is not JSON; send one Bundle.")
	}
	root := gjson.ParseBytes(data)
	if got := root.Get("resourceType").Str; got != "Bundle" {
		return nil, Errorf(Invalid, "The body is a %q; send a Bundle.", clip(got)).At("resourceType")
	}
	b := &Bundle{Type: root.Get("type").Str, Updated: root.Get("meta.lastUpdated").Str, Total: -1}
	if t := root.Get("total"); t.Exists() {
		b.Total = int(t.Int())
	}
	root.Get("link").ForEach(func(_, l gjson.Result) bool {
		b.Links = append(b.Links, Link{l.Get("relation").Str, l.Get("url").Str})
		return true
	})
	root.Get("entry").ForEach(func(_, e gjson.Result) bool {
		b.Entries = append(b.Entries, readEntry(e))
		return true
	})
	return b, nil
}

func readEntry(item gjson.Result) Entry {
	e := Entry{FullURL: item.Get("fullUrl").Str, Mode: item.Get("search.mode").Str}
	if raw := item.Get("resource"); raw.Exists() {
		e.Resource, e.Err = Parse([]byte(raw.Raw))
		e.VersionID = raw.Get("meta.versionId").Str
		if at := raw.Get("meta.lastUpdated"); at.Exists() {
			e.Updated, _ = ParseInstant(at.Str)
		}
	}
	if q := item.Get("request"); q.Exists() {
		e.Request = Request{q.Get("method").Str, q.Get("url").Str, q.Get("ifNoneMatch").Str,
			q.Get("ifModifiedSince").Str, q.Get("ifMatch").Str, q.Get("ifNoneExist").Str}
	}
	if p := item.Get("response"); p.Exists() {
		e.Response = Response{p.Get("status").Str, p.Get("location").Str, p.Get("etag").Str, p.Get("lastModified").Str}
	}
	return e
}
