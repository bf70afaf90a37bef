package terminology

import (
	"context"
	"runtime"
	"strings"

	"masjala/terminology/compose"
)

// ValidateInSetRequest asks whether a code is in a value set
// (https://hl7.org/fhir/R4/valueset-operation-validate-code.html, ITI-99).
type ValidateInSetRequest struct {
	Common
	SetRef
	Rules
	Code, System, SystemVersion, Display string
	Infer                                bool // inferSystem: a code without a system is looked for in all of the set's
	Coding                               *Coding
	Concept                              []Coding // of a CodeableConcept: one must be valid
	Abstract                             *bool    // false: abstract codes are not valid
	Language                             string
}

// ValidateInSet tells whether a code is in a value set. It fails with NotFound if the value
// set is not known, and with Invalid if the request names no code or a code without system.
func (s *Service) ValidateInSet(ctx context.Context, req ValidateInSetRequest) (*Validation, error) {
	if err := req.Common.check(); err != nil {
		return nil, err
	}
	codings, err := req.codings()
	if err != nil {
		return nil, err
	}
	c, err := s.seen(&req.Common)
	if err != nil {
		return nil, err
	}
	v := &view{s: s, c: c, rules: req.Rules}
	defer runtime.KeepAlive(v)
	t, err := v.target(&req.SetRef)
	if err != nil {
		return nil, err
	}
	plan, err := v.plan(ctx, t)
	if err != nil {
		return nil, err
	}
	var bad []*Validation
	for i := range codings {
		x := v.validate(plan, t, &codings[i], &req)
		if x.Result {
			return x, nil
		}
		bad = append(bad, x)
	}
	return joined(bad, t), nil
}

// joined makes one answer of all codings that are not valid.
func joined(bad []*Validation, t *target) *Validation {
	if len(bad) == 1 {
		return bad[0]
	}
	texts := []string{noneInSetText(t.name())}
	for _, x := range bad {
		texts = append(texts, x.Message)
	}
	return &Validation{Message: strings.Join(texts, "; ")}
}

func (req *ValidateInSetRequest) codings() ([]Coding, error) {
	given := 0
	var out []Coding
	if req.Code != "" {
		given++
		if req.System == "" && !req.Infer {
			return nil, missing("$validate-code of a value set needs the system of the code, or inferSystem=true.")
		}
		out = append(out, Coding{System: req.System, Version: req.SystemVersion, Code: req.Code, Display: req.Display})
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

// validate validates one coding against the plan of a value set.
func (v *view) validate(plan *compose.Plan, t *target, x *Coding, req *ValidateInSetRequest) *Validation {
	out := &Validation{System: x.System, Version: x.Version, Code: x.Code}
	m, ok := v.member(plan, t, x, req.Infer, out)
	if !ok {
		return out
	}
	out.System, out.Version, out.Code = m.System.URL, m.System.Version, m.Code()
	out.Display = displayOfMember(&m, parseLanguages(req.Language))
	out.Inactive = m.Inactive()
	named := Coding{System: out.System, Code: out.Code, Display: x.Display}
	switch {
	case req.Abstract != nil && !*req.Abstract && m.Abstract():
		out.Message = abstractText(&named)
	case x.Display != "" && !memberDisplay(&m, x.Display):
		out.Message = wrongDisplayText(&named, memberDisplays(&m))
	default:
		out.Result = true
		if out.Inactive {
			out.Message = inactiveText(out.Code)
		}
	}
	return out
}

// member looks for a coding in a value set, and says in out why it is not there.
func (v *view) member(plan *compose.Plan, t *target, x *Coding, infer bool, out *Validation) (compose.Member, bool) {
	if x.System == "" {
		if !infer {
			out.Message = "The coding '" + x.Code + "' has no system, so it cannot be validated"
			return compose.Member{}, false
		}
		m, found, several := plan.FindAny(x.Code)
		switch {
		case several:
			out.Message = severalSystemsText(x.Code, t.name())
		case !found:
			out.Message = notInSetText(x, t.name())
		default:
			return m, true
		}
		return m, false
	}
	system := x.System
	e := v.c.system(system, x.Version)
	if e != nil {
		system = e.info.URL
	}
	if m, ok := plan.Find(system, x.Version, x.Code); ok {
		return m, true
	}
	switch {
	case e == nil && !plan.HasSystem(system, x.Version):
		out.Message = unknownSystemText(x.System, x.Version, v.c.versions(codeSystem, x.System)) + "; " + notInSetText(x, t.name())
	case e != nil && e.set != nil && !has(e, x.Code):
		out.Message = notInSetText(x, t.name()) + "; " + strings.TrimSuffix(unknownCodeText(x.Code, e), ".")
		if near := e.near(x.Code, 3); len(near) > 0 {
			out.Message += ". Did you mean " + strings.Join(near, ", ") + "?"
		}
	default:
		out.Message = notInSetText(x, t.name())
	}
	return compose.Member{}, false
}

func has(e *entry, code string) bool {
	_, ok := e.set.Find(code)
	return ok
}

// memberDisplay tells whether a text is a display of a member.
func memberDisplay(m *compose.Member, text string) bool {
	if m.Given != nil {
		if m.Given.Display != "" && sameText(m.Given.Display, text) {
			return true
		}
		for _, d := range m.Given.Designations {
			if sameText(d.Value, text) {
				return true
			}
		}
	}
	return m.Known && validDisplay(m.System.Set, m.Number, text)
}

func memberDisplays(m *compose.Member) []string {
	var out []string
	if m.Given != nil && m.Given.Display != "" {
		out = append(out, m.Given.Display)
	}
	if m.Known {
		for _, text := range displays(m.System.Set, m.Number) {
			if len(out) == 0 || out[0] != text {
				out = append(out, text)
			}
		}
	}
	return out
}
