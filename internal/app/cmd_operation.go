package app

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/tidwall/gjson"

	"masjala/api"
	"masjala/fhir"
	"masjala/fhir/search"
)

// OperationArgs are the arguments of the command operation: a FHIR operation and its
// parameters, as a GET would have them.
type OperationArgs struct {
	Name       string      `json:"name"` // "lookup", without the $
	Type       string      `json:"type"` // "CodeSystem"
	Parameters []Parameter `json:"parameters"`
	Language   string      `json:"language,omitempty"` // as in Accept-Language
}

// Parameter is one parameter of an operation.
type Parameter struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Answer is the result of the command operation: the resource that the operation returned.
type Answer json.RawMessage

// MarshalJSON writes the resource as it came.
func (a Answer) MarshalJSON() ([]byte, error) { return a, nil }

// Problems tells whether the operation found something to be wrong: a Parameters whose
// result is false.
func (a Answer) Problems() bool {
	result := gjson.GetBytes(a, `parameter.#(name=="result").valueBoolean`)
	return result.Exists() && !result.Bool()
}

// operate runs the same code as the FHIR interface does.
func operate(ctx context.Context, a *App, r request[OperationArgs]) (any, error) {
	for _, op := range a.operations {
		if op.Name != r.args.Name || op.Changes || !slices.Contains(op.Types, r.args.Type) {
			continue
		}
		var pairs []search.Pair
		for _, p := range r.args.Parameters {
			pairs = append(pairs, search.Pair(p))
		}
		answer, err := op.Run(ctx, &api.Call{
			Type: r.args.Type, Pairs: pairs, Language: r.args.Language, Actor: r.Actor,
		})
		if err != nil {
			return nil, err
		}
		return Answer(answer.Body), nil
	}
	return nil, fhir.Errorf(fhir.NotFound, "there is no operation %q on %s", r.args.Name, r.args.Type)
}
