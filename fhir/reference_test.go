package fhir_test

import (
	"slices"
	"strings"
	"testing"

	"masjala/fhir"
)

func parse(t *testing.T, text string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const linked = `{"resourceType":"Location","contained":[{"resourceType":"Organization","id":"c","partOf":{"reference":"urn:uuid:1"}}],` +
	`"text":{"status":"generated","div":"<div><a href=\"urn:uuid:1\">urn:uuid:1</a><img src='urn:oid:1.2'/></div>"},` +
	`"extension":[{"url":"urn:x","valueUri":"urn:uuid:1"},{"url":"urn:y","valueReference":{"reference":"Organization/1","display":"say \"reference\":\"urn:uuid:1\""}},{"url":"urn:z","valueCanonical":"urn:uuid:1"}],` +
	`"identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:1"}],` +
	`"managingOrganization":{"reference":"#c"},"partOf":{"reference":"urn:uuid:1"}}`

func TestReferences(t *testing.T) {
	got := slices.Collect(fhir.References(parse(t, linked).Body))
	want := []string{"urn:uuid:1", "Organization/1", "urn:uuid:1"}
	if !slices.Equal(got, want) {
		t.Errorf("References = %v, want %v", got, want)
	}
}

func TestRewriteReferences(t *testing.T) {
	r := parse(t, linked)
	before := string(r.JSON())
	got := fhir.RewriteReferences(r, func(ref string) string {
		switch ref {
		case "urn:uuid:1":
			return "Location/new"
		case "urn:oid:1.2":
			return "Binary/img"
		}
		return ref
	})
	want := strings.NewReplacer(
		`"partOf":{"reference":"urn:uuid:1"}`, `"partOf":{"reference":"Location/new"}`,
		`href=\"urn:uuid:1\"`, `href=\"Location/new\"`,
		`src='urn:oid:1.2'`, `src='Binary/img'`,
		`"valueUri":"urn:uuid:1"`, `"valueUri":"Location/new"`,
	).Replace(linked)
	if string(got.JSON()) != want {
		t.Errorf("got  %s\nwant %s", got.JSON(), want)
	}
	if string(r.JSON()) != before {
		t.Errorf("the resource itself changed: %s", r.JSON())
	}
}

func TestRewriteReferencesReturnsTheSameWhenNothingChanges(t *testing.T) {
	r := parse(t, linked)
	if got := fhir.RewriteReferences(r, func(ref string) string { return ref }); got != r {
		t.Errorf("got another resource: %s", got.JSON())
	}
}

func TestMembersAndItems(t *testing.T) {
	var got []string
	for name, value := range fhir.Members([]byte(`{"a":1,"b":{"x":"},"},"c":["]",{"d":[]}],"e":true}`)) {
		got = append(got, string(name)+"="+string(value))
	}
	want := []string{`a=1`, `b={"x":"},"}`, `c=["]",{"d":[]}]`, `e=true`}
	if !slices.Equal(got, want) {
		t.Errorf("Members = %q, want %q", got, want)
	}
	got = nil
	for item := range fhir.Items([]byte(`[1,"a,b",{"c":2},null]`)) {
		got = append(got, string(item))
	}
	if want := []string{`1`, `"a,b"`, `{"c":2}`, `null`}; !slices.Equal(got, want) {
		t.Errorf("Items = %q, want %q", got, want)
	}
	for name := range fhir.Members([]byte("{}")) {
		t.Errorf("an empty object has member %s", name)
	}
}
