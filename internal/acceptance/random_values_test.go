package acceptance_test

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"

	"masjala/fhir/structure"
)

// adorn gives a resource, now and then, what any may have: a narrative, a language, labels,
// extensions, and a resource contained in it that something refers to.
func (m *maker) adorn(typ string, o map[string]any) {
	if m.IntN(3) == 0 {
		o["text"] = map[string]any{"status": "generated", "div": `<div xmlns="http://www.w3.org/1999/xhtml" lang="sw"><p>` + html.EscapeString(m.text()) + `&nbsp;<br/></p></div>`}
	}
	if m.IntN(4) == 0 {
		o["language"] = []string{"en", "sw", "am", "fr-CD"}[m.IntN(4)]
	}
	if m.IntN(4) == 0 {
		o["meta"] = map[string]any{"source": m.uri() + "#" + fmt.Sprint(m.IntN(9)), "profile": []any{m.uri()}, "tag": []any{map[string]any{"system": m.uri(), "code": m.text()}},
			"security": []any{map[string]any{"display": m.text()}}}
	}
	var extensions []any
	for range m.IntN(3) {
		extensions = append(extensions, m.extension(0))
	}
	if !m.bare && m.IntN(4) == 0 {
		inner := map[string]any{"resourceType": "Organization", "id": "inner.1", "name": m.text(), "type": []any{map[string]any{"text": m.text()}}}
		if typ == "Organization" {
			inner = map[string]any{"resourceType": "Practitioner", "id": "inner.1", "name": []any{map[string]any{"text": m.text()}}, "birthDate": m.day()}
		}
		o["contained"] = []any{inner}
		extensions = append(extensions, map[string]any{"url": m.uri(), "valueReference": map[string]any{"reference": "#inner.1"}})
	}
	if extensions != nil {
		o["extension"] = extensions
	}
}

// accompany gives a simple value, now and then, an extension or an id of its own.
func (m *maker) accompany(o map[string]any, e *structure.Element, v any) {
	if e.Type().Primitive == structure.Complex || e.Attr || m.IntN(10) > 0 {
		return
	}
	twin := func() any { return map[string]any{"extension": []any{m.extension(1)}} }
	if m.IntN(2) == 0 {
		twin = func() any { return map[string]any{"id": fmt.Sprintf("e%d", m.IntN(100))} }
	}
	list, many := v.([]any)
	if !many {
		o["_"+e.Name] = twin()
		return
	}
	twins := make([]any, len(list))
	twins[m.IntN(len(list))] = twin()
	o["_"+e.Name] = twins
}

// extension makes an extension with a value of some type, or with extensions in it.
func (m *maker) extension(depth int) map[string]any {
	x := map[string]any{"url": m.uri()}
	if depth == 0 && m.IntN(5) == 0 {
		x["extension"] = []any{m.extension(1), m.extension(1)}
		return x
	}
	values := []func(){
		func() { x["valueString"] = m.text() }, func() { x["valueBoolean"] = m.IntN(2) == 0 }, func() { x["valueInteger"] = m.IntN(2000) - 1000 },
		func() { x["valueDecimal"] = m.decimal() }, func() { x["valueDate"] = m.day() }, func() { x["valueDateTime"] = m.moment() }, func() { x["valueMarkdown"] = "# " + m.text() + "\n\n* a\n\tb" },
		func() { x["valueCoding"] = map[string]any{"system": m.uri(), "code": m.text(), "display": m.text()} },
		func() {
			x["valueQuantity"] = map[string]any{"value": m.decimal(), "unit": "m²", "system": "http://unitsofmeasure.org", "code": "m2"}
		},
		func() { x["valuePeriod"] = m.period() }, func() { x["valueIdentifier"] = map[string]any{"system": m.uri(), "value": m.text()} },
	}
	values[m.IntN(len(values))]()
	return x
}

// period makes one that is open at an end, or of dates of several precisions.
func (m *maker) period() any {
	year := 1990 + m.IntN(30)
	p := map[string]any{"start": fmt.Sprintf("%d-%02d-%02d", year, 1+m.IntN(12), 1+m.IntN(28))[:[]int{4, 7, 10}[m.IntN(3)]], "end": fmt.Sprint(year + 1 + m.IntN(5))}
	switch m.IntN(4) {
	case 0:
		delete(p, "end")
	case 1:
		delete(p, "start")
	case 2:
		p["end"] = fmt.Sprintf("%d-12-31T23:59:59.999-11:30", year+6)
	}
	return p
}

func (m *maker) day() string {
	return fmt.Sprintf("%d-%02d-%02d", 1950+m.IntN(80), 1+m.IntN(12), 1+m.IntN(28))[:[]int{4, 7, 10}[m.IntN(3)]]
}

func (m *maker) moment() string {
	day := fmt.Sprintf("%d-%02d-%02d", 1950+m.IntN(80), 1+m.IntN(12), 1+m.IntN(28))
	return []string{day[:4], day[:7], day, day + "T23:59:59.50+03:00", day + "T00:00:00Z", day + "T12:30:00.123456-09:30"}[m.IntN(6)]
}

// decimal makes numbers whose digits tell whether they were kept.
func (m *maker) decimal() json.Number {
	return json.Number([]string{"0.0", "-0.010", "1.50", "100", "12345678901234567890.10", "0.000000000000000001", "1E3", "-2.5e-7", fmt.Sprintf("%.3f", m.Float64()*100)}[m.IntN(9)])
}

// value makes one value, nil if it would be empty.
func (m *maker) value(e *structure.Element, depth int) any {
	t := e.Type()
	switch t.Name {
	case "Extension":
		return m.extension(depth)
	case "Period":
		return m.period()
	case "Reference":
		if len(e.Targets) == 0 {
			return map[string]any{"display": m.text()}
		}
		target := e.Targets[m.IntN(len(e.Targets))]
		return []map[string]any{
			{"reference": fmt.Sprintf("%s/random-%d", target, m.IntN(900)), "display": m.text()}, {"reference": fmt.Sprintf("http://elsewhere.example/fhir/%s/%d", target, m.IntN(9)), "type": target},
			{"identifier": map[string]any{"system": m.uri(), "value": m.text()}}, {"reference": fmt.Sprintf("%s/random-%d/_history/1", target, m.IntN(900))},
		}[m.IntN(4)]
	case "ContactPoint":
		return map[string]any{"system": "phone", "value": fmt.Sprint(m.IntN(1e9)), "use": "work", "rank": 1 + m.IntN(9), "period": m.period()}
	case "Location.position":
		p := map[string]any{"longitude": json.Number(fmt.Sprintf("%.4f", m.Float64()*360-180)), "latitude": json.Number(fmt.Sprintf("%.6f", m.Float64()*180-90))}
		if m.IntN(3) == 0 {
			p["altitude"] = m.decimal()
		}
		return p
	}
	if t.Primitive != structure.Complex {
		return m.primitive(e)
	}
	if o := m.object(t, depth+1, nil); len(o) > 0 {
		return o
	}
	return nil
}

func (m *maker) primitive(e *structure.Element) any {
	if codes := e.Codes(); codes != nil {
		return codes[m.IntN(len(codes))]
	}
	switch e.Type().Primitive {
	case structure.Boolean:
		return m.IntN(2) == 0
	case structure.Integer, structure.UnsignedInt, structure.PositiveInt:
		return 1 + m.IntN(1000)
	case structure.Decimal:
		return m.decimal()
	case structure.Date:
		return m.day()
	case structure.DateTime:
		return m.moment()
	case structure.Instant:
		return "2020-02-29T23:59:59.50+03:00"
	case structure.Time:
		return fmt.Sprintf("%02d:%02d:00", m.IntN(24), m.IntN(60))
	case structure.Base64Binary:
		return "bWFzamFsYQ=="
	case structure.Code, structure.ID:
		return fmt.Sprintf("c%d", m.IntN(100))
	case structure.URI, structure.URL, structure.Canonical:
		return m.uri()
	case structure.OID:
		return "urn:oid:2.16.840.1"
	case structure.UUID:
		return "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
	}
	return m.text()
}

func (m *maker) uri() string { return fmt.Sprintf("http://example.org/%d", m.IntN(1000)) }

// text makes words of several scripts, directions and lengths.
func (m *maker) text() string {
	words := []string{"Kituo", "cha", "afya", "Santé", "e\u0301", "ጤና", "Hôpital", "St. Luke's", `"A"`, "<b>", "&amp;", "&", "北京", "1½", "العيادة", "\U0001F3E5", "\U00020BB7", "\u200d\u0301", `back\slash`, "a|b,c$d", "İıſß", "%20+", "{{x}}", strings.Repeat("long ", 60) + "."}
	var out []string
	for range 1 + m.IntN(3) {
		out = append(out, words[m.IntN(len(words))])
	}
	return strings.Join(out, " ")
}
