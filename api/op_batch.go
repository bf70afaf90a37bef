package api

import (
	"context"
	"slices"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// batchValidation is the parameter of $batch-validate-code that holds one question.
const batchValidation = "validation"

// maxBatch is how many questions one $batch-validate-code may hold.
const maxBatch = 1000

// batchValidate is ValueSet/$batch-validate-code of the terminology ecosystem: questions of
// $validate-code in one request, with what they share beside them. Each is answered by
// itself; one that cannot be is answered by an OperationOutcome.
func batchValidate(t Terminology) func(context.Context, *Call) (Answer, error) {
	inSet, inSystem := validateInSet(t), validateInSystem(t)
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "", "")
		if err != nil {
			return Answer{}, err
		}
		questions := in.sent(batchValidation)
		switch {
		case len(questions) == 0:
			return Answer{}, fhir.Errorf(fhir.Invalid, "$batch-validate-code needs a parameter %q with a Parameters resource for each question.", batchValidation)
		case len(questions) > maxBatch:
			return Answer{}, fhir.Errorf(fhir.TooCostly, "The request holds %d questions; at most %d are allowed.", len(questions), maxBatch)
		}
		b := []byte(`{"resourceType":"Parameters","parameter":[`)
		for i, q := range questions {
			if err := ctx.Err(); err != nil {
				return Answer{}, err
			}
			one, err := in.question(call, q)
			ask := inSystem
			if err == nil && hasParameter(one.Body, "url", "valueSet") {
				ask = inSet
			}
			var a Answer
			if err == nil {
				a, err = ask(ctx, one)
			}
			if err != nil {
				a.Body = fhir.Outcome(err)
			}
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"name":"`+batchValidation+`","resource":`...)
			b = append(b, a.Body...)
			b = append(b, '}')
		}
		return Answer{Body: append(b, "]}"...)}, nil
	}
}

// question makes the call for one question: its own parameters, and those of the request
// that it does not give itself.
func (in *input) question(call *Call, q gjson.Result) (*Call, error) {
	own := q.Get("resource.parameter").Array()
	b := []byte(`{"resourceType":"Parameters","parameter":[`)
	some := false
	put := func(p gjson.Result) {
		if some {
			b = append(b, ',')
		}
		some = true
		b = append(b, p.Raw...)
	}
	for _, p := range own {
		put(p)
	}
	for i := range in.list {
		name := in.list[i].name
		given := slices.ContainsFunc(own, func(p gjson.Result) bool { return p.Get("name").Str == name })
		if name != batchValidation && (!given || name == "tx-resource") {
			put(in.list[i].Result)
		}
	}
	r, err := fhir.ParseLenient(append(b, "]}"...))
	if err != nil {
		return nil, err
	}
	one := *call
	one.Body = r
	return &one, nil
}

// hasParameter tells whether a Parameters resource has a parameter of one of some names.
func hasParameter(r *fhir.Resource, names ...string) bool {
	found := false
	r.Field("parameter").ForEach(func(_, p gjson.Result) bool {
		found = slices.Contains(names, p.Get("name").Str)
		return !found
	})
	return found
}
