package api

import (
	"context"
	"slices"

	"masjala/terminology"
)

// definitionBase is where HL7 keeps the definitions of the operations of R4.
const definitionBase = "http://hl7.org/fhir/OperationDefinition/"

// ecosystemBase is where those of the terminology ecosystem are.
const ecosystemBase = "http://hl7.org/fhir/uv/tx-ecosystem/OperationDefinition/"

// Terminology is what the operations on codes ask. The terminology service is one.
type Terminology interface {
	Lookup(context.Context, terminology.LookupRequest) (*terminology.Details, error)
	ValidateCode(context.Context, terminology.ValidateCodeRequest) (*terminology.Validation, error)
	ValidateInSet(context.Context, terminology.ValidateInSetRequest) (*terminology.Validation, error)
	Expand(context.Context, terminology.ExpandRequest) (*terminology.Expansion, error)
	Subsumes(context.Context, terminology.SubsumesRequest) (terminology.Relation, error)
	Translate(context.Context, terminology.TranslateRequest) (*terminology.Translation, error)
	Closure(context.Context, terminology.ClosureRequest) (*terminology.ClosureEntries, error)
	FindMatches(context.Context, terminology.FindMatchesRequest) (terminology.FoundMatches, error)
	Compare(context.Context, terminology.CompareRequest) (*terminology.Comparison, error)
}

// TerminologyOperations returns the operations of IHE SVCM and the R4 terminology service
// that t answers, for Options.Operations. Besides admins, those who are signed in by one of
// the names in cleared may look into value sets that are labelled as restricted (SVCM).
func TerminologyOperations(t Terminology, cleared ...string) []Operation {
	system, set, cmap := []string{"CodeSystem"}, []string{"ValueSet"}, []string{"ConceptMap"}
	return localized(cleared, []Operation{
		{Name: "versions", Definition: definitionBase + "CapabilityStatement-versions", Level: AtSystem, Run: versions},
		{Name: "lookup", Definition: definitionBase + "CodeSystem-lookup", Types: system, Level: AtType, Run: lookup(t)},
		{Name: "validate-code", Definition: definitionBase + "CodeSystem-validate-code", Types: system, Level: AtType | AtInstance, Run: validateInSystem(t)},
		{Name: "validate-code", Definition: definitionBase + "ValueSet-validate-code", Types: set, Level: AtType | AtInstance, Run: validateInSet(t)},
		{Name: "batch-validate-code", Definition: ecosystemBase + "ValueSet-batch-validate-code", Types: set, Level: AtType, Run: batchValidate(t)},
		{Name: "find-matches", Definition: definitionBase + "CodeSystem-find-matches", Types: system, Level: AtType | AtInstance, Run: findMatches(t)},
		{Name: "closure", Definition: definitionBase + "ConceptMap-closure", Types: cmap, Level: AtSystem | AtType, Changes: true, Run: closure(t)},
		{Name: "compare", Definition: ecosystemBase + "ValueSet-compare", Types: set, Level: AtType | AtInstance, Run: compare(t)},
		{Name: "expand", Definition: definitionBase + "ValueSet-expand", Types: set, Level: AtType | AtInstance, Run: expand(t)},
		{Name: "subsumes", Definition: definitionBase + "CodeSystem-subsumes", Types: system, Level: AtType | AtInstance, Run: subsumes(t)},
		{Name: "translate", Definition: definitionBase + "ConceptMap-translate", Types: cmap, Level: AtType | AtInstance, Run: translate(t)},
	})
}

// clearance is which value sets a caller may look into.
func clearance(call *Call, cleared []string) terminology.Clearance {
	switch {
	case call.Actor == anybody.Name || call.Role == RoleNone:
		return terminology.Anonymous
	case call.Role.allows(RoleAdmin), slices.Contains(cleared, call.Actor):
		return terminology.Cleared
	}
	return terminology.SignedIn
}

// localized makes operations know what their caller may see, and fail in the language that
// the client wants, where the catalogue of messages has it.
func localized(cleared []string, list []Operation) []Operation {
	for i := range list {
		run := list[i].Run
		list[i].Run = func(ctx context.Context, call *Call) (Answer, error) {
			call.clearance = clearance(call, cleared)
			a, err := run(ctx, call)
			if err != nil {
				err = terminology.Localize(err, call.speech())
			}
			return a, err
		}
	}
	return list
}

// speech is the languages that a client wants: displayLanguage or, without it, what it accepts.
func (c *Call) speech() string {
	in, err := parameters(c, "", "")
	if err != nil {
		return c.Language
	}
	return in.language(c)
}
