package fhir

import "github.com/tidwall/gjson"

// Parameters is the input or output of an operation
// (https://hl7.org/fhir/R4/parameters.html).
type Parameters struct {
	List []Parameter
}

// Parameter is one parameter: a value, a resource, or parts.
type Parameter struct {
	Name     string
	Type     string // type of the value as the JSON name ends: "String", "Coding"; "" when there is no value
	Value    []byte // JSON of the value, nil when there is none
	Resource []byte // JSON of the resource, nil when there is none
	Part     []Parameter
}

// ParseParameters reads a Parameters resource strictly. It fails with Invalid.
func ParseParameters(data []byte) (*Parameters, error) { return parametersOf(Parse(data)) }

// ParseParametersLenient is ParseParameters as [ParseLenient] is Parse: resources in the
// parameters may have elements of later versions of FHIR.
func ParseParametersLenient(data []byte) (*Parameters, error) {
	return parametersOf(ParseLenient(data))
}

func parametersOf(r *Resource, err error) (*Parameters, error) {
	if err != nil {
		return nil, err
	}
	if r.Type != "Parameters" {
		return nil, Errorf(Invalid, "The body is a %s; send a Parameters resource.", r.Type).At("resourceType")
	}
	return &Parameters{List: readParameters(gjson.GetBytes(r.Body, "parameter"))}, nil
}

func readParameters(list gjson.Result) []Parameter {
	var all []Parameter
	list.ForEach(func(_, item gjson.Result) bool {
		var p Parameter
		item.ForEach(func(key, value gjson.Result) bool {
			switch name := key.Str; {
			case name == "name":
				p.Name = value.String()
			case name == "resource":
				p.Resource = []byte(value.Raw)
			case name == "part":
				p.Part = readParameters(value)
			case len(name) > 5 && name[:5] == "value":
				p.Type, p.Value = name[5:], []byte(value.Raw)
			}
			return true
		})
		all = append(all, p)
		return true
	})
	return all
}

// Get returns the first parameter of that name, nil if there is none.
func (p *Parameters) Get(name string) *Parameter { return find(p.List, name) }

// All returns the parameters of that name, in order.
func (p *Parameters) All(name string) []Parameter {
	var all []Parameter
	for _, one := range p.List {
		if one.Name == name {
			all = append(all, one)
		}
	}
	return all
}

// Get returns the first part of that name, nil if there is none.
func (p *Parameter) Get(name string) *Parameter { return find(p.Part, name) }

// Text returns a primitive value as text: a string without quotes, a number or boolean
// as written; "" when the parameter is nil or its value is not primitive.
func (p *Parameter) Text() string {
	if p == nil || len(p.Value) == 0 || p.Value[0] == '{' || p.Value[0] == '[' {
		return ""
	}
	if v := gjson.ParseBytes(p.Value); v.Type == gjson.String {
		return v.Str
	}
	return string(p.Value)
}

// Field returns the value at a gjson path of a value or resource.
func (p *Parameter) Field(path string) gjson.Result {
	switch {
	case p == nil:
		return gjson.Result{}
	case p.Resource != nil:
		return gjson.GetBytes(p.Resource, path)
	}
	return gjson.GetBytes(p.Value, path)
}

func find(list []Parameter, name string) *Parameter {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}
