package api

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/fhir/search"
)

// validateOperation is $validate on every type served
// (https://hl7.org/fhir/R4/resource-operation-validate.html).
func (s *Server) validateOperation() Operation {
	return Operation{Name: "validate", Definition: definitionBase + "Resource-validate",
		Types: s.types, Level: AtType | AtInstance, Unread: true, Run: s.validate}
}

// validation is one call of $validate.
type validation struct {
	s     *Server
	ctx   context.Context
	call  *Call
	mode  string
	url   string // of the profile asked for
	sent  []byte // the resource as JSON; nil for the one that is stored
	found []fhir.Issue
}

// validate answers whether a resource would be fine. It fails only when that cannot be
// told; that a resource is not fine is told in the OperationOutcome.
func (s *Server) validate(ctx context.Context, call *Call) (Answer, error) {
	v := &validation{s: s, ctx: ctx, call: call}
	if err := v.read(); err != nil {
		return Answer{}, err
	}
	if err := v.check(); err != nil {
		return Answer{}, err
	}
	if len(v.found) == 0 {
		return Answer{Body: fhir.Outcome(nil)}, nil
	}
	return Answer{Body: fhir.NewOutcome(v.found...)}, nil
}

// read takes the parameters out of the query and the body.
func (v *validation) read() error {
	if err := v.parameters(); err != nil {
		return err
	}
	for _, p := range v.call.Pairs {
		v.set(p)
	}
	switch v.mode {
	case "", "create":
	case "update", "delete", "profile":
		if v.call.ID == "" {
			return fhir.Errorf(fhir.Invalid, "The mode %s is for one resource: POST %s/%s/id/$validate.", v.mode, prefix, v.call.Type)
		}
	default:
		return fhir.Errorf(fhir.Invalid, "%q is not a mode; there are create, update, delete and profile.", clip(v.mode)).Coded("code-invalid")
	}
	if v.sent == nil && v.call.Broken == nil && v.call.ID == "" {
		return fhir.Errorf(fhir.Invalid, "There is no resource to validate; send it as the body, or as the parameter resource.").Coded("required")
	}
	return nil
}

// parameters takes apart a body of Parameters. One that is not fit to be read as such is a
// failure, but not when it is the resource in it that is wrong.
func (v *validation) parameters() error {
	raw := v.call.Raw
	if gjson.GetBytes(raw, "resourceType").Str != "Parameters" {
		v.sent = raw
		return nil
	}
	inner := gjson.GetBytes(raw, `parameter.#(name=="resource").resource`)
	if inner.Exists() {
		v.sent = []byte(inner.Raw)
	}
	if _, err := fhir.Parse(raw); err != nil {
		if _, wrong := fhir.Parse(v.sent); !inner.Exists() || wrong == nil {
			return err
		}
	}
	for _, name := range []string{"mode", "profile"} {
		gjson.GetBytes(raw, `parameter.#(name=="`+name+`")`).ForEach(func(key, value gjson.Result) bool {
			if strings.HasPrefix(key.Str, "value") {
				v.set(search.Pair{Name: name, Value: value.String()})
			}
			return true
		})
	}
	return nil
}

func (v *validation) set(p search.Pair) {
	switch p.Name {
	case "mode":
		v.mode = strings.Clone(p.Value)
	case "profile":
		v.url = strings.Clone(p.Value)
	}
}

// tell notes a finding.
func (v *validation) tell(severity, code, path, text string) {
	v.found = append(v.found, fhir.Issue{Severity: severity, Code: code, Text: text, Path: path})
}

// add notes what an error says, once.
func (v *validation) add(issues ...fhir.Issue) {
	for _, i := range issues {
		if !slices.Contains(v.found, i) {
			v.found = append(v.found, i)
		}
	}
}

func (v *validation) check() error {
	current, err := v.current()
	if err != nil || v.mode == "delete" {
		return err
	}
	r := current
	switch {
	case v.call.Broken != nil:
		v.add(fhir.Issues(v.call.Broken)...)
		return nil
	case v.sent != nil:
		if r, err = fhir.Parse(v.sent); err != nil {
			v.add(fhir.Issues(err)...)
			return nil
		}
	}
	if r.Type != v.call.Type {
		v.tell("error", "invalid", "resourceType", "The resource is of type "+r.Type+", the address is for "+v.call.Type+".")
		return nil
	}
	if v.sent != nil {
		if err := v.identity(r, current); err != nil {
			return err
		}
	}
	return v.content(r)
}

// current reads the resource that the address names. It must be there to be deleted, or
// when none was sent.
func (v *validation) current() (*fhir.Resource, error) {
	if v.call.ID == "" {
		return nil, nil
	}
	r, err := v.stored(v.call.Type, v.call.ID)
	if !absent(err) {
		return r, err
	}
	switch {
	case v.mode == "delete":
		v.add(fhir.Issues(err)...)
	case v.sent == nil && v.call.Broken == nil:
		return nil, err
	}
	return nil, nil
}

// stored reads from the store.
func (v *validation) stored(typ, id string) (*fhir.Resource, error) {
	return v.s.opt.Store.Read(v.ctx, typ, id)
}

// identity checks the id that was sent against what the mode makes of it.
func (v *validation) identity(r, current *fhir.Resource) error {
	path := r.Type + ".id"
	switch {
	case v.mode == "update" && r.ID == "":
		v.tell("error", "required", path, "The resource has no id; give it the id of the address, "+v.call.ID+".")
	case v.mode == "update" && r.ID != v.call.ID:
		v.tell("error", "value", path, "The resource has the id "+r.ID+", the address "+v.call.ID+"; they must be the same.")
	case v.mode == "update" && current == nil:
		v.tell("information", "informational", "", r.Ref()+" is not there; an update would create it.")
	case v.mode == "create" && r.ID != "":
		have, err := v.stored(r.Type, r.ID)
		if err != nil && !absent(err) {
			return err
		}
		if err == nil {
			v.tell("error", "duplicate", path, have.Ref()+" is there already; leave the id out, or update it.")
		}
	}
	return nil
}

// content checks the resource itself: what R4 requires, then the registry, then profiles,
// then what it refers to.
func (v *validation) content(r *fhir.Resource) error {
	if err := profile.Check(r); err != nil {
		v.add(fhir.Issues(err)...)
	} else if r.Type != "CodeSystem" { // whose concepts would be written to the disk
		if _, err := v.s.opt.Registries.Prepare(v.ctx, r); err != nil {
			if fhir.KindOf(err) == fhir.Internal {
				return err
			}
			v.add(fhir.Issues(err)...)
		}
	}
	v.profiles(r)
	if err := v.s.referenced(v.stored, v.call.Base, r); err != nil {
		if fhir.KindOf(err) == fhir.Internal {
			return err
		}
		for _, i := range fhir.Issues(err) {
			if !v.s.opt.CheckReferences {
				i.Severity = "warning"
			}
			v.add(i)
		}
	}
	if r.Type != "Location" {
		return nil
	}
	found, err := v.s.pair(v.stored, v.call.Base, r)
	v.add(found...)
	return err
}

// profiles checks the profile that was asked for, or all that are meant for the resource.
func (v *validation) profiles(r *fhir.Resource) {
	asked, _, _ := strings.Cut(v.url, "|")
	switch p := profile.Named(asked); {
	case p != nil:
		v.add(profile.Conform(r, p)...)
	case asked == "":
		v.add(profile.Conform(r)...)
		v.claims(r)
	case asked == "http://hl7.org/fhir/StructureDefinition/"+r.Type:
	default:
		v.tell("error", "not-supported", "", "This server does not know the profile "+clip(v.url)+", so it cannot tell; see supportedProfile in "+prefix+"/metadata.")
	}
}

// claims tells of profiles in meta.profile that were not looked at.
func (v *validation) claims(r *fhir.Resource) {
	n := 0
	gjson.GetBytes(r.Meta, "profile").ForEach(func(_, claim gjson.Result) bool {
		url, _, _ := strings.Cut(claim.String(), "|")
		if p := profile.Named(url); (p == nil || p.Type != r.Type) && url != "http://hl7.org/fhir/StructureDefinition/"+r.Type {
			v.tell("warning", "not-supported", r.Type+".meta.profile["+strconv.Itoa(n)+"]", "The profile "+clip(url)+" was not looked at; this server does not know it for "+r.Type+".")
		}
		n++
		return true
	})
}
