package fhir_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
)

func TestParseBundle(t *testing.T) {
	b, err := fhir.ParseBundle([]byte(`{"resourceType":"Bundle","meta":{"lastUpdated":"2020-01-02T00:00:00.000Z"},"type":"transaction","total":2,
		"link":[{"relation":"next","url":"http://a.example/fhir?page=2"}],"entry":[
		{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Organization","id":"o","meta":{"versionId":"7","lastUpdated":"2020-01-01T00:00:00Z"},"name":"A"},
		 "request":{"method":"PUT","url":"Organization/o","ifMatch":"W/\"3\"","ifNoneExist":"identifier=a|b"}},
		{"request":{"method":"DELETE","url":"Location/x"}},
		{"resource":{"resourceType":"Location","nmae":"B"},"request":{"method":"POST","url":"Location"}},
		{"resource":{"resourceType":"Location","name":"C"},"search":{"mode":"include"},"response":{"status":"201 Created","etag":"W/\"1\""}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if b.Type != "transaction" || b.Total != 2 || b.Updated != "2020-01-02T00:00:00.000Z" || b.Link("next") != "http://a.example/fhir?page=2" || b.Link("prev") != "" {
		t.Errorf("the bundle itself is %+v", b)
	}
	if len(b.Entries) != 4 {
		t.Fatalf("%d entries, want 4", len(b.Entries))
	}
	first := b.Entries[0]
	want := fhir.Request{Method: "PUT", URL: "Organization/o", IfMatch: `W/"3"`, IfNoneExist: "identifier=a|b"}
	if diff := cmp.Diff(want, first.Request); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if first.VersionID != "7" || first.Updated.Format(fhir.Instant) != "2020-01-01T00:00:00.000Z" || first.FullURL != "urn:uuid:1" {
		t.Errorf("the first entry is %+v", first)
	}
	if got := string(first.Resource.JSON()); got != `{"resourceType":"Organization","id":"o","name":"A"}` {
		t.Errorf("its resource is %s", got)
	}
	if e := b.Entries[1]; e.Resource != nil || e.Err != nil || e.Request.Method != "DELETE" {
		t.Errorf("the entry without resource is %+v", e)
	}
	if e := b.Entries[2]; e.Resource != nil || e.Err == nil || e.Request.URL != "Location" {
		t.Errorf("the bad entry is %+v", e)
	} else if got := firstOf(t, e.Err).Path; got != "Bundle.entry[2].resource" {
		t.Errorf("the bad entry blames %s", got)
	}
	if e := b.Entries[3]; e.Err != nil || e.Mode != "include" || e.Response.Status != "201 Created" || e.Response.ETag != `W/"1"` {
		t.Errorf("the last entry is %+v", e)
	}
}

func TestParseBundleRefuses(t *testing.T) {
	tests := map[string]string{
		"another resource":            `{"resourceType":"Organization","name":"A"}`,
		"an unknown element":          `{"resourceType":"Bundle","type":"batch","entries":[]}`,
		"an entry that is no object":  `{"resourceType":"Bundle","type":"batch","entry":["a"]}`,
		"a resource that is a string": `{"resourceType":"Bundle","type":"batch","entry":[{"resource":"a"}]}`,
		"a resource that is cut":      `{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Location"`,
		"text after the end":          `{"resourceType":"Bundle","type":"batch"}]`,
		"nothing":                     ``,
	}
	for name, in := range tests {
		if b, err := fhir.ParseBundle([]byte(in)); err == nil {
			t.Errorf("%s: accepted as %+v", name, b)
		} else if fhir.KindOf(err) != fhir.Invalid {
			t.Errorf("%s: %v is not Invalid", name, err)
		}
	}
}

func TestParseBundleLenientKeepsUnknownElements(t *testing.T) {
	in := `{"resourceType":"Bundle","type":"history","x":1,"entry":[{"resource":{"resourceType":"Location","colour":"red"}}]}`
	b, err := fhir.ParseBundleLenient([]byte(in))
	if err != nil || b.Entries[0].Err != nil {
		t.Fatal(err, b)
	}
	if got := string(b.Entries[0].Resource.Body); got != `{"colour":"red"}` {
		t.Errorf("got %s", got)
	}
}

func TestParseParameters(t *testing.T) {
	p, err := fhir.ParseParameters([]byte(`{"resourceType":"Parameters","parameter":[
		{"name":"url","valueUri":"http://a.example"},{"name":"count","valueInteger":20},{"name":"flag","valueBoolean":true},
		{"name":"coding","valueCoding":{"system":"s","code":"c"}},{"name":"property","valueCode":"a"},{"name":"property","valueCode":"b"},
		{"name":"valueSet","resource":{"resourceType":"ValueSet","id":"v","status":"active"}},
		{"name":"dependency","part":[{"name":"element","valueUri":"e"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"url": "http://a.example", "count": "20", "flag": "true", "coding": "", "absent": "", "property": "a"} {
		if got := p.Get(name).Text(); got != want {
			t.Errorf("Text of %s = %q, want %q", name, got, want)
		}
	}
	if got := p.Get("coding").Field("code").Str; got != "c" {
		t.Errorf("coding.code = %q", got)
	}
	if got := len(p.All("property")); got != 2 {
		t.Errorf("%d properties, want 2", got)
	}
	if got := string(p.Get("valueSet").Resource); got != `{"resourceType":"ValueSet","id":"v","status":"active"}` {
		t.Errorf("the resource is %s", got)
	}
	if got := p.Get("dependency").Get("element"); got.Text() != "e" || got.Type != "Uri" {
		t.Errorf("the part is %+v", got)
	}
	for _, in := range []string{`{"resourceType":"Location"}`, `{"resourceType":"Parameters","parameter":[{"name":"a","valueUri":"x","valueCode":"y"}]}`, `{`} {
		if _, err := fhir.ParseParameters([]byte(in)); fhir.KindOf(err) != fhir.Invalid {
			t.Errorf("ParseParameters(%s) = %v, want Invalid", in, err)
		}
	}
}

func BenchmarkParseBundle(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"resourceType":"Bundle","type":"transaction","entry":[`)
	for i := range 1000 {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"fullUrl":"urn:uuid:%d","resource":%s,"request":{"method":"PUT","url":"Location/%d"}}`, i, location(), i)
	}
	text.WriteString(`]}`)
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fhir.ParseBundle(data); err != nil {
			b.Fatal(err)
		}
	}
}
