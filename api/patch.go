package api

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"masjala/fhir"
	"masjala/fhir/patch"
	"masjala/fhir/patch/diff"
)

// Media types of patches: of a JSON Patch (RFC 6902) and of an XML Patch (RFC 5261).
const (
	patchMedia    = "application/json-patch+json"
	xmlPatchMedia = "application/xml-patch+xml"
)

// patcher makes the JSON of a changed resource from that of the current one.
type patcher func(resource []byte) ([]byte, error)

// patch answers PATCH [base]/Type/id (https://hl7.org/fhir/R4/http.html#patch).
func (s *Server) patch(x *exchange) error {
	p, err := s.patcher(x)
	if err != nil {
		return err
	}
	return s.change(x, &change{verb: http.MethodPut, typ: x.typ, id: x.id, patch: p, ifMatch: x.header.ifMatch})
}

// conditionalPatch answers PATCH [base]/Type?criteria, which one resource must meet.
func (s *Server) conditionalPatch(x *exchange) error {
	if len(x.pairs) == 0 {
		return fhir.Errorf(fhir.Invalid, "A PATCH needs the id of a resource or search criteria: PATCH %s/%s/id or %s/%s?identifier=….", prefix, x.typ, prefix, x.typ)
	}
	p, err := s.patcher(x)
	if err != nil {
		return err
	}
	return s.change(x, &change{verb: http.MethodPut, typ: x.typ, patch: p, conditional: true, condition: x.raw, ifMatch: x.header.ifMatch})
}

// patcher reads the patch that a request or an entry holds.
func (s *Server) patcher(x *exchange) (patcher, error) {
	if x.http == nil {
		return entryPatcher(x.entry)
	}
	mediaType, _, _ := strings.Cut(string(x.http.Request.Header.ContentType()), ";")
	if of := textPatcher(strings.TrimSpace(mediaType)); of != nil {
		b, err := s.body(x)
		if err != nil {
			return nil, err
		}
		return of(string(b)), nil
	}
	b, err := s.json(x)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.TrimLeft(string(b[:min(len(b), 64)]), " \t\r\n"), "[") {
		return jsonPatcher(string(b)), nil
	}
	p, err := fhir.ParseParameters(b)
	if err != nil {
		return nil, err
	}
	return pathPatcher(p), nil
}

// entryPatcher reads the patch of a Bundle's entry: a FHIRPath Patch as Parameters, or a JSON
// or XML Patch in a Binary.
func entryPatcher(r *fhir.Resource) (patcher, error) {
	if r != nil && r.Type == "Binary" {
		mediaType, _, _ := strings.Cut(r.Field("contentType").String(), ";")
		if of := textPatcher(strings.TrimSpace(mediaType)); of != nil {
			data, err := base64.StdEncoding.DecodeString(r.Field("data").String())
			if err != nil {
				return nil, fhir.Errorf(fhir.Invalid, "The data of the Binary is no base64.").At("Binary.data")
			}
			return of(string(data)), nil
		}
	}
	if r == nil || r.Type != "Parameters" {
		return nil, fhir.Errorf(fhir.Invalid, "A PATCH entry holds a Parameters resource with a FHIRPath Patch, or a Binary with a JSON Patch (%s) or an XML Patch (%s).", patchMedia, xmlPatchMedia)
	}
	p, err := fhir.ParseParameters(r.JSON())
	if err != nil {
		return nil, err
	}
	return pathPatcher(p), nil
}

// textPatcher is what makes a patcher of a text of a media type; nil for other types.
func textPatcher(mediaType string) func(text string) patcher {
	switch {
	case strings.EqualFold(mediaType, patchMedia):
		return jsonPatcher
	case strings.EqualFold(mediaType, xmlPatchMedia):
		return xmlPatcher
	}
	return nil
}

func xmlPatcher(text string) patcher {
	return func(resource []byte) ([]byte, error) { return diff.Apply(resource, []byte(text)) }
}

func jsonPatcher(text string) patcher {
	return func(resource []byte) ([]byte, error) { return patch.JSON(resource, []byte(text)) }
}

func pathPatcher(p *fhir.Parameters) patcher {
	return func(resource []byte) ([]byte, error) { return patch.FHIRPath(resource, p) }
}

// broken says what would be wrong with a resource after a patch.
func broken(r *fhir.Resource, err error) error {
	e, ok := errors.AsType[*fhir.Error](err)
	if !ok {
		return err
	}
	return fhir.Errorf(fhir.Unprocessable, "The patch would make %s invalid: %s", r.Ref(), e.Text).At(e.Path)
}

// revise makes the resource to store of the current version. Should that change until the
// transaction, guard gives up and the patch is applied anew.
func (c *change) revise(w *work) error {
	id := c.target()
	if id == "" {
		return fhir.Errorf(fhir.NotFound, "No %s meets the condition %q, so there is nothing to patch.", c.typ, clip(c.condition))
	}
	current, err := w.s.opt.Store.Read(w.x.ctx, c.typ, id)
	if err != nil {
		return err
	}
	text, err := c.patch(current.JSON())
	if err != nil {
		return err
	}
	r, err := fhir.Parse(text)
	if err != nil {
		return broken(current, err)
	}
	if r.Type != current.Type || r.ID != current.ID {
		return fhir.Errorf(fhir.Unprocessable, "A patch cannot change the type or the id of a resource.")
	}
	c.sent, c.base = r, current.Version
	return nil
}
