package api

import (
	"context"

	"masjala/terminology"
)

// lookup is CodeSystem/$lookup (ITI-98).
func lookup(t Terminology) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "", "")
		if err != nil {
			return Answer{}, err
		}
		req := terminology.LookupRequest{
			System: in.text("system"), Version: in.text("version"), Code: in.text("code"),
			Coding: in.coding("coding"), Language: in.language(call), Properties: in.values("property"),
			Common: in.common(), Supplements: in.values("useSupplement"), Room: call.room,
		}
		if in.err != nil {
			return Answer{}, in.err
		}
		details, err := t.Lookup(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: details.JSON()}, nil
	}
}
