package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"masjala/internal/testutil"
)

// definitions are search parameters on extensions, of each kind that precision matters for.
var definitions = map[string]string{
	"beds":   `"type":"number","expression":"Location.extension('http://e/beds').value.ofType(integer) | Location.extension('http://e/beds').value.ofType(decimal)"`,
	"height": `"type":"number","expression":"Location.position.altitude"`,
	"area":   `"type":"quantity","expression":"Location.extension('http://e/area').value.ofType(Quantity)"`,
	"opened": `"type":"date","expression":"Location.extension('http://e/opened').value.ofType(date) | Location.extension('http://e/opened').value.ofType(dateTime)"`,
	"note":   `"type":"string","expression":"Location.extension('http://e/note').value.ofType(string)"`,
	"owner":  `"type":"token","expression":"Location.extension('http://e/owner').value.ofType(CodeableConcept)"`,
	"page":   `"type":"uri","expression":"Location.extension('http://e/page').value.ofType(uri)"`,
	"donor":  `"type":"reference","target":["Organization"],"expression":"Location.extension('http://e/donor').value.ofType(Reference)"`,
}

func extended(id, extensions string) string {
	return fmt.Sprintf(`{"resourceType":"Location","id":%q,"status":"active","name":%q,"extension":[%s]}`, id, id, extensions)
}

func ext(name, value string) string { return `{"url":"http://e/` + name + `",` + value + `}` }

// National attributes become searchable while the program runs, with the rules of precision
// that R4 has for numbers and quantities, for what is there and what comes.
func TestAttributesBecomeSearchable(t *testing.T) {
	testutil.Requirement(t, "R4-S20", "R4-S8", "FRF-9", "HWRF-8")
	t.Parallel()
	s := start(t, t.TempDir())
	c := newClient(t, s)
	c.put(
		`{"resourceType":"Organization","id":"unicef","name":"Fund","type":[{"text":"t"}]}`,
		extended("a", ext("beds", `"valueInteger":100`)+","+ext("area", `"valueQuantity":{"value":5.40,"unit":"ha","system":"http://unitsofmeasure.org","code":"har"}`)+","+ext("opened", `"valueDate":"2016-03"`)+","+ext("note", `"valueString":"Élan vital"`)+","+ext("owner", `"valueCodeableConcept":{"coding":[{"system":"urn:o","code":"gov"}]}`)),
		extended("b", ext("beds", `"valueDecimal":99.50`)+","+ext("area", `"valueQuantity":{"value":5.4,"unit":"km2","system":"http://unitsofmeasure.org","code":"km2"}`)+","+ext("opened", `"valueDateTime":"2016-03-15T10:00:00+03:00"`)+","+ext("page", `"valueUri":"http://a.example/b"`)),
		extended("c", ext("beds", `"valueInteger":95`)+","+ext("donor", `"valueReference":{"reference":"Organization/unicef"}`)+","+ext("owner", `"valueCodeableConcept":{"coding":[{"code":"gov"}]}`)),
	)
	for code, rest := range definitions {
		c.must("POST", "/SearchParameter", fmt.Sprintf(`{"resourceType":"SearchParameter","url":"http://e/sp/%s","name":"Sp%s","status":"active","description":"d","code":%q,"base":["Location"],%s}`, code, code, code, rest))
	}
	for limit := time.Now().Add(20 * time.Second); c.do("GET", "/Location?donor=unicef&beds=95&area:missing=true&opened:missing=true&note:missing=true&owner=gov&page:missing=true&height:missing=true", "", "Prefer: handling=strict").found() != "c"; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("the parameters are not ready in 20 s")
		}
	}
	c.put(extended("d", ext("beds", `"valueInteger":1000`)+","+ext("opened", `"valueDate":"2017"`)))
	for query, want := range map[string]string{
		"beds=100": "a b", "beds=100.0": "a", "beds=99.5": "b", "beds=99.50": "b", "beds=1e2": "a b c", "beds=1.0e2": "a b c", "beds=1.00e2": "a b", "beds=95": "c",
		"beds=gt95": "a b d", "beds=ge95": "a b c d", "beds=lt100": "b c", "beds=le99.5": "b c", "beds=ne100": "c d", "beds=ap100": "a b c", "beds=95,1000": "c d", "beds=gt95&beds=lt100": "b", "beds:missing=false": "a b c d", "beds=sa99.5": "a d", "beds=eb99.5": "c",
		"area=5.4": "a b", "area=5.40": "a b", "area=5.4|http://unitsofmeasure.org|har": "a", "area=5.4||km2": "b", "area=5.4||ha": "a", "area=5.41": "", "area=gt5.3||har": "a", "area=lt5.3": "", "area=5|http://unitsofmeasure.org|har": "a", "area=5.400||har": "a",
		"opened=2016-03": "a b", "opened=2016-03-15": "b", "opened=gt2016": "d", "opened=sa2016-03": "d", "note=elan": "a", "note:exact=Élan vital": "a", "note:contains=VIT": "a", "owner=gov": "a c", "owner=urn:o|gov": "a", "page=http://a.example/b": "b", "page:below=http://a.example": "b",
		"donor=Organization/unicef": "c", "donor.name=fund": "c", "_sort=beds&beds=lt1000": "a b c", "owner:not=gov": "b d", "_filter=beds gt 99 and owner eq gov": "a",
	} {
		if r := c.do("GET", "/Location?"+query, "", "Prefer: handling=strict"); r.found() != want {
			t.Errorf("%s finds %q, want %q (%d %s)", query, r.found(), want, r.status, r.diagnostics())
		}
	}
	if got := strings.Join(c.must("GET", "/Location?_sort=-beds", "").list("entry.#.resource.id"), " "); got != "d a b c" {
		t.Errorf("by beds downwards they are %s", got)
	}
	if r := c.must("GET", "/metadata", ""); !strings.Contains(r.body, "http://e/sp/beds") {
		t.Error("the statement does not name the new parameters")
	}
	for name, body := range map[string]string{
		"an expression of another type": `"code":"x","base":["Location"],"type":"token","expression":"Patient.name"`, "a code that R4 has": `"code":"status","base":["Location"],"type":"token","expression":"Location.name"`, "no expression": `"code":"x","base":["Location"],"type":"token"`,
	} {
		if r := c.do("POST", "/SearchParameter", `{"resourceType":"SearchParameter","url":"http://e/sp/x","name":"X","status":"active","description":"d",`+body+`}`); r.status < 400 || r.status >= 500 {
			t.Errorf("a parameter with %s = %d", name, r.status)
		}
	}
	if r := c.do("GET", "/Location?beds=many", "", "Prefer: handling=strict"); r.status != http.StatusBadRequest {
		t.Errorf("beds=many = %d", r.status)
	}
}
