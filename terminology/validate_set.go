package terminology

import (
	"context"
	"errors"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/terminology/compose"
)

// ValidateInSetRequest asks whether a code is in a value set
// (https://hl7.org/fhir/R4/valueset-operation-validate-code.html, ITI-99).
type ValidateInSetRequest struct {
	Common
	SetRef
	Rules
	Checks
	Code, System, SystemVersion, Display string
	Infer                                bool // inferSystem: a code without a system is looked for in all of the set's
	Coding                               *Coding
	Concept                              []Coding // of a CodeableConcept: one must be valid
	Explain                              bool     // say what each include and exclude does to the code
}

// ValidateInSet tells whether a code is in a value set. It fails with NotFound if the value
// set is not known, with Unprocessable if it makes no sense, and with Invalid if the request
// names no code or a code without system.
func (s *Service) ValidateInSet(ctx context.Context, req ValidateInSetRequest) (out *Validation, err error) {
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
	v, err := s.view(&req.Common, req.Rules, req.Supplements)
	if err != nil {
		return nil, err
	}
	defer v.done()
	t, err := v.target(&req.SetRef)
	if err != nil {
		return nil, err
	}
	if fast, err := v.short(ctx, t, &req, codings, root); fast != nil || err != nil {
		return fast, err
	}
	if fast := v.plain(ctx, t, &req, codings); fast != nil && !req.Explain {
		return fast, nil
	}
	ctx, end := bounded(ctx, &err)
	defer end()
	sub, err := v.subject(ctx, t)
	if err != nil {
		return nil, err
	}
	k := &checker{v: v, checks: req.Checks, root: root, infer: req.Infer, langs: v.wanted(req.Language, sub), voice: voiceOf(req.Language)}
	err = k.prepare(ctx, sub, nil)
	if err == nil {
		if out, err = k.run(ctx, sub, codings); err == nil && req.Explain {
			out.Reasons, err = k.reasonsFor(ctx, sub, codings)
		}
		return out, err
	}
	if e, ok := errors.AsType[*fhir.Error](err); ok && e.Kind == fhir.NotFound {
		return k.unable(e, codings), nil
	}
	return nil, err
}

// unable says that the value set refers to what is not known.
func (k *checker) unable(e *fhir.Error, codings []Coding) *Validation {
	k.blame(Issue{"error", "not-found", e.Detail, msgUnknownSet, k.voice.text(e), "", ""})
	out := &Validation{Message: k.text(), Issues: k.issues}
	if k.root == rootConcept {
		out.Concept = k.checks.Original
		return out
	}
	out.System, out.Code = codings[0].System, codings[0].Code
	return out
}

// prepare fails for a value set, or one that it imports, that cannot be evaluated.
func (k *checker) prepare(ctx context.Context, s *subject, above []string) error {
	imports, err := checkIncludes(s.definition)
	if err != nil || !imports {
		return err
	}
	name := s.name()
	if slices.Contains(above, name) && s.definition.URL != "" {
		return circular(name, above)
	}
	if s.key != "" && k.prepared[s.key] {
		return nil
	}
	if len(above) >= maxImports {
		return fhir.Errorf(fhir.TooCostly, "Value sets import each other more than %d deep.", maxImports)
	}
	above = append(slices.Clone(above), name)
	for _, all := range [...][]compose.Include{s.definition.Include, s.definition.Exclude} {
		for i := range all {
			for _, canonical := range all[i].ValueSets {
				other, err := k.imported(ctx, s, canonical)
				if err != nil {
					return err
				}
				if err := k.prepare(ctx, other, above); err != nil {
					return err
				}
			}
		}
	}
	if k.prepared == nil {
		k.prepared = map[string]bool{}
	}
	k.prepared[s.key] = true
	return nil
}

// checkIncludes fails for a filter without a value, and tells whether others are imported.
func checkIncludes(d *compose.Definition) (imports bool, err error) {
	for _, all := range [...][]compose.Include{d.Include, d.Exclude} {
		for i := range all {
			imports = imports || len(all[i].ValueSets) > 0
		}
	}
	return imports, d.CheckFilters()
}

// circular says that value sets import each other.
func circular(name string, path []string) error {
	return failure(fhir.Unprocessable, msgCircular, name, strings.Join(path, ", ")).
		Coded("processing").Detailed("vs-invalid")
}

// plain answers the everyday question, whether one code that has nothing to it is in a
// value set that is stored and compiled; nil for any other, which the checker answers alike.
func (v *view) plain(ctx context.Context, t *target, req *ValidateInSetRequest, codings []Coding) *Validation {
	x := &codings[0]
	if t.entry == nil || len(codings) > 1 || req.Original != "" || x.Version != "" || x.System == "" || !v.everyday() {
		return nil
	}
	plan, err := v.plan(ctx, t)
	if err != nil || !plan.Quiet || t.entry.info.caution(&t.entry.info) != "" {
		return nil
	}
	m, ok := plan.Find(x.System, "", x.Code)
	if !ok || !m.Known || m.Inactive() || m.Abstract() || m.Given != nil && !m.Given.Bare() || m.Code() != x.Code || m.System.Set.Status(m.Number) == "deprecated" {
		return nil
	}
	own := string(m.System.Set.Display(m.Number))
	if x.Display != "" && (x.Display != own || req.Language != "" || t.entry.info.Language != "") {
		return nil
	}
	return &Validation{Result: true, System: x.System, Version: m.System.Version, Code: x.Code,
		Display: displayOf(m.System.Set, m.Number, v.languages(req.Language, &t.entry.info))}
}

func (req *ValidateInSetRequest) codings() ([]Coding, string, error) {
	if req.Code != "" && req.System == "" && !req.Infer {
		return nil, "", failure(fhir.Invalid, msgNoCode)
	}
	return oneOf(Coding{System: req.System, Version: req.SystemVersion, Code: req.Code, Display: req.Display}, req.Coding, req.Concept)
}
