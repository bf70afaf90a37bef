package diff_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/fhir/patch/diff"
	"masjala/internal/testutil"
)

const place = `{"resourceType":"Location","id":"a","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &amp; b</p></div>"},"status":"active","name":"Clinic","alias":["One","Two"],` +
	`"telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a@b.c"}],"position":{"longitude":36.800,"latitude":-1.250}}`

func TestApply(t *testing.T) {
	testutil.Requirement(t, "R4-7", "R4-17", "R4-18")
	tests := map[string]struct {
		patch    string
		old, new string // what is replaced in the text of place
	}{
		"no operation":                        {``, ``, ``},
		"a value":                             {`<replace sel="Location/name/@value">Post &lt;1&gt;</replace>`, `"Clinic"`, `"Post <1>"`},
		"from the root":                       {`<replace sel="/Location/name/@value">Post</replace>`, `"Clinic"`, `"Post"`},
		"a prefix":                            {`<replace xmlns:f="http://hl7.org/fhir" sel="f:Location/f:name/@value">Post</replace>`, `"Clinic"`, `"Post"`},
		"decimals keep their digits":          {`<replace sel="Location/position/latitude/@value">-1.200</replace>`, `-1.250`, `-1.200`},
		"an element":                          {`<replace sel="Location/alias[2]"><alias value="Three"/></replace>`, `"Two"`, `"Three"`},
		"add at the end":                      {`<add sel="Location"><alias value="Three"/></add>`, `"Two"`, `"Two","Three"`},
		"add at the beginning":                {`<add sel="Location" pos="prepend"><alias value="Zero"/></add>`, `"One"`, `"Zero","One"`},
		"add before":                          {`<add sel="Location/alias[1]" pos="before"><alias value="Zero"/></add>`, `"One"`, `"Zero","One"`},
		"add two after one":                   {`<add sel="Location/alias[1]" pos="after"><alias value="A"/><alias value="B"/></add>`, `"One"`, `"One","A","B"`},
		"add in the namespace of FHIR":        {`<add sel="Location/alias[last()]" pos="after"><alias xmlns="http://hl7.org/fhir" value="Three"/></add>`, `"Two"`, `"Two","Three"`},
		"add an attribute":                    {`<add sel="Location/telecom[1]" type="@id">t1</add>`, `{"system":"phone"`, `{"id":"t1","system":"phone"`},
		"remove an element":                   {`<remove sel="Location/alias[1]"/>`, `"One",`, ``},
		"remove all of a list":                {`<remove sel="Location/alias[1]"/><remove sel="Location/alias"/>`, `"alias":["One","Two"],`, ``},
		"where a value is":                    {`<replace sel="Location/telecom[system/@value='email']/value/@value">d@e.f</replace>`, `a@b.c`, `d@e.f`},
		"where an attribute is":               {`<remove sel='Location/alias[@value="Two"]'/>`, `,"Two"`, ``},
		"where tests are in tests":            {`<remove sel="Location/telecom[system[@value = 'email']]"/>`, `,{"system":"email","value":"a@b.c"}`, ``},
		"any element":                         {`<replace sel="Location/*[@value='Clinic']/@value">Post</replace>`, `"Clinic"`, `"Post"`},
		"one operation sees the one before":   {`<add sel="Location"><alias value="Three"/></add><remove sel="Location/alias[3]"/>`, ``, ``},
		"the narrative":                       {`<replace xmlns:h="http://www.w3.org/1999/xhtml" sel="Location/text/h:div/h:p"><p xmlns="http://www.w3.org/1999/xhtml">c</p></replace>`, `a &amp; b`, `c`},
		"comments and blanks mean nothing":    {"\n<!-- a -->\n", ``, ``},
		"a part of an object":                 {`<remove sel="Location/telecom[2]/value"/>`, `,"value":"a@b.c"`, ``},
		"an extension of a primitive":         {`<add sel="Location/name"><extension url="urn:x"><valueCode value="a"/></extension></add>`, `"Clinic"`, `"Clinic","_name":{"extension":[{"url":"urn:x","valueCode":"a"}]}`},
		"an element that is last by its name": {`<remove sel="Location/telecom[last()]"/>`, `,{"system":"email","value":"a@b.c"}`, ``},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := diff.Apply([]byte(place), []byte("\ufeff"+`<?xml version="1.0"?><diff>`+tc.patch+`</diff>`))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Replace(place, tc.old, tc.new, 1), string(got)); d != "" {
				t.Error(d)
			}
			if _, err := fhir.Parse(got); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestApplyRefuses(t *testing.T) {
	testutil.Requirement(t, "R4-7")
	tests := map[string]struct {
		patch string
		kind  fhir.Kind
	}{
		"nothing":                         {``, fhir.Invalid},
		"no XML":                          {`{"op":"add"}`, fhir.Invalid},
		"XML that breaks off":             {`<diff><remove sel="a"`, fhir.Invalid},
		"a document type":                 {`<!DOCTYPE diff [<!ENTITY a "b">]><diff/>`, fhir.Invalid},
		"another document":                {`<Location xmlns="http://hl7.org/fhir"/>`, fhir.Invalid},
		"an operation of no name":         {`<diff><move sel="Location/name"/></diff>`, fhir.Invalid},
		"no selector":                     {`<diff><remove/></diff>`, fhir.Invalid},
		"a selector of nothing":           {`<diff><remove sel=""/></diff>`, fhir.Invalid},
		"a selector that goes on":         {`<diff><remove sel="Location/name | Location/alias"/></diff>`, fhir.Invalid},
		"an open bracket":                 {`<diff><remove sel="Location/alias[1"/></diff>`, fhir.Invalid},
		"position zero":                   {`<diff><remove sel="Location/alias[0]"/></diff>`, fhir.Invalid},
		"a text without end":              {`<diff><remove sel="Location/alias[@value='One]"/></diff>`, fhir.Invalid},
		"a function":                      {`<diff><remove sel="Location/alias[position()=1]"/></diff>`, fhir.Invalid},
		"brackets without end":            {`<diff><remove sel="` + strings.Repeat("a[", 1000) + `"/></diff>`, fhir.Invalid},
		"a prefix of nothing":             {`<diff><remove sel="f:Location"/></diff>`, fhir.Invalid},
		"elements too deep":               {`<diff>` + strings.Repeat("<a>", 1000) + strings.Repeat("</a>", 1000) + `</diff>`, fhir.Invalid},
		"two to replace one":              {`<diff><replace sel="Location/name"><name value="a"/><name value="b"/></replace></diff>`, fhir.Invalid},
		"a place of no name":              {`<diff><add sel="Location" pos="middle"><alias value="a"/></add></diff>`, fhir.Invalid},
		"a selector without end":          {`<diff><remove sel="Location` + strings.Repeat("/.", 5000) + `"/></diff>`, fhir.Invalid},
		"an attribute that is no name":    {`<diff><add sel="Location/name" type="@id='a' x">b</add></diff>`, fhir.Unsupported},
		"an attribute of no name":         {`<diff><add sel="Location/name" type="@">b</add></diff>`, fhir.Unsupported},
		"a namespace to add":              {`<diff><add sel="Location" type="namespace::x">urn:x</add></diff>`, fhir.Unsupported},
		"what is not there":               {`<diff><remove sel="Location/partOf"/></diff>`, fhir.Unprocessable},
		"another namespace":               {`<diff xmlns="urn:x"><remove sel="Location/name"/></diff>`, fhir.Unprocessable},
		"two places":                      {`<diff><remove sel="Location/alias"/></diff>`, fhir.Unprocessable},
		"an attribute that is there":      {`<diff><add sel="Location/name" type="@value">a</add></diff>`, fhir.Unprocessable},
		"below an attribute":              {`<diff><add sel="Location/name/@value"><a/></add></diff>`, fhir.Unprocessable},
		"the whole resource":              {`<diff><remove sel="Location"/></diff>`, fhir.Unprocessable},
		"a second resource":               {`<diff><add sel="Location" pos="after"><Location/></add></diff>`, fhir.Unprocessable},
		"an element R4 does not have":     {`<diff><add sel="Location"><salary value="1"/></add></diff>`, fhir.Unprocessable},
		"a second one of what is single":  {`<diff><add sel="Location"><name value="b"/></add></diff>`, fhir.Unprocessable},
		"the second operation goes wrong": {`<diff><remove sel="Location/name"/><remove sel="Location/name"/></diff>`, fhir.Unprocessable},
		"more operations than can be":     {`<diff>` + strings.Repeat(`<remove sel="Location/name"/>`, 10_001) + `</diff>`, fhir.Unprocessable},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := diff.Apply([]byte(place), []byte(tc.patch))
			if fhir.KindOf(err) != tc.kind {
				t.Errorf("Apply = %s, %v; want kind %v", got, err, tc.kind)
			}
		})
	}
}

// Selectors that visit all of a large resource again and again end.
func TestApplyBoundsWork(t *testing.T) {
	many := `{"resourceType":"Location","alias":["a"` + strings.Repeat(`,"a"`, 20_000) + `]}`
	for name, of := range map[string]string{
		"tests":      `<remove sel="Location/alias` + strings.Repeat("[@value='a']", 400) + `[1]"/>`,
		"texts":      `<remove sel="Location` + strings.Repeat("[.='']", 1600) + `"/>`,
		"operations": strings.Repeat(`<replace sel="Location/alias[1]/@value">a</replace>`, 2000),
		"elements":   strings.Repeat(`<a/>`, 600_000),
		"insertions": strings.Repeat(`<add sel="Location" pos="prepend"><alias value="a"/></add>`, 2000),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := diff.Apply([]byte(many), []byte(`<diff>`+of+`</diff>`))
			if fhir.KindOf(err) != fhir.TooCostly {
				t.Errorf("Apply = %d bytes, %v; want too costly", len(got), err)
			}
		})
	}
}

// A long text that is asked for again and again counts by its length.
func TestApplyBoundsReading(t *testing.T) {
	long := `{"resourceType":"Location","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">` +
		strings.Repeat("long ", 200_000) + `</div>"},"alias":["a"]}`
	for tests, want := range map[int]fhir.Kind{10: fhir.Unprocessable, 900: fhir.TooCostly} { // it must not remove the resource
		patch := `<diff><remove sel="Location` + strings.Repeat("[*[.='']]", tests) + `"/></diff>`
		if _, err := diff.Apply([]byte(long), []byte(patch)); fhir.KindOf(err) != want {
			t.Errorf("%d tests: %v; want kind %v", tests, err, want)
		}
	}
}

// Declarations of prefixes take memory once, not once for each element that has them around it.
func TestApplyKeepsPrefixesOnce(t *testing.T) {
	var patch strings.Builder
	patch.WriteString(`<diff`)
	for i := range 2000 {
		fmt.Fprintf(&patch, ` xmlns:a%d="urn:%[1]d"`, i)
	}
	patch.WriteString(` xmlns:f="http://hl7.org/fhir"><remove sel="f:Location/f:alias[1]"/><replace sel="Location/name"><name value="a"/>`)
	patch.WriteString(`</replace><add sel="Location/name">` + strings.Repeat(`<f:extension xmlns:x="urn:x" url="urn:x"><f:valueCode value="a"/></f:extension>`, 2000) + `</add></diff>`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := diff.Apply([]byte(place), []byte(patch.String()))
	runtime.ReadMemStats(&after)
	if err != nil || strings.Count(string(got), `"urn:x"`) != 2000 {
		t.Fatalf("Apply = %d bytes, %v", len(got), err)
	}
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 50 {
		t.Errorf("a patch of %d bytes took %d MB", patch.Len(), mb)
	}
}

// Whatever a patch is, it is applied or refused as what it is, and a result can be read.
func FuzzApply(f *testing.F) {
	for _, seed := range []string{
		`<diff><replace sel="Location/name/@value">a</replace></diff>`,
		`<diff xmlns:f="http://hl7.org/fhir"><add sel="f:Location/f:telecom[f:system/@value='phone']" pos="after"><f:telecom><f:value value="2"/></f:telecom></add></diff>`,
		`<diff><remove sel="*/*[last()]"/><add sel="Location" type="@id">b</add></diff>`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, patch string) {
		got, err := diff.Apply([]byte(place), []byte(patch))
		if err != nil {
			if fhir.KindOf(err) == fhir.Internal {
				t.Fatalf("%q: %v", patch, err)
			}
			return
		}
		if _, err := fhir.Parse(got); fhir.KindOf(err) == fhir.Internal && err != nil {
			t.Fatalf("%q gave %s: %v", patch, got, err)
		}
	})
}
