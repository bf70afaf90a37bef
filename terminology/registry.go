package terminology

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/fhir/search"
	"masjala/store"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// Types lists the resource types of the service.
func (s *Service) Types() []string {
	return []string{codeSystem, valueSet, conceptMap, namingSystem}
}

// prepared is what Prepare hands to Put.
type prepared struct {
	info info
	set  *concept.Set // keeps the set open until the commit
}

// Prepare checks a resource and makes its draft. For a code system it also makes the
// concept set, durably: one that is never committed is swept later. It fails
// with Unprocessable if the resource contradicts itself, and with Full if the disk is.
func (s *Service) Prepare(ctx context.Context, r *fhir.Resource) (*store.Draft, error) {
	if err := profile.Check(r); err != nil {
		return nil, err
	}
	p := &prepared{info: note(r)}
	switch r.Type {
	case codeSystem:
		if err := s.prepareSystem(ctx, r, p); err != nil {
			return nil, err
		}
	case valueSet:
		if err := checkValueSet(r); err != nil {
			return nil, err
		}
	case conceptMap:
		if _, err := parseMapping(r.Body); err != nil {
			return nil, err
		}
	}
	return &store.Draft{Resource: r, Entries: search.Extract(r), Attached: p}, nil
}

// prepareSystem makes the concept set of a code system that has concepts.
func (s *Service) prepareSystem(ctx context.Context, r *fhir.Resource, p *prepared) error {
	if p.info.Content == "supplement" || p.info.Content == "not-present" {
		return nil
	}
	src, err := concept.Read(r.Body)
	if err != nil {
		return err
	}
	set, err := s.library.Add(ctx, src)
	if err != nil {
		return err
	}
	p.set, p.info.Hash = set, set.Hash().String()
	s.mayHaveUnnamed() // if this is never committed
	return nil
}

// checkValueSet refuses a compose that breaks the rules of the resource. A value set may be
// kept without saying what it holds.
func checkValueSet(r *fhir.Resource) error {
	if !r.Field("compose").Exists() {
		return nil
	}
	_, err := compose.ParseDefinition(r.Body)
	return err
}

// largeBody is the number of bytes from which on a code system is read once for all that is noted.
const largeBody = 64 << 10

// heading is a resource without its concepts, which may be hundreds of megabytes: each look for
// another member would read past them.
func heading(r *fhir.Resource) *fhir.Resource {
	head := *r
	head.Body = []byte{'{'}
	for name, value := range fhir.Members(r.Body) {
		if string(name) == "concept" {
			continue
		}
		if len(head.Body) > 1 {
			head.Body = append(head.Body, ',')
		}
		head.Body = append(fhir.AppendString(head.Body, string(name)), ':')
		head.Body = append(head.Body, value...)
	}
	head.Body = append(head.Body, '}')
	return &head
}

// note takes what the catalog needs to know from a resource.
func note(r *fhir.Resource) info {
	if r.Type == codeSystem && len(r.Body) > largeBody {
		r = heading(r)
	}
	text := func(path string) string { return strings.Clone(r.Field(path).String()) }
	n := info{URL: text("url"), Version: text("version"), Name: text("name"), Title: text("title"), Status: text("status"), Date: text("date")}
	n.Language, n.Experimental = text("language"), r.Field("experimental").Bool()
	n.Standing = text(`extension.#(url=="http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status").valueCode`)
	switch r.Type {
	case valueSet:
		n.Restricted = restricted(r)
	case codeSystem:
		n.VersionNeeded = r.Field("versionNeeded").Bool()
		n.Content, n.Supplement, n.ValueSet = text("content"), text("supplements"), text("valueSet")
	case conceptMap:
		n.Source, n.Target = text("sourceUri"), text("targetUri")
		if n.Source == "" {
			n.Source = text("sourceCanonical")
		}
		if n.Target == "" {
			n.Target = text("targetCanonical")
		}
	case namingSystem:
		n.Aliases = aliases(r.Field("uniqueId"))
	}
	return n
}

// aliases lists the addresses of a naming system: the preferred uri, then all others.
func aliases(list gjson.Result) []string {
	var out []string
	list.ForEach(func(_, u gjson.Result) bool {
		value := strings.Clone(u.Get("value").String())
		switch u.Get("type").Str {
		case "uri":
		case "oid":
			value = "urn:oid:" + strings.TrimPrefix(value, "urn:oid:")
		case "uuid":
			value = "urn:uuid:" + strings.TrimPrefix(value, "urn:uuid:")
		default:
			return true
		}
		out = append(out, value)
		if last := len(out) - 1; u.Get("type").Str == "uri" && (u.Get("preferred").Bool() || strings.HasPrefix(out[0], "urn:")) {
			out[0], out[last] = out[last], out[0]
		}
		return true
	})
	return out
}

// Put stores a draft, and in the same transaction which concept set it has.
func (s *Service) Put(_ context.Context, tx store.Tx, d *store.Draft, verb string) (*fhir.Resource, error) {
	p, ok := d.Attached.(*prepared)
	if !ok {
		return nil, fmt.Errorf("the draft of %s was not prepared by terminology", d.Resource.Ref())
	}
	r, err := tx.Put(d, verb)
	if err != nil {
		return nil, err
	}
	n := p.info
	n.Resource, n.Written = r.Version, tx.Now().UnixMilli()
	value, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	return r, tx.SetValue(space, r.Ref(), value)
}

// Delete deletes a resource. Its concepts are swept later.
func (s *Service) Delete(_ context.Context, tx store.Tx, typ, id string) (*fhir.Resource, error) {
	r, err := tx.Delete(typ, id)
	if err != nil {
		return nil, err
	}
	return r, tx.SetValue(space, typ+"/"+id, nil)
}
