package api

import (
	"context"

	"masjala/terminology"
)

// subsumes is CodeSystem/$subsumes.
func subsumes(t Terminology) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "", "")
		if err != nil {
			return Answer{}, err
		}
		req := terminology.SubsumesRequest{
			ID: call.ID, System: in.text("system"), Version: in.text("version"),
			CodeA: in.text("codeA"), CodeB: in.text("codeB"),
			CodingA: in.coding("codingA"), CodingB: in.coding("codingB"),
			Common: in.common(),
		}
		if in.err != nil {
			return Answer{}, in.err
		}
		relation, err := t.Subsumes(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: relation.AppendJSON(call.room)}, nil
	}
}
