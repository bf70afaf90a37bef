package patch_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
	"pgregory.net/rapid"

	"masjala/fhir"
	"masjala/fhir/patch"
	"masjala/internal/testutil"
)

const person = `{"resourceType":"Practitioner","id":"p","active":true,"name":[{"use":"official","family":"Bora","given":["Asha","Neema"]},{"use":"old","family":"Juma"}],` +
	`"telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a@b.c"}],"birthDate":"1980-05-03"}`

func TestJSON(t *testing.T) {
	testutil.Requirement(t, "R4-7", "R4-18")
	tests := map[string]struct{ doc, patch, want string }{
		"add a member":                       {`{"a":1.50}`, `[{"op":"add","path":"/b","value":2.00}]`, `{"a":1.50,"b":2.00}`},
		"add replaces a member in its place": {`{"a":1,"b":2}`, `[{"op":"add","path":"/a","value":3}]`, `{"a":3,"b":2}`},
		"add to the middle of a list":        {`{"a":[1,3]}`, `[{"op":"add","path":"/a/1","value":2}]`, `{"a":[1,2,3]}`},
		"add to the end of a list":           {`{"a":[1]}`, `[{"op":"add","path":"/a/-","value":2}]`, `{"a":[1,2]}`},
		"remove":                             {`{"a":1,"b":2}`, `[{"op":"remove","path":"/a"}]`, `{"b":2}`},
		"remove the last of a list":          {`{"a":[1],"b":2}`, `[{"op":"remove","path":"/a/0"}]`, `{"b":2}`},
		"replace":                            {`{"a":{"b":1}}`, `[{"op":"replace","path":"/a/b","value":"x"}]`, `{"a":{"b":"x"}}`},
		"move":                               {`{"a":1,"b":{}}`, `[{"op":"move","from":"/a","path":"/b/c"}]`, `{"b":{"c":1}}`},
		"move in a list":                     {`{"a":[1,2,3]}`, `[{"op":"move","from":"/a/0","path":"/a/2"}]`, `{"a":[2,3,1]}`},
		"copy":                               {`{"a":{"x":1}}`, `[{"op":"copy","from":"/a","path":"/b"},{"op":"replace","path":"/b/x","value":2}]`, `{"a":{"x":1},"b":{"x":2}}`},
		"test that holds":                    {`{"a":[1,{"x":1.0,"y":"\u0041"}]}`, `[{"op":"test","path":"/a","value":[1,{"y":"A","x":1}]}]`, `{"a":[1,{"x":1.0,"y":"\u0041"}]}`},
		"escapes in a path":                  {`{"a/b":1,"c~d":2}`, `[{"op":"remove","path":"/a~1b"},{"op":"replace","path":"/c~0d","value":3}]`, `{"c~d":3}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := patch.JSON([]byte(tc.doc), []byte(tc.patch))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJSONRefused(t *testing.T) {
	testutil.Requirement(t, "R4-7")
	tests := map[string]struct {
		patch string
		kind  fhir.Kind
	}{
		"no JSON":                    {`[{`, fhir.Invalid},
		"no list":                    {`{"op":"add","path":"/a","value":1}`, fhir.Invalid},
		"an operation of no name":    {`[{"path":"/a","value":1}]`, fhir.Invalid},
		"an unknown operation":       {`[{"op":"merge","path":"/a","value":1}]`, fhir.Invalid},
		"no path":                    {`[{"op":"remove"}]`, fhir.Invalid},
		"no value":                   {`[{"op":"add","path":"/a"}]`, fhir.Invalid},
		"no from":                    {`[{"op":"move","path":"/a"}]`, fhir.Invalid},
		"a path without a slash":     {`[{"op":"remove","path":"a"}]`, fhir.Invalid},
		"a test that fails":          {`[{"op":"test","path":"/active","value":false}]`, fhir.Unprocessable},
		"remove what is not there":   {`[{"op":"remove","path":"/photo"}]`, fhir.Unprocessable},
		"replace what is not there":  {`[{"op":"replace","path":"/photo","value":1}]`, fhir.Unprocessable},
		"below what is not there":    {`[{"op":"add","path":"/photo/0/url","value":"x"}]`, fhir.Unprocessable},
		"past the end of a list":     {`[{"op":"add","path":"/name/3","value":{}}]`, fhir.Unprocessable},
		"an index with a zero":       {`[{"op":"remove","path":"/name/01"}]`, fhir.Unprocessable},
		"the whole resource":         {`[{"op":"remove","path":""}]`, fhir.Unprocessable},
		"move into itself":           {`[{"op":"move","from":"/name/0","path":"/name/0/given/0"}]`, fhir.Unprocessable},
		"copies of copies":           {"[" + strings.TrimSuffix(strings.Repeat(`{"op":"copy","from":"/name","path":"/name/-"},`, 40), ",") + "]", fhir.TooCostly},
		"the second operation fails": {`[{"op":"remove","path":"/active"},{"op":"remove","path":"/active"}]`, fhir.Unprocessable},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := patch.JSON([]byte(person), []byte(tc.patch)); err == nil || fhir.KindOf(err) != tc.kind {
				t.Errorf("got %s, %v, want kind %d", got, err, tc.kind)
			}
		})
	}
}

// op writes one operation of a FHIRPath Patch.
func op(parts string) string {
	return `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[` + parts + `]}]}`
}

func run(t *testing.T, text string) (string, error) {
	t.Helper()
	p, err := fhir.ParseParameters([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := patch.FHIRPath([]byte(person), p)
	return string(out), err
}

func TestFHIRPath(t *testing.T) {
	testutil.Requirement(t, "R4-7")
	head := `{"resourceType":"Practitioner","id":"p","active":true,`
	names := `"name":[{"use":"official","family":"Bora","given":["Asha","Neema"]},{"use":"old","family":"Juma"}],`
	telecoms := `"telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a@b.c"}],"birthDate":"1980-05-03"}`
	tests := map[string]struct{ op, want string }{
		"replace": {`{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Practitioner.birthDate"},{"name":"value","valueDate":"1981-01-01"}`,
			head + names + `"telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a@b.c"}],"birthDate":"1981-01-01"}`},
		"add a single element": {`{"name":"type","valueCode":"add"},{"name":"path","valueString":"Practitioner"},{"name":"name","valueString":"gender"},{"name":"value","valueCode":"female"}`,
			head + names + telecoms[:len(telecoms)-1] + `,"gender":"female"}`},
		"add to a list": {`{"name":"type","valueCode":"add"},{"name":"path","valueString":"Practitioner"},{"name":"name","valueString":"telecom"},{"name":"value","valueContactPoint":{"system":"fax","value":"2"}}`,
			head + names + `"telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a@b.c"},{"system":"fax","value":"2"}],"birthDate":"1980-05-03"}`},
		"add a backbone element by parts": {`{"name":"type","valueCode":"add"},{"name":"path","valueString":"Practitioner"},{"name":"name","valueString":"qualification"},{"name":"value","part":[{"name":"code","valueCodeableConcept":{"text":"Nurse"}},{"name":"identifier","valueIdentifier":{"value":"7"}}]}`,
			head + names + telecoms[:len(telecoms)-1] + `,"qualification":[{"code":{"text":"Nurse"},"identifier":[{"value":"7"}]}]}`},
		"delete by where": {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Practitioner.telecom.where(system = 'email' and value='a@b.c')"}`,
			head + names + `"telecom":[{"system":"phone","value":"1"}],"birthDate":"1980-05-03"}`},
		"delete what is not there": {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Practitioner.photo"}`, head + names + telecoms},
		"delete an indexed item": {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Practitioner.name[0].given[1]"}`,
			head + `"name":[{"use":"official","family":"Bora","given":["Asha"]},{"use":"old","family":"Juma"}],` + telecoms},
		"insert": {`{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Practitioner.name[0].given"},{"name":"index","valueInteger":1},{"name":"value","valueString":"Zuri"}`,
			head + `"name":[{"use":"official","family":"Bora","given":["Asha","Zuri","Neema"]},{"use":"old","family":"Juma"}],` + telecoms},
		"move": {`{"name":"type","valueCode":"move"},{"name":"path","valueString":"Practitioner.name"},{"name":"source","valueInteger":1},{"name":"destination","valueInteger":0}`,
			head + `"name":[{"use":"old","family":"Juma"},{"use":"official","family":"Bora","given":["Asha","Neema"]}],` + telecoms},
		"replace the first": {`{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Practitioner.name.first().family"},{"name":"value","valueString":"Sefu"}`,
			head + `"name":[{"use":"official","family":"Sefu","given":["Asha","Neema"]},{"use":"old","family":"Juma"}],` + telecoms},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := run(t, op(tc.op))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFHIRPathFindsPlaces looks for what a path means, beside plain elements, and for what is
// done beside the value itself.
func TestFHIRPathFindsPlaces(t *testing.T) {
	testutil.Requirement(t, "R4-7")
	const organization = `{"resourceType":"Organization","alias":["A","B"],"_alias":[null,{"id":"b"}],"telecom":[{"system":"phone","value":"1"},{"system":"email","value":"2"},{"value":"it's (3)"}],` +
		`"extension":[{"url":"http://e.org/x","valueString":"s","_valueString":{"id":"v"}}]}`
	value := func(path, value string) string {
		return `{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Organization.` + path + `"},` + value
	}
	nine := `{"name":"value","valueString":"9"}`
	tests := map[string]struct{ op, path, want string }{
		"an index after where()":               {value(`telecom.where(system='phone' or system='email')[1].value`, nine), "telecom.1.value", `"9"`},
		"or":                                   {value(`telecom.where(system = 'fax' or system = 'email').value`, nine), "telecom.1.value", `"9"`},
		"and binds more closely than or":       {value(`telecom.where(system='phone' and value='7' or system='email').value`, nine), "telecom.1.value", `"9"`},
		"parentheses":                          {value(`telecom.where((system='phone' or system='email') and value='2').value`, nine), "telecom.1.value", `"9"`},
		"exists()":                             {value(`telecom.where(system.exists() and value='2').value`, nine), "telecom.1.value", `"9"`},
		"empty()":                              {value(`telecom.where(system.empty()).value`, nine), "telecom.2.value", `"9"`},
		"what is not there is not unequal":     {value(`telecom.where(system != 'phone').value`, nine), "telecom.1.value", `"9"`},
		"quotes and parentheses in a text":     {value(`telecom.where(value = 'it\\'s (3)').value`, nine), "telecom.2.value", `"9"`},
		"where() in a criterion":               {value(`telecom.where(value = '2' and $this.where(system = 'email').value = '2').value`, nine), "telecom.1.value", `"9"`},
		"a sign in a text of a criterion":      {value(`telecom.where(extension('a\\'=b').empty() and value = '2').value`, nine), "telecom.1.value", `"9"`},
		"a sign in the address of a criterion": {value(`telecom.where(extension('a\\'=b').value = 'x' or value = '2').value`, nine), "telecom.1.value", `"9"`},
		"another type of a choice":             {value(`extension('http://e.org/x').value`, `{"name":"value","valueInteger":5}`), "extension", `[{"url":"http://e.org/x","valueInteger":5}]`},
		"the same type of a choice":            {value(`extension('http://e.org/x')[0].value`, nine), "extension", `[{"url":"http://e.org/x","valueString":"9","_valueString":{"id":"v"}}]`},
		"insert where no list is yet":          {`{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Organization.address"},{"name":"index","valueInteger":0},{"name":"value","valueAddress":{"city":"Mto"}}`, "address", `[{"city":"Mto"}]`},
		"insert below what is not there":       {`{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Organization.telecom[0].period.extension"},{"name":"index","valueInteger":0},{"name":"value","valueString":"x"}`, "", ""},
		"insert without the type in the path":  {`{"name":"type","valueCode":"insert"},{"name":"path","valueString":"telecom[0].extension"},{"name":"index","valueInteger":0},{"name":"value","part":[{"name":"url","valueUri":"urn:y"},{"name":"value","valueString":"z"}]}`, "telecom.0.extension", `[{"url":"urn:y","valueString":"z"}]`},
		"insert keeps the companions in place": {`{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Organization.alias"},{"name":"index","valueInteger":0},{"name":"value","valueString":"Z"}`, "_alias", `[null,null,{"id":"b"}]`},
		"delete takes the companion along":     {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Organization.alias[0]"}`, "_alias", `[{"id":"b"}]`},
		"delete leaves no empty companions":    {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Organization.alias[1]"}`, "_alias", ""},
		"move takes the companion along":       {`{"name":"type","valueCode":"move"},{"name":"path","valueString":"Organization.alias"},{"name":"source","valueInteger":1},{"name":"destination","valueInteger":0}`, "_alias", `[{"id":"b"},null]`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := fhir.ParseParameters([]byte(op(tc.op)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := patch.FHIRPath([]byte(organization), p)
			if tc.path == "" {
				if fhir.KindOf(err) != fhir.Unprocessable {
					t.Errorf("got %s, %v, want Unprocessable", got, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, gjson.GetBytes(got, tc.path).Raw); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFHIRPathRefused(t *testing.T) {
	tests := map[string]struct {
		op   string
		kind fhir.Kind
	}{
		"an unknown operation":         {`{"name":"type","valueCode":"merge"},{"name":"path","valueString":"Practitioner"}`, fhir.Invalid},
		"no path":                      {`{"name":"type","valueCode":"delete"}`, fhir.Invalid},
		"a path that is broken":        {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Practitioner.name.where(use='x'"}`, fhir.Invalid},
		"delete of several":            {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Practitioner.name"}`, fhir.Unprocessable},
		"replace of nothing":           {`{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Practitioner.gender"},{"name":"value","valueCode":"male"}`, fhir.Unprocessable},
		"add of what is there":         {`{"name":"type","valueCode":"add"},{"name":"path","valueString":"Practitioner"},{"name":"name","valueString":"birthDate"},{"name":"value","valueDate":"1990"}`, fhir.Unprocessable},
		"add of an unknown element":    {`{"name":"type","valueCode":"add"},{"name":"path","valueString":"Practitioner"},{"name":"name","valueString":"salary"},{"name":"value","valueString":"1"}`, fhir.Unprocessable},
		"no value":                     {`{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Practitioner.birthDate"}`, fhir.Invalid},
		"insert past the end":          {`{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Practitioner.name"},{"name":"index","valueInteger":3},{"name":"value","valueHumanName":{"family":"x"}}`, fhir.Unprocessable},
		"the whole resource":           {`{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Practitioner"},{"name":"value","valueString":"x"}`, fhir.Unprocessable},
		"delete of the resource":       {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Practitioner"}`, fhir.Unprocessable},
		"insert into what is single":   {`{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Practitioner.gender"},{"name":"index","valueInteger":0},{"name":"value","valueCode":"male"}`, fhir.Unprocessable},
		"parts where no type is known": {`{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Practitioner.resourceType"},{"name":"value","part":[{"name":"x","valueString":"y"}]}`, fhir.Unprocessable},
		"a word that is not known":     {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Practitioner.name.where(use = 'old' xor use = 'usual')"}`, fhir.Unsupported},
		"a comparison by size":         {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Practitioner.name.where(family > 'old')"}`, fhir.Unsupported},
		"a comparison with >=":         {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Practitioner.name.where(family >= 'old')"}`, fhir.Unsupported},
		"a function not supported":     {`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Practitioner.name.repeat(x)"}`, fhir.Unsupported},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := run(t, op(tc.op)); err == nil || fhir.KindOf(err) != tc.kind {
				t.Errorf("got %s, %v, want kind %d", got, err, tc.kind)
			}
		})
	}
	for name, text := range map[string]string{"no operation": `{"resourceType":"Parameters"}`, "another parameter": `{"resourceType":"Parameters","parameter":[{"name":"x","valueString":"y"}]}`} {
		if _, err := run(t, text); fhir.KindOf(err) != fhir.Invalid {
			t.Errorf("%s: got %v, want Invalid", name, err)
		}
	}
}

func TestRemovedItemTakesItsCompanionAlong(t *testing.T) {
	p, err := fhir.ParseParameters([]byte(op(`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Organization.alias[0]"}`)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := patch.FHIRPath([]byte(`{"resourceType":"Organization","alias":["A","B"],"_alias":[{"id":"a"},{"id":"b"}]}`), p)
	if want := `{"resourceType":"Organization","alias":["B"],"_alias":[{"id":"b"}]}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

// TestRemoveUndoesAdd checks that adding something new and removing it again changes nothing.
func TestRemoveUndoesAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SampledFrom([]string{"/photo", "/name/0", "/name/1", "/name/0/given/1", "/telecom/2", "/name/0/suffix"}).Draw(t, "path")
		value := rapid.SampledFrom([]string{`"x"`, `{"a":1.0}`, `[1]`, `true`}).Draw(t, "value")
		there, err := patch.JSON([]byte(person), []byte(`[{"op":"add","path":"`+path+`","value":`+value+`}]`))
		if err != nil || !json.Valid(there) {
			t.Fatal(string(there), err)
		}
		back, err := patch.JSON(there, []byte(`[{"op":"test","path":"`+path+`","value":`+value+`},{"op":"remove","path":"`+path+`"}]`))
		if err != nil || string(back) != person {
			t.Fatalf("got %s, %v", back, err)
		}
	})
}

func quote(s string) []byte { return fhir.AppendString(nil, s) }

// What a path visits counts, and so does the length of the criteria that are read each time.
func TestFHIRPathBoundsWork(t *testing.T) {
	long := `{"resourceType":"Organization","telecom":[` + strings.Repeat(`{"value":"1"},`, 2_000) + `{"value":"2"}]}`
	tests := map[string]struct {
		criterion string
		kind      fhir.Kind
	}{
		"one of many":      {`value = '1' or value = '3'`, fhir.Unprocessable}, // it finds more than one
		"deep parentheses": {strings.Repeat("(", 4_000) + `value = '1'` + strings.Repeat(")", 4_000), fhir.TooCostly},
		"many criteria":    {`value = '1'` + strings.Repeat(` and value = '1'`, 100), fhir.Unprocessable},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := fhir.ParseParameters([]byte(op(`{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Organization.telecom.where(` + tc.criterion + `)"}`)))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := patch.FHIRPath([]byte(long), p); fhir.KindOf(err) != tc.kind {
				t.Errorf("got %v, want kind %v", err, tc.kind)
			}
		})
	}
	visits := strings.Repeat(`,`+`{"name":"operation","part":[{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Organization.telecom.value[9999]"}]}`, 9_000)
	p, err := fhir.ParseParameters([]byte(`{"resourceType":"Parameters","parameter":[` + visits[1:] + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := patch.FHIRPath([]byte(long), p); fhir.KindOf(err) != fhir.TooCostly {
		t.Errorf("9,000 paths over 2,000 elements: %v, want too costly", err)
	}
}
