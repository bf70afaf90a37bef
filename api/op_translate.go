package api

import (
	"context"

	"github.com/tidwall/gjson"

	"masjala/terminology"
)

// translate is ConceptMap/$translate (ITI-101).
func translate(t Terminology) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "conceptMap", "ConceptMap")
		if err != nil {
			return Answer{}, err
		}
		req := terminology.TranslateRequest{
			ID: call.ID, URL: in.text("url"), Version: in.text("conceptMapVersion"), ConceptMap: in.resource("conceptMap"),
			Code: in.text("code"), System: in.text("system"), CodeVersion: in.text("version"),
			Coding: in.coding("coding"), Concept: in.concept("codeableConcept"),
			Source: in.text("source"), Target: in.text("target"), TargetSystem: in.text("targetsystem"),
			Dependencies: in.dependencies(), Reverse: in.is("reverse"),
			Common: in.common("sourceCode", "sourceCoding", "sourceCodeableConcept",
				"targetCode", "targetCoding", "targetCodeableConcept", "sourceScope", "targetScope", "targetSystem"),
		}
		if in.err != nil {
			return Answer{}, in.err
		}
		translation, err := t.Translate(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: translation.JSON()}, nil
	}
}

// dependencies reads the parameter dependency with its parts element and concept.
func (in *input) dependencies() []terminology.Dependency {
	var out []terminology.Dependency
	for _, p := range in.sent("dependency") {
		var d terminology.Dependency
		p.Get("part").ForEach(func(_, part gjson.Result) bool {
			v, typ := valueOf(part)
			switch {
			case part.Get("name").Str == "element":
				d.Element = v.String()
			case part.Get("name").Str == "concept" && typ == "CodeableConcept":
				d.Concept = codingsOf(v)
			}
			return true
		})
		if d.Element == "" || len(d.Concept) == 0 {
			in.fail("dependency", "needs the parts element and concept")
		}
		out = append(out, d)
	}
	for _, p := range in.pairs {
		if p.Name == "dependency" {
			in.fail("dependency", "cannot be written in an address; send a Parameters resource by POST")
		}
	}
	return out
}
