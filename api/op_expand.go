package api

import (
	"context"
	"slices"

	"masjala/terminology"
)

// echoed are the parameters that an expansion repeats, with the type it shows them in.
var echoed = []struct{ name, typ string }{
	{"filter", "String"}, {"offset", "Integer"}, {"count", "Integer"}, {"includeDesignations", "Boolean"},
	{"designation", "String"}, {"includeDefinition", "Boolean"}, {"activeOnly", "Boolean"},
	{"excludeNested", "Boolean"}, {"excludeNotForUI", "Boolean"}, {"excludePostCoordinated", "Boolean"},
	{"displayLanguage", "Code"}, {"exclude-system", "Uri"},
}

// expand is ValueSet/$expand (ITI-97).
func expand(t Terminology) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "valueSet", "ValueSet")
		if err != nil {
			return Answer{}, err
		}
		req := in.expand(call)
		if in.err != nil {
			return Answer{}, in.err
		}
		x, err := t.Expand(ctx, req)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: x.JSON(), ETag: x.ETag()}, nil
	}
}

// expand reads the parameters of $expand.
func (in *input) expand(call *Call) terminology.ExpandRequest {
	in.rename("excludePostCoordinate", "excludePostCoordinated") // as IHE prints it
	req := terminology.ExpandRequest{
		SetRef: in.set(call), Rules: in.rules(),
		Filter: in.search("filter"), Count: in.count("count"),
		IncludeDesignations: in.is("includeDesignations"), Designations: in.values("designation"),
		IncludeDefinition: in.is("includeDefinition"), ActiveOnly: in.is("activeOnly"),
		ExcludeNotForUI: in.is("excludeNotForUI"), Language: in.language(call),
		ExcludeSystems: in.values("exclude-system"),
		Nested:         !in.is("excludeNested"), Supplements: in.values("useSupplement"), Properties: in.values("property"),
		Common: in.common("contextDirection"),
	}
	in.boolean("excludePostCoordinated") // expansions hold none
	if offset := in.count("offset"); offset != nil {
		req.Offset = *offset
	}
	for _, e := range echoed {
		for _, v := range in.values(e.name) {
			if v == "" {
				continue
			}
			req.Echo = append(req.Echo, terminology.Echo{Name: e.name, Type: e.typ, Value: v})
		}
	}
	if req.Language != "" && in.text("displayLanguage") == "" {
		req.Echo = append(req.Echo, terminology.Echo{Name: "displayLanguage", Type: "Code", Value: req.Language})
	}
	return req
}

// rename takes a parameter under another spelling.
func (in *input) rename(from, to string) {
	in.pairs = slices.Clone(in.pairs)
	for i := range in.pairs {
		if in.pairs[i].Name == from {
			in.pairs[i].Name = to
		}
	}
	in.spelled = map[string]string{to: from}
}

// named tells whether a parameter was sent under a name, in any spelling.
func (in *input) named(sent, name string) bool {
	return sent == name || sent != "" && in.spelled[name] == sent
}
