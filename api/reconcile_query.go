package api

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// resource makes what a query is about. Its properties are the columns that a user chose to
// send along, by the names of FHIR elements or the words that lists use; others are left out.
func (q *reconcileQuery) resource(typ string) (*fhir.Resource, error) {
	m := map[string]any{"resourceType": typ, "name": q.Query}
	if typ == "Practitioner" {
		m["name"] = []any{map[string]any{"text": q.Query}}
	}
	w := wish{address: map[string]any{}, position: map[string]any{}, rest: m}
	for _, p := range q.Properties {
		for _, v := range texts(p.Value) {
			w.take(strings.ToLower(p.ID), v)
		}
	}
	for name, list := range map[string][]any{"identifier": w.identifiers, "telecom": w.telecom} {
		if len(list) > 0 {
			m[name] = list
		}
	}
	if len(w.address) > 0 {
		m["address"] = w.address
	}
	if len(w.position) == 2 {
		m["position"] = w.position
	}
	b, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return fhir.ParseLenient(b)
}

// wish is what the properties of a query say.
type wish struct {
	identifiers, telecom    []any
	address, position, rest map[string]any
}

// take notes one value of a property.
func (w *wish) take(property, v string) {
	switch property {
	case "identifier", "code", "licence":
		system, value, ok := strings.Cut(v, "|")
		if !ok {
			system, value = "", v
		}
		w.identifiers = append(w.identifiers, map[string]any{"system": system, "value": value})
	case "type":
		w.rest["type"] = []any{map[string]any{"text": v}}
	case "country", "state", "region", "province":
		w.address["state"] = v
	case "district", "county", "area", "partof":
		w.address["district"] = v
	case "city", "town", "ward":
		w.address["city"] = v
	case "phone", "telephone":
		w.telecom = append(w.telecom, map[string]any{"system": "phone", "value": v})
	case "email":
		w.telecom = append(w.telecom, map[string]any{"system": "email", "value": v})
	case "birthdate":
		w.rest["birthDate"] = v
	case "gender":
		w.rest["gender"] = strings.ToLower(v)
	case "latitude", "longitude":
		if degrees, err := strconv.ParseFloat(v, 64); err == nil && math.Abs(degrees) <= 180 {
			w.position[property] = degrees
		}
	}
}

// texts are the texts of a value as the service sends it: a text, a number, an entity with a
// name or an id, or a list of these.
func texts(raw json.RawMessage) []string {
	var out []string
	var walk func(v gjson.Result)
	walk = func(v gjson.Result) {
		switch {
		case v.IsArray():
			for _, e := range v.Array() {
				walk(e)
			}
		case v.IsObject():
			if name := v.Get("name").String(); name != "" {
				out = append(out, name)
			} else if id := v.Get("id").String(); id != "" {
				out = append(out, id)
			}
		case v.Exists() && v.Type != gjson.Null:
			if text := strings.TrimSpace(v.String()); text != "" {
				out = append(out, text)
			}
		}
	}
	walk(gjson.ParseBytes(raw))
	return out
}
