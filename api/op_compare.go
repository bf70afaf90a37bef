package api

import (
	"context"

	"masjala/terminology"
)

// compare is ValueSet/$compare of the terminology ecosystem.
func compare(t Terminology) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "otherValueSet", "ValueSet")
		if err != nil {
			return Answer{}, err
		}
		req := terminology.CompareRequest{
			This: in.side("this"), Other: in.side("other"), Rules: in.rules(), Language: in.language(call), Diagnostics: in.is("diagnostics"), Common: in.common(),
		}
		if call.ID != "" {
			req.This = terminology.SetRef{ID: call.ID}
		}
		if in.err != nil {
			return Answer{}, in.err
		}
		comparison, err := t.Compare(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: comparison.JSON()}, nil
	}
}

// side reads one of the two value sets: by address, or sent.
func (in *input) side(name string) terminology.SetRef {
	ref := terminology.SetRef{URL: in.text(name + "Url"), Version: in.text(name + "Version")}
	if in.body == nil || name == "other" {
		ref.ValueSet = in.resource(name + "ValueSet")
	}
	return ref
}
