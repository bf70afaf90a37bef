package search

import "strings"

// ContainsPoint is the parameter of Location that asks which areas contain a point,
// latitude|longitude; R5 defines it (http://hl7.org/fhir/R5/location.html#search).
const ContainsPoint = "contains"

// boundaryElement is an Attachment with the outline of an area. Its rows say only that it
// is there: what lies in it is for others to find out, see [Query.Locate].
const boundaryElement element = 200

// boundaryPath leads to the outline of a Location.
const boundaryPath = "extension[url=http://hl7.org/fhir/StructureDefinition/location-boundary-geojson].valueAttachment"

// pointValue reads latitude|longitude.
func pointValue(s string) (Value, string) {
	if strings.Count(s, "|") != 1 {
		return Value{}, "write latitude|longitude, such as -1.28|36.82"
	}
	return place(s)
}

// asksContains tells whether the condition asks for areas that contain a point.
func (c *Condition) asksContains() bool {
	return c.Param != nil && c.Param.element == boundaryElement && c.Modifier != Missing && len(c.Chain) == 0
}

// NeedsAreas tells whether Locate must be called before a store is asked.
func (q *Query) NeedsAreas() bool {
	needs := false
	_ = q.each(func(c *Condition) error {
		needs = needs || c.asksContains()
		return nil
	})
	return needs
}

// Locate puts the ids of the areas in the place of the points that they must contain,
// wherever these stand in the query. It must be called before a store is asked. containing
// returns the ids of the Locations whose boundary holds a point; Locate fails as it does.
func (q *Query) Locate(containing func(lat, lon float64) ([]string, error)) error {
	return q.each(func(c *Condition) error {
		if !c.asksContains() {
			return nil
		}
		var values []Value
		for i := range c.Values {
			ids, err := containing(c.Values[i].Lat, c.Values[i].Lon)
			if err != nil {
				return err
			}
			for _, id := range ids {
				values = append(values, Value{Code: id})
			}
		}
		if values == nil {
			values = []Value{{}} // no resource has an empty id
		}
		c.Param, c.Values = Lookup("", "_id"), values
		return nil
	})
}
