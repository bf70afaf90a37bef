package api

import (
	"bytes"
	"net/http"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// An update keeps the profiles, tags and security labels of the version before: those sent
// come to them, $meta-delete takes them away (R4-20). A patch says itself what becomes of them.

// keepsLabels tells whether a change is an update in this sense.
func (c *change) keepsLabels() bool { return c.verb == http.MethodPut && c.patch == nil }

// withLabels adds to the resource of an update the labels that the current version has. It
// is done once a transaction found that some would be lost.
func (w *work) withLabels(c *change, r *fhir.Resource) error {
	current, err := w.s.opt.Store.Read(w.x.ctx, c.typ, c.target())
	if absent(err) {
		return nil
	}
	if err == nil && loses(current.Meta, r.Meta) {
		r.Meta = relabel(r.Meta, gjson.ParseBytes(current.Meta), addLabels)
	}
	return err
}

// loses tells whether the next meta lacks labels of the present one.
func loses(have, next []byte) bool {
	if len(have) <= len("{}") {
		return false
	}
	h, n := gjson.ParseBytes(have), gjson.ParseBytes(next)
	for _, name := range labelLists {
		kept := n.Get(name).Array()
		for _, label := range h.Get(name).Array() {
			if !labelled(kept, label) {
				return true
			}
		}
	}
	return false
}

// isPart tells whether a resource says that it is only a part of one, as answers with
// _summary and _elements do (https://hl7.org/fhir/R4/search.html#subsetted).
func isPart(r *fhir.Resource) bool {
	if !bytes.Contains(r.Meta, []byte(`"SUBSETTED"`)) {
		return false
	}
	part := gjson.Parse(subsettedTag)
	for _, tag := range gjson.GetBytes(r.Meta, "tag").Array() {
		if tag.Get("code").Str == part.Get("code").Str && tag.Get("system").Str == part.Get("system").Str {
			return true
		}
	}
	return false
}
