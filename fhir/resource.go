package fhir

import (
	"strconv"
	"time"

	"github.com/tidwall/gjson"
)

// Instant is the layout of the instants this program writes: UTC with milliseconds
// (https://hl7.org/fhir/R4/datatypes.html#instant).
const Instant = "2006-01-02T15:04:05.000Z"

// AppendInstant appends a time as an instant, in UTC with milliseconds.
func AppendInstant(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.AppendFormat(dst, Instant)
	}
	hour, minute, second := t.Clock()
	dst = appendTwo(appendTwo(dst, year/100), year%100)
	dst = appendTwo(append(dst, '-'), int(month))
	dst = appendTwo(append(dst, '-'), day)
	dst = appendTwo(append(dst, 'T'), hour)
	dst = appendTwo(append(dst, ':'), minute)
	dst = appendTwo(append(dst, ':'), second)
	milli := t.Nanosecond() / int(time.Millisecond)
	return append(appendTwo(append(dst, '.', byte('0'+milli/100)), milli%100), 'Z')
}

// appendTwo appends a number below 100 as two digits.
func appendTwo(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// Resource is one version of one resource. Its byte slices are shared by every
// reader of the store's cache: nobody may change them.
type Resource struct {
	Type    string    // "Location"
	ID      string    // logical id, [A-Za-z0-9\-\.]{1,64}; empty before the store gave one
	Version int64     // 1, 2, …; 0 before the resource was stored
	Updated time.Time // time of the commit, UTC, whole milliseconds; zero before the resource was stored
	Deleted bool      // this version is a deletion: Meta and Body are empty

	// Meta is a canonical JSON object with the members of Resource.meta that a sender
	// may set (source, profile, security, tag, extension), or nil when there are none.
	Meta []byte
	// Body is a canonical (compact, order kept) JSON object with all members but
	// resourceType, id and meta; at least "{}".
	Body []byte
}

// Ref returns the relative reference to the resource: "Location/123".
func (r *Resource) Ref() string { return r.Type + "/" + r.ID }

// Field returns the value at a gjson path of the body ("name", "type.0.coding.0.code").
func (r *Resource) Field(path string) gjson.Result { return gjson.GetBytes(r.Body, path) }

// ETag returns the weak entity tag of the version: W/"3".
func (r *Resource) ETag() string { return `W/"` + strconv.FormatInt(r.Version, 10) + `"` }

// JSON returns the whole resource as JSON.
func (r *Resource) JSON() []byte {
	return r.AppendJSON(make([]byte, 0, len(r.Body)+len(r.Meta)+128))
}

// AppendJSON appends the whole resource to dst: resourceType, id, meta, then the body as stored.
func (r *Resource) AppendJSON(dst []byte) []byte {
	dst = r.appendMeta(r.appendName(dst))
	if len(r.Body) > 2 {
		dst = append(dst, ',')
		return append(dst, r.Body[1:]...)
	}
	return append(dst, '}')
}

// AppendStart appends how the JSON of a version that was stored begins: all that comes before the members of Meta.
func (r *Resource) AppendStart(dst []byte) []byte {
	return r.appendStamp(append(r.appendName(dst), `,"meta":{`...))
}

// appendName appends type and id.
func (r *Resource) appendName(dst []byte) []byte {
	dst = append(dst, `{"resourceType":"`...)
	dst = append(dst, r.Type...)
	dst = append(dst, '"')
	if r.ID != "" {
		dst = append(dst, `,"id":"`...)
		dst = append(dst, r.ID...)
		dst = append(dst, '"')
	}
	return dst
}

// appendStamp appends the members of meta that the store gives.
func (r *Resource) appendStamp(dst []byte) []byte {
	dst = append(dst, `"versionId":"`...)
	dst = strconv.AppendInt(dst, r.Version, 10)
	dst = append(dst, `","lastUpdated":"`...)
	return append(AppendInstant(dst, r.Updated), '"')
}

// appendMeta appends the meta member, when there is anything to say in it.
func (r *Resource) appendMeta(dst []byte) []byte {
	if r.Version == 0 && len(r.Meta) <= 2 {
		return dst
	}
	dst = append(dst, `,"meta":{`...)
	if r.Version > 0 {
		dst = r.appendStamp(dst)
	}
	if len(r.Meta) > 2 {
		if r.Version > 0 {
			dst = append(dst, ',')
		}
		return append(dst, r.Meta[1:]...)
	}
	return append(dst, '}')
}
