package api

import (
	"context"
	"math"
	"strconv"

	"masjala/facility/geo"
	"masjala/fhir"
)

// Positions checks the positions of facilities; the Checker of facility/geo does.
type Positions interface {
	Check(ctx context.Context, id string) (geo.Finding, error)
}

// PositionOperations returns $position-check of Location, for Options.Operations (GEO-4).
func PositionOperations(p Positions) []Operation {
	out := func(name, typ, text string) DefinedParameter {
		return DefinedParameter{Name: name, Type: typ, Text: text, Out: true}
	}
	grade := out("finding", "code", "`inside` the declared area, `outside` of it, `no-position` when the Location has none, `no-boundary` when no area above it has one.")
	grade.Required = true
	in := out("contained-in", "Reference", "Each Location whose boundary contains the position.")
	in.Many = true
	return []Operation{{Name: "position-check", Types: []string{"Location"}, Level: AtInstance, Run: checkPosition(p), Own: &Definition{
		Title: "Check a position", Text: "Compares the position of a Location with the boundary of the area that it is declared to lie in: the nearest one above it by partOf that has a boundary (location-boundary-geojson).",
		Parameters: []DefinedParameter{grade, out("area", "Reference", "The declared area."),
			out("distance", "Quantity", "Of a position outside: how far it is from the boundary of the declared area, in km."), in}}}}
}

func checkPosition(p Positions) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		f, err := p.Check(ctx, call.ID)
		if err != nil {
			return Answer{}, err
		}
		b := append([]byte(nil), `{"resourceType":"Parameters","parameter":[{"name":"finding","valueCode":`...)
		b = append(fhir.AppendString(b, string(f.Grade)), '}')
		if f.Area != "" {
			b = appendPlace(b, "area", f.Area)
		}
		if f.Grade == geo.Outside {
			b = append(b, `,{"name":"distance","valueQuantity":{"value":`...)
			b = strconv.AppendFloat(b, math.Round(f.Metres)/1000, 'f', 3, 64)
			b = append(b, `,"unit":"km","system":"http://unitsofmeasure.org","code":"km"}}`...)
		}
		for _, id := range f.In {
			b = appendPlace(b, "contained-in", id)
		}
		return Answer{Body: append(b, `]}`...)}, nil
	}
}

// appendPlace appends a parameter that refers to a Location.
func appendPlace(b []byte, name, id string) []byte {
	return append(b, `,{"name":"`+name+`","valueReference":{"reference":"Location/`+id+`"}}`...)
}
