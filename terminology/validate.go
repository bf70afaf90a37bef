package terminology

import (
	"context"
	"strings"

	"masjala/fhir"
	"masjala/terminology/compose"
)

// ValidateCodeRequest asks whether a code is in a code system
// (https://hl7.org/fhir/R4/codesystem-operation-validate-code.html, ITI-99).
type ValidateCodeRequest struct {
	Common
	Rules
	Checks
	ID           string // of the CodeSystem, for a call on an instance
	URL, Version string
	CodeSystem   *fhir.Resource // the code system itself
	Code         string
	Display      string
	Coding       *Coding
	Concept      []Coding // of a CodeableConcept: one must be valid
}

// Validation is the answer to a question whether a code is valid.
type Validation struct {
	Result                bool
	Message               string
	System, Version, Code string
	Display               string // the one to show
	Inactive              bool
	Status                string   // of the concept, where it tells more than Inactive
	Normalized            string   // the code as the code system writes it, where it was not
	Concept               string   // JSON of the CodeableConcept that was asked about
	Unknown               []string // canonicals of code systems that are not known here
	Reasons               []Reason // why the value set has it or not, if that was asked
	Caused                bool     // because of them nobody can tell
	Issues                []Issue
}

// JSON is the answer as a Parameters resource.
func (v *Validation) JSON() []byte { return v.AppendJSON(nil) }

// AppendJSON appends the answer as a Parameters resource.
func (v *Validation) AppendJSON(dst []byte) []byte {
	p := newParameters(dst)
	p.boolean("result", v.Result)
	p.text("message", "String", v.Message)
	p.text("display", "String", v.Display)
	p.text("code", "Code", v.Code)
	p.text("system", "Uri", v.System)
	p.text("version", "String", v.Version)
	if v.Inactive {
		p.boolean("inactive", true)
	}
	p.text("status", "Code", v.Status)
	p.text("normalized-code", "Code", v.Normalized)
	name := "x-unknown-system"
	if v.Caused {
		name = "x-caused-by-unknown-system"
	}
	for _, canonical := range v.Unknown {
		p.text(name, "Canonical", canonical)
	}
	for i := range v.Reasons {
		r := &v.Reasons[i]
		p.begin("explanation")
		p.text("valueSet", "Canonical", r.ValueSet)
		p.text("path", "String", r.Path)
		p.boolean("holds", r.Holds)
		p.text("text", "String", r.Text)
		p.end()
	}
	if v.Concept != "" {
		p.raw("codeableConcept", "CodeableConcept", v.Concept)
	}
	if len(v.Issues) > 0 {
		p.name("issues")
		p.b = append(p.b, `,"resource":`...)
		p.b = appendIssues(p.b, v.Issues)
		p.b = append(p.b, '}')
	}
	return p.done()
}

// ValidateCode tells whether a code is in a code system. A code system that is not known
// here makes the result false, as an unknown code does. It fails with Invalid if the
// request names no code or no code system, with NotFound if no CodeSystem has the ID.
func (s *Service) ValidateCode(ctx context.Context, req ValidateCodeRequest) (out *Validation, err error) {
	defer s.unguard(guarding(), &err)
	if err := req.Common.check(); err != nil {
		return nil, err
	}
	codings, root, err := req.codings()
	if err != nil {
		return nil, err
	}
	if err := checkLanguage(req.Language); err != nil {
		return nil, err
	}
	if req.CodeSystem != nil {
		req.Resources = append(req.Resources, req.CodeSystem)
		if req.URL == "" {
			req.URL = note(req.CodeSystem).URL
		}
	}
	v, err := s.view(&req.Common, req.Rules, req.Supplements)
	if err != nil {
		return nil, err
	}
	defer v.done()
	if err := req.locate(v.c, codings); err != nil {
		return nil, err
	}
	if fast := req.plain(v, codings); fast != nil {
		return fast, nil
	}
	url, version := split(req.URL, req.Version)
	subject := &subject{internal: true, definition: &compose.Definition{
		URL: url, Composed: true, Include: []compose.Include{{System: url, Version: version}},
	}, notes: info{Status: "draft", Experimental: true}}
	for i := range codings {
		if codings[i].System == "" {
			codings[i].System = url
		}
	}
	checks := req.Checks
	checks.MembershipOnly = false // there is no value set to say more than that of
	k := &checker{v: v, checks: checks, root: root, internal: true, langs: parseLanguages(req.Language), voice: voiceOf(req.Language)}
	return k.run(ctx, subject, codings)
}

// locate finds the address of the code system: that of the instance, of the request, or of
// the first coding that has one.
func (req *ValidateCodeRequest) locate(c *catalog, codings []Coding) error {
	if req.ID != "" {
		e, err := c.instance(codeSystem, req.ID)
		if err != nil {
			return err
		}
		req.URL, req.Version = e.info.URL, e.info.Version
	}
	for i := 0; req.URL == "" && i < len(codings); i++ {
		req.URL = codings[i].System
	}
	if req.URL == "" {
		return missing("$validate-code needs the url of a code system, or a coding with a system.")
	}
	return nil
}

// plain answers the everyday question, for one code of a code system that has nothing to
// it; nil for any other, which the checker answers alike.
func (req *ValidateCodeRequest) plain(v *view, codings []Coding) *Validation {
	x := &codings[0]
	url, version := split(req.URL, req.Version)
	if len(codings) > 1 || req.Original != "" || x.Version != "" || x.System != "" && x.System != url || !v.everyday() {
		return nil
	}
	e := v.c.usableOrNil(url, version)
	if e == nil || e.info.caution(&info{Status: "draft", Experimental: true}) != "" {
		return nil
	}
	n, ok := e.set.Find(x.Code)
	if ok {
		e.set.Glance(n)
	}
	if !ok || e.set.Inactive(n) || e.set.Abstract(n) || string(e.set.Code(n)) != x.Code || e.set.Status(n) == "deprecated" {
		return nil
	}
	own := string(e.set.Display(n))
	if x.Display != "" && (x.Display != own || req.Language != "") {
		return nil
	}
	return &Validation{Result: true, System: url, Version: e.info.Version, Code: x.Code,
		Display: displayOf(e.set, n, parseLanguages(req.Language))}
}

// codings lists what is to be validated, one coding at least, and the element it was sent in.
func (req *ValidateCodeRequest) codings() ([]Coding, string, error) {
	return oneOf(Coding{Code: req.Code, Display: req.Display}, req.Coding, req.Concept)
}

// oneOf lists the codings of a request that sends a code, a coding or a concept, and tells
// in which element they were.
func oneOf(code Coding, coding *Coding, concept []Coding) ([]Coding, string, error) {
	given, root := 0, rootCode
	var out []Coding
	if code.Code != "" {
		given++
		out = append(out, code)
	}
	if coding != nil {
		given++
		root, out = rootCoding, append(out, *coding)
	}
	if len(concept) > 0 {
		given++
		root, out = rootConcept, append(out, concept...)
	}
	if given != 1 {
		return nil, "", failure(fhir.Invalid, msgNoCode)
	}
	return out, root, nil
}

func sameText(a, b string) bool {
	return a == b || strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}
