package xml_test

import (
	"bytes"
	stdjson "encoding/json"
	stdxml "encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/fhir/structure"
	"masjala/fhir/xml"
	"masjala/internal/testutil"
)

func TestWrite(t *testing.T) {
	testutil.Requirement(t, "R4-17", "R4-18")
	tests := map[string]struct{ json, want string }{
		"elements in the order of the definition": {
			`{"resourceType":"Location","name":"A","id":"l","status":"active"}`,
			`<Location xmlns="http://hl7.org/fhir"><id value="l"></id><status value="active"></status><name value="A"></name></Location>`},
		"decimals keep their digits": {
			`{"resourceType":"Location","position":{"longitude":36.8200,"latitude":-1.2800}}`,
			`<Location xmlns="http://hl7.org/fhir"><position><longitude value="36.8200"></longitude><latitude value="-1.2800"></latitude></position></Location>`},
		"repetitions, and a companion without a value": {
			`{"resourceType":"Location","alias":["B",null],"_alias":[null,{"id":"x","extension":[{"url":"http://e.org/x","valueBoolean":true}]}]}`,
			`<Location xmlns="http://hl7.org/fhir"><alias value="B"></alias><alias id="x"><extension url="http://e.org/x"><valueBoolean value="true"></valueBoolean></extension></alias></Location>`},
		"characters that XML would read otherwise": {
			`{"resourceType":"Location","name":"a<b>&\"c\"\n\td"}`,
			`<Location xmlns="http://hl7.org/fhir"><name value="a&lt;b&gt;&amp;&quot;c&quot;&#10;&#9;d"></name></Location>`},
		"narrative and contained resource": {
			`{"resourceType":"Location","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a<br/>b</div>"},"contained":[{"resourceType":"Endpoint","id":"e","address":"http://e.org"}]}`,
			`<Location xmlns="http://hl7.org/fhir"><text><status value="generated"></status><div xmlns="http://www.w3.org/1999/xhtml">a<br/>b</div></text>` +
				`<contained><Endpoint><id value="e"></id><address value="http://e.org"></address></Endpoint></contained></Location>`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := xml.Append(nil, []byte(tc.json))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(shape(t, []byte(tc.want)), shape(t, got)); diff != "" {
				t.Errorf("%s\n%s", diff, got)
			}
			back, err := xml.ToJSON(got)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(canonical(t, []byte(tc.json)), canonical(t, back)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// shape lists the tokens of a document, so that <a/> and <a></a> are the same.
func shape(t *testing.T, doc []byte) []string {
	t.Helper()
	var out []string
	for d := stdxml.NewDecoder(bytes.NewReader(doc)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%v in %s", err, doc)
		}
		switch token := token.(type) {
		case stdxml.StartElement:
			s := "<" + token.Name.Local
			for _, a := range token.Attr {
				s += " " + a.Name.Local + "=" + a.Value
			}
			out = append(out, s)
		case stdxml.EndElement:
			out = append(out, ">"+token.Name.Local)
		case stdxml.CharData:
			out = append(out, string(token))
		}
	}
}

// canonical is the JSON with numbers as written and members sorted.
func canonical(t interface{ Fatal(...any) }, data []byte) string {
	d := stdjson.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	out, err := stdjson.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// A narrative that JSON can hold, but XML only in other words, is written in those.
func TestNarrativeOfHTML(t *testing.T) {
	testutil.Requirement(t, "R4-17")
	const space = ` xmlns="http://www.w3.org/1999/xhtml"`
	for div, want := range map[string]string{
		` <div title='>'><!-- & -->a&nbsp;&amp;&Eacute;&#160;<br/></div>`: `<div` + space + ` title='>'><!-- & -->a&#160;&amp;&#201;&#160;<br/></div>`,
		`<div` + space + `>a</div>`:                                       `<div` + space + `>a</div>`,
		`<div class="xmlns=" ><p` + space + `>a</p></div>`:                `<div` + space + ` class="xmlns=" ><p` + space + `>a</p></div>`,
		`<div/>`: `<div` + space + `/>`,
	} {
		got, err := xml.Append(nil, append(append([]byte(`{"resourceType":"Location","text":{"status":"generated","div":`), fhir.AppendString(nil, div)...), "}}"...))
		if err != nil || !bytes.Contains(got, []byte(`</status>`+want+`</text>`)) && !bytes.Contains(got, []byte(`/>`+want+`</text>`)) {
			t.Errorf("%s is written as %s, %v", div, got, err)
		}
		if _, err := xml.ToJSON(got); err != nil {
			t.Errorf("%s: %v", got, err)
		}
	}
}

func TestRead(t *testing.T) {
	tests := map[string]struct{ xml, want string }{
		"another prefix":             {`<f:Location xmlns:f="http://hl7.org/fhir"><f:name value="A"/></f:Location>`, `{"resourceType":"Location","name":"A"}`},
		"declaration and comments":   {"<?xml version=\"1.0\"?>\n<!-- a -->\n<Location xmlns=\"http://hl7.org/fhir\"><!-- b --><name value=\"A\"/></Location>\n", `{"resourceType":"Location","name":"A"}`},
		"processing instructions":    {`<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?><Location xmlns="http://hl7.org/fhir"><?a b?><name value="A"><?c?></name></Location><?d?>`, `{"resourceType":"Location","name":"A"}`},
		"byte order mark":            {"\ufeff<?xml version=\"1.0\"?><Location xmlns=\"http://hl7.org/fhir\"><name value=\"A\"/></Location>", `{"resourceType":"Location","name":"A"}`},
		"boolean, integer, decimal":  {`<HealthcareService xmlns="http://hl7.org/fhir"><active value="true"/><extension url="u"><valueInteger value="3"/></extension></HealthcareService>`, `{"resourceType":"HealthcareService","extension":[{"url":"u","valueInteger":3}],"active":true}`},
		"a boolean that is none":     {`<HealthcareService xmlns="http://hl7.org/fhir"><active value="yes"/></HealthcareService>`, `{"resourceType":"HealthcareService","active":"yes"}`},
		"entry with a resource":      {`<Bundle xmlns="http://hl7.org/fhir"><type value="batch"/><entry><resource><Location><name value="A"/></Location></resource></entry></Bundle>`, `{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Location","name":"A"}}]}`},
		"character references":       {`<Location xmlns="http://hl7.org/fhir"><name value="a&#10;&#x42;&amp;"/></Location>`, `{"resourceType":"Location","name":"a\nB&"}`},
		"empty element of a complex": {`<Location xmlns="http://hl7.org/fhir"><position/></Location>`, `{"resourceType":"Location","position":{}}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := xml.ToJSON([]byte(tc.xml))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	in := func(s string) string { return `<Location xmlns="http://hl7.org/fhir">` + s + `</Location>` }
	tests := map[string]string{
		"empty":                       "",
		"blanks":                      "  \n",
		"JSON":                        `{"resourceType":"Location"}`,
		"cut off":                     `<Location xmlns="http://hl7.org/fhir"><name value="A"/>`,
		"document type":               `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + in(`<name value="&e;"/>`),
		"entity":                      in(`<name value="&e;"/>`),
		"no namespace":                `<Location><name value="A"/></Location>`,
		"other namespace inside":      in(`<name xmlns="http://e.org" value="A"/>`),
		"unknown resource":            `<Lokation xmlns="http://hl7.org/fhir"/>`,
		"unknown element":             in(`<nom value="A"/>`),
		"unknown attribute":           in(`<name value="A" lang="en"/>`),
		"value twice":                 in(`<name value="A" value="B"/>`),
		"element twice":               in(`<name value="A"/><name value="B"/>`),
		"text between":                in(`A`),
		"two resources":               in("") + in(""),
		"contained without resource":  in(`<contained/>`),
		"two in one contained":        in(`<contained><Location/><Location/></contained>`),
		"other encoding":              `<?xml version="1.0" encoding="ISO-8859-1"?>` + in(`<name value="A"/>`),
		"deeper than anyone nests":    in(strings.Repeat(`<extension url="u">`, 5000) + strings.Repeat(`</extension>`, 5000)),
		"narrative of another sort":   in(`<text><status value="generated"/><div>a</div></text>`),
		"extension url as an element": in(`<extension><url value="u"/></extension>`),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := xml.ToJSON([]byte(text))
			if fhir.KindOf(err) != fhir.Invalid {
				t.Errorf("got %s, %v, want Invalid", got, err)
			}
		})
	}
}

func TestExamplesComeBack(t *testing.T) {
	testutil.Requirement(t, "R4-17", "R4-18")
	files, err := filepath.Glob(filepath.Join(testutil.Reference(t), "spec", "ihe", "*", "examples", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if s := structure.Resource(typeOf(data)); s == nil || s.Open {
			continue
		}
		there, err := xml.Append(nil, data)
		if fhir.KindOf(err) == fhir.Unsupported && err != nil {
			continue // holds a resource of a type that is not served
		}
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
			continue
		}
		back, err := xml.ToJSON(there)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
			continue
		}
		if diff := cmp.Diff(canonical(t, data), canonical(t, back)); diff != "" {
			t.Errorf("%s: %s", filepath.Base(file), diff)
		}
	}
}

func typeOf(data []byte) string {
	var r struct{ ResourceType string }
	_ = stdjson.Unmarshal(data, &r)
	return r.ResourceType
}

func TestAnythingComesBack(t *testing.T) {
	testutil.Requirement(t, "R4-17")
	rapid.Check(t, func(t *rapid.T) {
		typ := rapid.SampledFrom([]string{"Location", "Organization", "Practitioner", "HealthcareService", "CodeSystem", "ValueSet", "ConceptMap", "Bundle", "Parameters"}).Draw(t, "type")
		r := object(t, structure.Resource(typ), 3)
		r["resourceType"] = typ
		data, err := stdjson.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		there, err := xml.Append(nil, data)
		if err != nil {
			t.Fatal(err)
		}
		back, err := xml.ToJSON(there)
		if err != nil {
			t.Fatalf("%v\n%s", err, there)
		}
		if diff := cmp.Diff(canonical(t, data), canonical(t, back)); diff != "" {
			t.Fatalf("%s\n%s", diff, there)
		}
	})
}

// object draws a value of a complex type.
func object(t *rapid.T, typ *structure.Type, depth int) map[string]any {
	out := map[string]any{}
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(typ.Elements)-1), 0, 3, rapid.ID).Draw(t, "elements") {
		el := &typ.Elements[i]
		if depth == 0 && el.Type().Primitive == structure.Complex {
			continue
		}
		if !el.Many {
			out[el.Name] = single(t, el, depth)
			continue
		}
		n := rapid.IntRange(1, 2).Draw(t, "repeats")
		list := make([]any, n)
		for j := range list {
			list[j] = single(t, el, depth)
		}
		out[el.Name] = list
	}
	return out
}

// single draws one value of an element.
func single(t *rapid.T, el *structure.Element, depth int) any {
	switch typ := el.Type(); typ.Primitive {
	case structure.Complex:
		if typ.Name == "Resource" {
			r := object(t, structure.Resource("Endpoint"), depth-1)
			r["resourceType"] = "Endpoint"
			return r
		}
		return object(t, typ, depth-1)
	case structure.Boolean:
		return rapid.Bool().Draw(t, "bool")
	case structure.Integer, structure.UnsignedInt, structure.PositiveInt, structure.Decimal:
		return stdjson.Number(rapid.SampledFrom([]string{"0", "1", "-3", "1.50", "0.0010", "1e2", "100000000000000000000"}).Draw(t, "number"))
	case structure.XHTML:
		return `<div xmlns="http://www.w3.org/1999/xhtml"><p>a &amp; b</p></div>`
	default:
		return rapid.StringOf(rapid.RuneFrom([]rune("aé漢<>&\"'\t\n \U0001F600"))).Draw(t, "text")
	}
}

func FuzzToJSON(f *testing.F) {
	f.Add([]byte(`<Location xmlns="http://hl7.org/fhir"><name value="A"/><position><latitude value="1.0"/></position></Location>`))
	f.Add([]byte(`<Bundle xmlns="http://hl7.org/fhir"><entry><resource><Location/></resource></entry></Bundle>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := xml.ToJSON(data)
		if err != nil {
			if fhir.KindOf(err) == fhir.Internal {
				t.Fatalf("%v", err)
			}
			return
		}
		if !stdjson.Valid(out) {
			t.Fatalf("%q became %q, which is no JSON", data, out)
		}
		comesBack(t, out)
	})
}

// comesBack checks that JSON which is a resource R4 knows is the same after it was XML.
func comesBack(t *testing.T, data []byte) {
	t.Helper()
	r, err := fhir.Parse(data)
	if err != nil || profile.Check(r) != nil {
		return
	}
	there, err := xml.Append(nil, r.JSON())
	if err != nil {
		if fhir.KindOf(err) != fhir.Unsupported {
			t.Fatalf("%s cannot be written: %v", data, err)
		}
		return
	}
	back, err := xml.ToJSON(there)
	if err != nil {
		t.Fatalf("%s\nbecame %s: %v", data, there, err)
	}
	if diff := cmp.Diff(narratives.ReplaceAllString(canonical(t, r.JSON()), ""), narratives.ReplaceAllString(canonical(t, back), "")); diff != "" {
		t.Fatalf("%s\n%s", there, diff)
	}
}

// narratives come back in a namespace and without names of characters.
var narratives = regexp.MustCompile(`"div":"(\\.|[^"\\])*"`)

func FuzzToXML(f *testing.F) {
	for _, s := range []string{
		`{"resourceType":"Location","id":"l","meta":{"source":"http://s","tag":[{"code":"t"}]},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a &amp; <b>b</b></div>"},"name":"a<b>&\"c\"\n\td\r","alias":["x",null],"_alias":[null,{"id":"y"}],"position":{"longitude":36.8200,"latitude":-1.28e0}}`,
		`{"resourceType":"Practitioner","birthDate":"1980-05","_birthDate":{"extension":[{"url":"u","valueDecimal":1.00}]},"name":[{"family":" blank ","given":["\u00a0","e\u0301"]}]}`,
		`{"resourceType":"Location","text":{"status":"generated","div":"<div title='>'><!-- & --><p>a&nbsp;b &amp; c &#xe9; &Eacute;</p></div>"}}`,
		`{"resourceType":"Organization","name":"O","contained":[{"resourceType":"Endpoint","id":"e","status":"active","connectionType":{"code":"c"},"payloadType":[{"text":"t"}],"address":"http://a"}],"endpoint":[{"reference":"#e"}]}`,
		`{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"CodeSystem","status":"active","content":"complete","concept":[{"code":"a","property":[{"code":"p","valueBoolean":true}]}]},"request":{"method":"POST","url":"CodeSystem"}}]}`,
		`{"resourceType":"Parameters","parameter":[{"name":"a","valueBase64Binary":"YQ=="},{"name":"b","resource":{"resourceType":"Location","name":"L"}}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(comesBack)
}

func BenchmarkAppend(b *testing.B) {
	r := []byte(`{"resourceType":"Location","id":"l","name":"A","status":"active","position":{"longitude":36.82,"latitude":-1.28},"type":[{"coding":[{"system":"http://e.org","code":"x"}]}],"address":{"city":"B"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := xml.Append(nil, r); err != nil {
			b.Fatal(err)
		}
	}
}
