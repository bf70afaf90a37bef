package terminology

import (
	"context"
	"runtime"
	"strings"

	"masjala/fhir"
	"masjala/terminology/concept"
)

// ValidateCodeRequest asks whether a code is in a code system
// (https://hl7.org/fhir/R4/codesystem-operation-validate-code.html, ITI-99).
type ValidateCodeRequest struct {
	Common
	ID           string // of the CodeSystem, for a call on an instance
	URL, Version string
	Code         string
	Display      string
	Coding       *Coding
	Concept      []Coding // of a CodeableConcept: one must be valid
	Abstract     *bool    // false: abstract codes are not valid
	Language     string
}

// Validation is the answer to a question whether a code is valid.
type Validation struct {
	Result                bool
	Message               string
	System, Version, Code string
	Display               string // the one to show
	Inactive              bool
}

// JSON is the answer as a Parameters resource.
func (v *Validation) JSON() []byte {
	p := newParameters(256 + len(v.Message) + len(v.Display))
	p.boolean("result", v.Result)
	p.text("message", "String", v.Message)
	p.text("display", "String", v.Display)
	p.text("code", "Code", v.Code)
	p.text("system", "Uri", v.System)
	p.text("version", "String", v.Version)
	if v.Inactive {
		p.boolean("inactive", true)
	}
	return p.done()
}

// ValidateCode tells whether a code is in a code system. A code system that is not known
// here makes the result false, as an unknown code does. It fails with Invalid if the
// request names no code or no code system, with NotFound if no CodeSystem has the ID.
func (s *Service) ValidateCode(_ context.Context, req ValidateCodeRequest) (*Validation, error) {
	if err := req.check(); err != nil {
		return nil, err
	}
	c, err := s.seen(&req.Common)
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(c)
	if req.ID != "" {
		e := c.byID[codeSystem+"/"+req.ID]
		if e == nil {
			return nil, fhir.Errorf(fhir.NotFound, "There is no CodeSystem with the id %q.", req.ID)
		}
		return e.validateAny(c, &req)
	}
	codings, err := req.codings()
	if err != nil {
		return nil, err
	}
	if req.URL == "" {
		for _, x := range codings {
			if x.System != "" && req.URL == "" {
				req.URL = x.System
			}
		}
		if req.URL == "" {
			return nil, missing("$validate-code needs the url of a code system, or a coding with a system.")
		}
	}
	url, version := split(req.URL, req.Version)
	if version == "" && len(codings) == 1 && codings[0].System == url {
		version = codings[0].Version
	}
	e := c.system(url, version)
	if e == nil {
		x := codings[0]
		return &Validation{Message: unknownSystemText(url, version, c.versions(codeSystem, url)), System: url, Version: version, Code: x.Code}, nil
	}
	return e.validateAny(c, &req)
}

// codings lists what is to be validated, one coding at least.
func (req *ValidateCodeRequest) codings() ([]Coding, error) {
	given := 0
	var out []Coding
	if req.Code != "" {
		given++
		out = append(out, Coding{Code: req.Code, Display: req.Display})
	}
	if req.Coding != nil {
		given++
		out = append(out, *req.Coding)
	}
	if len(req.Concept) > 0 {
		given++
		out = append(out, req.Concept...)
	}
	if given != 1 {
		return nil, missing("$validate-code needs one of code, coding and codeableConcept.")
	}
	return out, nil
}

// validateAny validates all codings; one that is valid is enough.
func (e *entry) validateAny(c *catalog, req *ValidateCodeRequest) (*Validation, error) {
	codings, err := req.codings()
	if err != nil {
		return nil, err
	}
	if e.set == nil {
		return &Validation{Message: unknownSystemText(e.info.URL, e.info.Version, nil), System: e.info.URL, Code: codings[0].Code}, nil
	}
	var first *Validation
	for i := range codings {
		v := e.validate(c, &codings[i], req)
		if v.Result {
			return v, nil
		}
		if first == nil || !strings.Contains(first.Message, v.Message) {
			if first != nil {
				v.Message = first.Message + "; " + v.Message
			}
			first = v
		}
	}
	return first, nil
}

// validate validates one coding against the code system.
func (e *entry) validate(c *catalog, x *Coding, req *ValidateCodeRequest) *Validation {
	v := &Validation{System: e.info.URL, Version: e.info.Version, Code: x.Code}
	switch {
	case x.System != "" && c.system(x.System, "") == nil,
		x.System != "" && c.system(x.System, "").info.URL != e.info.URL:
		v.System, v.Version = x.System, x.Version
		v.Message = "The code '" + x.plain() + "' is of another code system than '" + e.info.URL + "'"
		return v
	case x.Version != "" && x.Version != e.info.Version && e.info.Version != "":
		v.Message = "The coding asks for version '" + x.Version + "' of the code system '" + e.info.URL + "', it is validated in version '" + e.info.Version + "'"
		return v
	}
	k, ok := e.set.Find(x.Code)
	if !ok {
		v.Message = strings.TrimSuffix(unknownCodeText(x.Code, e), ".")
		if near := e.near(x.Code, 3); len(near) > 0 {
			v.Message += ". Did you mean " + strings.Join(near, ", ") + "?"
		}
		return v
	}
	v.Code = string(e.set.Code(k))
	v.Display = displayOf(e.set, k, parseLanguages(req.Language))
	v.Inactive = e.set.Inactive(k)
	named := Coding{System: e.info.URL, Code: v.Code, Display: x.Display}
	switch {
	case req.Abstract != nil && !*req.Abstract && e.set.Abstract(k):
		v.Message = abstractText(&named)
	case x.Display != "" && !validDisplay(e.set, k, x.Display):
		v.Message = wrongDisplayText(&named, displays(e.set, k))
	default:
		v.Result = true
		if v.Inactive {
			v.Message = inactiveText(v.Code)
		}
	}
	return v
}

// validDisplay tells whether a text is the display or a designation of a concept; case and
// white space do not matter.
func validDisplay(set *concept.Set, k uint32, text string) bool {
	if sameText(string(set.Display(k)), text) {
		return true
	}
	for d := range set.Designations(k) {
		if sameText(string(d.Value), text) {
			return true
		}
	}
	return false
}

func sameText(a, b string) bool {
	return a == b || strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// displays lists the texts of a concept, its display first, each once.
func displays(set *concept.Set, k uint32) []string {
	var out []string
	put := func(text string) {
		if text == "" {
			return
		}
		for _, have := range out {
			if have == text {
				return
			}
		}
		out = append(out, text)
	}
	put(string(set.Display(k)))
	for d := range set.Designations(k) {
		put(string(d.Value))
	}
	return out
}
