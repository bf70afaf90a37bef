package api

import (
	"context"

	"masjala/terminology"
)

// notHonoured are parameters of later releases that change what is valid.
var notHonoured = []string{
	"useSupplement", "lenient-display-validation", "valueset-membership-only",
	"default-valueset-version", "check-valueset-version", "force-valueset-version", "codeSystem",
}

// validateInSystem is CodeSystem/$validate-code (ITI-99).
func validateInSystem(t Terminology) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "", "")
		if err != nil {
			return Answer{}, err
		}
		req := terminology.ValidateCodeRequest{
			ID: call.ID, URL: in.text("url"), Version: in.text("version"),
			Code: in.text("code"), Display: in.text("display"),
			Coding: in.coding("coding"), Concept: in.concept("codeableConcept"),
			Abstract: in.boolean("abstract"), Language: in.language(call),
			Common: in.common(notHonoured...),
		}
		if in.err != nil {
			return Answer{}, in.err
		}
		v, err := t.ValidateCode(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: v.JSON()}, nil
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
			Abstract: in.boolean("abstract"), Language: in.language(call),
			Common: in.common(notHonoured...),
		}
		if in.err != nil {
			return Answer{}, in.err
		}
		v, err := t.ValidateInSet(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: v.JSON()}, nil
	}
}

// set reads which value set is meant.
func (in *input) set(call *Call) terminology.SetRef {
	return terminology.SetRef{ID: call.ID, URL: in.text("url"), Version: in.text("valueSetVersion"), ValueSet: in.resource("valueSet")}
}
