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
			Common: in.common(),
		}
		in.later(&req)
		if in.err != nil {
			return Answer{}, in.err
		}
		translation, err := t.Translate(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: translation.AppendJSON(call.room)}, nil
	}
}

// later takes the names that R5 gives the parameters; the answer is then in its terms, too.
func (in *input) later(req *terminology.TranslateRequest) {
	source := terminology.Coding{Code: in.text("sourceCode"), System: in.text("sourceSystem")}
	target := terminology.Coding{Code: in.text("targetCode"), System: in.text("targetSystem")}
	from, to := in.coding("sourceCoding"), in.coding("targetCoding")
	many, back := in.concept("sourceCodeableConcept"), in.concept("targetCodeableConcept")
	reverse := target.Code != "" || to != nil || back != nil
	if source.Code == "" && from == nil && many == nil && !reverse {
		if target.System != "" {
			req.TargetSystem, req.Later = target.System, true
		}
		return
	}
	req.Later, req.Reverse = true, reverse
	if source.System == "" {
		source.System = req.System
	}
	if scope := in.text("sourceScope"); scope != "" {
		req.Source = scope
	}
	if scope := in.text("targetScope"); scope != "" {
		req.Target = scope
	}
	if reverse {
		req.Code, req.System, req.TargetSystem = target.Code, target.System, source.System
		req.Coding, req.Concept = to, back
		req.Source, req.Target = req.Target, req.Source
		return
	}
	req.Code, req.System, req.TargetSystem = source.Code, source.System, target.System
	req.Coding, req.Concept = from, many
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
