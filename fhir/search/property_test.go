package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"

	"pgregory.net/rapid"
)

// anyPair draws a parameter: names put together from real ones and from fragments, values
// from fragments that mean something to some kind of parameter.
func anyPair(t *rapid.T) search.Pair {
	var names []string
	for _, typ := range append(search.Types(), "") {
		for _, p := range search.Parameters(typ) {
			names = append(names, p.Name)
		}
	}
	name := rapid.SampledFrom(append(names, "_sort", "_count", "_include", "_revinclude", "_summary", "_elements", "_total", "_cursor", "_type", "_has", "x"))
	glue := rapid.SampledFrom([]string{"", "", "", ":", ".", ":exact", ":missing", ":not", ":below", ":identifier", ":of-type", ":text",
		":iterate", ":Organization", ":Location:organization:", ":PractitionerRole:practitioner:", "."})
	fragment := rapid.SampledFrom([]string{"", "a", "Location", "Organization/1", "http://x/y", "urn:a", "|", ",", `\`, `\,`, "2020", "-02-30", "ge", "ap", "T10:00Z",
		"1", "-", ".5", "e9", "é", "true", "\x00", "*", "%", "/_history/", "km", ":", "\xff", " "})
	p := search.Pair{}
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		p.Name += name.Draw(t, "name") + glue.Draw(t, "glue")
	}
	for range rapid.IntRange(0, 5).Draw(t, "fragments") {
		p.Value += fragment.Draw(t, "fragment")
	}
	return p
}

func TestParseNeverPanicsAndExplainsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		req := search.Request{
			Type:   rapid.SampledFrom(append(search.Types(), "", "Patient")).Draw(t, "type"),
			Base:   rapid.SampledFrom([]string{"", base, base + "/"}).Draw(t, "base"),
			Strict: rapid.Bool().Draw(t, "strict"),
			Now:    now,
			Pairs:  rapid.SliceOfN(rapid.Custom(anyPair), 0, 4).Draw(t, "pairs"),
		}
		q, err := search.Parse(req)
		checkAnswer(t, req, q, err)
	})
}

// checkAnswer checks what holds of every answer of Parse.
func checkAnswer(t interface{ Fatalf(string, ...any) }, req search.Request, q *search.Query, err error) {
	if err != nil {
		if k := fhir.KindOf(err); q != nil || k != fhir.Invalid && k != fhir.NotFound {
			t.Fatalf("%+v: got %v and %v, want a query or an error of the caller", req, q, err)
		}
		return
	}
	if len(q.Used)+len(q.Ignored) < len(q.Where)+len(q.Includes) {
		t.Fatalf("%+v: %d conditions and %d includes come from %d parameters", req, len(q.Where), len(q.Includes), len(q.Used))
	}
	if req.Strict && len(q.Ignored) > 0 {
		t.Fatalf("%+v: ignores %v although strict", req, q.Ignored)
	}
	same := req
	same.Pairs, same.Strict = q.Used, true
	if again, err := search.Parse(same); err != nil || !slices.Equal(again.Used, q.Used) || len(again.Where) != len(q.Where) || len(again.Includes) != len(q.Includes) {
		t.Fatalf("%+v: what was used, %+v, read again is %+v, %v", req, q.Used, again, err)
	}
	for i := range q.Where {
		checkCondition(t, &q.Where[i])
		q.Where[i].Match(&fhir.Resource{Type: req.Type, Body: []byte(`{}`)}, nil)
	}
}

func checkCondition(t interface{ Fatalf(string, ...any) }, c *search.Condition) {
	set := 0
	for _, is := range []bool{len(c.Values) > 0, len(c.Chain) > 0, c.Has != nil, c.Group != nil, c.Modifier == search.Missing} {
		if is {
			set++
		}
	}
	if set != 1 || (c.Param == nil) != (c.Has != nil || c.Group != nil) {
		t.Fatalf("the condition %+v is none of values, chain, has, group and missing, or several", c)
	}
	if c.Group != nil {
		for i := range c.Group.Of {
			checkCondition(t, &c.Group.Of[i])
		}
	}
	for i := range c.Chain {
		checkCondition(t, &c.Chain[i].Cond)
	}
	if c.Has != nil {
		checkCondition(t, &c.Has.Cond)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"Location?name=a", "Location?organization.partof:below=1", "Organization?_has:Location:organization:near=1|2|3|km",
		`Organization?identifier=a\|b|c,d`, "OrganizationAffiliation?date=ap2020-01-01T10:00:00.5 03:00", "CodeSystem?context-quantity=ge1e400|a|b",
		"Location?_include:iterate=*&_sort=-name,x&_count=99999999999999999999", "Practitioner?_has:PractitionerRole:practitioner:_has:X:y:z=1&name:missing=true", "Organization?type:not=a,b&_elements=name&_summary=text",
		"Location?near=10|180|5|[mi_i],1|2&_total=none", "HealthcareService?organization:identifier=a|b&location:below=x&_filter=name eq \"a\"", "?_type=Location&_id=a", "Location?partof:Location=Location/1/_history/2"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, request string, strict bool) {
		typ, query, _ := strings.Cut(request, "?")
		req := search.Request{Type: typ, Base: base, Strict: strict, Now: now}
		for part := range strings.SplitSeq(query, "&") {
			name, value, _ := strings.Cut(part, "=")
			req.Pairs = append(req.Pairs, search.Pair{Name: name, Value: value})
		}
		q, err := search.Parse(req)
		checkAnswer(t, req, q, err)
	})
}

// anyText draws texts of a kind that names and codes have, and worse.
func anyText(t *rapid.T) string {
	return rapid.OneOf(
		rapid.StringMatching(`[A-Za-z0-9 ,|$\\'éÉñßøŁ-]{1,12}`),
		rapid.StringN(1, 20, 80),
	).Filter(func(s string) bool { return strings.ToValidUTF8(s, "") == s && search.Fold(s) != "" }).Draw(t, "text")
}

// anyLocation draws a Location with values of all kinds.
func anyLocation(t *rapid.T) *fhir.Resource {
	text := func() string { return string(fhir.AppendString(nil, anyText(t))) }
	id := rapid.StringMatching(`[A-Za-z0-9.-]{1,64}`)
	date := rapid.SampledFrom([]string{"2020", "2020-02", "2020-02-29", "2020-02-29T10:00:00Z", "2020-02-29T10:00:00.5+03:00"})
	body := fmt.Sprintf(`{"identifier":[{"system":%s,"value":%s}],"status":"active","name":%s,"alias":[%s],"type":[{"coding":[{"system":%s,"code":%s,"display":%s}],"text":%s}],`+
		`"address":{"city":%s,"line":[%s]},"position":{"longitude":%v,"latitude":%v},"managingOrganization":{"reference":"Organization/%s","identifier":{"value":%s}},"partOf":{"reference":"http://o.org/Location/%s"},"x":"%s"}`,
		text(), text(), text(), text(), text(), text(), text(), text(), text(), text(),
		rapid.Float64Range(-180, 180).Draw(t, "longitude"), rapid.Float64Range(-90, 90).Draw(t, "latitude"),
		id.Draw(t, "id"), text(), id.Draw(t, "id"), date.Draw(t, "date"))
	return &fhir.Resource{Type: "Location", ID: "1", Updated: time.UnixMilli(0), Body: []byte(body)}
}

// requestFor writes the search that must find a row.
func requestFor(e search.Entry) search.Pair {
	p := search.Pair{Name: e.Param}
	switch e.Kind {
	case search.Token:
		p.Value = search.Escape(e.System) + "|" + search.Escape(e.Code)
		if e.Code == "" || e.System == "" && !strings.Contains(e.Param, ":") {
			p.Value = strings.TrimPrefix(p.Value, "|")
		}
	case search.String:
		p.Value = search.Escape(e.Text)
		if e.Exact != "" {
			p.Name, p.Value = p.Name+":exact", search.Escape(e.Exact)
		}
	case search.Reference:
		p.Value = search.Escape(e.RefURL)
		if e.RefID != "" {
			p.Value = e.RefType + "/" + e.RefID
		}
	case search.Position:
		p.Value = fmt.Sprintf("%v|%v|1|m", e.Lat, e.Lon)
	}
	return p
}

func TestEveryRowIsFoundByItsOwnSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyLocation(t)
		entries := search.Extract(r)
		if len(entries) < 10 {
			t.Fatalf("only %d rows of %s", len(entries), r.Body)
		}
		for _, e := range entries {
			p := requestFor(e)
			q, err := search.Parse(search.Request{Type: "Location", Strict: true, Pairs: []search.Pair{p}})
			if err != nil {
				t.Fatalf("%+v of row %+v: %v", p, e, err)
			}
			if len(q.Where) != 1 {
				t.Fatalf("%+v of row %+v asks nothing", p, e)
			}
			if met, known := q.Where[0].Match(r, entries); !met || !known {
				t.Fatalf("%+v does not find row %+v", p, e)
			}
		}
	})
}
