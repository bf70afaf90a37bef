package api

import (
	"encoding/json"
	"slices"

	"masjala/fhir"
)

// Definition documents an operation that is this program's own. The server makes the
// OperationDefinition of it, at [base]/OperationDefinition/ and the operation's name
// (https://hl7.org/fhir/R4/operationdefinition.html).
type Definition struct {
	Title      string
	Text       string // markdown
	Parameters []DefinedParameter
}

// DefinedParameter is a parameter of an operation.
type DefinedParameter struct {
	Name     string
	Type     string // "string", "Reference", …; empty for one that has parts
	Text     string
	Out      bool
	Required bool
	Many     bool
	Parts    []DefinedParameter
}

// definitionType is the resource type of definitions; they can be read, and nothing else.
const definitionType = "OperationDefinition"

type (
	operationDefinition struct {
		ResourceType string             `json:"resourceType"`
		ID           string             `json:"id"`
		URL          string             `json:"url"`
		Version      string             `json:"version,omitempty"`
		Name         string             `json:"name"`
		Title        string             `json:"title"`
		Status       string             `json:"status"`
		Kind         string             `json:"kind"`
		Description  string             `json:"description"`
		AffectsState bool               `json:"affectsState"`
		Code         string             `json:"code"`
		Resource     []string           `json:"resource,omitempty"`
		System       bool               `json:"system"`
		Type         bool               `json:"type"`
		Instance     bool               `json:"instance"`
		Parameter    []definedParameter `json:"parameter"`
	}
	definedParameter struct {
		Name          string             `json:"name"`
		Use           string             `json:"use"`
		Min           int                `json:"min"`
		Max           string             `json:"max"`
		Documentation string             `json:"documentation"`
		Type          string             `json:"type,omitempty"`
		Part          []definedParameter `json:"part,omitempty"`
	}
)

// address is the canonical address of the operation's definition: that of its publisher, or
// one on this server.
func (o *Operation) address(base string) string {
	if o.Own == nil {
		return o.Definition
	}
	return base + "/" + definitionType + "/" + o.Name
}

// definition answers GET [base]/OperationDefinition/name for the server's own operations.
func (s *Server) definition(x *exchange) error {
	i := slices.IndexFunc(s.ops, func(o Operation) bool { return o.Own != nil && o.Name == x.id })
	if i < 0 {
		return fhir.Errorf(fhir.NotFound, "This server defines no operation %s of its own; see %s/metadata for those it offers.", clip(x.id), prefix)
	}
	o := &s.ops[i]
	d := operationDefinition{
		ResourceType: definitionType, ID: o.Name, URL: o.address(s.base(x)), Version: s.opt.Version, Name: "Masjala" + camel(o.Name),
		Title: o.Own.Title, Status: "active", Kind: "operation", Description: o.Own.Text, AffectsState: o.Changes,
		Code: o.Name, Resource: o.Types, System: o.Level&AtSystem != 0, Type: o.Level&AtType != 0, Instance: o.Level&AtInstance != 0,
	}
	for _, p := range o.Own.Parameters {
		d.Parameter = append(d.Parameter, p.defined(p.Out))
	}
	b, err := json.Marshal(d)
	x.out = append(x.out, b...)
	return err
}

// defined is the parameter as the definition has it.
func (p *DefinedParameter) defined(out bool) definedParameter {
	d := definedParameter{Name: p.Name, Use: "in", Max: "1", Documentation: p.Text, Type: p.Type}
	if out {
		d.Use = "out"
	}
	if p.Required {
		d.Min = 1
	}
	if p.Many {
		d.Max = "*"
	}
	for i := range p.Parts {
		d.Part = append(d.Part, p.Parts[i].defined(out))
	}
	return d
}

// camel writes position-check as PositionCheck.
func camel(name string) string {
	out := make([]byte, 0, len(name))
	up := true
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '-':
		case up && c >= 'a' && c <= 'z':
			out = append(out, c-'a'+'A')
		default:
			out = append(out, c)
		}
		up = c == '-'
	}
	return string(out)
}
