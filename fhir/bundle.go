package fhir

import (
	"bytes"
	"strings"
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
	Raw      []byte    // the resource as received; shares the memory of the input
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

// ParseBundle reads a bundle strictly. It fails with Invalid if the bundle itself is not
// right; an entry whose resource is not keeps that error to itself, so that a batch can
// report it there.
func ParseBundle(data []byte) (*Bundle, error) { return readBundle(data, false) }

// ParseBundleLenient is ParseBundle as [ParseLenient] is Parse.
func ParseBundleLenient(data []byte) (*Bundle, error) { return readBundle(data, true) }

func readBundle(data []byte, allowUnknown bool) (*Bundle, error) {
	r := readers.Get().(*reader)
	defer r.release()
	r.data, r.allowUnknown = bytes.TrimPrefix(data, []byte("\ufeff")), allowUnknown
	if name := resourceType(bytes.TrimLeft(r.data, " \t\r\n")); len(name) > 0 && string(name) != "Bundle" {
		return nil, Errorf(Invalid, "The body is a %s; send a Bundle.", clip(string(name))).At("resourceType")
	}
	var read []Entry
	r.entries = func(index int, raw []byte) {
		for len(read) <= index {
			read = append(read, Entry{})
		}
		read[index] = r.readEntry(raw)
	}
	if err := r.whole(); err != nil {
		return nil, err
	}
	return r.bundle(read), nil
}

// readEntry reads the resource of an entry.
func (r *reader) readEntry(raw []byte) Entry {
	s, err := read(raw, r.allowUnknown, r.path)
	return Entry{Resource: s.resource, Raw: raw, Err: err, VersionID: s.version, Updated: s.updated}
}

// bundle makes the Bundle of what was read, and of its entries.
func (r *reader) bundle(read []Entry) *Bundle {
	root := gjson.ParseBytes(r.out)
	b := &Bundle{Type: strings.Clone(root.Get("type").Str), Updated: r.split.updated, Total: -1}
	if t := root.Get("total"); t.Exists() {
		b.Total = int(t.Int())
	}
	root.Get("link").ForEach(func(_, l gjson.Result) bool {
		b.Links = append(b.Links, Link{l.Get("relation").String(), l.Get("url").String()})
		return true
	})
	root.Get("entry").ForEach(func(_, item gjson.Result) bool {
		var e Entry
		if n := len(b.Entries); n < len(read) {
			e = read[n]
		}
		e.describe(item)
		b.Entries = append(b.Entries, e)
		return true
	})
	return b
}

// describe takes what stands beside the resource of an entry.
func (e *Entry) describe(item gjson.Result) {
	e.FullURL = strings.Clone(item.Get("fullUrl").Str)
	e.Mode = strings.Clone(item.Get("search.mode").Str)
	text := func(path string) string { return strings.Clone(item.Get(path).Str) }
	if item.Get("request").Exists() {
		e.Request = Request{text("request.method"), text("request.url"), text("request.ifNoneMatch"),
			text("request.ifModifiedSince"), text("request.ifMatch"), text("request.ifNoneExist")}
	}
	if item.Get("response").Exists() {
		e.Response = Response{text("response.status"), text("response.location"), text("response.etag"),
			text("response.lastModified")}
	}
}
