package fhir

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Build makes a resource from Go values: meta and v are anything that encoding/json
// writes as objects, such as [Meta] and a struct of the values in this package; nil
// stands for none. v must not have members resourceType, id and meta. The result is
// checked as [Parse] checks; it fails with Invalid, or with another error if a value
// cannot be written as JSON.
func Build(typ, id string, meta, v any) (*Resource, error) {
	m, err := object(meta)
	if err != nil {
		return nil, fmt.Errorf("write meta of %s/%s: %w", typ, id, err)
	}
	body, err := object(v)
	if err != nil {
		return nil, fmt.Errorf("write %s/%s: %w", typ, id, err)
	}
	return Parse((&Resource{Type: typ, ID: id, Meta: m, Body: body}).JSON())
}

// object writes v as a JSON object, {} for nil.
func object(v any) ([]byte, error) {
	if v == nil {
		return []byte("{}"), nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	out := bytes.TrimSpace(b.Bytes())
	if bytes.Equal(out, []byte("null")) {
		return []byte("{}"), nil
	}
	if len(out) == 0 || out[0] != '{' {
		return nil, fmt.Errorf("%T is not written as a JSON object", v)
	}
	return out, nil
}

// SameContent tells whether two resources say the same: type, id, sender's meta and
// body, byte for byte in canonical form. Versions and times do not count.
func SameContent(a, b *Resource) bool {
	return a.Type == b.Type && a.ID == b.ID && a.Deleted == b.Deleted &&
		bytes.Equal(a.Meta, b.Meta) && bytes.Equal(a.Body, b.Body)
}
