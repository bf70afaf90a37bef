package api

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/terminology"
)

// input is the parameters of an operation, however they were sent: in the query, a form, a
// Parameters resource, or one resource as the whole body. Readers note the first thing
// that is wrong in err.
type input struct {
	pairs []search.Pair
	list  []sentParameter // of a Parameters resource
	body  *fhir.Resource
	err   error

	costly    int // see Call
	clearance terminology.Clearance

	spelled map[string]string // name → another spelling of it
}

// sentParameter is one parameter of a Parameters resource.
type sentParameter struct {
	name string
	gjson.Result
}

// parameters is the one reader of operation parameters. A body that is not Parameters
// stands for the parameter resource, of a type that the operation takes.
func parameters(call *Call, resource, typ string) (*input, error) {
	in := &input{pairs: call.Pairs, costly: call.Costly, clearance: call.clearance}
	switch {
	case call.Body == nil:
	case call.Body.Type == "Parameters":
		call.Body.Field("parameter").ForEach(func(_, p gjson.Result) bool {
			in.list = append(in.list, sentParameter{p.Get("name").Str, p})
			return true
		})
	case call.Body.Type == typ && resource != "":
		in.body = call.Body
	default:
		return nil, fhir.Errorf(fhir.Invalid, "The operation takes a Parameters resource, not %s.", clip(call.Body.Type))
	}
	return in, nil
}

// has tells whether a parameter was sent.
func (in *input) has(name string) bool {
	for i := range in.pairs {
		if in.pairs[i].Name == name {
			return true
		}
	}
	for i := range in.list {
		if in.named(in.list[i].name, name) {
			return true
		}
	}
	return false
}

// fail notes what is wrong with a parameter, if it is the first thing.
func (in *input) fail(name, format string, args ...any) {
	if in.err == nil {
		in.err = fhir.Errorf(fhir.Invalid, "Parameter "+name+" "+format+".", args...).At(name)
	}
}

// values returns all values of a parameter that can be written as text.
func (in *input) values(name string) []string {
	var out []string
	for _, p := range in.pairs {
		if p.Name == name {
			out = append(out, p.Value)
		}
	}
	for _, p := range in.sent(name) {
		v, typ := valueOf(p)
		if typ == "" || v.IsObject() || v.IsArray() {
			in.fail(name, "takes a simple value")
			continue
		}
		out = append(out, strings.Clone(v.String()))
	}
	return out
}

// sent returns the parameters of a name in a Parameters resource.
func (in *input) sent(name string) []gjson.Result {
	var out []gjson.Result
	for i := range in.list {
		if in.named(in.list[i].name, name) {
			out = append(out, in.list[i].Result)
		}
	}
	return out
}

// valueOf returns value[x] of a parameter and its type.
func valueOf(p gjson.Result) (v gjson.Result, typ string) {
	p.ForEach(func(key, value gjson.Result) bool {
		if t, ok := strings.CutPrefix(key.Str, "value"); ok {
			v, typ = value, t
		}
		return true
	})
	return v, typ
}

// text returns the value of a parameter that may be there once; "" when it is not.
func (in *input) text(name string) string {
	n, out := 0, ""
	for i := range in.pairs {
		if in.pairs[i].Name == name {
			n, out = n+1, in.pairs[i].Value
		}
	}
	if len(in.list) > 0 {
		all := in.values(name)
		if n = len(all); n > 0 {
			out = all[0]
		}
	}
	if n > 1 {
		in.fail(name, "is there %d times; once is allowed", n)
	}
	if n > 0 && out == "" {
		in.fail(name, "is empty; leave it out or give it a value")
	}
	return out
}

// search returns a text that may be there once, and may be empty, as forms send it.
func (in *input) search(name string) string {
	if !in.has(name) {
		return ""
	}
	for _, v := range in.values(name) {
		if v != "" {
			return in.text(name)
		}
	}
	return ""
}

// boolean returns a parameter that is true or false, nil when it is not there.
func (in *input) boolean(name string) *bool {
	s := in.text(name)
	switch s {
	case "":
		return nil
	case "true", "false":
		b := s == "true"
		return &b
	}
	in.fail(name, "takes true or false, not %q", clip(s))
	return nil
}

// is tells whether a parameter is there and true.
func (in *input) is(name string) bool {
	b := in.boolean(name)
	return b != nil && *b
}

// count returns a parameter that is a whole number, zero or more; nil when it is not there.
func (in *input) count(name string) *int {
	s := in.text(name)
	if s == "" {
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		in.fail(name, "takes a whole number from 0 to 2147483647, not %q", clip(s))
		return nil
	}
	i := int(n)
	return &i
}

// one returns a parameter that is not a simple value, which can only be sent as Parameters.
func (in *input) one(name string) (gjson.Result, bool) {
	if slices.ContainsFunc(in.pairs, func(p search.Pair) bool { return p.Name == name }) {
		in.fail(name, "cannot be written in an address; send a Parameters resource by POST")
		return gjson.Result{}, false
	}
	all := in.sent(name)
	if len(all) > 1 {
		in.fail(name, "is there %d times; once is allowed", len(all))
	}
	if len(all) == 0 {
		return gjson.Result{}, false
	}
	return all[0], true
}

// coding returns a Coding, nil when it is not there.
func (in *input) coding(name string) *terminology.Coding {
	p, ok := in.one(name)
	if !ok {
		return nil
	}
	v, typ := valueOf(p)
	if typ != "Coding" {
		in.fail(name, "takes a valueCoding")
		return nil
	}
	c := codingOf(v)
	return &c
}

func codingOf(v gjson.Result) terminology.Coding {
	text := func(name string) string { return strings.Clone(v.Get(name).String()) }
	return terminology.Coding{System: text("system"), Version: text("version"), Code: text("code"), Display: text("display")}
}

// concept returns the codings of a CodeableConcept, nil when it is not there.
func (in *input) concept(name string) []terminology.Coding {
	p, ok := in.one(name)
	if !ok {
		return nil
	}
	v, typ := valueOf(p)
	if typ != "CodeableConcept" {
		in.fail(name, "takes a valueCodeableConcept")
		return nil
	}
	list := codingsOf(v)
	if len(list) == 0 {
		in.fail(name, "has no coding")
	}
	return list
}

func codingsOf(v gjson.Result) []terminology.Coding {
	var out []terminology.Coding
	v.Get("coding").ForEach(func(_, c gjson.Result) bool {
		out = append(out, codingOf(c))
		return true
	})
	return out
}

// resource returns a resource that was sent, as a parameter or as the whole body; nil when
// it is not there.
func (in *input) resource(name string) *fhir.Resource {
	if in.body != nil {
		return in.body
	}
	p, ok := in.one(name)
	if !ok {
		return nil
	}
	if !p.Get("resource").Exists() {
		in.fail(name, "takes a resource")
		return nil
	}
	r, err := fhir.ParseLenient([]byte(p.Get("resource").Raw))
	if err != nil && in.err == nil {
		in.err = err
	}
	return r
}

// common reads the parameters that several operations share and that are not honoured.
// others are names of further parameters that a client may send and that would change the
// answer.
func (in *input) common(others ...string) terminology.Common {
	c := terminology.Common{Threshold: in.costly, Clearance: in.clearance, Date: in.text("date"), Context: in.text("context"), Resources: in.brought()}
	for _, name := range others {
		if len(in.sent(name)) > 0 || slices.ContainsFunc(in.pairs, func(p search.Pair) bool { return p.Name == name }) {
			c.Other = append(c.Other, name)
		}
	}
	return c
}

// brought returns the resources that the request brings along.
func (in *input) brought() []*fhir.Resource {
	var out []*fhir.Resource
	for _, p := range in.sent("tx-resource") {
		r, err := fhir.ParseLenient([]byte(p.Get("resource").Raw))
		if err != nil && in.err == nil {
			in.err = err
			return nil
		}
		out = append(out, r)
	}
	return out
}

// language returns displayLanguage or, without it, what the client accepts.
func (in *input) language(call *Call) string {
	if l := in.text("displayLanguage"); l != "" {
		return l
	}
	return call.Language
}

// rules reads the version rules.
func (in *input) rules() terminology.Rules {
	return terminology.Rules{System: in.values("system-version"), Check: in.values("check-system-version"), Force: in.values("force-system-version"), Sets: in.values("default-valueset-version"),
		CheckSets: in.values("check-valueset-version"), ForceSets: in.values("force-valueset-version")}
}
