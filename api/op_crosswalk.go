package api

import (
	"context"
	"strings"

	"masjala/facility/match"
	"masjala/fhir"
	"masjala/internal/linkage"
	"masjala/store"
	workermatch "masjala/workforce/match"
)

// maxCrosswalk is how many identifiers one $crosswalk takes.
const maxCrosswalk = 1000

// CrosswalkOperations returns $crosswalk of the types of facilities and of health workers,
// for Options.Operations (CSD-W9).
func CrosswalkOperations(s store.Store) []Operation {
	return []Operation{{Name: "crosswalk", Types: []string{"Organization", "Location", "HealthcareService", "Practitioner"}, Level: AtType, Run: crosswalk(s), Own: &Definition{
		Title: "Identifiers in another system",
		Text: "Tells under which identifiers of another system the facilities or health workers are known that have given identifiers: those of the resource itself, " +
			"of the Organization that manages it or the Locations that it manages, and of a person's licences and posts. Identifiers whose use is old are left out.",
		Parameters: []DefinedParameter{
			{Name: "from", Type: "string", Text: "Identifiers as system|value, 1,000 at most.", Required: true, Many: true},
			{Name: "to", Type: "uri", Text: "The systems wanted.", Required: true, Many: true},
			{Name: "mapped", Text: "One for each identifier found.", Out: true, Many: true, Parts: []DefinedParameter{
				{Name: "from", Type: "Identifier", Text: "As it was given.", Required: true},
				{Name: "to", Type: "Identifier", Text: "In a system wanted.", Required: true},
				{Name: "holder", Type: "Reference", Text: "The resource that carries it.", Required: true},
			}},
			{Name: "unmapped", Type: "Identifier", Text: "Each identifier for which nothing was found.", Out: true, Many: true},
		}}}}
}

func crosswalk(s store.Store) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "", "")
		if err != nil {
			return Answer{}, err
		}
		from, to := in.identifiers("from"), in.values("to")
		if len(to) == 0 {
			in.fail("to", "is missing; name the identifier system that is wanted")
		}
		if in.err != nil {
			return Answer{}, in.err
		}
		var walked []linkage.Walked
		if call.Type == "Practitioner" {
			walked, err = workermatch.Crosswalk(ctx, s, from, to)
		} else {
			walked, err = match.Crosswalk(ctx, s, call.Type, from, to)
		}
		if err != nil {
			return Answer{}, err
		}
		return Answer{Body: crosswalked(walked)}, nil
	}
}

// identifiers reads a parameter of system|value.
func (in *input) identifiers(name string) []linkage.Identifier {
	var out []linkage.Identifier
	for _, v := range in.values(name) {
		system, value, ok := strings.Cut(v, "|")
		if !ok || system == "" || value == "" {
			in.fail(name, "takes system|value, not %q", clip(v))
			return nil
		}
		out = append(out, linkage.Identifier{System: system, Value: value})
	}
	switch {
	case len(out) == 0:
		in.fail(name, "is missing; give one identifier or more as system|value")
	case len(out) > maxCrosswalk:
		in.fail(name, "is there %d times; %d are allowed", len(out), maxCrosswalk)
	}
	return out
}

// crosswalked writes the Parameters of an answer.
func crosswalked(walked []linkage.Walked) []byte {
	b := []byte(`{"resourceType":"Parameters","parameter":[`)
	n := 0
	for _, w := range walked {
		if len(w.To) == 0 {
			b = append(b, separator(n, "")...)
			b = appendIdentifier(append(b, `{"name":"unmapped",`...), w.From)
			n++
		}
		for _, m := range w.To {
			b = append(b, separator(n, "")...)
			b = appendIdentifier(append(b, `{"name":"mapped","part":[{"name":"from",`...), w.From)
			b = appendIdentifier(append(b, `,{"name":"to",`...), m.Identifier)
			b = append(b, `,{"name":"holder","valueReference":{"reference":"`+m.Holder+`"}}]}`...)
			n++
		}
	}
	return append(b, `]}`...)
}

// appendIdentifier appends an Identifier and closes the parameter that holds it.
func appendIdentifier(b []byte, id linkage.Identifier) []byte {
	b = append(b, `"valueIdentifier":{"system":`...)
	b = fhir.AppendString(b, id.System)
	b = append(b, `,"value":`...)
	return append(fhir.AppendString(b, id.Value), `}}`...)
}
