package api

import (
	"context"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/terminology"
)

// closure is $closure. A table belongs to who began it.
func closure(t Terminology) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "", "")
		if err != nil {
			return Answer{}, err
		}
		req := terminology.ClosureRequest{
			Owner: call.Actor, Name: in.text("name"), Codings: in.codings("concept"), Common: in.common(),
		}
		if version := in.text("version"); version != "" {
			n, err := strconv.Atoi(version)
			if err != nil {
				return Answer{}, fhir.Errorf(fhir.NotFound, "The closure table %q has no version %q.", clip(req.Name), clip(version)).At("version")
			}
			req.Since = &n
		}
		if in.err != nil {
			return Answer{}, in.err
		}
		entries, err := t.Closure(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: entries.JSON()}, nil
	}
}

// codings returns all Codings of a parameter.
func (in *input) codings(name string) []terminology.Coding {
	var out []terminology.Coding
	for _, p := range in.sent(name) {
		v, typ := valueOf(p)
		if typ != "Coding" {
			in.fail(name, "takes a valueCoding")
			return nil
		}
		out = append(out, codingOf(v))
	}
	return out
}

// findMatches is CodeSystem/$find-matches.
func findMatches(t Terminology) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "", "")
		if err != nil {
			return Answer{}, err
		}
		req := terminology.FindMatchesRequest{
			ID: call.ID, System: in.text("system"), Version: in.text("version"), Properties: in.wanted(),
			Exact: in.is("exact"), Language: in.language(call), Common: in.common(),
		}
		if count := in.count("count"); count != nil {
			req.Count = *count
		}
		in.boolean("compositional") // codes are not composed
		if in.err != nil {
			return Answer{}, in.err
		}
		matches, err := t.FindMatches(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: matches.JSON()}, nil
	}
}

// wanted reads the parameter property with its parts code and value. In an address it is
// written code|value.
func (in *input) wanted() []terminology.WantedProperty {
	var out []terminology.WantedProperty
	for _, pair := range in.pairs {
		if pair.Name == "property" {
			out = append(out, wantedText(pair.Value))
		}
	}
	for _, p := range in.sent("property") {
		var w terminology.WantedProperty
		p.Get("part").ForEach(func(_, part gjson.Result) bool {
			switch part.Get("name").Str {
			case "code":
				v, _ := valueOf(part)
				w.Code = v.String()
			case "value":
				v, typ := valueOf(part)
				w.Raw, w.Value = `"value`+typ+`":`+v.Raw, v.String()
				if typ == "Coding" {
					w.Value = v.Get("code").String()
				}
			default:
				in.fail("property", "has a part %q; only code and value are known", clip(part.Get("name").Str))
			}
			return true
		})
		if w.Code == "" || w.Value == "" {
			in.fail("property", "needs the parts code and value")
		}
		out = append(out, w)
	}
	return out
}

// wantedText reads code|value.
func wantedText(text string) terminology.WantedProperty {
	code, value, _ := strings.Cut(text, "|")
	return terminology.WantedProperty{Code: code, Value: value, Raw: `"valueString":` + string(fhir.AppendString(nil, value))}
}
