package api

import (
	"context"
	"strings"

	"masjala/fhir"
	"masjala/terminology"
)

// validateInSystem is CodeSystem/$validate-code (ITI-99).
func validateInSystem(t Terminology) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "codeSystem", "CodeSystem")
		if err != nil {
			return Answer{}, err
		}
		req := terminology.ValidateCodeRequest{
			ID: call.ID, URL: in.text("url"), Version: in.text("version"),
			Code: in.text("code"), Display: in.text("display"),
			Coding: in.coding("coding"), Concept: in.concept("codeableConcept"),
			CodeSystem: in.resource("codeSystem"), Rules: in.rules(), Checks: in.checks(call),
			Common: in.common(),
		}
		if in.err != nil {
			return Answer{}, in.err
		}
		v, err := t.ValidateCode(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: v.AppendJSON(call.room)}, nil
	}
}

// validateInSet is ValueSet/$validate-code (ITI-99).
func validateInSet(t Terminology) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "valueSet", "ValueSet")
		if err != nil {
			return Answer{}, err
		}
		req := terminology.ValidateInSetRequest{
			SetRef: in.set(call), Rules: in.rules(),
			Code: in.text("code"), System: in.text("system"), SystemVersion: in.text("systemVersion"),
			Display: in.text("display"), Infer: in.is("inferSystem"),
			Coding: in.coding("coding"), Concept: in.concept("codeableConcept"),
			Checks: in.checks(call), Common: in.common(), Explain: in.is("explain"),
		}
		if in.err != nil {
			return Answer{}, in.err
		}
		v, err := t.ValidateInSet(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: v.AppendJSON(call.room)}, nil
	}
}

// checks reads what both forms of $validate-code let a client ask for.
func (in *input) checks(call *Call) terminology.Checks {
	c := terminology.Checks{
		Abstract: in.boolean("abstract"), ActiveOnly: in.is("activeOnly"),
		Lenient: in.is("lenient-display-validation"), MembershipOnly: in.is("valueset-membership-only"),
		Supplements: in.values("useSupplement"), Language: in.language(call),
	}
	if list := in.sent("codeableConcept"); len(list) > 0 {
		c.Original = in.repeated("codeableConcept", list[0].Get("valueCodeableConcept").Raw)
	}
	return c
}

// repeated is a CodeableConcept, or what was sent as one, that the answer repeats: it must be valid.
func (in *input) repeated(name, concept string) string {
	const before, path = `{"resourceType":"Parameters","parameter":[{"name":"x","valueCodeableConcept":`, "Parameters.parameter[0].value"
	_, err := fhir.Parse([]byte(before + concept + "}]}"))
	for _, is := range fhir.Issues(err) {
		in.fail(name, "is not valid: %s", strings.ReplaceAll(strings.TrimSuffix(is.Text, "."), path, "CodeableConcept"))
	}
	return concept
}

// set reads which value set is meant.
func (in *input) set(call *Call) terminology.SetRef {
	return terminology.SetRef{ID: call.ID, URL: in.text("url"), Version: in.text("valueSetVersion"), ValueSet: in.resource("valueSet")}
}
